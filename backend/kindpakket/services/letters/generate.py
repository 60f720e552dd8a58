"""Generation of a run of letters and cards: their secrets, and the list of their coupons.

Only the list leaves the letter station for the ledger.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyrage

from kindpakket.domain.ids import Address, SchemeId
from kindpakket.domain.letters import (
    CARD_COUPON_MOST,
    CARD_VALUES,
    LETTER_VALUES,
    MAX_COUPONS,
    Letter,
)
from kindpakket.domain.money import MAX_CENTS
from kindpakket.protocol.codes import Card
from kindpakket.protocol.keys import coupon_address, coupon_key
from kindpakket.services.letters.coupon_lists import CouponList

FEWEST_LETTERS = 50
"""Minimum number of letters in a run, so that a coupon is one of many."""


class RunInvalid(ValueError):
    """The run is not allowed; the message says why, in Dutch."""


@dataclass(frozen=True)
class Sheet:
    """One letter or card before printing. Whoever has a letter's secret can spend it."""

    number: int
    letter: Letter
    values: tuple[int, ...]
    """Value of each coupon, in cents."""
    is_card: bool

    @property
    def coupons(self) -> Iterator[tuple[int, Address]]:
        """Value and address of each coupon."""
        for index, value in enumerate(self.values):
            yield value, coupon_address(self.letter, 0, index)

    @property
    def card_codes(self) -> list[str]:
        """Content of a card's QR codes, one for each coupon."""
        return [
            Card(self.letter.scheme, coupon_key(self.letter, 0, index)).text
            for index in range(len(self.values))
        ]


@dataclass(frozen=True)
class Run(CouponList):
    """The sheets of a run, numbered from 1, letters first, and their coupons."""

    sheets: tuple[Sheet, ...]

    @property
    def letters(self) -> list[Letter]:
        """The letters, without the cards."""
        return [sheet.letter for sheet in self.sheets if not sheet.is_card]


def make_run(
    scheme: SchemeId,
    letters: int,
    values: Sequence[int] = LETTER_VALUES,
    *,
    cards: int = 0,
    card_values: Sequence[int] = CARD_VALUES,
) -> Run:
    """Generate the secrets of a run.

    Args:
        values: of each coupon of a letter, in cents.
        card_values: of each coupon of a card, in cents.

    Raises:
        RunInvalid: too few letters, or values that no letter or card may have.
    """
    _check(letters, values, cards, card_values)
    kinds = [(tuple(values), False)] * letters + [(tuple(card_values), True)] * cards
    sheets = tuple(
        Sheet(number, Letter.generate(scheme), held, is_card)
        for number, (held, is_card) in enumerate(kinds, start=1)
    )
    return list_sheets(scheme, sheets)


def list_sheets(scheme: SchemeId, sheets: tuple[Sheet, ...]) -> Run:
    """Return the run of these sheets, with the list of their coupons."""
    coupons: dict[int, list[Address]] = {}
    for sheet in sheets:
        for value, address in sheet.coupons:
            coupons.setdefault(value, []).append(address)
    listed = {value: sorted(coupons[value]) for value in sorted(coupons, reverse=True)}
    return Run(scheme, listed, sheets)


def seal(letter: Letter, first: str, second: str) -> bytes:
    """Encrypt a letter's text (age) to one privacy officer's key, and the result to another's.

    The second officer decrypts first; both are needed.

    Args:
        first: public keys, ``age1…``.

    Raises:
        RunInvalid: a key is not one of age, or both are the same.
    """
    if first == second:
        raise RunInvalid("De twee sleutels om te verzegelen moeten van twee mensen zijn.")
    sealed = letter.text.encode()
    for officer in (first, second):
        try:
            recipient = pyrage.x25519.Recipient.from_str(officer)
        except pyrage.RecipientError as error:
            raise RunInvalid(f"Dit is geen openbare sleutel van age: {officer}") from error
        sealed = pyrage.encrypt(sealed, [recipient])
    return bytes(sealed)


def _check(letters: int, values: Sequence[int], cards: int, card_values: Sequence[int]) -> None:
    if letters < FEWEST_LETTERS or cards < 0:
        raise RunInvalid(f"Een serie heeft minstens {FEWEST_LETTERS} brieven.")
    for each in (values, card_values):
        if not 1 <= len(each) <= MAX_COUPONS or not all(0 < value <= MAX_CENTS for value in each):
            raise RunInvalid(f"Een brief heeft 1 tot {MAX_COUPONS} tegoeden van meer dan € 0,00.")
    if max(card_values) > CARD_COUPON_MOST:
        raise RunInvalid("Een tegoed op een kaart is hoogstens € 20,00.")
