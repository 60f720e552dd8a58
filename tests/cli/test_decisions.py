"""Decisions need two officials with the capacity, in the right order."""

import re
from typing import Any

import pytest

from tests.support.shell import BICYCLES, FIRST, SECOND, Shell

pytestmark = pytest.mark.xdist_group("cli")


def approve(shell: Shell, key: str, *ids: str) -> list[str]:
    """Approve; return the outcome for each decision."""
    return [
        each["status"] for each in shell.json("decisions", "approve", *ids, "--key", key, "--yes")
    ]


def waiting(shell: Shell) -> list[Any]:
    return [each["id"] for each in shell.json("decisions", "list")]


def scheme(shell: Shell) -> Any:
    (found,) = shell.json("scheme", "list")
    return found


def add_official(shell: Shell, name: str, capacities: str) -> str:
    """Make someone an official; return the address."""
    address: str = shell.json("official", "new", name)["address"]
    shell.decide("official", "add", address, "--name", name, "--capacity", capacities)
    return address


def test_one_official_is_not_enough(shell: Shell) -> None:
    decision = shell.json("scheme", "fund", 1, "100")["id"]
    assert approve(shell, FIRST, decision) == ["approved"]
    assert approve(shell, FIRST, decision) == ["approved"]
    assert scheme(shell)["funded"] == 20_000_00
    assert approve(shell, SECOND, decision) == ["executed"]
    assert scheme(shell)["funded"] == 20_100_00
    assert waiting(shell) == []


def test_an_official_without_the_capacity_cannot_approve(shell: Shell) -> None:
    add_official(shell, "Chris", "winkels,RULES")
    decision = shell.json("scheme", "fund", 1, "100")["id"]
    said = shell.fail("decisions", "approve", decision, "--key", "chris", "--yes")
    assert said == "U mag dit niet."
    assert shell.json("decisions", "list")[0]["approvals"] == 0


def test_who_lost_a_capacity_no_longer_counts(shell: Shell) -> None:
    address = add_official(shell, "Chris", "BUDGET")
    decision = shell.json("scheme", "fund", 1, "100")["id"]
    assert approve(shell, "chris", decision) == ["approved"]
    shell.decide("official", "remove", address)
    assert approve(shell, FIRST, decision) == ["approved"]
    assert scheme(shell)["funded"] == 20_000_00
    assert approve(shell, SECOND, decision) == ["executed"]


def test_a_pause_takes_one_official_and_going_on_two(shell: Shell) -> None:
    pause = shell.json("scheme", "pause", 1)
    assert pause["needed"] == 1
    assert approve(shell, SECOND, pause["id"]) == ["executed"]
    said = shell.fail(
        *("pay", "--shop", BICYCLES, "--amount", "1", "--till", "kassa-1"), stdin=shell.code("1")
    )
    assert said == "De regeling staat tijdelijk stil."
    shell.decide("scheme", "resume", 1)
    assert shell.pay("1", shell.code("1"))["amount"] == 1_00


def test_a_decision_reads_as_a_sentence_before_it_is_signed(shell: Shell) -> None:
    decision = shell.json("shop", "end", BICYCLES)["id"]
    shown = shell.ok("decisions", "show", decision[:8])
    assert shown.startswith(
        "Fietsenwinkel (winkel 1) mag niet (langer) meedoen, "
        "als winkel in: fietsen en bromfietsen. "
        "Sleutel van de eigenaar: 0x"
    )
    assert "Nodig: 2 van de ambtenaren met de bevoegdheid Winkels." in shown
    result = shell.run("decisions", "approve", decision, "--key", FIRST, stdin="nee\n")
    assert result.exit_code == 1
    assert "mag niet (langer) meedoen" in result.stderr
    assert "Er is niets gebeurd." in result.stderr
    assert shell.run("decisions", "approve", decision, "--key", FIRST, stdin="ja\n").exit_code == 0
    assert "Goedgekeurd door Anna de Vries (" in shell.ok("decisions", "show", decision)


def test_the_same_command_twice_prepares_one_decision(shell: Shell) -> None:
    for command in (("scheme", "fund", 1, "100"), ("shop", "end", BICYCLES)):
        decision = shell.json(*command)["id"]
        assert approve(shell, FIRST, decision) == ["approved"]
        assert shell.json(*command)["id"] == decision
        assert "Dit besluit wachtte al. Er is geen tweede gemaakt." in shell.ok(*command)
        assert waiting(shell) == [decision]
        assert approve(shell, SECOND, decision) == ["executed"]
        assert shell.json(*command)["id"] != decision
        shell.ok("decisions", "cancel", waiting(shell)[0], "--key", FIRST, "--yes")


def test_a_list_of_decisions_has_no_long_number(shell: Shell) -> None:
    shell.ok("shop", "end", BICYCLES)
    for listed in (shell.ok("decisions", "list"), shell.ok("decisions", "list", "--made")):
        assert re.search("0x[0-9a-f]{4}…[0-9a-f]{4}", listed)
        assert re.search("[0-9a-f]{20}", listed) is None


def test_a_scheme_is_listed_in_the_words_of_its_money(shell: Shell) -> None:
    shell.pay("42,50", shell.code("42,50"))
    heads, row = (
        re.split(r"\s{2,}", line.strip())
        for line in shell.ok("scheme", "list").splitlines()
        if "Nr" in line or "Kindpakket" in line
    )
    listed = dict(zip(heads, row, strict=False))
    assert (listed["Toegekend"], listed["Besteed"]) == ("€ 15.300,00", "€ 42,50")
    assert (listed["Nog te besteden"], listed["Vervallen"]) == ("€ 15.257,50", "€ 0,00")
    shell.decide("scheme", "close", 1)
    (ended,) = (line for line in shell.ok("scheme", "list").splitlines() if "Kindpakket" in line)
    assert re.search(r"€ 42,50 +€ 0,00 +€ 15\.257,50", ended)


def test_a_cancelled_decision_is_gone_for_good(shell: Shell) -> None:
    decision = shell.json("scheme", "close", 1)["id"]
    shell.ok("decisions", "cancel", decision, "--key", SECOND, "--yes")
    assert waiting(shell) == []
    said = shell.fail("decisions", "approve", decision, "--key", FIRST, "--yes", exit_code=2)
    assert said == f"Er wacht geen besluit dat begint met {decision}."
    made = shell.json("decisions", "list", "--made")
    assert (made[0]["id"], made[0]["status"]) == (decision, "ingetrokken")
    assert made[0]["words"] == "Kindpakket (regeling 1) sluit voorgoed."


def test_several_decisions_on_one_budget_all_count(shell: Shell) -> None:
    ids = [shell.json("scheme", "fund", 1, amount)["id"] for amount in ("1", "10", "100")]
    approve(shell, FIRST, *ids)
    assert approve(shell, SECOND, ids[1]) == ["queued"]  # it would end the first
    assert scheme(shell)["funded"] == 20_000_00
    assert approve(shell, SECOND, ids[0]) == ["executed", "executed"]
    assert scheme(shell)["funded"] == 20_011_00
    assert approve(shell, SECOND, ids[2]) == ["executed"]
    assert scheme(shell)["funded"] == 20_111_00


def test_a_cancelled_decision_lets_the_next_one_through(shell: Shell) -> None:
    first, second = (shell.json("scheme", "fund", 1, amount)["id"] for amount in ("1", "10"))
    approve(shell, FIRST, second)
    assert approve(shell, SECOND, second) == ["queued"]
    shell.ok("decisions", "cancel", first, "--key", FIRST, "--yes")
    assert approve(shell, FIRST, second) == ["executed"]


def test_a_newer_rule_ends_an_older_one(shell: Shell) -> None:
    older = shell.json("scheme", "rules", 1, "--permit", "bicycles")["id"]
    newer = shell.json("scheme", "rules", 1, "--permit", "books", "--last-day", "2030-01-31")["id"]
    approve(shell, FIRST, older, newer)
    assert approve(shell, SECOND, newer) == ["executed"]
    assert approve(shell, SECOND, older) == ["overtaken"]
    assert scheme(shell)["permitted"] == ["books"]
    assert scheme(shell)["excluded"] == ["off_licences"]
    assert scheme(shell)["closes"] == "2030-01-31T23:00:00Z"
    assert shell.json("decisions", "list")[0]["overtaken"] is True


def test_a_decision_that_the_rules_refuse_says_which_and_why(shell: Shell) -> None:
    decision = shell.json("scheme", "fund", 1, "10000", "--take-back")["id"]
    approve(shell, FIRST, decision)
    said = shell.fail("decisions", "approve", decision, "--key", SECOND, "--yes")
    assert said == f"{decision[:10]}  Er is niet genoeg budget voor deze regeling."


def test_what_was_carried_out_before_a_refusal_is_told(shell: Shell) -> None:
    good = shell.json("scheme", "fund", 1, "100")["id"]
    bad = shell.json("scheme", "fund", 1, "10000", "--take-back")["id"]
    for each in (good, bad):
        approve(shell, FIRST, each)
    done = shell.run("decisions", "approve", good, bad, "--key", SECOND, "--yes")
    assert done.exit_code == 1
    assert done.stdout == f"{good[:10]}  Uitgevoerd.\n"
    assert f"{bad[:10]}  Er is niet genoeg budget voor deze regeling." in done.stderr


def test_the_last_holders_of_a_capacity_cannot_be_removed(shell: Shell) -> None:
    safe = next(each for each in shell.json("official", "list") if each["name"] == "Kluis")
    decision = shell.json("official", "remove", safe["official"])["id"]
    approve(shell, FIRST, decision)
    said = shell.fail("decisions", "approve", decision, "--key", SECOND, "--yes")
    assert said == f"{decision[:10]}  Er zouden te weinig bevoegde ambtenaren overblijven."


def test_a_suspended_shop_is_refused_and_can_come_back(shell: Shell) -> None:
    suspension = shell.json("shop", "suspend", BICYCLES)
    assert suspension["needed"] == 1
    assert approve(shell, SECOND, suspension["id"]) == ["executed"]
    assert "geschorst" in shell.ok("shop", "list")
    said = shell.fail(
        *("pay", "--shop", BICYCLES, "--amount", "1", "--till", "kassa-1"), stdin=shell.code("1")
    )
    assert said == "Deze winkel doet (nog) niet mee."
    shell.decide("shop", "reinstate", BICYCLES)
    assert shell.pay("1", shell.code("1"))["amount"] == 1_00


def test_a_shop_that_takes_part_no_more_can_be_admitted_again(shell: Shell) -> None:
    shell.decide("shop", "end", BICYCLES)
    said = shell.fail(
        *("pay", "--shop", BICYCLES, "--amount", "1", "--till", "kassa-1"), stdin=shell.code("1")
    )
    assert said == "Deze winkel doet (nog) niet mee."
    shell.decide("shop", "admit", BICYCLES, "--categories", "bicycles,toys")
    assert shell.json("shop", "list")[0]["categories"] == ["bicycles", "toys"]
    assert shell.pay("1", shell.code("1"))["amount"] == 1_00


def test_a_closed_scheme_stays_closed(shell: Shell) -> None:
    shell.decide("scheme", "close", 1)
    assert "voorbij" in shell.ok("scheme", "list")
    said = shell.fail(
        *("pay", "--shop", BICYCLES, "--amount", "1", "--till", "kassa-1"), stdin=shell.code("1")
    )
    assert said == "Dit geld is nu niet te gebruiken."
