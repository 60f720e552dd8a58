"""A town with payments to pay out."""

import pytest

from tests.support.payouts import HOLDERS, IBANS, give_account, sell
from tests.support.town import BICYCLES, BOOKS, Town


@pytest.fixture
def paid(town: Town) -> Town:
    """A town that owes the bicycle shop 30.00 and the bookshop 12.50, both with an account."""
    for shop, iban in IBANS.items():
        give_account(town, shop, iban, HOLDERS[shop])
    sell(town, BICYCLES, 30_00)
    sell(town, BOOKS, 12_50)
    return town
