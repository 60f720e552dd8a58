"""Rows of a list that may be about one child, or about a child that is in the register."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from kindpakket.domain.children import Person
from kindpakket.services.children.people import Child, fold

_ALIKE = 0.7
"""First names of one birth date and address that are at least so alike may be of one child."""

ListedPerson = tuple[int, int, Person]
"""A row of the file, the number of a scheme, and a child."""


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


def find_doubles(
    found: Iterable[ListedPerson], register: Iterable[Child], decided: Mapping[int, bool]
) -> tuple[list[Pair], list[ListedPerson]]:
    """Return the doubts that are left, and the rows that are kept, in linear time.

    Args:
        decided: by row, whether it is another child; False leaves it out.
    """
    seen: dict[tuple[object, ...], tuple[Person, int | None, Child | None]] = {}
    for child in register:
        seen |= dict.fromkeys(_keys(child.person), (child.person, None, child))
    pairs, kept = [], []
    for row, scheme, person in found:
        before = [seen[key] for key in _keys(person) if key in seen]
        same = next((each for each in before if _is_same(person, each[0])), None)
        for key in _keys(person):
            seen.setdefault(key, (person, row, None))
        if same is not None and row not in decided:
            pairs.append(Pair(row, person, *same))
        elif same is None or decided[row]:
            kept.append((row, scheme, person))
    return pairs, kept


def _keys(person: Person) -> list[tuple[object, ...]]:
    """What a child has in common with itself: two of name, birth date and address."""
    name, where = fold(person.name), (person.postcode, fold(person.street))
    keys: list[tuple[object, ...]] = [(name, person.born)]
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
