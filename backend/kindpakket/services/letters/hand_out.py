"""Which child gets which letter, and when it was handed out. Nothing of it is on the ledger."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from kindpakket.domain.language import say
from kindpakket.domain.letters import read_serial, serial
from kindpakket.services.base.context import Context
from kindpakket.services.children.ages import is_of_age
from kindpakket.services.children.looks import ChildAct, RegisterReader, log_looks
from kindpakket.services.children.people import (
    PAGE,
    WAITS,
    Child,
    GivenLetter,
    HandOut,
    find_child,
    read_children,
    with_letter,
)
from kindpakket.services.letters.orders import find_begun
from kindpakket.services.letters.run_stock import find_gone, take_from_stock
from kindpakket.services.letters.runs import RunFile, RunState, list_runs
from kindpakket.services.schemes.stock import query_stock
from kindpakket.store import tables as t
from kindpakket.store.register_tables import children, given_letters

MOST_POSTED = 500
"""Maximum number of letters that are printed and posted at once."""
MOST_CARDS = 10
"""Maximum number of cards in stock that the page of a child shows."""
_WEEK = 7 * 24 * 3600
_READY = (RunState.ON_LEDGER, RunState.UNKNOWN)

_DONE = t.letter_replacements.c.done_at.is_not(None)

Serial = tuple[int, int]
"""The number of a run, and of a letter in it."""
_NO_LETTER: Serial = (0, 0)
"""Instead of a blank letter: the money went back to the scheme."""


class LetterNotGiven(ValueError):
    """This letter is not for this child; the message says why, and repeats nothing that was typed:
    a scanner may have read the secret of a letter."""


def list_ready(context: Context, schemes: set[int]) -> list[RunFile]:
    """Return the runs of these schemes whose letters are worth their amount, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    return [each for each in list_runs(context) if each.scheme in schemes and each.state in _READY]


def give_in_order(
    context: Context, reader: RegisterReader, number: int, run: int, first: int
) -> int:
    """Give letters of a run, from a number on, to the children of a list that have none.

    Numbers that were given, handed out or replaced are left out, and so are cards of a run of the
    browser.

    Returns:
        how many were given.

    Raises:
        LetterNotGiven: there is no such run, no child that waits for it, or too few letters.
        LedgerUnavailable: the ledger cannot be read.
    """
    found = find_loaded(context, run)
    with context.store.write() as db:
        waiting = db.scalars(
            select(children.c.child)
            .where(children.c.list == number, children.c.scheme == found.scheme)
            .where(~with_letter())
            .order_by(children.c.position)
        ).all()
        if not waiting:
            raise LetterNotGiven(say("In deze lijst wacht geen kind op een brief van deze serie."))
        give_free(db, context, reader, found, first, waiting)
    return len(waiting)


def give_free(
    db: Connection,
    context: Context,
    reader: RegisterReader,
    run: RunFile,
    first: int,
    waiting: Sequence[str],
) -> None:
    """Give the free letters of a run, from a number on, to children in this order.

    Raises:
        LetterNotGiven: there are too few.
    """
    begun = find_begun(context, run.number)
    last = begun.letters if begun else run.letters
    table = given_letters.c
    given = db.scalars(select(table.number).where(table.run == run.number))
    gone = find_gone(db, run.number).union(given)
    free = [each for each in range(max(first, 1), last + 1) if each not in gone]
    if len(free) < len(waiting):
        raise LetterNotGiven(
            say(
                "Vanaf dit nummer zijn er nog %(free)s brieven, en er wachten %(waiting)s "
                "kinderen. Kies een lager nummer of een andere serie.",
                free=len(free),
                waiting=len(waiting),
            )
        )
    pairs = zip(waiting, free[: len(waiting)], strict=True)
    rows = [_given(context, child, run.number, each) for child, each in pairs]
    db.execute(insert(given_letters), rows)
    log_looks(db, context, reader, ChildAct.LETTER_GIVEN, waiting)


def give_letter(context: Context, reader: RegisterReader, child: str, typed: str) -> None:
    """Give a child the letter or card with this number; a blank one if it replaced one of the
    child's own, and then no other.

    A letter of another scheme is a second one, for a child of its age that has a letter of its own.

    Raises:
        LetterNotGiven: it is no number, of no run, replaced, or of another child; it is of another
            scheme that is not for this child; the child has a letter of that scheme that was not
            replaced; or another one replaced that.
        Refusal: there is no such child.
        LedgerUnavailable: the ledger cannot be read.
    """
    read = read_serial(typed)
    if read is None:
        raise LetterNotGiven(say("Dit is geen briefnummer. Het ziet eruit als 4-017."))
    run, number = read
    found = find_ready(context, run, number)
    with context.write_with_views() as db:
        _give(db, context, reader, find_child(db, child), found, number)


def list_cards(context: Context, scheme: int) -> list[Serial]:
    """Return the first cards of a scheme in stock, at most :data:`MOST_CARDS`. Runs of the station
    have none: nobody recorded which of their numbers are cards.
    """
    with context.store.read() as db:
        cards = _cards().where(t.begun_runs.c.scheme == scheme).limit(MOST_CARDS)
        return [(row.run, row.number) for row in db.execute(cards)]


def hand_over_card(context: Context, reader: RegisterReader, child: str, typed: str) -> None:
    """Give a child a card from stock, and record that it was handed over at the counter to somebody
    whose identity was seen.

    Raises:
        LetterNotGiven: it is no card in stock, or :func:`give_letter` refuses it.
        Refusal: there is no such child.
        LedgerUnavailable: the ledger cannot be read.
    """
    run, number = read_serial(typed) or (0, 0)
    this = _of_child(child, typed)
    with context.store.read() as db:
        _check_card(db, run, number)
    found = find_ready(context, run, number)
    with context.write_with_views() as db:
        _check_card(db, run, number)  # somebody else may have taken it
        _give(db, context, reader, find_child(db, child), found, number)
        _hand_out(db, context, reader, HandOut.COUNTER, this)
        log_looks(db, context, reader, ChildAct.HANDED_OUT, [child])


def report_lost(context: Context, reader: RegisterReader, child: str, typed: str) -> None:
    """Record that a letter of a child was reported lost. Nothing changes: two officials ask to
    replace it (:func:`services.lost_letters.replacements.new_replacement`).

    Raises:
        LetterNotGiven: it is not for this child, or was replaced.
        Refusal: there is no such child.
    """
    with context.store.write() as db:
        letters = find_child(db, child).letters
        if not any((e.run, e.number) == read_serial(typed) and not e.replaced for e in letters):
            raise LetterNotGiven(say("Deze brief is vervangen, of niet van dit kind."))
        log_looks(db, context, reader, ChildAct.REPORTED_LOST, [child])


def take_back(context: Context, reader: RegisterReader, child: str, typed: str) -> None:
    """Undo that a letter is for a child, while it waits. One that was replaced stays with the
    child: nothing else says for whom the letter is that replaced it.

    Raises:
        LetterNotGiven: it is not for this child, or was handed out or replaced.
    """
    with context.store.write() as db:
        this = _of_child(child, typed) & WAITS
        if not db.execute(delete(given_letters).where(this)).rowcount:
            raise _not_waiting()
        log_looks(db, context, reader, ChildAct.TAKEN_BACK, [child])


def hand_over(context: Context, reader: RegisterReader, child: str, typed: str) -> None:
    """Record that a letter was handed over at the counter, to somebody whose identity was seen;
    it is in stock no longer.

    Raises:
        LetterNotGiven: it is not for this child, or was handed out or replaced.
    """
    with context.store.write() as db:
        if not _hand_out(db, context, reader, HandOut.COUNTER, _of_child(child, typed)):
            raise _not_waiting()
        log_looks(db, context, reader, ChildAct.HANDED_OUT, [child])


def next_batch(context: Context, number: int) -> list[Serial]:
    """Return the first letters of a list that are to be posted, at most :data:`MOST_POSTED`, in the
    order of the children: none of a child whose address is secret, who collects it at the counter.
    """
    with context.store.read() as db:
        letters = (
            (each.run, each.number)
            for child in _to_post(db, number)
            for each in child.letters
            if each.waits
        )
        return list(islice(letters, MOST_POSTED))


def post_batch(
    context: Context, reader: RegisterReader, number: int, batch: Iterable[Serial]
) -> int:
    """Record that these letters of a list were posted: those of :func:`list_batch`. They are in
    stock no longer.

    Returns:
        how many were not yet.
    """
    with context.store.write() as db:
        found = _in_batch(db, number, batch)
        letters = [(each.run, each.number) for child in found for each in child.letters]
        table = given_letters.c
        these = tuple_(table.run, table.number).in_(letters)
        posted = _hand_out(db, context, reader, HandOut.POST, these)
        log_looks(db, context, reader, ChildAct.HANDED_OUT, (each.id for each in found))
    return posted


def list_batch(
    context: Context, reader: RegisterReader, number: int, batch: Iterable[Serial]
) -> list[Child]:
    """Return the children of a list to whom these letters are to be posted, in order and with no
    other letters, to print addresses.
    """
    with context.store.write() as db:
        found = _in_batch(db, number, batch)
        log_looks(db, context, reader, ChildAct.PRINTED, (each.id for each in found))
    return found


def list_not_collected(
    context: Context, reader: RegisterReader, weeks: int, page: int = 1
) -> tuple[list[Child], int]:
    """Return a page, from 1, of the children whose letter was given so many weeks ago and still
    waits, each with these letters only; and how many children there are.
    """
    before = context.now() - weeks * _WEEK
    late = (given_letters.c.given_at < before) & WAITS
    of_late = children.c.child.in_(select(given_letters.c.child).where(late))
    places = select(children.c.child).where(of_late).order_by(children.c.list, children.c.position)
    with context.store.write() as db:
        total = db.scalar(select(func.count()).select_from(children).where(of_late)) or 0
        ids = db.scalars(places.limit(PAGE).offset((page - 1) * PAGE)).all()
        found = [
            _with(child, lambda each: each.waits and each.given_at < before)
            for child in read_children(db, children.c.child.in_(ids))
        ]
        log_looks(db, context, reader, ChildAct.LISTED, ids)
    return found, total


def next_waiting(context: Context, reader: RegisterReader, number: int) -> Child | None:
    """Return the first child of a list that has no letter; None when each has one."""
    with context.store.write() as db:
        of_list = select(children.c.child).where(children.c.list == number, ~with_letter())
        child = db.scalar(of_list.order_by(children.c.position).limit(1))
        if child is None:
            return None
        log_looks(db, context, reader, ChildAct.LISTED, [child])
        return find_child(db, child)


def _give(
    db: Connection,
    context: Context,
    reader: RegisterReader,
    child: Child,
    run: RunFile,
    number: int,
) -> None:
    """Give a child a letter of a run.

    Args:
        run: one of :func:`find_ready`.
    """
    if child.scheme != run.scheme:
        _check_second(db, context, child, run.scheme)
    if not 1 <= number <= run.letters:
        raise LetterNotGiven(say("Dit nummer is niet van deze serie."))
    of = (given_letters.c.run == run.number) & (given_letters.c.number == number)
    if db.execute(select(given_letters).where(of)).first():
        raise LetterNotGiven(say("Deze brief is al toegewezen."))
    if _is_replaced(db, run.number, number):
        raise LetterNotGiven(say("Deze brief is vervangen: er staat geen geld meer op."))
    if child.has_letter_of(run.scheme):
        raise LetterNotGiven(say("Dit kind heeft al een brief."))
    due = _find_due(db, child, run.scheme)
    if run.state is RunState.BLANK and (run.number, number) not in due:
        raise LetterNotGiven(say("Deze brief vervangt een brief van een ander kind."))
    if due and (run.number, number) not in due:
        raise LetterNotGiven(
            say(
                "Dit kind krijgt de brief die de vorige vervangt: %(letters)s.",
                letters=", ".join(serial(*each) for each in sorted(due)),
            )
        )
    db.execute(insert(given_letters).values(_given(context, child.id, run.number, number)))
    log_looks(db, context, reader, ChildAct.LETTER_GIVEN, [child.id])


def _check_second(db: Connection, context: Context, child: Child, scheme: int) -> None:
    if not child.has_letter_of(child.scheme):
        raise LetterNotGiven(say("Deze brief is van een andere regeling dan het kind."))
    is_next = any(each.scheme == scheme for each in child.letters)  # of one that was replaced
    if not (is_next or is_of_age(db, context.now(), scheme)(child.person)):
        raise LetterNotGiven(say("Deze brief is voor kinderen van een andere leeftijd."))


def _cards() -> Select[tuple[int, int]]:
    """The cards in stock. In a run of the browser they come after the letters."""
    stock, begun = t.letter_stock.c, t.begun_runs.c
    return (
        query_stock()
        .join(t.begun_runs, begun.run == stock.run)
        .where(stock.number > begun.letters)
        .order_by(stock.run, stock.number)
    )


def _check_card(db: Connection, run: int, number: int) -> None:
    stock = t.letter_stock.c
    if db.execute(_cards().where(stock.run == run, stock.number == number)).first() is None:
        raise LetterNotGiven(say("Dit is geen kaart uit de voorraad."))


def _find_due(db: Connection, child: Child, scheme: int) -> set[Serial]:
    """The letters of a scheme that have the money of a child's replaced ones and that it has not
    got yet."""
    table = t.letter_replacements
    moved = {
        (row.run, row.number): (row.blank_run, row.blank_number)
        for row in db.execute(select(table).where(_DONE))
    }
    own = {(each.run, each.number) for each in child.letters if each.scheme == scheme}
    due = set()
    for letter in own:
        at = letter
        while at in moved:  # a replacement may be replaced
            at = moved.pop(at)
        due.add(at)
    return due - own - {_NO_LETTER}


def _is_replaced(db: Connection, run: int, number: int) -> bool:
    table = t.letter_replacements.c
    this = select(table.run).where(table.run == run, table.number == number, _DONE)
    return db.execute(this).first() is not None


def _is_replacement(context: Context, run: int, number: int) -> bool:
    """Whether a blank letter has the amount of another one."""
    table = t.letter_replacements.c
    this = select(table.run).where(table.blank_run == run, table.blank_number == number, _DONE)
    with context.store.read() as db:
        return db.execute(this).first() is not None


def find_loaded(context: Context, run: int) -> RunFile:
    """Return a run of loaded letters.

    Raises:
        LetterNotGiven: there is none, it is not on the ledger, or its letters are blank.
        LedgerUnavailable: the ledger cannot be read.
    """
    found = _find_run(context, run)
    if found.state is RunState.BLANK:
        raise LetterNotGiven(say("Dit is een lege brief: er staat geen geld op."))
    return found


def find_ready(context: Context, run: int, number: int) -> RunFile:
    """Return the run of a letter: a loaded one, or a blank one that has the money of another.

    Raises:
        LetterNotGiven: there is none, it is not on the ledger, or the letter has no money.
        LedgerUnavailable: the ledger cannot be read.
    """
    if _is_replacement(context, run, number):
        return _find_run(context, run)
    return find_loaded(context, run)


def _find_run(context: Context, run: int) -> RunFile:
    """A run that is on the ledger, or is blank."""
    found = next((each for each in list_runs(context) if each.number == run), None)
    if found is None:
        raise LetterNotGiven(say("Deze serie is er niet."))
    if found.state not in (*_READY, RunState.BLANK):
        raise LetterNotGiven(say("Serie %(run)s is nog niet helemaal op het grootboek.", run=run))
    return found


def _to_post(db: Connection, number: int, *which: ColumnElement[bool]) -> Iterator[Child]:
    """The children of a list with a letter, or one of these, that is still to be posted."""
    waiting = select(given_letters.c.child).where(WAITS, *which)
    of_list = (children.c.list == number) & children.c.child.in_(waiting)
    return (each for each in read_children(db, of_list) if not each.person.secret)


def _in_batch(db: Connection, number: int, batch: Iterable[Serial]) -> list[Child]:
    """The children of a list with a letter of a batch that is still to be posted, and no others."""
    letters = set(islice(batch, MOST_POSTED))
    table = given_letters.c
    return [
        _with(child, lambda each: each.waits and (each.run, each.number) in letters)
        for child in _to_post(db, number, tuple_(table.run, table.number).in_(letters))
    ]


def _with(child: Child, which: Callable[[GivenLetter], bool]) -> Child:
    """A child with some of its letters."""
    return replace(child, letters=tuple(filter(which, child.letters)))


def _not_waiting() -> LetterNotGiven:
    return LetterNotGiven(say("Deze brief is al gegeven of vervangen, of niet van dit kind."))


def _of_child(child: str, typed: str) -> ColumnElement[bool]:
    run, number = read_serial(typed) or (0, 0)
    table = given_letters.c
    return (table.child == child) & (table.run == run) & (table.number == number)


def _given(context: Context, child: str, run: int, number: int) -> dict[str, object]:
    return {"run": run, "number": number, "child": child, "given_at": context.now()}


def _hand_out(
    db: Connection,
    context: Context,
    reader: RegisterReader,
    how: HandOut,
    which: ColumnElement[bool],
) -> int:
    """Record that those of these letters that still wait were handed out; return how many."""
    values = {"handed_out_at": context.now(), "handed_out_by": reader.official}
    changed = update(given_letters).where(which & WAITS).values(values | {"handed_out": how})
    letters = db.execute(changed.returning(given_letters.c.run, given_letters.c.number)).all()
    take_from_stock(db, [(row.run, row.number) for row in letters], values)
    return len(letters)
