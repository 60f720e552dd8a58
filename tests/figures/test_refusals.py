"""Refusals are counted asynchronously, and shown by reason."""

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from kindpakket.actors import Till, claim
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.protocol.signatures import Key
from kindpakket.services.figures.refused import RefusalLine
from kindpakket.services.figures.shop_months import read_figures
from kindpakket.services.oversight.retention import MONTHS_13, delete_expired
from kindpakket.services.payments import refusals_seen
from kindpakket.store import tables as t
from kindpakket.store.database import StoreUnavailable
from tests.support.many_letters import VALUE, letter, spend
from tests.support.town import BICYCLES, OFF_LICENCE, SCHEME, START, Town, owner_of, till_of

HOUR = 3600
OF_TEN = START - START % HOUR + HOUR
"""One hour after the founding."""


def refused(town: Town, shop: int, number: int, amount: int = 100) -> str:
    """Claim from a letter where that is refused; return the reason."""
    code = town.code(amount, letter=letter(number), coupons=(5,))
    with pytest.raises(Refusal) as refusal:
        town.api.pay(till_of(shop), code, amount)
    return refusal.value.code


def noted(town: Town) -> list[tuple[Any, ...]]:
    refusals_seen._waiting.join()
    with town.workspace.context.store.read() as db:
        rows = db.execute(select(t.refusals).order_by(t.refusals.c.hour, t.refusals.c.code))
        return [(row.hour, row.code, row.scheme, row.shop, row.attempts) for row in rows]


def shown(town: Town) -> list[RefusalLine]:
    refusals_seen._waiting.join()
    return read_figures(town.workspace.context).refusals


def test_a_refusal_is_noted_by_the_hour(large_town: Town) -> None:
    assert refused(large_town, OFF_LICENCE, 0) == "category_not_permitted"
    assert noted(large_town) == [(OF_TEN, "category_not_permitted", SCHEME, OFF_LICENCE, 1)]
    refused(large_town, OFF_LICENCE, 0)
    refused(large_town, BICYCLES, 0, VALUE + 1)
    large_town.clock.time += HOUR
    refused(large_town, OFF_LICENCE, 0)
    assert noted(large_town) == [
        (OF_TEN, "budget_too_low", SCHEME, BICYCLES, 1),
        (OF_TEN, "category_not_permitted", SCHEME, OFF_LICENCE, 2),
        (OF_TEN + HOUR, "category_not_permitted", SCHEME, OFF_LICENCE, 1),
    ]


def test_a_payment_and_a_claim_that_was_paid_before_are_none(large_town: Town) -> None:
    code = large_town.code(100, letter=letter(0), coupons=(5,))
    large_town.api.pay(till_of(BICYCLES), code, 100)
    assert noted(large_town) == []


def test_who_is_not_the_till_writes_nothing(large_town: Town) -> None:
    """Otherwise anyone could fill the table, under any shop's number."""
    code = large_town.code(100, letter=letter(0), coupons=(5,))
    stranger = type(till_of(BICYCLES))(OFF_LICENCE, till_of(BICYCLES).key)
    with pytest.raises(Refusal) as refusal:
        large_town.api.pay(stranger, code, 100)
    assert refusal.value.code == Code.TILL_NOT_ACTIVE
    body = {"code": "KP1:", "shop": 1}
    assert large_town.post("/payments", body).status_code == 400
    assert [row[1:4] for row in noted(large_town)] == [("till_not_active", SCHEME, OFF_LICENCE)]


def test_a_year_and_a_month_later_it_is_forgotten(large_town: Town) -> None:
    refused(large_town, OFF_LICENCE, 0)
    large_town.clock.time += MONTHS_13 - HOUR
    delete_expired(large_town.workspace.context)
    refused(large_town, OFF_LICENCE, 1)
    assert [row[4] for row in noted(large_town)] == [1, 1]
    large_town.clock.time += 24 * HOUR
    delete_expired(large_town.workspace.context)
    assert OF_TEN not in [row[0] for row in noted(large_town)]


def test_attempts_are_counted_by_reason_at_all_shops_together(large_town: Town) -> None:
    for number in range(3):
        refused(large_town, OFF_LICENCE, number)
    refused(large_town, BICYCLES, 0, VALUE + 1)
    first, second = shown(large_town)
    assert (first.name, first.attempts) == (
        "Dit budget kan niet in dit soort winkel worden gebruikt.",
        3,
    )
    assert (second.code, second.attempts) == (Code.BUDGET_TOO_LOW, 1)


@pytest.mark.parametrize("error", [StoreUnavailable("disk"), RuntimeError("a mistake")])
def test_a_store_that_cannot_be_written_changes_no_answer(
    large_town: Town, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    @contextmanager
    def broken(*_: object) -> Any:
        raise error
        yield

    store = large_town.workspace.context.store
    with monkeypatch.context() as patch:
        patch.setattr(store, "write", broken)
        assert refused(large_town, OFF_LICENCE, 0) == "category_not_permitted"
        assert noted(large_town) == []
    assert refused(large_town, OFF_LICENCE, 0) == "category_not_permitted"
    assert len(noted(large_town)) == 1


def test_an_answer_does_not_wait_for_the_store(large_town: Town) -> None:
    with large_town.workspace.context.store.write():  # no other connection can write meanwhile
        assert refused(large_town, OFF_LICENCE, 0) == "category_not_permitted"
    assert len(noted(large_town)) == 1


def test_with_a_full_queue_refusals_are_answered_and_not_counted(
    large_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    spend(large_town, BICYCLES, 1)
    with large_town.workspace.context.store.write():
        full: Callable[..., None] = lambda _: (_ for _ in ()).throw(refusals_seen.queue.Full)  # noqa: E731
        monkeypatch.setattr(refusals_seen._waiting, "put_nowait", full)
        assert refused(large_town, OFF_LICENCE, 0) == "category_not_permitted"
    assert noted(large_town) == []


def test_only_a_till_of_the_ledger_has_a_refusal_noted(large_town: Town) -> None:
    for key in (Key(b"\x55" * 32), owner_of(OFF_LICENCE)):
        code = large_town.code(100, letter=letter(0), coupons=(5,))
        with pytest.raises(Refusal):
            large_town.api.pay(Till(OFF_LICENCE, key), code, 100)
    assert noted(large_town) == []
    refused(large_town, OFF_LICENCE, 0)
    assert len(noted(large_town)) == 1


def test_who_repeats_a_claim_that_was_paid_has_nothing_noted(large_town: Town) -> None:
    domain, shop = large_town.api.domain, till_of(BICYCLES)
    paid = claim(domain, shop, large_town.code(100, letter=letter(0), coupons=(5,)), 100)
    assert large_town.post("/payments", paid).status_code == 201
    large_town.decide("setPaused", SCHEME, True)
    other = large_town.code(100, letter=letter(1), coupons=(5,))
    assert large_town.post("/payments", paid | {"code": other}).status_code == 409
    assert noted(large_town) == []
