"""Runs of blank letters: begun in any number, handed in as stock, and never on the ledger."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kindpakket.protocol.enrolment import official_code
from kindpakket.store import tables as t
from tests.desk.office import Desk, field, read, sign_in
from tests.desk.runs import (
    begin,
    look_at,
    made,
    made_blank,
    opened,
    order_of,
    write,
)
from tests.support.town import SCHEME, Town

Change = Callable[[dict[str, Any]], object]
BLANK = "leeg"


def test_blank_letters_become_stock_without_a_decision(
    town: Town, office: tuple[Desk, Desk]
) -> None:
    anna, bram = office
    height = town.workspace.context.ledger.head()
    number = begin(anna, 3, kind=BLANK)
    assert "te weinig" not in anna.page(f"/brieven/nieuw/{number}"), "no budget is needed"
    order = order_of(anna, number)
    assert (order["blank"], order["letters"], order["cards"]) == (True, 3, 0)
    assert (order["letterValues"], order["cardValues"]) == ([], [])
    letters, content = made_blank(order)
    shown = look_at(bram, content)
    assert "Een tweede ambtenaar hoeft niets te besluiten" in read(shown.text)
    assert opened(town, number) == [], "nothing is stored yet"
    form = {"content": content.decode(), "sha256": field(shown.text, "sha256")}
    for _ in range(2):
        answer = bram.post("/brieven", form)
        assert answer.headers["location"] == "/gemeente/brieven?gedaan=in-voorraad"
    assert opened(town, number) == [each.text for each in letters]
    page = anna.page("/brieven")
    assert "lege brieven" in page
    assert "Begonnen en niet aangeleverd" not in page
    assert "Er wacht niets op uw handtekening." in anna.page("/besluiten")
    assert town.view("schemes", SCHEME)["issued"] == 90_000
    assert town.workspace.context.ledger.head() == height


def test_blank_letters_fix_no_amount(town: Town, office: tuple[Desk, Desk]) -> None:
    anna, _ = office
    fixed = "De verdeling van brieven ligt vast"
    assert fixed in anna.page("/regelingen/1/teksten")
    town.decide("openScheme", 2, town.now(), town.now() + 86_400, 1, 0)
    assert fixed not in anna.page("/regelingen/2/teksten")
    form = {"kind": BLANK, "scheme": "2", "letters": "3", "cards": "0"}
    assert anna.post("/brieven/nieuw", form).status_code == 303
    assert _hand_in(anna, made_blank(order_of(anna, 1))[1]).status_code == 303
    assert fixed not in anna.page("/regelingen/2/teksten")


def test_a_number_of_blank_letters_stands_for_one_run(office: tuple[Desk, Desk]) -> None:
    anna, bram = office
    order = order_of(anna, begin(anna, 2, kind=BLANK))
    assert _hand_in(anna, made_blank(order)[1]).status_code == 303
    answer = _hand_in(bram, made_blank(order)[1])
    assert answer.status_code == 400
    assert "Serie 1 is al aangeleverd, met een ander bestand." in read(answer.text)
    assert begin(anna) == 2


def test_who_began_blank_letters_replaces_another_file_of_them(
    town: Town, office: tuple[Desk, Desk]
) -> None:
    anna, bram = office
    order = order_of(anna, begin(anna, 2, kind=BLANK))
    by_anna, by_bram = (f"sleutel {official_code(each.address)}" for each in (anna, bram))
    assert _hand_in(bram, made_blank(order)[1]).status_code == 303
    assert f"lege brieven {by_anna}, {by_bram}" in anna.page("/brieven")
    letters, content = made_blank(order)
    assert _hand_in(anna, content).status_code == 303
    assert opened(town, 1) == [each.text for each in letters]
    assert by_bram not in anna.page("/brieven")


def test_another_file_of_blank_letters_comes_within_a_day(
    town: Town, office: tuple[Desk, Desk]
) -> None:
    """Later its letters can be with families, who would find that nobody can open them."""
    anna, _ = office
    order = order_of(anna, begin(anna, 2, kind=BLANK))
    for after in (0, 20 * 3600):
        town.clock.time += after
        assert sign_in(town, anna.http, anna.key).status_code == 303
        letters, content = made_blank(order)
        assert _hand_in(anna, content).status_code == 303
    town.clock.time += 4 * 3600 + 1
    assert sign_in(town, anna.http, anna.key).status_code == 303
    answer = _hand_in(anna, made_blank(order)[1])
    assert answer.status_code == 400
    assert "Serie 1 is al aangeleverd, met een ander bestand." in read(answer.text)
    assert opened(town, 1) == [each.text for each in letters]


def _hand_in(desk: Desk, content: bytes) -> Any:
    sha256 = "0x" + hashlib.sha256(content).hexdigest()
    return desk.post("/brieven", {"content": content.decode(), "sha256": sha256})


def _open(data: dict[str, Any]) -> None:
    data["letters"]["1-002"] = "MDQwMDIwMDEwODFH"


def _add(data: dict[str, Any]) -> None:
    data["letters"]["1-004"] = data["letters"]["1-003"]


REFUSED: dict[str, tuple[Change, str]] = {
    "of a run that was not begun": (lambda data: data.update(run=2), "is hier niet begonnen."),
    "with a list": (lambda data: data.update(values=[]), "en dit bestand heeft een bedrag."),
    "that is not blank": (lambda data: data.pop("blank"), "en dit bestand heeft een bedrag."),
    "that is blank by a number": (lambda data: data.update(blank=1), "heeft een bedrag."),
    "of another scheme": (lambda data: data.update(scheme=2), "van een andere regeling"),
    "of no scheme": (lambda data: data.pop("scheme"), "van een andere regeling"),
    "sealed in another order": (lambda data: data["sealedTo"].reverse(), "voor andere sleutels"),
    "without a letter": (lambda data: data["letters"].popitem(), "niet de brieven van deze serie"),
    "with a letter more": (_add, "niet de brieven van deze serie"),
    "with an open letter": (_open, "een brief die niet verzegeld is"),
    "that is too large": (lambda data: data.update(run="1" * 1_000_000), "te groot"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_of_blank_letters_is_not_taken(
    town: Town, office: tuple[Desk, Desk], what: str
) -> None:
    anna, _ = office
    _, content = made_blank(order_of(anna, begin(anna, 3, kind=BLANK)))
    change, sentence = REFUSED[what]
    data = json.loads(content)
    change(data)
    for answer in (look_at(anna, write(data)), _hand_in(anna, write(data))):
        assert answer.status_code == 400
        assert sentence in read(answer.text)
    with town.workspace.context.store.read() as db:
        assert db.execute(select(t.letter_runs)).all() == []
    assert opened(town, 1) == []


def test_the_file_is_of_the_kind_that_was_begun(town: Town, office: tuple[Desk, Desk]) -> None:
    anna, _ = office
    order = order_of(anna, begin(anna))
    answer = look_at(anna, made_blank(order)[1])
    assert answer.status_code == 400
    assert "begonnen met een bedrag, en dit bestand heeft lege brieven" in read(answer.text)
    order = order_of(anna, begin(anna, 50, kind=BLANK))
    answer = look_at(anna, made(order)[1])
    assert answer.status_code == 400
    assert "begonnen met lege brieven, en dit bestand heeft een bedrag" in read(answer.text)
    assert opened(town, 1) + opened(town, 2) == []


def test_another_file_than_was_looked_at_is_not_taken(
    town: Town, office: tuple[Desk, Desk]
) -> None:
    anna, _ = office
    order = order_of(anna, begin(anna, 3, kind=BLANK))
    looked_at = field(look_at(anna, made_blank(order)[1]).text, "sha256")
    other = made_blank(order)[1].decode()
    answer = anna.post("/brieven", {"content": other, "sha256": looked_at})
    assert answer.status_code == 400
    assert opened(town, 1) == []


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"letters": "0"}, "Een serie heeft minstens één brief."),
        ({"letters": "3", "cards": "1"}, "Een kaart kan niet leeg zijn."),
        ({"letters": "1600"}, "Zoveel past niet in een serie."),
    ],
)
def test_which_runs_of_blank_letters_are_not_begun(
    office: tuple[Desk, Desk], form: dict[str, str], sentence: str
) -> None:
    anna, _ = office
    form = {"kind": BLANK, "scheme": "1", "cards": "0", **form}
    answer = anna.post("/brieven/nieuw", form)
    assert answer.status_code == 400
    assert sentence in read(answer.text)
    assert 'value="leeg" selected' in answer.text
