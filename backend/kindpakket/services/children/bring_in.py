"""Bringing in a list of children: checked whole, decided on where it is doubtful, or not saved."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, Connection, func, select

from kindpakket.domain.children import Person
from kindpakket.domain.language import say
from kindpakket.domain.times import day_of
from kindpakket.services.base.context import Context
from kindpakket.services.children.ages import Ages, do_overlap, read_ages
from kindpakket.services.children.columns import (
    ColumnField,
    are_headings,
    find_places,
    list_chosen,
    list_missing_fields,
    map_columns,
    remember_columns,
    typed_in,
)
from kindpakket.services.children.doubles import ListedPerson, Pair, find_doubles, find_secret
from kindpakket.services.children.excel import FORMULA
from kindpakket.services.children.files import FileInvalid
from kindpakket.services.children.looks import ChildAct, RegisterReader, log_looks
from kindpakket.services.children.people import (
    MOST_CHILDREN,
    add_list,
    hide_addresses,
    read_children,
    read_version,
    with_letter,
)
from kindpakket.services.children.rows import read_person
from kindpakket.store import tables as t
from kindpakket.store.register_tables import children

Rows = Sequence[Sequence[str]]
MOST_TIMES = 4
"""How often a list is compared with a register that changes meanwhile."""


@dataclass(frozen=True)
class CellMistake:
    """What is wrong with a cell."""

    row: int
    """In the file, from 1."""
    column: int
    """From 1."""
    heading: str
    """Of its column."""
    sentence: str


@dataclass(frozen=True)
class ListPreview:
    """A list as it was read."""

    headings: list[str]
    columns: dict[int, ColumnField]
    missing: list[ColumnField]
    """Required fields that no column has; then nothing else was read."""
    mistakes: list[CellMistake] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    """Doubts that were not decided yet."""
    counts: dict[int, int] = field(default_factory=dict)
    """Children by scheme, without those that are left out."""
    saved: int | None = None
    """The number of the list, if it was saved."""
    hidden: int = 0
    """Children in the register whose address was hidden, since a row that is left out said so."""

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong or undecided."""
        return not (self.missing or self.mistakes or self.pairs)


@dataclass(frozen=True)
class _Compared:
    """A list that was compared with the register."""

    read: ListPreview
    kept: list[tuple[int, Person]] = field(default_factory=list)
    """The children that are kept, each with its scheme."""
    seen: set[str] = field(default_factory=set)
    """Ids of those in the register that it is like."""
    secret: set[str] = field(default_factory=set)
    """Ids of those in the register whose address is secret by a row that is left out."""


@dataclass(frozen=True)
class _Band:
    """A scheme for children of some ages on the day on which it opens."""

    scheme: int
    ages: Ages
    opens: int


def bring_in(
    context: Context,
    reader: RegisterReader,
    rows: Rows,
    schemes: Sequence[int],
    chosen: Mapping[int, str],
    decided: Mapping[str, bool],
    *,
    save: bool,
) -> ListPreview:
    """Check a list; save it if that is asked and it is right. When the register changed while the
    list was compared with it, it is compared again. An address that is secret in a row that is left
    out is hidden in the register when the list is saved, or at once when no row is kept.

    Args:
        rows: of the file, as ``read_rows`` returned them.
        schemes: for which the children are; the age of each on the first day decides for which.
        chosen: the fields of columns, by position from 0, that the headings do not tell.
        decided: by the key of a doubt, whether it is another child. False leaves the row out.

    Raises:
        FileInvalid: the first row is a child, no scheme was given, two are for one age, or the
            register is full or changes all the time.
        OSError: the file of deletions cannot be written; nothing was saved.
        LedgerUnavailable: the schemes cannot be read.
    """
    head = next(at for at, row in enumerate(rows) if any(row))
    if not are_headings(rows[head]):
        raise FileInvalid(say("De eerste regel moet zeggen wat in elke kolom staat."))
    for _ in range(MOST_TIMES):
        # The comparison takes seconds, so it must not hold the lock that writers wait for.
        with context.read_views() as db:
            before = read_version(db)
            compared = _compare(db, context, rows, head, schemes, chosen, decided)
        is_final = compared.read.is_right and (save or not compared.kept)
        with context.store.write() as db:
            if is_final and read_version(db) != before:
                continue
            log_looks(db, context, reader, ChildAct.LISTED, compared.seen)
            return _save(db, context, reader, compared) if is_final else compared.read
    raise FileInvalid(say("Anderen veranderen nu het register. Probeer het zo nog een keer."))


def _compare(
    db: Connection,
    context: Context,
    rows: Rows,
    head: int,
    schemes: Sequence[int],
    chosen: Mapping[int, str],
    decided: Mapping[str, bool],
) -> _Compared:
    headings = list(rows[head])
    columns = map_columns(db, headings, chosen)
    read = ListPreview(headings, columns, list_missing_fields(columns))
    if read.missing:
        return _Compared(read)
    bands = _bands(db, context, schemes)
    found, mistakes = _read_all(context, rows, head + 1, read, bands)
    doubts, kept = find_doubles(found, read_children(db, _known(schemes)), decided)
    _check_size(db, len(kept))
    pairs = [each for each in doubts if each.key not in decided]
    counts = Counter(scheme for _row, scheme, _person in kept)
    secret_rows, secret = find_secret(doubts, decided)
    return _Compared(
        replace(read, mistakes=mistakes, pairs=pairs, counts=dict(counts)),
        [
            (scheme, replace(person, secret=person.secret or row in secret_rows))
            for row, scheme, person in kept
        ],
        {each.other_child.id for each in doubts if each.other_child},
        secret,
    )


def _save(
    db: Connection, context: Context, reader: RegisterReader, compared: _Compared
) -> ListPreview:
    """Hide what a row that is left out says is secret, and add the list unless nothing is kept."""
    read, secret = compared.read, compared.secret
    hide_addresses(db, context, reader, secret)
    if not compared.kept:
        return replace(read, hidden=len(secret))
    remember_columns(db, read.headings, list_chosen(db, read.headings, read.columns))
    saved = add_list(db, context, reader, compared.kept)
    return replace(read, saved=saved, hidden=len(secret))


def _known(schemes: Sequence[int]) -> ColumnElement[bool]:
    """The children who are in the register for one of these schemes, or have a letter of one."""
    return children.c.scheme.in_(schemes) | with_letter(t.letter_runs.c.scheme.in_(schemes))


def _bands(db: Connection, context: Context, schemes: Sequence[int]) -> list[_Band]:
    ages, table = read_ages(db), t.schemes
    of_these = (table.c.scheme.in_(schemes)) & (table.c.closes > context.now())
    opens = {row.scheme: row.opens for row in db.execute(select(table).where(of_these))}
    if not schemes or set(schemes) - opens.keys():
        raise FileInvalid(say("Kies een regeling die nog loopt of nog komt."))
    if do_overlap(ages, schemes):
        raise FileInvalid(say("Twee van deze regelingen zijn voor dezelfde leeftijd. Kies er één."))
    return [_Band(each, ages.get(each, Ages()), opens[each]) for each in schemes]


def _read_all(
    context: Context, rows: Rows, start: int, read: ListPreview, bands: Sequence[_Band]
) -> tuple[list[ListedPerson], list[CellMistake]]:
    found: list[ListedPerson] = []
    mistakes: list[CellMistake] = []
    today = day_of(context.now())
    for number, row in enumerate(rows[start:], start=start + 1):
        if not any(row):
            continue
        errors: dict[str, str] = {}
        places = find_places(row, read.columns)
        person = _read_row(row, places, errors)
        if person and person.born > today:
            errors["born"] = say("Deze dag moet nog komen.")
        elif person and (scheme := _scheme_of(person, bands, errors)):
            found.append((number, scheme, person))
        for field_name, sentence in errors.items():
            at = places.get(field_name, places.get("last", 0))
            mistakes.append(CellMistake(number, at + 1, read.headings[at], sentence))
    return found, mistakes


def _read_row(
    row: Sequence[str], places: Mapping[str, int], errors: dict[str, str]
) -> Person | None:
    formulas = [each for each, at in places.items() if row[at].startswith(FORMULA)]
    errors |= dict.fromkeys(formulas, say("In deze cel staat een formule. Zet er de waarde in."))
    return None if formulas else read_person(typed_in(row, places), errors)


def _scheme_of(person: Person, bands: Iterable[_Band], errors: dict[str, str]) -> int | None:
    age = 0
    for band in bands:
        age = max(0, person.age_on(day_of(band.opens)))
        if band.ages.youngest <= age <= band.ages.oldest:
            return band.scheme
    errors["born"] = say(
        "Dit kind is %(age)s jaar als de regeling begint. Daar is geen bedrag voor.", age=age
    )
    return None


def _check_size(db: Connection, more: int) -> None:
    total = (db.scalar(select(func.count()).select_from(children)) or 0) + more
    if total > MOST_CHILDREN:
        raise FileInvalid(
            say(
                "Met deze lijst zijn er %(total)s kinderen. In het register passen er %(most)s.",
                total=total,
                most=MOST_CHILDREN,
            )
        )
