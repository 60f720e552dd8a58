"""The past of the larger town, played for three weeks from the start of a school year.

160 letters: 80 at first, which are left for clients and the page, and 80 in the first week.
In the second week the rules change and a shop is suspended, in the third a letter is replaced.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kindpakket.demo import places
from kindpakket.demo.build import build
from kindpakket.demo.founding import PastClock
from kindpakket.demo.lost_letter import WHY_REPLACED
from kindpakket.demo.year import LATER, SEASONS, SUSPENDED, WHY_RULES, WHY_SUSPENDED, a_year
from kindpakket.domain.categories import bits_of
from kindpakket.domain.ids import ShopId
from kindpakket.domain.refusals import Code
from kindpakket.domain.times import day_of
from kindpakket.ledger.abi import function_of
from kindpakket.services.base.context import Context
from kindpakket.services.decisions.history import list_made
from kindpakket.services.lost_letters.replacements import ReplacementState, list_replacements
from kindpakket.settings import Settings
from kindpakket.store import tables as t
from kindpakket.workspace import Workspace
from tests.support.demo_town import run

MONDAY = 1_755_504_000
"""18 August 2025 at eight in the morning in Greenwich, ISO week 34."""
DAY, WEEK = 86_400, 7 * 86_400
MUSIC, DANCE = ShopId(8), ShopId(10)


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def played() -> list[int]:
    return []


@pytest.fixture(scope="module")
def town(
    tmp_path_factory: pytest.TempPathFactory, told: list[str], played: list[int]
) -> Iterator[Context]:
    def track(weeks: Iterator[int]) -> Iterator[int]:
        for week in weeks:
            yield week
            played.append(week)

    settings = Settings(data=tmp_path_factory.mktemp("year") / "town")
    past = a_year(MONDAY, track, weeks=3, letters=160)
    build(settings, tell=told.append, past=past)
    clock = PastClock(MONDAY + 3 * WEEK)
    with Workspace.open(settings, clock=clock, sync=False) as workspace:
        yield workspace.context


def payments(town: Context, *shops: int) -> list[int]:
    """The times of the payments at shops in the scheme, in order."""
    table = t.payments.c
    query = select(table.time).where(table.scheme == 1, table.shop.in_(shops))
    with town.read_views() as db:
        return list(db.scalars(query.order_by(table.time)))


def test_as_much_is_bought_as_the_seasons_say(town: Context) -> None:
    """0.12 for each letter is 19.2, for the weight of 67 that shops have in an ordinary week.

    The first week: bicycles 12, sports 20, clothing 24, children's clothing 40, shoes 40, books
    12.5, toys 6, pool 6, and half for each of the five that may not be paid: 163. After it music
    and dance have 3.6 each and clothing half: 145.7. So 46.7 purchases, and twice 41.8.
    """
    with town.read_views() as db:
        refused = db.scalar(select(func.sum(t.refusals.c.attempts)))
    assert len(payments(town, *range(1, 14))) + refused == 130


def test_nobody_buys_on_sundays_and_mondays_or_at_night(town: Context) -> None:
    times = payments(town, *range(1, 14))
    assert {day_of(time).isoweekday() for time in times} == {2, 3, 4, 5, 6}
    assert all(7 * 3600 <= time % DAY < 15 * 3600 for time in times)  # from nine until five here


def test_music_and_dance_are_paid_after_the_change_of_the_rules_only(town: Context) -> None:
    scheme = town.ledger.view("schemes", places.SCHEME)
    assert scheme["permitted"] == bits_of(places.PERMITTED)
    assert set(LATER) < set(places.PERMITTED)
    assert payments(town, MUSIC, DANCE)[0] > MONDAY + WEEK


def test_the_suspended_shop_is_paid_before_and_not_after(town: Context) -> None:
    assert town.ledger.view("shops", SUSPENDED)["suspended"]
    assert payments(town, SUSPENDED)[-1] < MONDAY + WEEK
    assert payments(town, places.OFF_LICENCE, places.INVITED, places.BICYCLES_AND_SPIRITS) == []


def test_who_tries_a_shop_that_may_not_be_paid_is_refused(town: Context) -> None:
    with town.read_views() as db:
        codes = set(db.scalars(select(t.refusals.c.code)))
    assert codes == {Code.CATEGORY_NOT_PERMITTED}


def test_every_decision_on_the_way_has_a_reason_and_two_signatures(town: Context) -> None:
    with town.store.read() as db:
        reasons = set(db.scalars(select(t.prepared_decisions.c.reason)))
    assert {WHY_RULES, WHY_SUSPENDED} < reasons
    made = [each for each in list_made(town) if function_of(each.call) != "setPaused"]
    assert {function_of(each.call) for each in made} > {"setRules", "setSuspended", "settle"}
    assert {len(each.signers) for each in made} == {2}


def test_a_lost_letter_was_replaced_by_a_blank_one(town: Context) -> None:
    (found,) = list_replacements(town)
    assert found.message.reason == WHY_REPLACED
    assert found.state(town.now()) is ReplacementState.DONE
    with town.read_views() as db:
        moved = db.scalar(select(func.count()).where(t.coupons.c.moved))
    assert 0 < moved <= 12


def test_shops_were_paid_out_with_a_file_for_the_bank(town: Context) -> None:
    with town.store.read() as db:
        assert db.scalar(select(func.count()).select_from(t.payment_files)) == 1


def test_all_letters_and_cards_are_issued(town: Context) -> None:
    assert town.ledger.view("schemes", places.SCHEME)["issued"] == 170 * 300_00


def test_it_says_how_far_it_is(town: Context, told: list[str], played: list[int]) -> None:
    assert town
    assert played == [0, 1, 2]
    assert "nog 80 brieven toegekend" in told
    assert "1 verloren brief vervangen" in told


@pytest.mark.parametrize(
    ("season", "shop", "week", "factor"),
    [
        ("schoolvakanties", 5, 30, 0.4),
        ("schoolvakanties", 5, 28, 1),
        ("voorjaar", 1, 15, 2.5),
        ("begin van het schooljaar", 5, 35, 4),
        ("begin van het schooljaar", 7, 35, 1.2),
        ("cadeaus", 7, 49, 7),
    ],
)
def test_kinds_of_shops_have_seasons(season: str, shop: int, week: int, factor: float) -> None:
    sold = {each.id: each for each in places.SHOPS}[ShopId(shop)]
    assert SEASONS[season].factor(sold, week) == factor


def test_a_node_has_no_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDPAKKET_NODE_URL", "http://127.0.0.1:1")
    done = run("demo", "--data", tmp_path / "town", "--year")
    assert done.exit_code != 0
    assert "ingebouwde grootboek" in done.stderr
    assert not (tmp_path / "town").exists()
