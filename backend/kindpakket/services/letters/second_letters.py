"""A second letter for children who have one: of the difference once they reach an age, or of a new
school year. It is of another scheme, and nothing on it or on the ledger ties it to the first."""

from datetime import date

from sqlalchemy import select

from kindpakket.domain.language import say
from kindpakket.services.base.context import Context
from kindpakket.services.children.ages import is_of_age
from kindpakket.services.children.looks import ChildAct, RegisterReader, log_looks
from kindpakket.services.children.people import PAGE, Child, fold, read_children, with_letter
from kindpakket.services.letters.hand_out import LetterNotGiven, find_loaded, give_free
from kindpakket.store import tables as t
from kindpakket.store.register_tables import children


def list_second(
    context: Context, reader: RegisterReader, former: int, scheme: int, page: int = 1
) -> tuple[list[Child], int]:
    """Return a page, from 1, of the children who can get a second letter, and how many there are.

    They have a letter of the scheme ``former``, for which they are in the register, never had one
    of the ``scheme`` of the second, and have an age for which that is. Who is in the register for
    that scheme too, by name and date of birth, gets its letter there. In the order of their lists.

    Raises:
        LedgerUnavailable: the schemes cannot be read.
    """
    found = _find_second(context, former, scheme)
    ids = [each.id for each in found[(page - 1) * PAGE : page * PAGE]]
    with context.store.write() as db:
        # Read again: an address may have become secret.
        shown = list(read_children(db, children.c.child.in_(ids)))
        log_looks(db, context, reader, ChildAct.LISTED, (each.id for each in shown))
    return shown, len(found)


def give_second(
    context: Context, reader: RegisterReader, former: int, scheme: int, run: int, first: int
) -> int:
    """Give letters of a run, from a number on, to the children of :func:`list_second`.

    Returns:
        how many were given.

    Raises:
        LetterNotGiven: there is no such run of that scheme, no child waits for it, or it has too
            few letters.
        LedgerUnavailable: the ledger cannot be read.
    """
    run_file = find_loaded(context, run)
    if run_file.scheme != scheme:
        raise LetterNotGiven(say("Deze serie is van een andere regeling."))
    found = [each.id for each in _find_second(context, former, scheme)]
    has = with_letter(t.letter_runs.c.scheme == scheme)
    with context.store.write() as db:
        there = set(db.scalars(select(children.c.child).where(~has)))
        waiting = [each for each in found if each in there]
        if not waiting:
            raise LetterNotGiven(say("Er wacht geen kind op een tweede brief van deze serie."))
        give_free(db, context, reader, run_file, first, waiting)
    return len(waiting)


def _find_second(context: Context, former: int, scheme: int) -> list[Child]:
    """All of :func:`list_second`, read without keeping others from writing."""
    if former == scheme:
        return []
    with context.read_views() as db:
        of_age = is_of_age(db, context.now(), scheme)
        others = {_is_known_as(each) for each in read_children(db, children.c.scheme == scheme)}
        return [
            each
            for each in read_children(db, children.c.scheme == former)
            if each.has_letter_of(former) and of_age(each.person)
            if all(letter.scheme != scheme for letter in each.letters)
            if _is_known_as(each) not in others
        ]


def _is_known_as(child: Child) -> tuple[str, date]:
    return fold(child.person.name), child.person.born
