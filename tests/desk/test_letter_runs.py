"""Letter runs at the desk: handing in a coupon list, checks, the decision, and registration."""

import json
from functools import cache
from typing import Any

import httpx2
import pytest

from kindpakket.domain.capacities import Capacity
from kindpakket.protocol.enrolment import official_code
from kindpakket.protocol.signatures import address_of
from kindpakket.services.letters.coupon_lists import CouponList
from kindpakket.services.letters.generate import Run, make_run
from kindpakket.services.letters.runs import record_run
from tests.desk.office import Desk, at_the_desk, decided_by_two, field, read
from tests.support.many_letters import issue, spend
from tests.support.small_town import key
from tests.support.town import BICYCLES, SCHEME, VALUES, Town

CLERK = key(61)
FILE = "tegoeden.json"
SERIES = "Serie 1: 50 brieven en kaarten van € 300,00, samen € 15.000,00."


@cache
def a_run(letters: int = 50, cards: int = 0) -> Run:
    return make_run(SCHEME, letters, VALUES, cards=cards)


def hand_in(desk: Desk, content: bytes, letters: str = "50", cards: str = "0") -> httpx2.Response:
    """Submit a file for a preview."""
    form = {"letters": letters, "cards": cards}
    return desk.post("/brieven", form, list=(FILE, content, "application/json"))


def confirmed(content: bytes, sha256: str, letters: str = "50", cards: str = "0") -> dict[str, str]:
    """The fields of the page that shows the hash."""
    return {"content": content.decode(), "sha256": sha256, "letters": letters, "cards": cards}


def handed_in(desk: Desk, run: Run) -> str:
    """Preview a list and prepare its decision; return the set of decisions."""
    letters, cards = str(len(run.letters)), str(len(run.sheets) - len(run.letters))
    answer = hand_in(desk, run.coupon_list, letters, cards)
    assert answer.status_code == 200, read(answer.text)
    assert field(answer.text, "content") == run.coupon_list.decode()
    form = confirmed(run.coupon_list, field(answer.text, "sha256"), letters, cards)
    return desk.prepare("/brieven", form)


def funded(town: Town, amount: int) -> None:
    town.decide("fund", SCHEME, amount)


# --------------------------------------------------------------------- the totals of a list


def test_a_list_is_held_against_the_budget(town: Town, anna: Desk) -> None:
    run = a_run(50, 2)
    answer = hand_in(anna, run.coupon_list, "50", "2")
    page = read(answer.text)
    assert answer.status_code == 200
    assert run.list_sha256 in page
    assert "50 brieven en 2 kaarten" in page
    assert "€ 100,00 100 € 10.000,00" in page
    assert "€ 20,00 130 € 2.600,00" in page
    assert "Alles 330 € 15.600,00" in page
    # € 10.000 was funded, three letters of € 300 were issued.
    assert "Budget € 10.000,00 Al toegekend, met voorraad € 900,00" in page
    assert "Te weinig € 6.500,00" in page
    funded(town, 2_000_000)
    assert "Dan nog niet toegekend € 13.500,00" in read(
        hand_in(anna, run.coupon_list, "50", "2").text
    )


def test_other_runs_that_wait_count(town: Town, anna: Desk) -> None:
    funded(town, 3_000_000)
    handed_in(anna, a_run())
    page = read(hand_in(anna, a_run(60).coupon_list, "60").text)
    assert "Wacht op een besluit € 15.000,00" in page
    assert "Deze lijst € 18.000,00 Dan nog niet toegekend € 6.100,00" in page  # of 40.000, less 900


def test_looking_at_a_list_keeps_nothing(anna: Desk) -> None:
    hand_in(anna, a_run().coupon_list)
    assert "Er is nog geen serie." in anna.page("/brieven")
    assert "Er wacht niets op uw handtekening." in anna.page("/besluiten")


# --------------------------------------------------------------------- which lists are refused


def changed(run: Run, **changes: Any) -> bytes:
    data = json.loads(run.coupon_list) | changes
    return json.dumps(data, separators=(",", ":")).encode()


def with_values(run: Run, change: Any) -> bytes:
    values = json.loads(run.coupon_list)["values"]
    change(values)
    return changed(run, values=values)


def swap(values: list[Any]) -> None:
    values[0]["coupons"][0], values[0]["coupons"][1] = values[0]["coupons"][1::-1]


def repeat(values: list[Any]) -> None:
    values[0]["coupons"] = sorted([*values[0]["coupons"][:-1], values[1]["coupons"][0]])


def spoil(values: list[Any]) -> None:
    values[0]["coupons"][0] = values[0]["coupons"][0].upper()


def nobody(values: list[Any]) -> None:
    values[0]["coupons"][0] = "0x" + "00" * 20


def raised(values: list[Any]) -> None:
    values[-1]["value"] = 1_500


NO_LIST = "Dit is geen lijst met tegoeden."
REFUSED = {
    "nothing": (b"", NO_LIST),
    "no JSON": (b"brieven", NO_LIST),
    "other JSON": (b"[1]", NO_LIST),
    "other text": (b'{"scheme":1,"values":"vijftig"}', NO_LIST),
    "half a cent": (
        lambda run: with_values(run, lambda values: values[0].update(value=0.5)),
        NO_LIST,
    ),
    "no coupons": (
        lambda run: with_values(run, lambda values: values[0].update(coupons=[])),
        NO_LIST,
    ),
    "white space": (lambda run: run.coupon_list + b"\n", "is veranderd nadat"),
    "something more": (lambda run: changed(run, note="x"), "is veranderd nadat"),
    "another order": (lambda run: with_values(run, swap), "niet op volgorde van waarde en adres"),
    "values reversed": (
        lambda run: with_values(run, lambda values: values.reverse()),
        "niet op volgorde van waarde en adres",
    ),
    "a coupon twice": (lambda run: with_values(run, repeat), "staat een tegoed twee keer"),
    "capitals": (lambda run: with_values(run, spoil), "iets dat geen adres is: 0X"),
    "nobody's address": (lambda run: with_values(run, nobody), "iets dat geen adres is: 0x00"),
    "another scheme": (lambda run: changed(run, scheme=9), "Er is geen regeling 9."),
    "another value": (
        lambda run: with_values(run, raised),
        "De lijst heeft 50 tegoeden van € 15,00. Bij zoveel brieven en kaarten van deze regeling "
        "horen er 0.",
    ),
    "a coupon missing": (
        lambda run: with_values(run, lambda values: values[0]["coupons"].pop()),
        "De lijst heeft 99 tegoeden van € 100,00. Bij zoveel brieven en kaarten van deze regeling "
        "horen er 100.",
    ),
    "too large": (b"[" + b" " * 1_000_001, "Dit bestand is te groot."),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_list_that_is_not_the_stations_is_refused(anna: Desk, what: str) -> None:
    content, sentence = REFUSED[what]
    answer = hand_in(anna, content if isinstance(content, bytes) else content(a_run()))
    assert answer.status_code == 400
    assert sentence in read(answer.text)


@pytest.mark.parametrize(
    ("letters", "cards", "sentence"),
    [
        ("49", "0", "Een serie heeft minstens 50 brieven."),
        ("51", "0", "horen er 102."),
        ("50", "1", "horen er 115."),
        ("vijftig", "0", "Vul een aantal in"),
        ("50", "-1", "Vul een aantal in"),
    ],
)
def test_letters_and_cards_fit_the_list(
    anna: Desk, letters: str, cards: str, sentence: str
) -> None:
    answer = hand_in(anna, a_run().coupon_list, letters, cards)
    assert answer.status_code == 400
    assert sentence in read(answer.text)
    assert f'value="{letters}"' in answer.text


def test_a_file_must_be_chosen(anna: Desk) -> None:
    answer = anna.post("/brieven", {"letters": "50"})
    assert answer.status_code == 400
    assert "Kies het bestand van de serie, of tegoeden.json." in read(answer.text)


def test_a_coupon_that_is_on_the_ledger_is_refused(town: Town, anna: Desk) -> None:
    town.decide("issue", SCHEME, 1_000, a_run().coupons[1_000][:1])
    answer = hand_in(anna, a_run().coupon_list)
    assert "Een tegoed van deze lijst staat al op het grootboek." in read(answer.text)


def test_another_list_than_was_shown_is_not_prepared(anna: Desk) -> None:
    shown = hand_in(anna, a_run().coupon_list).text
    other = make_run(SCHEME, 50, VALUES)
    form = confirmed(other.coupon_list, field(shown, "sha256"))
    answer = anna.post("/brieven", form)
    assert answer.status_code == 400
    assert "Dit is niet de lijst die u bekeek." in read(answer.text)
    assert "Er wacht niets op uw handtekening." in anna.page("/besluiten")


# --------------------------------------------------------------------- decided and registered


def test_a_run_is_signed_as_one_and_registered(town: Town, anna: Desk, bram: Desk) -> None:
    funded(town, 2_000_000)
    run = a_run()
    decision_set = handed_in(anna, run)
    assert f"Controlegetal: {run.list_sha256}" in bram.page(f"/besluiten/{decision_set}")
    assert "50 300 € 15.000,00 wacht op een besluit" in anna.page("/brieven")
    decided_by_two(anna, bram, decision_set)
    assert town.view("schemes", SCHEME)["issued"] == 90_000 + 1_500_000
    assert "50 300 € 15.000,00 op het grootboek" in anna.page("/brieven")


def test_a_list_is_handed_in_once(town: Town, anna: Desk, bram: Desk) -> None:
    funded(town, 2_000_000)
    run = a_run()
    decision_set = handed_in(anna, run)
    for state in ("Zij wacht op een besluit.", "Zij staat op het grootboek."):
        answer = hand_in(bram, run.coupon_list)
        assert answer.status_code == 400
        told = f"Deze lijst is al aangeleverd. {SERIES} {state} Naar het besluit"
        assert told in read(answer.text)
        if town.view("schemes", SCHEME)["issued"] == 90_000:
            decided_by_two(anna, bram, decision_set)
    assert town.view("schemes", SCHEME)["issued"] == 90_000 + 1_500_000


def test_the_form_sent_twice_prepares_once(anna: Desk) -> None:
    run = a_run()
    decision_set = handed_in(anna, run)
    assert anna.prepare("/brieven", confirmed(run.coupon_list, run.list_sha256)) == decision_set
    assert anna.page("/besluiten").count(SERIES) == 1


def test_the_form_sent_twice_says_that_it_waits(anna: Desk) -> None:
    run = a_run()
    handed_in(anna, run)
    told = anna.told("/brieven", confirmed(run.coupon_list, run.list_sha256))
    assert "Dit besluit wachtte al." in told


def test_a_coupon_that_waits_in_another_list_is_refused(anna: Desk) -> None:
    handed_in(anna, a_run())
    other = make_run(SCHEME, 50, VALUES)
    first = {value: each[0] for value, each in a_run().coupons.items()}
    mixed = {value: sorted([*each[1:], first[value]]) for value, each in other.coupons.items()}
    answer = hand_in(anna, CouponList(SCHEME, mixed).coupon_list)
    assert answer.status_code == 400
    assert "wacht al op een besluit, in een andere lijst." in read(answer.text)
    assert hand_in(anna, other.coupon_list).status_code == 200


def test_a_decision_on_a_run_says_how_many_letters_of_how_much(anna: Desk, bram: Desk) -> None:
    decision_set = handed_in(anna, a_run(50, 2))
    told = "Serie 1: 52 brieven en kaarten van € 300,00, samen € 15.600,00."
    assert told in bram.page(f"/besluiten/{decision_set}")
    assert told in bram.page("/")


def test_a_run_is_one_row_in_the_history(town: Town, anna: Desk, bram: Desk) -> None:
    funded(town, 2_000_000)
    decision_set = handed_in(anna, a_run())
    decided_by_two(anna, bram, decision_set)
    page = anna.page("/besluiten/genomen")
    assert page.count(SERIES) == 1
    assert page.count("tegoeden van") == page.count("worden 3 tegoeden") + page.count("6 tegoeden")
    whole = anna.page(f"/besluiten/{decision_set}")
    assert whole.count("tegoeden van") == 4


def test_a_run_that_is_on_the_ledger_for_a_part_says_so_in_the_history(
    town: Town, anna: Desk, bram: Desk
) -> None:
    funded(town, 100_000)
    decision_set = handed_in(anna, a_run())
    anna.sign(decision_set)
    assert bram.sign(decision_set).status_code == 409
    assert f"{SERIES} " in anna.page("/besluiten/genomen")
    assert "deels uitgevoerd" in anna.page("/besluiten/genomen")


def test_a_run_of_the_letter_station_here_is_taken_over(town: Town, anna: Desk, bram: Desk) -> None:
    funded(town, 2_000_000)
    run, context = a_run(), town.workspace.context
    with context.store.write() as db:
        made = record_run(db, context, run, 7, 50)
    assert "Wacht op een besluit € 0,00" in read(hand_in(anna, run.coupon_list).text)
    assert handed_in(anna, run) == made[0].decision_set
    page = bram.page(f"/besluiten/{made[0].decision_set}")
    assert f"door sleutel {official_code(anna.address)}" in page
    assert "Serie 7: 50 brieven, 0 kaarten." in page
    assert "Deze lijst is al aangeleverd." in read(hand_in(bram, run.coupon_list).text)
    decided_by_two(anna, bram, made[0].decision_set)
    assert town.view("schemes", SCHEME)["issued"] == 90_000 + 1_500_000


def test_a_run_that_was_cancelled_can_be_handed_in_again(
    town: Town, anna: Desk, bram: Desk
) -> None:
    funded(town, 2_000_000)
    decision_set = handed_in(anna, a_run())
    anna.post(f"/besluiten/{decision_set}/intrekken", {"signature": anna.signatures(decision_set)})
    assert "verlopen of ingetrokken. Lever de lijst opnieuw aan." in anna.page("/brieven")
    town.clock.time += 1
    assert handed_in(anna, a_run()) == decision_set
    decided_by_two(anna, bram, decision_set)
    assert "50 300 € 15.000,00 op het grootboek" in anna.page("/brieven")


def test_what_the_budget_had_no_room_for_waits(town: Town, anna: Desk, bram: Desk) -> None:
    # Of € 9.100 that is left, the coupons of € 100 ask € 10.000: nothing is carried out.
    decision_set = handed_in(anna, a_run())
    anna.sign(decision_set)
    answer = bram.sign(decision_set)
    assert answer.status_code == 409
    assert "Het grootboek voert dit niet uit" in read(answer.text)
    funded(town, 100_000)  # budget for these, and not for those of € 50
    assert bram.sign(decision_set).status_code == 409
    assert "deels op het grootboek." in anna.page("/brieven")
    assert town.view("schemes", SCHEME)["issued"] == 90_000 + 1_000_000
    funded(town, 1_000_000)
    assert bram.sign(decision_set).status_code == 303
    assert town.view("schemes", SCHEME)["issued"] == 90_000 + 1_500_000


def test_the_rest_of_a_run_that_ran_out_is_prepared_anew(
    town: Town, anna: Desk, bram: Desk
) -> None:
    funded(town, 100_000)
    decision_set = handed_in(anna, a_run())
    anna.sign(decision_set)
    assert bram.sign(decision_set).status_code == 409
    town.clock.time += 15 * 24 * 3600
    funded(town, 1_000_000)
    with at_the_desk(town, anna.key, bram.key) as (anna_later, bram_later):
        state = "deels op het grootboek. Lever de lijst opnieuw aan voor de rest."
        assert state in anna_later.page("/brieven")
        assert handed_in(anna_later, a_run()) == decision_set
        decided_by_two(anna_later, bram_later, decision_set)
        assert "50 300 € 15.000,00 op het grootboek" in anna_later.page("/brieven")
    assert town.view("schemes", SCHEME)["issued"] == 90_000 + 1_500_000


def test_a_large_run_is_signed_through_the_page(town: Town, anna: Desk, bram: Desk) -> None:
    funded(town, 10_000_000)
    decision_set = handed_in(anna, a_run(260))
    # 520 of € 100, 260 of € 50, 520 of € 20, 260 of € 10: 2 + 1 + 2 + 1 parts of at most 500
    assert len(anna.signatures(decision_set)) == 6
    decided_by_two(anna, bram, decision_set)
    assert town.view("schemes", SCHEME)["issued"] == 90_000 + 260 * 30_000
    assert "260 1560 € 78.000,00 op het grootboek" in anna.page("/brieven")


# --------------------------------------------------------------------- what is used, and who may


def test_used_letters_are_counted_from_below_and_not_named(town: Town, anna: Desk) -> None:
    issue(town, 40)
    spend(town, BICYCLES, 12)
    page = anna.page("/brieven")
    assert "minstens 12 brieven" in page
    assert "Welke brieven gebruikt zijn, weet de gemeente niet." in page


@pytest.mark.parametrize("capacity", list(Capacity))
def test_only_who_issues_comes_in(town: Town, capacity: Capacity) -> None:
    town.decide("setOfficial", address_of(CLERK), int(capacity))
    with at_the_desk(town, CLERK) as (clerk,):
        expected = 200 if capacity is Capacity.ISSUE else 403
        assert clerk.get("/brieven").status_code == expected
        assert hand_in(clerk, a_run().coupon_list).status_code == expected


def test_a_file_that_is_too_large_is_refused_in_words(anna: Desk) -> None:
    answer = hand_in(anna, b" " * 1_100_000)
    assert answer.status_code == 413
    assert "<h1" in answer.text
