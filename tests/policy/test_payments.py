"""Who can be paid, from what, and how much."""

import pytest
from tests.support.town import BICYCLES, OFF_LICENCE, Town, till_of

from kindpakket.domain.refusals import Refusal


def test_bicycle_shop_is_paid(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    assert payment["status"] == "settled"
    assert payment["amount"] == 4_250
    assert town.remaining() == [5_750, 10_000, 5_000, 2_000, 2_000, 1_000]


def test_off_licence_is_refused(town: Town) -> None:
    with pytest.raises(Refusal) as refusal:
        town.api.pay(till_of(OFF_LICENCE), town.code(4_250), 4_250)
    assert refusal.value.code == "category_not_permitted"
    assert town.remaining() == [10_000, 10_000, 5_000, 2_000, 2_000, 1_000]
