"""Which child gets which letter, and when it was handed out. Nothing of it is on the ledger."""

from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select, update

from kindpakket.domain.language import say
from kindpakket.domain.letters import read_serial, serial
from kindpakket.services.base.context import Context
from kindpakket.services.children.looks import ChildAct, RegisterReader, log_looks
from kindpakket.services.children.people import Child, find_child, read_children
from kindpakket.services.letters.orders import find_begun
from kindpakket.services.letters.runs import RunFile, RunState, list_runs
from kindpakket.services.letters.stock import take_from_stock
from kindpakket.store.register_tables import children, given_letters

_WEEK = 7 * 24 * 3600
_AT_ONCE = 500
"""Rows in one statement."""


class HandOut(StrEnum):
    """How a letter was handed out."""

    POST = "post"
    COUNTER = "counter"
    """By hand, to somebody whose identity was seen."""


class LetterNotGiven(ValueError):
    """This letter is not for this child; the message says why, and repeats nothing that was typed:
    a scanner may have read the secret of a letter."""


def list_ready(context: Context, schemes: set[int]) -> list[RunFile]:
    """Return the runs of these schemes whose letters are worth their amount, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    ready = (RunState.ON_LEDGER, RunState.UNKNOWN)
    return [each for each in list_runs(context) if each.scheme in schemes and each.state in ready]


def give_in_order(
    context: Context, reader: RegisterReader, number: int, run: int, first: int
) -> int:
    """Give letters of a run, from a number on, to the children of a list that have none.

    Numbers that were given are left out, and so are cards of a run of the browser.

    Returns:
        how many were given.

    Raises:
        LetterNotGiven: there is no such run, no child that waits for it, or too few letters.
        LedgerUnavailable: the ledger cannot be read.
    """
    found = _find_ready(context, run)
    begun = find_begun(context, run)
    last = begun.letters if begun else found.letters
    with context.store.write() as db:
        table = given_letters.c
        waiting = db.scalars(
            select(children.c.child)
            .where(children.c.list == number, children.c.scheme == found.scheme)
            .where(~exists().where(table.child == children.c.child))
            .order_by(children.c.position)
        ).all()
        gone = set(db.scalars(select(table.number).where(table.run == run)))
        free = [each for each in range(max(first, 1), last + 1) if each not in gone]
        if not waiting:
            raise LetterNotGiven(say("In deze lijst wacht geen kind op een brief van deze serie."))
        if len(free) < len(waiting):
            raise LetterNotGiven(
                say(
                    "Vanaf dit nummer zijn er nog %(free)s brieven, en er wachten %(waiting)s "
                    "kinderen. Kies een lager nummer of een andere serie.",
                    free=len(free),
                    waiting=len(waiting),
                )
            )
        pairs = list(zip(waiting, free[: len(waiting)], strict=True))
        rows = [_given(context, child, run, each) for child, each in pairs]
        db.execute(insert(given_letters), rows)
        log_looks(db, context, reader, ChildAct.LETTER_GIVEN, waiting)
    return len(pairs)


def give_letter(context: Context, reader: RegisterReader, child: str, typed: str) -> None:
    """Give a child the letter or card with this number.

    Raises:
        LetterNotGiven: it is no number, of no run or of another scheme, or of another child.
        Refusal: there is no such child.
        LedgerUnavailable: the ledger cannot be read.
    """
    read = read_serial(typed)
    if read is None:
        raise LetterNotGiven(say("Dit is geen briefnummer. Het ziet eruit als 4-017."))
    run, number = read
    found = _find_ready(context, run)
    with context.store.write() as db:
        if find_child(db, child).scheme != found.scheme:
            raise LetterNotGiven(say("Deze brief is van een andere regeling dan het kind."))
        if not 1 <= number <= found.letters:
            raise LetterNotGiven(say("Dit nummer is niet van deze serie."))
        of = (given_letters.c.run == run) & (given_letters.c.number == number)
        if db.execute(select(given_letters).where(of)).first():
            raise LetterNotGiven(say("Deze brief is al toegewezen."))
        db.execute(insert(given_letters).values(_given(context, child, run, number)))
        log_looks(db, context, reader, ChildAct.LETTER_GIVEN, [child])


def take_back(context: Context, reader: RegisterReader, child: str, typed: str) -> None:
    """Undo that a letter is for a child, while it was not handed out.

    Raises:
        LetterNotGiven: it is not for this child, or was handed out.
    """
    with context.store.write() as db:
        this = _of_child(child, typed) & given_letters.c.handed_out.is_(None)
        if not db.execute(delete(given_letters).where(this)).rowcount:
            raise LetterNotGiven(say("Deze brief is al gegeven, of niet van dit kind."))
        log_looks(db, context, reader, ChildAct.CHANGED, [child])


def hand_over(context: Context, reader: RegisterReader, child: str, typed: str) -> None:
    """Record that a letter was handed over at the counter, to somebody whose identity was seen;
    it is in stock no longer.

    Raises:
        LetterNotGiven: it is not for this child, or was handed out.
    """
    with context.store.write() as db:
        if not _hand_out(db, context, reader, HandOut.COUNTER, _of_child(child, typed)):
            raise LetterNotGiven(say("Deze brief is al gegeven, of niet van dit kind."))
        log_looks(db, context, reader, ChildAct.HANDED_OUT, [child])


def post_list(context: Context, reader: RegisterReader, number: int) -> int:
    """Record that the letters of a list were posted: those of :func:`list_to_post`. They are in
    stock no longer.

    Returns:
        of how many children.
    """
    with context.store.write() as db:
        ids = [each.id for each in _to_post(db, number)]
        for start in range(0, len(ids), _AT_ONCE):
            these = given_letters.c.child.in_(ids[start : start + _AT_ONCE])
            _hand_out(db, context, reader, HandOut.POST, these)
        log_looks(db, context, reader, ChildAct.HANDED_OUT, ids)
    return len(ids)


def list_to_post(context: Context, reader: RegisterReader, number: int) -> list[Child]:
    """Return the children of a list whose letter is to be posted, in order, to print addresses:
    none whose address is secret, who collect it at the counter.
    """
    with context.store.write() as db:
        found = _to_post(db, number)
        log_looks(db, context, reader, ChildAct.PRINTED, (each.id for each in found))
    return found


def list_not_collected(context: Context, reader: RegisterReader, weeks: int) -> list[Child]:
    """Return the children whose letter was given so many weeks ago, and not handed out."""
    before = context.now() - weeks * _WEEK
    late = (given_letters.c.given_at < before) & given_letters.c.handed_out.is_(None)
    with context.store.write() as db:
        ids = select(given_letters.c.child).where(late)
        found = list(read_children(db, children.c.child.in_(ids)))
        log_looks(db, context, reader, ChildAct.LISTED, (each.id for each in found))
    return found


def next_waiting(context: Context, reader: RegisterReader, number: int) -> Child | None:
    """Return the first child of a list that has no letter; None when each has one."""
    with context.store.write() as db:
        without = ~exists().where(given_letters.c.child == children.c.child)
        of_list = select(children.c.child).where(children.c.list == number, without)
        child = db.scalar(of_list.order_by(children.c.position).limit(1))
        if child is None:
            return None
        log_looks(db, context, reader, ChildAct.LISTED, [child])
        return find_child(db, child)


def _find_ready(context: Context, run: int) -> RunFile:
    for each in list_runs(context):
        if each.number != run:
            continue
        if each.state is RunState.BLANK:
            raise LetterNotGiven(say("Dit is een lege brief: er staat geen geld op."))
        if each.state in (RunState.ON_LEDGER, RunState.UNKNOWN):
            return each
        raise LetterNotGiven(
            say("Serie %(run)s is nog niet helemaal op het grootboek.", run=each.number)
        )
    raise LetterNotGiven(say("Deze serie is er niet."))


def _to_post(db: Connection, number: int) -> list[Child]:
    waits = select(given_letters.c.child).where(given_letters.c.handed_out.is_(None))
    of_list = (children.c.list == number) & children.c.child.in_(waits)
    return [each for each in read_children(db, of_list) if not each.person.secret]


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
    waits = which & given_letters.c.handed_out.is_(None)
    changed = update(given_letters).where(waits).values(values | {"handed_out": how})
    letters = db.execute(changed.returning(given_letters.c.run, given_letters.c.number)).all()
    take_from_stock(db, [(row.run, row.number) for row in letters], values)
    return len(letters)


def numbers_of(child: Child) -> list[str]:
    """Return the numbers of the letters of a child that were not handed out."""
    return [serial(each.run, each.number) for each in child.letters if each.handed_out is None]
