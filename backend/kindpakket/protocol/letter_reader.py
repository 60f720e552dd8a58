"""What a letter holds, read from the coupons file and the files of changes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kindpakket.domain.letters import MAX_COUPONS, Letter
from kindpakket.protocol.change_files import PREFIX_BYTES, ChangeFile, FileUnreadable, Issued
from kindpakket.protocol.changes import (
    ID_BYTES,
    NUMBER_OF_MAKING,
    ChangeUnreadable,
    Channel,
    CouponChange,
    Kind,
)
from kindpakket.protocol.keys import coupon_address, coupon_key
from kindpakket.protocol.signatures import Key

_GENERATIONS = 256


@dataclass(frozen=True)
class HeldCoupon:
    """A coupon of a letter; amounts in cents."""

    index: int
    generation: int
    remaining: int
    last_nonce: int = 0
    moved: bool = False
    changes: tuple[CouponChange, ...] = ()
    month: int = 0
    """The month of the last file."""
    entries: int = 0
    """How many entries of that month were read."""

    def after(self, change: CouponChange) -> "HeldCoupon":
        """Return the coupon after a change.

        Raises:
            FileUnreadable: the contract allows no such change.
        """
        remaining = self.remaining - change.debit
        if change.kind == Kind.REFUNDED:
            remaining += change.amount
            wrong = change.debit or change.nonce
        else:
            wrong = change.nonce <= self.last_nonce or change.debit > change.amount
        if change.kind == Kind.MOVED:
            wrong = wrong or remaining or change.debit != change.amount or change.shop
        if wrong or remaining < 0 or self.moved or change.kind == Kind.MADE:
            raise FileUnreadable
        return replace(
            self,
            remaining=remaining,
            last_nonce=max(self.last_nonce, change.nonce),
            moved=change.kind == Kind.MOVED,
            changes=(*self.changes, change),
            entries=self.entries + 1,
        )


class LetterReader:
    """The coupons of a letter; of one of which none was issued, those that moves made.

    Args:
        issued: the coupons file of the letter's scheme.
    """

    def __init__(self, letter: Letter, issued: Issued) -> None:
        self._letter = letter
        self.coupons: list[HeldCoupon] = []
        """Of all generations; one that was moved is followed by its successor, if that is of this
        letter."""
        for index in range(MAX_COUPONS):
            prefix = bytes.fromhex(coupon_address(letter, 0, index)[2:])[:PREFIX_BYTES]
            if prefix in issued.coupons:
                self.coupons.append(HeldCoupon(index, 0, issued.coupons[prefix]))
        self._blank = not self.coupons

    def read(self, file: ChangeFile) -> None:
        """Apply the changes of the next day or month of the letter's scheme.

        Raises:
            FileUnreadable: something in it is wrong; nothing of it was applied.
        """
        coupons: list[HeldCoupon] = []
        for coupon in (*self.coupons, *(self._made(file) if self._blank else ())):
            coupons.append(self._follow(coupon, file))
            while not coupon.moved and (moved_to := self._successor(coupons[-1])):
                coupons.append(self._follow(moved_to, file))
                coupon = moved_to
        self.coupons = coupons

    def _made(self, file: ChangeFile) -> Iterator[HeldCoupon]:
        """Yield the coupons of generation 0 that moves in this file made."""
        known = {coupon.index for coupon in self.coupons}
        for index in set(range(MAX_COUPONS)) - known:
            channel = _channel(coupon_key(self._letter, 0, index), file)
            if found := next(_opened(channel, NUMBER_OF_MAKING, file), None):
                _, minute, change = found
                if change != CouponChange.made(change.amount, change.time) or (
                    change.time // 60 != minute
                ):
                    raise FileUnreadable
                yield HeldCoupon(index, 0, change.amount)

    def _follow(self, coupon: HeldCoupon, file: ChangeFile) -> HeldCoupon:
        return follow(coupon, coupon_key(self._letter, coupon.generation, coupon.index), file)

    def _successor(self, coupon: HeldCoupon) -> HeldCoupon | None:
        """Return the coupon to which this one was moved, if it is of this letter."""
        generation = coupon.generation + 1
        if not coupon.moved or generation == _GENERATIONS:
            return None
        address = coupon_address(self._letter, generation, coupon.index)
        move = coupon.changes[-1]
        if bytes.fromhex(address[2:])[:ID_BYTES] != move.id:
            return None
        return HeldCoupon(coupon.index, generation, move.amount)


def follow(coupon: HeldCoupon, key: Key, file: ChangeFile) -> HeldCoupon:
    """Return a coupon after its changes in the next file.

    Raises:
        FileUnreadable: something in it is wrong.
    """
    month = file.span.month
    channel = _channel(key, file)
    if coupon.month != month:
        coupon = replace(coupon, month=month, entries=0)
    last = 0
    for place, minute, change in _opened(channel, coupon.entries, file):
        if place < last or change.time // 60 != minute:
            raise FileUnreadable
        coupon, last = coupon.after(change), place
    return coupon


def _channel(key: Key, file: ChangeFile) -> Channel:
    try:
        return Channel(key, file.public_key, file.span.month)
    except ValueError as error:
        raise FileUnreadable from error


def _opened(
    channel: Channel, number: int, file: ChangeFile
) -> Iterator[tuple[int, int, CouponChange]]:
    """Yield the coupon's changes from this number on, each with its group's position and minute."""
    while True:
        for place, minute, entry in file.by_tag.get(channel.tag(number), ()):
            try:
                change = channel.open(number, entry)
            except ChangeUnreadable as error:
                raise FileUnreadable from error
            if change is not None:  # else another's: tags can be equal by chance
                yield place, minute, change
                break
        else:
            return
        number += 1
