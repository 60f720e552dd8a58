"""Enough letters to show figures; of each, the coupon of € 10 is on the ledger."""

from kindpakket.domain.ids import SchemeId
from kindpakket.domain.letters import Letter
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket.services.schemes.details import SchemeDetails, change_details
from tests.support.town import SCHEME, VALUES, Town, till_of

VALUE = 1_000
"""In cents. A letter has one coupon of this value, so that each coupon is of a different letter."""
_LAST = 5


def letter(number: int, scheme: SchemeId = SCHEME) -> Letter:
    """One of these letters."""
    return Letter(scheme, (1_000 + number).to_bytes(16))


def issue(town: Town, count: int, scheme: SchemeId = SCHEME, *, first: int = 0) -> None:
    """Issue this many letters."""
    change_details(town.workspace.context.store, scheme, SchemeDetails(letter_values=VALUES))
    coupons = sorted(
        address_of(coupon_key(letter(number, scheme), 0, _LAST))
        for number in range(first, first + count)
    )
    town.decide("issue", scheme, VALUE, coupons)


def spend(
    town: Town,
    shop: int,
    count: int,
    *,
    first: int = 0,
    amount: int = 100,
    scheme: SchemeId = SCHEME,
) -> list[str]:
    """Pay at a shop from this many letters, one payment each; return the payments."""
    made = []
    for number in range(first, first + count):
        code = town.code(amount, letter=letter(number, scheme), coupons=(_LAST,))
        made.append(town.api.pay(till_of(shop), code, amount)["id"])
    return made
