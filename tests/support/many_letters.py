"""So many letters that figures may be shown: of each, the coupon of € 10 is on the ledger."""

from kindpakket.domain.ids import SchemeId
from kindpakket.domain.letters import Letter
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from tests.support.town import SCHEME, Town, till_of

VALUE = 1_000
"""In cents. Of this value a letter has one coupon, so that each is a letter of its own."""
_LAST = 5


def letter(number: int, scheme: SchemeId = SCHEME) -> Letter:
    """One of these letters."""
    return Letter(scheme, (1_000 + number).to_bytes(16))


def issue(town: Town, count: int, scheme: SchemeId = SCHEME, *, first: int = 0) -> None:
    """Put so many letters on the ledger."""
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
    """Pay at a shop from so many letters, one payment each; return the payments."""
    made = []
    for number in range(first, first + count):
        code = town.code(amount, letter=letter(number, scheme), coupons=(_LAST,))
        made.append(town.api.pay(till_of(shop), code, amount)["id"])
    return made
