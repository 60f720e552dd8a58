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
from kindpakket.domain.letters import MOST_RUN, serial
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.services.letters.coupon_lists import MOST_BYTES
from kindpakket.services.letters.generate import FEWEST_LETTERS
from kindpakket.services.letters.scheme_words import check_name, describe_scheme
from kindpakket.services.lost_letters.privacy_officers import PLACES, NamedOfficer, read_officers
from kindpakket.services.paper.stationery import Stationery
from kindpakket.services.paper.typeset import bar_widths
from kindpakket.services.schemes.details import read_cents, read_details, write_cents
from kindpakket.services.schemes.look_up import find_scheme
from kindpakket.store import tables as t

_COUPON_BYTES, _SEALED_BYTES = 45, 640
"""Size in a handed-in file of a coupon, and at most of a sealed letter with its number."""
_MOST_UNFINISHED, _UNFINISHED_DAYS = 20, 30
"""Maximum number of runs that one official begins in so many days and does not hand in."""
_UNFINISHED = t.begun_runs.c.run.not_in(select(t.letter_runs.c.run))


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
    letter_values: tuple[int, ...]
    """The coupons of a letter, in cents, as they were when it began."""
    card_values: tuple[int, ...]


def begin_run(
    context: Context, scheme: SchemeId, letters: int, cards: int, by: Address, *, blank: bool
) -> int:
    """Give a run a number.

    A run of blank letters can be of any size: no list of it is on the ledger, which could tell
    something about few.

    Raises:
        OrderInvalid: it is too small or too large, blank with cards, a privacy officer is
            missing, or the official has too many unfinished runs.
        Refusal: there is no such scheme.
        RunInvalid: the scheme's name cannot be printed.
        LedgerUnavailable: the ledger cannot be read.
    """
    check_name(find_scheme(context, scheme))
    _check_counts(letters, cards, blank=blank)
    letter_values, card_values = _values(context, scheme, blank=blank)
    coupons = letters * len(letter_values) + cards * len(card_values)
    if coupons * _COUPON_BYTES + (letters + cards) * _SEALED_BYTES > MOST_BYTES:
        raise OrderInvalid(say("Zoveel past niet in een serie. Maak er meer series van."))
    officers = _both_officers(context)
    with context.store.write() as db:
        _check_unfinished(db, context, by)
        number = take_number(db)
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
                letter_values=write_cents(letter_values),
                card_values=write_cents(card_values),
            )
        )
    return number


def take_number(db: Connection) -> int:
    """Give a run its number, which no other run gets, also when this one is never finished."""
    column = t.run_numbers.c.run
    number = (db.scalar(select(func.max(column))) or 0) + 1
    db.execute(insert(t.run_numbers).values(run=number))
    return number


def find_begun(context: Context, number: int) -> BegunRun | None:
    """Return the run that was begun with this number, which may be any integer."""
    if not 0 < number <= MOST_RUN:
        return None
    with context.store.read() as db:
        row = db.execute(select(t.begun_runs).where(t.begun_runs.c.run == number)).one_or_none()
    return None if row is None else _begun(row)


def is_handed_in(context: Context, number: int) -> bool:
    """Whether the run of this number was handed in."""
    with context.store.read() as db:
        return bool(db.scalar(select(t.letter_runs.c.run).where(t.letter_runs.c.run == number)))


def list_begun(context: Context) -> list[BegunRun]:
    """Return every run that was begun and not handed in, newest first."""
    table = t.begun_runs
    query = select(table).where(_UNFINISHED).order_by(table.c.run.desc())
    with context.store.read() as db:
        return [_begun(row) for row in db.execute(query)]


def check_officers(context: Context, begun: BegunRun) -> list[NamedOfficer]:
    """Return the privacy officers for whom a run was begun.

    Raises:
        OrderInvalid: they are not those of now.
        LedgerUnavailable: the ledger cannot be read.
    """
    officers = _both_officers(context)
    if tuple(each.recipient for each in officers) != begun.sealed_to:
        raise OrderInvalid(
            say(
                "Er is een andere privacyfunctionaris dan toen deze serie begon. Begin een nieuwe "
                "serie, en vernietig wat er al is afgedrukt."
            )
        )
    return officers


def write_order(context: Context, begun: BegunRun, stationery: Stationery) -> Mapping[str, Any]:
    """Return the order for a run, as the browser reads it.

    Raises:
        OrderInvalid: it was begun for other privacy officers than those of now.
        RunInvalid: the scheme's name cannot be printed.
        LedgerUnavailable: the ledger cannot be read.
    """
    officers = check_officers(context, begun)
    names, logo = read_names(context), stationery.look.logo
    details = stationery.fields
    del details["logo"]
    colours, pictures = details.pop("colours"), details.pop("pictures")
    return {
        "run": begun.number,
        "scheme": begun.scheme,
        "blank": begun.blank,
        "letters": begun.letters,
        "cards": begun.cards,
        "letterValues": begun.letter_values,
        "cardValues": begun.card_values,
        "sealedTo": begun.sealed_to,
        "officers": [names.official(each.official) for each in officers],
        "appAddress": stationery.app_address,
        "logo": _data_address(logo.media_type, logo.content) if logo else "",
        "pictures": {
            name: _data_address("image/svg+xml", picture.encode())
            for name, picture in pictures.items()
        },
        "colours": {name: colours[name] for name in ("brand", "tint")},
        "values": details | describe_scheme(find_scheme(context, begun.scheme)),
        "barcodes": [
            bar_widths(serial(begun.number, number))
            for number in range(1, begun.letters + begun.cards + 1)
        ],
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


def _check_unfinished(db: Connection, context: Context, by: Address) -> None:
    table, since = t.begun_runs, context.now() - _UNFINISHED_DAYS * 86_400
    own = (table.c.begun_by == by) & (table.c.begun_at > since) & _UNFINISHED
    count = db.scalar(select(func.count()).select_from(table).where(own)) or 0
    if count >= _MOST_UNFINISHED:
        raise OrderInvalid(
            say(
                "U begon in %(days)s dagen %(most)s series die niet zijn aangeleverd. Lever er "
                "eerst een aan.",
                days=_UNFINISHED_DAYS,
                most=_MOST_UNFINISHED,
            )
        )


def _data_address(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


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
        read_cents(row.letter_values),
        read_cents(row.card_values),
    )
