"""A parent's wallet for the story and the cheats: makes codes with a letter's coupons."""

from sqlalchemy import select

from kindpakket.actors import show_code
from kindpakket.domain.letters import LETTER_VALUES, Letter
from kindpakket.domain.wallet import (
    MAX_BUNDLE,
    BudgetTooLow,
    Coupon,
    choose_coupons,
    most_in_one_code,
)
from kindpakket.protocol.codes import PaymentCode
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t


class Wallet:
    """A letter of the town, with its coupons."""

    def __init__(self, context: Context, letter: Letter) -> None:
        self._context = context
        self._letter = letter
        self._keys = [coupon_key(letter, 0, index) for index in range(len(LETTER_VALUES))]
        self._addresses = [address_of(key) for key in self._keys]

    @property
    def most(self) -> int:
        """The most that one code of the letter holds, in cents."""
        return most_in_one_code(self.coupons())

    def coupons(self) -> list[Coupon]:
        """Return the coupons in their current state."""
        query = select(t.coupons).where(t.coupons.c.coupon.in_(self._addresses))
        with self._context.read_views() as db:
            found = {row.coupon: row for row in db.execute(query)}
        rows = [found[address] for address in self._addresses]
        return [Coupon(i, 0, row.remaining, row.last_nonce) for i, row in enumerate(rows)]

    def code(self, amount: int, now: int) -> PaymentCode:
        """Make a code for an amount in cents, even if the letter does not hold it."""
        coupons = self.coupons()
        chosen = _cover(coupons, amount) or coupons[:1]
        nonce = max(now, *(coupon.last_nonce + 1 for coupon in chosen))
        keys = [self._keys[coupon.index] for coupon in chosen]
        domain, scheme = self._context.ledger.domain, self._letter.scheme
        return show_code(domain, scheme, keys, amount, now, nonce=nonce)


def _cover(coupons: list[Coupon], amount: int) -> list[Coupon]:
    """Return coupons for an amount in cents, or all if they are not enough, for a refusal."""
    try:
        return choose_coupons(coupons, amount)
    except BudgetTooLow:
        return [coupon for coupon in coupons if coupon.remaining][:MAX_BUNDLE]
