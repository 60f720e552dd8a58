"""A lost letter is replaced in real browsers: both officers open it, and the blank letter pays."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyrage
import pytest
from playwright.sync_api import Browser, Route, expect

from kindpakket.domain.letters import Letter, serial
from kindpakket.domain.refusals import Refusal
from kindpakket.protocol.keys import coupon_address, coupon_key
from kindpakket.services.lost_letters.replacements import find_letter
from tests.desk.looking import Fits
from tests.desk.lost import DIRK, EVA, Office, name_requesters
from tests.desk.making import STORED, letters_in, making, making_offline
from tests.desk.office import at_the_desk, decided_by_two
from tests.desk.officers import officers
from tests.desk.runs import OFFICERS, begin, hand_in_file, order_of
from tests.support.age import file_key
from tests.support.browser import run_axe
from tests.support.town import BICYCLES, SCHEME, VALUES, Town, till_of

MOVES = "**/api/v1/moves"


@pytest.fixture
def lost(with_runs: Office) -> Office:
    return with_runs


def secrets_of(*letters: Letter) -> list[str]:
    """All that spends a letter, in every form in which it could travel."""
    found = [text for each in letters for text in (each.text, each.grouped, each.secret.hex())]
    keys = [coupon_key(each, 0, index).hex() for each in letters for index in range(len(VALUES))]
    return [each.lower() for each in found + keys]


def test_a_lost_letter_is_replaced_and_the_blank_one_pays(
    chromium: Browser, lost: Office, fits: Fits
) -> None:
    town, letter, blank = lost.town, lost.letters[0], lost.blanks[0]
    payment = town.api.pay(till_of(BICYCLES), town.code(2_500, letter=letter), 2_500)
    path = lost.signed()
    with officers(chromium, lost) as (first, second):
        second.clerk.go("/")
        second.clerk.link("Open brief")
        fits(second.page, "the second officer's turn")
        second.open(path)
        town.api.pay(till_of(BICYCLES), town.code(1_000, letter=letter, coupons=(2,)), 1_000)
        first.clerk.go(path)
        fits(first.page, "the first officer's turn")
        first.move(path)
        fits(first.page, "a letter that was replaced")
        moves = first.requests("/api/v1/moves")
        assert len(moves) == len(VALUES), "one move for each coupon"
        assert not [each for each in first.requests("/api/") if "cookie" in each.lower()]
        assert second.requests("/api/") == []
        assert town.remaining(letter) == [0] * len(VALUES)
        assert town.remaining(blank) == [7_500, 10_000, 4_000, 2_000, 2_000, 1_000]
        secrets = secrets_of(letter, blank)
        for each in (first, second):
            kept = each.page.evaluate(STORED).lower() + "".join(each.sent).lower()
            assert not [secret for secret in secrets if secret in kept]
    with pytest.raises(Refusal):
        town.api.pay(till_of(BICYCLES), town.code(500, letter=letter, coupons=(1,)), 500)
    town.api.pay(till_of(BICYCLES), town.code(500, letter=blank, coupons=(1,)), 500)
    town.api.refund(till_of(BICYCLES), payment["id"], 2_500, town.now())
    assert town.remaining(blank)[0] == 10_000, "a refund follows"


def test_from_the_off_line_file_to_the_blank_letter_that_pays(
    chromium: Browser, town: Town, tmp_path: Path
) -> None:
    name_requesters(town)
    with (
        making(chromium, town) as (maker, anna, bram),
        at_the_desk(town, DIRK, EVA) as (dirk, eva),
    ):
        run, blank_run = begin(anna, 50), begin(anna, 1, kind="leeg")
        with making_offline(chromium, order_of(anna, run), tmp_path) as offline:
            offline.make()
            letters = letters_in(offline.print())
            content = offline.save()
        decided_by_two(anna, bram, hand_in_file(anna, content))
        blanks, _ = maker.whole(blank_run)
        number = {"first": serial(run, 50), "last": ""}
        for what in ("voorraad", "uitgedeeld"):
            assert dirk.post(f"/brieven/voorraad/{run}", number | {"what": what}).status_code == 303
        town.api.pay(till_of(BICYCLES), town.code(2_500, letter=letters[49]), 2_500)
        lost = Office(run, letters, blank_run, blanks, town, anna, bram, dirk, eva)
        path = lost.signed(lost=50)
        with officers(chromium, lost) as (first, second):
            second.open(path)
            first.move(path)
    assert town.remaining(letters[49]) == [0] * len(VALUES)
    assert town.remaining(blanks[0]) == [VALUES[0] - 2_500, *VALUES[1:]]
    with pytest.raises(Refusal):
        town.api.pay(till_of(BICYCLES), town.code(500, letter=letters[49]), 500)
    town.api.pay(till_of(BICYCLES), town.code(500, letter=blanks[0]), 500)


def test_a_card_moves_to_a_blank_letter_and_that_one_back_to_the_scheme(
    chromium: Browser, lost: Office
) -> None:
    town, card, blank = lost.town, lost.letters[50], lost.blanks[1]
    path = lost.signed(lost=51, blank=2)
    with officers(chromium, lost) as (first, second):
        second.open(path)
        first.move(path)
        assert [each["remaining"] for each in coupons(town, blank)] == [20_00] * 15
        with pytest.raises(Refusal):
            town.api.pay(till_of(BICYCLES), town.code(500, letter=card), 500)
        town.api.pay(till_of(BICYCLES), town.code(500, letter=blank), 500)
        filled = replace(lost, run=lost.blank_run)
        path = filled.signed(lost=2, blank=None)
        second.open(path)
        first.move(path)
    for letter in (card, blank):
        assert all(each["moved"] for each in coupons(town, letter))
    assert [each["remaining"] for each in coupons(town, blank)] == [0] * 15


def test_it_goes_on_after_a_break(chromium: Browser, lost: Office) -> None:
    path = lost.signed()
    with officers(chromium, lost) as (first, second):
        second.open(path)
        sent: list[Route] = []

        def first_two(route: Route) -> None:
            sent.append(route)
            if len(sent) > 2:
                route.abort()
            else:
                route.continue_()

        first.page.route(MOVES, first_two)
        first.clerk.go(path)
        first.try_to_move()
        first.clerk.sees("Er is geen verbinding.")
        assert lost.town.remaining(lost.blanks[0]) == [10_000, 10_000, 0, 0, 0, 0]
        first.page.unroute(MOVES)
        first.clerk.wrong.clear()  # the request that was broken off
        first.move(path)
    assert tuple(lost.town.remaining(lost.blanks[0])) == VALUES


def test_a_blank_letter_that_somebody_filled_gets_nothing(chromium: Browser, lost: Office) -> None:
    path, blank = lost.signed(), lost.blanks[0]
    other = lost.letters[1]
    keys = [[coupon_key(each, 0, 5)] for each in (other, blank)]
    lost.town.api.move(SCHEME, *keys, lost.town.now())
    with officers(chromium, lost) as (first, second):
        second.open(path)
        first.clerk.go(path)
        first.try_to_move()
        first.clerk.sees("De lege brief is al door iemand anders gevuld.")
        assert first.requests("/api/v1/moves") == []
    assert tuple(lost.town.remaining(lost.letters[0])) == VALUES


def test_a_letter_of_which_all_was_moved_before_is_told_and_the_request_stops(
    chromium: Browser, lost: Office, fits: Fits
) -> None:
    path, blank = lost.signed(), lost.blanks[0]
    moved_by_phone(lost, range(len(VALUES)))
    with officers(chromium, lost) as (first, second):
        second.open(path)
        first.clerk.go(path)
        first.try_to_move()
        first.clerk.sees("Wat op deze brief stond, is al eerder verplaatst")
        assert run_axe(first.page).violations_count == 0
        assert first.requests("/api/v1/moves") == []
        first.clerk.tap("Stop dit verzoek")
        first.clerk.sees("Gestopt. Wat al verplaatst is, blijft zo.")
        fits(first.page, "a request that was stopped")
    assert lost.town.remaining(blank) == [0] * len(VALUES)


def test_it_is_told_that_a_part_was_moved_elsewhere(chromium: Browser, lost: Office) -> None:
    path = lost.signed()
    moved_by_phone(lost, [0])
    with officers(chromium, lost) as (first, second):
        second.open(path)
        first.clerk.go(path)
        first.try_to_move()
        first.clerk.sees("Let op: een deel was al eerder verplaatst")
    assert lost.town.remaining(lost.blanks[0]) == [0, *VALUES[1:]]


def test_the_second_officer_cannot_put_a_letter_of_their_own_in_place(
    chromium: Browser, lost: Office
) -> None:
    path, own = lost.signed(), Letter.generate(SCHEME)
    recipients = [each.to_public() for each in OFFICERS]
    sealed = own.text.encode()
    for recipient in recipients:
        sealed = pyrage.encrypt(sealed, [recipient])
    stored = find_letter(lost.town.workspace.context, lost.run, 1)
    assert stored is not None
    keys = {"lost": stored.sealed, "blank": sealed}
    form = {name: "0x" + file_key(each, str(OFFICERS[1])).hex() for name, each in keys.items()}
    assert lost.bram.post(f"{path}/geopend", form).status_code == 303
    with officers(chromium, lost) as (first, _):
        first.clerk.go(path)
        first.try_to_move()
        first.clerk.sees("De brief is niet te openen")
        assert first.requests("/api/") == []


def test_a_wrong_passphrase_opens_nothing(chromium: Browser, lost: Office) -> None:
    path = lost.signed()
    with officers(chromium, lost) as (_, second):
        second.clerk.go(path)
        second.page.get_by_label("Uw wachtzin").fill("vier andere woorden")
        second.clerk.tap("Open mijn laag")
        second.clerk.sees("De wachtzin klopt niet.")
        expect(second.page.get_by_text("Uw laag is open.")).to_have_count(0)


def moved_by_phone(lost: Office, indices: Iterable[int]) -> None:
    """Move coupons of the lost letter to the second blank one, as who has the letter can."""
    for index in indices:
        keys = [[coupon_key(each, 0, index)] for each in (lost.letters[0], lost.blanks[1])]
        lost.town.api.move(SCHEME, *keys, lost.town.now())


def coupons(town: Town, card: Letter) -> list[dict[str, Any]]:
    """The fifteen coupons of a card, or of the letter to which they moved, on the ledger."""
    return [town.view("coupons", coupon_address(card, 0, index)) for index in range(15)]
