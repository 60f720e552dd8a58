"""Runs that a browser makes: begun with a number of their own, and the order from which it works.

The browser draws the secrets. An order has none, and can be taken to a machine that is off line.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from kindpakket.domain.ids import Address, SchemeId
from kindpakket.domain.language import say
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.services.decisions.privacy_officers import PLACES, NamedOfficer, read_officers
from kindpakket.services.letters.coupon_lists import MOST_BYTES
from kindpakket.services.letters.generate import FEWEST_LETTERS
from kindpakket.services.letters.paper.stationery import Stationery
from kindpakket.services.letters.scheme_words import describe_scheme
from kindpakket.services.schemes.details import read_details
from kindpakket.services.schemes.look_up import find_scheme
from kindpakket.store import tables as t

_COUPON_BYTES, _SEALED_BYTES = 45, 640
"""Size in a handed-in file of a coupon, and at most of a sealed letter with its number."""
_SHOWN = 20


class OrderInvalid(ValueError):
    """No such run can be made; the message says why."""


@dataclass(frozen=True)
class BegunRun:
    """A run that was given a number; whether it was printed is not known here."""

    number: int
    scheme: SchemeId
    letters: int
    cards: int
    sealed_to: tuple[str, str]
    """Public keys (``age1…``), in the order in which a letter is sealed."""
    begun_at: int
    """In unix seconds."""
    begun_by: Address
    blank: bool
    """Whether its letters have no amount: nothing of it is issued."""


def begin_run(
    context: Context, scheme: SchemeId, letters: int, cards: int, by: Address, *, blank: bool
) -> int:
    """Give a run a number.

    A run of blank letters can be of any size: no list of it is on the ledger, which could tell
    something about few.

    Raises:
        OrderInvalid: it is too small or too large, blank with cards, or a privacy officer is
            missing.
        Refusal: there is no such scheme.
        RunInvalid: the scheme's name cannot be printed.
        LedgerUnavailable: the ledger cannot be read.
    """
    describe_scheme(find_scheme(context, scheme))
    _check_counts(letters, cards, blank=blank)
    letter_values, card_values = _values(context, scheme, blank=blank)
    coupons = letters * len(letter_values) + cards * len(card_values)
    if coupons * _COUPON_BYTES + (letters + cards) * _SEALED_BYTES > MOST_BYTES:
        raise OrderInvalid(say("Zoveel past niet in een serie. Maak er meer series van."))
    officers = _both_officers(context)
    with context.store.write() as db:
        number = next_run(db)
        db.execute(
            insert(t.begun_runs).values(
                run=number,
                scheme=scheme,
                letters=letters,
                cards=cards,
                first_recipient=officers[0].recipient,
                second_recipient=officers[1].recipient,
                begun_at=context.now(),
                begun_by=by,
                blank=blank,
            )
        )
    return number


def next_run(db: Connection) -> int:
    """Return the number of the next run."""
    tables = (t.letter_runs, t.begun_runs)
    return max(db.scalar(select(func.max(table.c.run))) or 0 for table in tables) + 1


def find_begun(context: Context, number: int) -> BegunRun | None:
    """Return the run that was begun with this number."""
    with context.store.read() as db:
        row = db.execute(select(t.begun_runs).where(t.begun_runs.c.run == number)).one_or_none()
    return None if row is None else _begun(row)


def is_handed_in(context: Context, number: int) -> bool:
    """Whether the run of this number was handed in."""
    with context.store.read() as db:
        return bool(db.scalar(select(t.letter_runs.c.run).where(t.letter_runs.c.run == number)))


def list_begun(context: Context) -> list[BegunRun]:
    """Return the latest runs that were begun and not handed in, newest first."""
    table = t.begun_runs
    handed_in = select(t.letter_runs.c.run)
    query = select(table).where(table.c.run.not_in(handed_in)).order_by(table.c.run.desc())
    with context.store.read() as db:
        return [_begun(row) for row in db.execute(query.limit(_SHOWN))]


def write_order(context: Context, begun: BegunRun, stationery: Stationery) -> Mapping[str, Any]:
    """Return the order for a run, as the browser reads it.

    Raises:
        OrderInvalid: it was begun for other privacy officers than those of now.
        RunInvalid: the scheme's name cannot be printed.
        LedgerUnavailable: the ledger cannot be read.
    """
    officers = _both_officers(context)
    if tuple(each.recipient for each in officers) != begun.sealed_to:
        raise OrderInvalid(
            say("Er is een andere privacyfunctionaris dan toen deze serie begon. Begin een nieuwe.")
        )
    letter_values, card_values = _values(context, begun.scheme, blank=begun.blank)
    names = read_names(context)
    details = stationery.fields
    del details["logo"]
    colours = details.pop("colours")
    return {
        "run": begun.number,
        "scheme": begun.scheme,
        "blank": begun.blank,
        "letters": begun.letters,
        "cards": begun.cards,
        "letterValues": letter_values,
        "cardValues": card_values,
        "sealedTo": begun.sealed_to,
        "officers": [names.official(each.official) for each in officers],
        "appAddress": stationery.app_address,
        "logo": _data_address(stationery),
        "colours": {name: colours[name] for name in ("brand", "tint")},
        "stationery": details | describe_scheme(find_scheme(context, begun.scheme)),
    }


def _check_counts(letters: int, cards: int, *, blank: bool) -> None:
    if blank and cards:
        raise OrderInvalid(say("Een kaart kan niet leeg zijn. Kies 0 kaarten."))
    if blank and not letters:
        raise OrderInvalid(say("Een serie heeft minstens één brief."))
    if not blank and letters < FEWEST_LETTERS:
        raise OrderInvalid(
            say(
                "Een serie heeft minstens %(fewest)s brieven, zodat een lijst weinig vertelt. "
                "Druk er %(fewest)s af en bewaar de rest als contant geld.",
                fewest=FEWEST_LETTERS,
            )
        )


def _values(
    context: Context, scheme: SchemeId, *, blank: bool
) -> tuple[Sequence[int], Sequence[int]]:
    """The coupons of a letter and of a card, in cents."""
    if blank:
        return (), ()
    split = read_details(context.store, scheme)
    return split.letter_values, split.card_values


def _both_officers(context: Context) -> list[NamedOfficer]:
    officers = read_officers(context)
    if set(officers) != set(PLACES):
        raise OrderInvalid(
            say("Er zijn nog geen twee privacyfunctionarissen om brieven voor te verzegelen.")
        )
    return [officers[place] for place in PLACES]


def _data_address(stationery: Stationery) -> str:
    logo = stationery.look.logo
    if logo is None:
        return ""
    return f"data:{logo.media_type};base64,{base64.b64encode(logo.content).decode()}"


def _begun(row: Row[Any]) -> BegunRun:
    return BegunRun(
        row.run,
        SchemeId(row.scheme),
        row.letters,
        row.cards,
        (row.first_recipient, row.second_recipient),
        row.begun_at,
        Address(row.begun_by),
        row.blank,
    )
