"""A town of which the bank was asked to pay."""

import pytest

from tests.support.payouts import DAY, get_file, pay_out
from tests.support.town import Town


@pytest.fixture
def settled(paid: Town) -> Town:
    """A town that paid out € 30.00 and € 12.50, and got the file for 18 January; it is
    now 22 January."""
    pay_out(paid)
    get_file(paid, 1)
    paid.clock.time += 7 * DAY
    return paid
