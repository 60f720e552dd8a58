"""Details of a scheme that are not on the ledger: coupons of letters and cards, and texts."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from kindpakket.domain.language import say
from kindpakket.domain.letters import CARD_COUPON_MOST, CARD_VALUES, LETTER_VALUES, MAX_COUPONS
from kindpakket.domain.money import format_euros, parse_euros
from kindpakket.store import tables as t
from kindpakket.store.database import Store

LETTER_COUPONS_MOST = 12
"""Maximum number of coupons, so that two codes can hold a letter's whole budget."""
LETTER_COUPON_LEAST = 5_00
"""Minimum of the coupons that are proposed for a letter, in cents."""
LETTER_MOST = MAX_COUPONS * CARD_COUPON_MOST
"""Maximum of a letter in cents, so that a card can hold as much."""
TEXT_LONGEST = 1000
"""Maximum length of a text for parents or for shops, in characters."""

_ROUND = (200_00, 100_00, 50_00, 20_00, 10_00, 5_00)


class SplitInvalid(ValueError):
    """These coupons are not allowed on a letter or card of this scheme; the message says why."""


@dataclass(frozen=True)
class SchemeDetails:
    """The coupons of a letter and of a card, in cents, and texts; empty when not set."""

    letter_values: tuple[int, ...] = LETTER_VALUES
    card_values: tuple[int, ...] = CARD_VALUES
    parent_text: str = ""
    shop_text: str = ""

    @property
    def per_letter(self) -> int:
        """What a letter is worth, in cents."""
        return sum(self.letter_values)


def read_details(store: Store, scheme: int) -> SchemeDetails:
    """Return the details of a scheme; defaults when not set."""
    table = t.scheme_details
    with store.read() as db:
        row = db.execute(select(table).where(table.c.scheme == scheme)).one_or_none()
    if row is None:
        return SchemeDetails()
    return SchemeDetails(
        read_cents(row.letter_values), read_cents(row.card_values), row.parent_text, row.shop_text
    )


def keep_details(db: Connection, scheme: int, details: SchemeDetails) -> None:
    """Set the details of a scheme."""
    table = t.scheme_details
    db.execute(delete(table).where(table.c.scheme == scheme))
    db.execute(
        insert(table).values(
            scheme=scheme,
            letter_values=write_cents(details.letter_values),
            card_values=write_cents(details.card_values),
            parent_text=details.parent_text,
            shop_text=details.shop_text,
        )
    )


def change_details(store: Store, scheme: int, details: SchemeDetails) -> None:
    """Set other details of a scheme, at once."""
    with store.write() as db:
        keep_details(db, scheme, details)


def read_cents(values: str) -> tuple[int, ...]:
    """Parse amounts as the database has them: ``10000,10000,5000``; none when it is empty."""
    return tuple(int(value) for value in values.split(",") if value)


def read_split(text: str) -> tuple[int, ...]:
    """Parse amounts in euros separated by spaces or ``+``, with repetitions as ``15 x 20``; largest
    first.

    Raises:
        SplitInvalid: one is no amount.
    """
    found: list[int] = []
    try:
        for part in re.split(r"\s*\+\s*|\s+", re.sub(r"\s*[x×*]\s*", "x", text.strip())):
            times, _, amount = part.rpartition("x")
            count = int(times or 1)
            if not 0 < count <= MAX_COUPONS:
                raise ValueError(times)
            found += [parse_euros(amount)] * count
    except ValueError as error:
        raise SplitInvalid(say("Schrijf de tegoeden als 100 + 2 x 50 + 3 x 20.")) from error
    return tuple(sorted(found, reverse=True))


def say_split(values: Sequence[int]) -> str:
    """Format amounts as :func:`read_split` parses them: ``100 + 2 x 50 + 3 x 20``."""
    parts = []
    for value, count in sorted(Counter(values).items(), reverse=True):
        euros = format_euros(value).removeprefix("€ ").removesuffix(",00").replace(".", "")
        parts.append(f"{count} x {euros}" if count > 1 else euros)
    return " + ".join(parts)


def check_amount(per_letter: int) -> None:
    """Check the value of a letter, in cents.

    Raises:
        SplitInvalid: no card could hold as much.
    """
    if per_letter > LETTER_MOST:
        raise SplitInvalid(
            say(
                "Een brief is hoogstens %(most)s waard: meer past niet op een kaart.",
                most=format_euros(LETTER_MOST),
            )
        )


def check_letter(values: Sequence[int], per_letter: int) -> None:
    """Check the coupons of a letter, in cents.

    Raises:
        SplitInvalid: they are too many, or not worth this much together.
    """
    if len(values) > LETTER_COUPONS_MOST:
        raise SplitInvalid(
            say(
                "Een brief heeft hoogstens %(most)s tegoeden. Dan past het hele bedrag in twee "
                "betaalcodes.",
                most=LETTER_COUPONS_MOST,
            )
        )
    _check_sum(values, per_letter, propose_letter(per_letter))


def check_card(values: Sequence[int], per_letter: int) -> None:
    """Check the coupons of a card, in cents.

    Raises:
        SplitInvalid: they are too many, one is too large, or they are not worth this much together.
    """
    if len(values) > MAX_COUPONS or max(values) > CARD_COUPON_MOST:
        raise SplitInvalid(
            say(
                "Een kaart heeft hoogstens %(count)s tegoeden van elk hoogstens %(most)s.",
                count=MAX_COUPONS,
                most=format_euros(CARD_COUPON_MOST),
            )
        )
    _check_sum(values, per_letter, propose_card(per_letter))


def propose_letter(per_letter: int) -> tuple[int, ...]:
    """Return round coupons for a letter, each at most a third of what is left, or € 5."""
    return tuple(sorted(_thirds(per_letter), reverse=True))


def propose_card(per_letter: int) -> tuple[int, ...]:
    """Return coupons for a card, as large as allowed."""
    count, rest = divmod(per_letter, CARD_COUPON_MOST)
    return (CARD_COUPON_MOST,) * count + ((rest,) if rest else ())


def _thirds(left: int) -> Iterator[int]:
    for _coupon in range(LETTER_COUPONS_MOST - 1):
        if left <= LETTER_COUPON_LEAST:
            break
        third = max(left // 3, LETTER_COUPON_LEAST)
        coupon = next(value for value in _ROUND if value <= third)
        yield coupon
        left -= coupon
    yield left


def _check_sum(values: Sequence[int], per_letter: int, proposed: Sequence[int]) -> None:
    if sum(values) != per_letter:
        raise SplitInvalid(
            say(
                "Deze tegoeden zijn samen %(sum)s en niet %(amount)s. Bijvoorbeeld: %(proposed)s.",
                sum=format_euros(sum(values)),
                amount=format_euros(per_letter),
                proposed=say_split(proposed),
            )
        )


def write_cents(values: Sequence[int]) -> str:
    return ",".join(map(str, values))
