"""Runs that a browser makes: begun with a number, handed in with sealed letters, decided on."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyrage
import pytest

from kindpakket.domain.capacities import Capacity
from kindpakket.protocol.enrolment import official_code
from kindpakket.protocol.signatures import address_of
from kindpakket.services.letters.generate import Run, make_run
from kindpakket.services.schemes.details import change_details, read_details
from tests.desk.office import ANNA, BRAM, CARLA, Desk, at_the_desk, decided_by_two, read
from tests.desk.runs import (
    RECIPIENTS,
    begin,
    hand_in,
    look_at,
    made,
    made_blank,
    name_officer,
    name_officers,
    opened,
    order_of,
    write,
)
from tests.support.town import SCHEME, VALUES, Town

Change = Callable[[dict[str, Any]], None]


def test_a_run_is_begun_handed_in_and_decided_on(town: Town, office: tuple[Desk, Desk]) -> None:
    anna, bram = office
    town.decide("fund", SCHEME, 3_000_000)
    number = begin(anna, 50, 2)
    order = order_of(anna, number)
    assert (order["run"], order["letters"], order["cards"]) == (1, 50, 2)
    assert order["sealedTo"] == RECIPIENTS
    assert order["letterValues"] == list(VALUES)
    run, content = made(order)
    decision_set = hand_in(anna, run, content)
    page = bram.page(f"/besluiten/{decision_set}")
    assert "Serie 1: 52 brieven en kaarten van € 300,00, samen € 15.600,00." in page
    assert f"Serie 1: 50 brieven, 2 kaarten. Controlegetal: {run.list_sha256}." in page
    assert town.view("schemes", SCHEME)["issued"] == 90_000
    decided_by_two(anna, bram, decision_set)
    assert town.view("schemes", SCHEME)["issued"] == 90_000 + 1_560_000
    assert opened(town, number) == [sheet.letter.text for sheet in run.sheets]


def test_nothing_is_on_the_ledger_of_a_run_that_was_only_begun(
    town: Town, office: tuple[Desk, Desk]
) -> None:
    anna, bram = office
    begin(anna)
    assert "Er wacht niets op uw handtekening." in bram.page("/besluiten")
    page = anna.page("/brieven")
    assert "Begonnen en niet aangeleverd" in page
    assert "Vernietig ze dan: brieven met een bedrag zijn niets waard" in page
    assert town.view("schemes", SCHEME)["issued"] == 90_000


def test_no_two_runs_have_one_number(office: tuple[Desk, Desk]) -> None:
    anna, bram = office
    assert [begin(anna), begin(bram), begin(anna)] == [1, 2, 3]
    run = make_run(SCHEME, 50, VALUES)
    form = {"content": run.coupon_list.decode(), "sha256": run.list_sha256, "letters": "50"}
    decision_set = anna.prepare("/brieven", form)
    assert "Serie 4: 50 brieven" in anna.page(f"/besluiten/{decision_set}")


def test_a_file_of_the_off_line_page_is_handed_in_later_by_another(
    town: Town, office: tuple[Desk, Desk]
) -> None:
    anna, bram = office
    run, content = made(order_of(anna, begin(anna)))
    answer = look_at(bram, content)
    assert answer.status_code == 200, read(answer.text)
    assert run.list_sha256 in read(answer.text)
    assert "50 brieven en 0 kaarten" in read(answer.text)
    hand_in(bram, run, content)
    assert opened(town, 1) == [sheet.letter.text for sheet in run.sheets]
    assert "Begonnen en niet aangeleverd" not in anna.page("/brieven")


def test_a_run_sent_twice_is_one_run(town: Town, office: tuple[Desk, Desk]) -> None:
    anna, _ = office
    run, content = made(order_of(anna, begin(anna)))
    assert hand_in(anna, run, content) == hand_in(anna, run, content)
    assert len(opened(town, 1)) == 50
    assert anna.get("/brieven/nieuw/1").headers["location"] == "/gemeente/brieven"


def test_a_number_stands_for_one_run(office: tuple[Desk, Desk]) -> None:
    anna, bram = office
    order = order_of(anna, begin(anna))
    bram.sign(hand_in(anna, *made(order)))
    run, content = made(order)
    for answer in (look_at(anna, content), _send(anna, run, content)):
        assert answer.status_code == 400
        assert "Serie 1 is al aangeleverd, met een ander bestand." in read(answer.text)


def test_another_file_replaces_one_that_nobody_signed(
    town: Town, office: tuple[Desk, Desk]
) -> None:
    anna, bram = office
    town.decide("fund", SCHEME, 3_000_000)
    order = order_of(anna, begin(anna))
    earlier = hand_in(bram, *made(order))
    run, content = made(order)
    assert look_at(anna, content).status_code == 200
    later = hand_in(anna, run, content)
    assert bram.get(f"/besluiten/{earlier}").status_code == 404, "it can no longer be signed"
    page = bram.page(f"/besluiten/{later}")
    assert "Dit komt in plaats van een eerder bestand van deze serie." in page
    assert opened(town, 1) == [sheet.letter.text for sheet in run.sheets]
    decided_by_two(anna, bram, later)
    assert town.view("schemes", SCHEME)["issued"] == 90_000 + 1_500_000


def test_the_table_says_who_began_a_run_and_who_handed_it_in(
    office: tuple[Desk, Desk],
) -> None:
    anna, bram = office
    hand_in(bram, *made(order_of(anna, begin(anna))))
    codes = [f"sleutel {official_code(each.address)}" for each in (anna, bram)]
    assert f"wacht op een besluit {codes[0]}, {codes[1]}" in anna.page("/brieven")


def test_the_decision_names_the_hash_of_the_sealed_letters(office: tuple[Desk, Desk]) -> None:
    anna, _ = office
    run, content = made(order_of(anna, begin(anna)))
    letters = json.loads(content)["letters"]
    sha256 = "0x" + hashlib.sha256(write(letters)).hexdigest()
    assert sha256 in read(look_at(anna, content).text)
    page = anna.page(f"/besluiten/{hand_in(anna, run, content)}")
    assert f"Van de verzegelde brieven: {sha256}." in page


def test_a_list_that_waits_with_other_sealed_letters_is_not_taken(
    town: Town, office: tuple[Desk, Desk]
) -> None:
    anna, bram = office
    order = order_of(anna, begin(anna))
    run, content = made(order)
    garbage = write(json.loads(content) | {"letters": json.loads(made(order)[1])["letters"]})
    decision_set = hand_in(bram, run, garbage)
    assert opened(town, 1) != [sheet.letter.text for sheet in run.sheets]
    bram.sign(decision_set)
    answer = _send(anna, run, content)
    assert answer.status_code == 400
    assert "Serie 1 is al aangeleverd, met een ander bestand." in read(answer.text)


def test_a_list_that_waits_without_its_sealed_letters_is_not_taken(
    office: tuple[Desk, Desk],
) -> None:
    anna, bram = office
    run, content = made(order_of(anna, begin(anna)))
    form = {"content": run.coupon_list.decode(), "sha256": run.list_sha256, "letters": "50"}
    bram.prepare("/brieven", form)
    for answer in (look_at(anna, content), _send(anna, run, content)):
        assert answer.status_code == 400
        assert "al aangeleverd als serie 2, zonder haar verzegelde brieven." in read(answer.text)


def test_a_run_keeps_the_coupons_with_which_it_began(town: Town, office: tuple[Desk, Desk]) -> None:
    anna, _ = office
    number = begin(anna, 50, 1)
    run, content = made(order_of(anna, number))
    details = read_details(town.workspace.context.store, SCHEME)
    split = replace(details, letter_values=(300_00,), card_values=(20_00,) * 15)
    change_details(town.workspace.context.store, SCHEME, split)
    assert order_of(anna, number)["letterValues"] == list(VALUES)
    hand_in(anna, run, content)
    assert order_of(anna, begin(anna))["letterValues"] == [300_00]


def test_a_file_for_a_former_officer_is_not_taken(town: Town) -> None:
    with at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla):
        name_officers(anna, bram, carla)
        run, content = made(order_of(anna, begin(anna)))
        decided, kept = made(order_of(anna, begin(anna)))
        decision_set = hand_in(anna, decided, kept)
        blank = made_blank(order_of(anna, begin(anna, 2, kind="leeg")))[1]
        town.clock.time += 1
        newer = str(pyrage.x25519.Identity.generate().to_public())
        name_officer(1, newer, anna, (bram, carla))
        sha256 = "0x" + hashlib.sha256(blank).hexdigest()
        form = {"content": blank.decode(), "sha256": sha256}
        for answer in (
            look_at(anna, content),
            _send(anna, run, content),
            anna.post("/brieven", form),
        ):
            assert answer.status_code == 400
            assert "Begin een nieuwe serie" in read(answer.text)
        assert opened(town, 1) == []
        assert hand_in(anna, decided, kept) == decision_set, "what was kept is not sealed anew"


def test_every_unfinished_run_is_shown_and_an_official_has_a_limited_number(
    office: tuple[Desk, Desk],
) -> None:
    anna, bram = office
    for _ in range(20):
        begin(anna)
    answer = anna.post("/brieven/nieuw", {"scheme": "1", "letters": "50", "cards": "0"})
    assert answer.status_code == 400
    assert "U begon in 30 dagen 20 series die niet zijn aangeleverd." in read(answer.text)
    assert begin(bram) == 21
    page = anna.page("/brieven")
    assert [f"Serie {number} " in page for number in range(1, 22)] == [True] * 21
    hand_in(anna, *made(order_of(anna, 1)))
    assert begin(anna) == 22


def _send(desk: Desk, run: Run, content: bytes) -> Any:
    """Hand a file in; return the answer."""
    return desk.post("/brieven", {"content": content.decode(), "sha256": run.list_sha256})


def _swap(data: dict[str, Any]) -> None:
    data["sealedTo"] = data["sealedTo"][::-1]


def _open(data: dict[str, Any]) -> None:
    data["letters"]["1-007"] = "MDQwMDIwMDEwODFH"


def _renumber(data: dict[str, Any]) -> None:
    data["letters"]["1-051"] = data["letters"].pop("1-050")


def _reorder(data: dict[str, Any]) -> None:
    first = data["values"][0]["coupons"]
    first[0], first[1] = first[1], first[0]


REFUSED: dict[str, tuple[Change, str]] = {
    "of a run that was not begun": (
        lambda data: data.update(run=2),
        "De serie van dit bestand is hier niet begonnen.",
    ),
    "of no run": (lambda data: data.update(run="1"), "is hier niet begonnen."),
    "of a huge run": (lambda data: data.update(run=2**40), "is hier niet begonnen."),
    "of another scheme": (lambda data: data.update(scheme=2), "van een andere regeling"),
    "sealed in another order": (_swap, "voor andere sleutels"),
    "without a letter": (lambda data: data["letters"].popitem(), "niet de brieven van deze serie"),
    "with another letter": (_renumber, "niet de brieven van deze serie"),
    "without letters": (lambda data: data.pop("letters"), "niet de brieven van deze serie"),
    "with an open letter": (_open, "een brief die niet verzegeld is"),
    "with half a letter": (
        lambda data: data["letters"].update({"1-001": "!"}),
        "een brief die niet verzegeld is",
    ),
    "with a number for a letter": (
        lambda data: data["letters"].update({"1-001": 1}),
        "een brief die niet verzegeld is",
    ),
    "in another order": (_reorder, "niet op volgorde van waarde en adres"),
    "without coupons": (lambda data: data.pop("values"), "Dit is geen lijst met tegoeden."),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_is_not_taken(town: Town, office: tuple[Desk, Desk], what: str) -> None:
    anna, _ = office
    run, content = made(order_of(anna, begin(anna)))
    change, sentence = REFUSED[what]
    data = json.loads(content)
    change(data)
    form = {"content": write(data).decode(), "sha256": run.list_sha256}
    for answer in (look_at(anna, write(data)), anna.post("/brieven", form)):
        assert answer.status_code == 400
        assert sentence in read(answer.text)
    assert opened(town, 1) == []


def test_a_file_in_another_encoding_is_not_taken(office: tuple[Desk, Desk]) -> None:
    anna, _ = office
    _, content = made(order_of(anna, begin(anna)))
    answer = look_at(anna, content.decode().encode("utf-16"))
    assert answer.status_code == 400
    assert "Dit is geen lijst met tegoeden." in read(answer.text)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"letters": "49"}, "Druk er 50 af en bewaar de rest als contant geld."),
        ({"letters": "vijftig"}, "Vul een aantal in"),
        ({"letters": "50", "cards": "-1"}, "Vul een aantal in"),
        ({"letters": "3000"}, "Zoveel past niet in een serie. Maak er meer series van."),
    ],
)
def test_which_runs_are_not_begun(
    office: tuple[Desk, Desk], form: dict[str, str], sentence: str
) -> None:
    anna, _ = office
    answer = anna.post("/brieven/nieuw", {"scheme": "1", "cards": "0", **form})
    assert answer.status_code == 400
    assert sentence in read(answer.text)
    assert begin(anna) == 1


def test_without_two_privacy_officers_no_run_is_begun(anna: Desk) -> None:
    form = {"scheme": "1", "letters": "50", "cards": "0"}
    answer = anna.post("/brieven/nieuw", form)
    assert answer.status_code == 400
    assert "Er zijn nog geen twee privacyfunctionarissen" in read(answer.text)


def test_a_run_is_not_sealed_to_a_former_officer(town: Town) -> None:
    with at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla):
        name_officers(anna, bram, carla)
        number = begin(anna)
        town.clock.time += 1
        newer = str(pyrage.x25519.Identity.generate().to_public())
        name_officer(1, newer, anna, (bram, carla))
        answer = anna.get(f"/brieven/nieuw/{number}")
        assert "Er is een andere privacyfunctionaris" in read(answer.text)
        assert anna.get(f"/brieven/nieuw/{number}/opdracht.json").status_code == 404


def test_no_run_is_begun_with_an_example_value(town: Town) -> None:
    with at_the_desk(town, ANNA, BRAM, CARLA, contact_phone="088 000 00 00") as desks:
        name_officers(*desks)
        answer = desks[0].post("/brieven/nieuw", {"scheme": "1", "letters": "50", "cards": "0"})
        assert "KINDPAKKET_CONTACT_PHONE" in read(answer.text)


def test_only_who_may_issue_makes_a_run(town: Town, office: tuple[Desk, Desk]) -> None:
    anna, bram = office
    number = begin(anna)
    town.decide("setOfficial", address_of(BRAM), int(~Capacity.ISSUE & 127))
    for path in ("/brieven/nieuw", f"/brieven/nieuw/{number}", "/brieven/nieuw/1/opdracht.json"):
        assert bram.get(path).status_code == 403
    form = {"scheme": "1", "letters": "50", "cards": "0"}
    assert bram.post("/brieven/nieuw", form).status_code == 403


def test_a_run_that_was_not_begun_has_no_page(anna: Desk) -> None:
    for number in ("9", "0", "99999999999", "x"):
        assert anna.get(f"/brieven/nieuw/{number}").status_code == 404


def test_a_page_says_when_the_budget_is_too_low(town: Town, office: tuple[Desk, Desk]) -> None:
    anna, _ = office
    begin(anna)
    # € 10.000 was funded, three letters of € 300 were issued; fifty are € 15.000.
    assert "er is € 5.900,00 te weinig" in anna.page("/brieven/nieuw/1")
    town.decide("fund", SCHEME, 1_000_000)
    assert "te weinig" not in anna.page("/brieven/nieuw/1")
