"""Signals about shops."""

from kindpakket.domain.categories import bits_of
from kindpakket.services.figures.signals import Signal, SignalKind, list_signals
from tests.support.many_letters import letter, spend
from tests.support.town import BICYCLES, BOOKS, Town, till_of

HOUR, DAY = 3600, 24 * 3600


def signals(town: Town, shop: int = BICYCLES) -> list[Signal]:
    return list_signals(town.workspace.context, shop)


def draw(town: Town, times: int, *, number: int = 0, amount: int = 101) -> None:
    for _ in range(times):
        code = town.code(amount, letter=letter(number), coupons=(5,))
        town.api.pay(till_of(BICYCLES), code, amount)


def test_a_shop_with_ordinary_payments_has_no_signals(large_town: Town) -> None:
    spend(large_town, BICYCLES, 25, amount=101)
    assert signals(large_town) == []


def test_four_draws_on_one_coupon_within_an_hour(large_town: Town) -> None:
    draw(large_town, 3)
    assert signals(large_town) == []
    draw(large_town, 1)
    (signal,) = signals(large_town)
    assert (signal.kind, signal.count) == (SignalKind.MANY_DRAWS, 4)
    assert signal.last - signal.first == 3
    assert signal.text == (
        "Van één tegoed is binnen een uur 4 keer betaald, vanaf 15 januari 2027 om 10.00.02 uur."
    )
    assert signals(large_town, BOOKS) == []


def test_four_draws_in_more_than_an_hour_are_none(large_town: Town) -> None:
    draw(large_town, 2)
    large_town.clock.time += HOUR
    draw(large_town, 2)
    assert signals(large_town) == []


def test_no_coupon_is_named(large_town: Town) -> None:
    draw(large_town, 4)
    assert "0x" not in repr(signals(large_town))


def test_refunds_in_the_day_before_a_payout(large_town: Town) -> None:
    first, second = spend(large_town, BICYCLES, 2)
    large_town.api.refund(till_of(BICYCLES), first, 10, large_town.now())
    large_town.clock.time += DAY
    large_town.api.refund(till_of(BICYCLES), second, 10, large_town.now())
    large_town.decide("settle", 1, [BICYCLES], [50], b"\x01" * 32)
    (signal,) = signals(large_town)
    assert (signal.kind, signal.count) == (SignalKind.REFUNDS_BEFORE_PAYOUT, 1)
    assert signal.text == "Kort voor uitbetaling 1 is 1 keer geld teruggegeven."


def test_many_round_amounts_are_a_signal(large_town: Town) -> None:
    spend(large_town, BICYCLES, 9, amount=500)
    spend(large_town, BICYCLES, 11, first=9, amount=101)
    assert signals(large_town) == []
    spend(large_town, BICYCLES, 2, first=20, amount=1_000)
    (signal,) = signals(large_town)
    assert (signal.kind, signal.count) == (SignalKind.ROUND_AMOUNTS, 11)
    assert signal.text == "Van 22 betalingen zijn er 11 een veelvoud van 5 euro."


def test_a_share_of_nineteen_payments_says_nothing(large_town: Town) -> None:
    spend(large_town, BICYCLES, 19, amount=500)
    assert signals(large_town) == []


def test_a_signal_changes_nothing_for_the_shop(large_town: Town) -> None:
    draw(large_town, 6)
    assert signals(large_town)
    shop = large_town.view("shops", BICYCLES)
    assert (shop["admitted"], shop["categories"]) == (True, bits_of(["bicycles"]))
