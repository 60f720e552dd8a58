"""Rows of a list that may be about one child, or about a child that is in the register."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from kindpakket.domain.children import Person
from kindpakket.services.children.looks import mark_of
from kindpakket.services.children.people import Child, fold

_ALIKE = 0.7
"""From this similarity of first names on, two with one birth date and address may be one child."""

_MOST_ALIKE = 4
"""Children with one key that a row is compared with: twins, or more born on one day."""

ListedPerson = tuple[int, int, Person]
"""A row of the file, the number of a scheme, and a child."""
_Key = tuple[object, ...]
_Seen = tuple[Person, int | None, Child | None]


@dataclass(frozen=True)
class Pair:
    """A row that may be about the child of an earlier row, or about one in the register."""

    row: int
    person: Person
    other: Person
    other_row: int | None
    """None: in the register."""
    other_child: Child | None
    """None: in an earlier row."""

    @property
    def key(self) -> str:
        """What a decision is about: the row and the other, such as ``3-2`` or ``3-0a1b2c3d``."""
        other = mark_of(self.other_child.id) if self.other_child else self.other_row
        return f"{self.row}-{other}"


def find_doubles(
    found: Iterable[ListedPerson], register: Iterable[Child], decided: Mapping[str, bool]
) -> tuple[list[Pair], list[ListedPerson]]:
    """Return every doubt, decided or not, and the rows that are kept, in linear time.

    Args:
        decided: by the key of the pair, whether it is another child; False leaves the row out.
    """
    seen: defaultdict[_Key, list[_Seen]] = defaultdict(list)
    for child in register:
        _add(seen, (child.person, None, child))
    pairs, kept = [], []
    for row, scheme, person in found:
        before = (each for key in _keys(person) for each in seen[key])
        same = next((each for each in before if _is_same(person, each[0])), None)
        _add(seen, (person, row, None))
        if same is None:
            kept.append((row, scheme, person))
            continue
        pairs.append(Pair(row, person, *same))
        if decided.get(pairs[-1].key):
            kept.append((row, scheme, person))
    return pairs, kept


def find_secret(doubts: Sequence[Pair], decided: Mapping[str, bool]) -> tuple[set[int], set[str]]:
    """Return whose address is secret since a row about the same child, which is left out, says so:
    the numbers of earlier rows, and the ids of children in the register whose address is not secret
    there."""
    rows: set[int] = set()
    ids: set[str] = set()
    for each in reversed(doubts):  # a row that is left out may be like one that is too
        if decided.get(each.key, True) or not (each.person.secret or each.row in rows):
            continue
        if each.other_row is not None:
            rows.add(each.other_row)
        elif each.other_child is not None and not each.other.secret:
            ids.add(each.other_child.id)
    return rows, ids


def _add(seen: defaultdict[_Key, list[_Seen]], one: _Seen) -> None:
    for key in _keys(one[0]):
        if len(seen[key]) < _MOST_ALIKE:
            seen[key].append(one)


def _keys(person: Person) -> list[_Key]:
    """Keys under which rows about one child are found: each two of name, birth date and address."""
    name, where = fold(person.name), (person.postcode, fold(person.street))
    keys: list[_Key] = [(name, person.born)]
    if person.street:
        keys += [(name, where), (person.born, where)]
    return keys


def _is_same(one: Person, other: Person) -> bool:
    """Children who were born on one day at one address differ by their first names."""
    first, second = fold(one.name), fold(other.name)
    if first == second:
        return True
    first, second = first.partition(" ")[0], second.partition(" ")[0]
    return SequenceMatcher(None, first, second).ratio() >= _ALIKE
