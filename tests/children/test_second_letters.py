"""A second letter of another scheme: of the difference at an age, or of a new school year."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kindpakket.services.children.ages import Ages, set_ages
from kindpakket.services.children.looks import ChildAct, list_looks
from kindpakket.services.children.people import Child, change_person
from kindpakket.services.letters.hand_out import (
    LetterNotGiven,
    give_in_order,
    give_letter,
    next_batch,
    next_waiting,
)
from kindpakket.services.letters.second_letters import _find_second, give_second, list_second
from kindpakket.services.oversight.retention import delete_expired
from tests.children.test_bring_in import look, meanwhile
from tests.children.test_hand_out import BLANK, COUNTER, OTHER, RUN, given, replaced, runs
from tests.support.children import HANDING_OUT, MEES, NOOR, SAAR, add, everyone
from tests.support.town import SCHEME, Town

__all__ = ["meanwhile", "runs"]

DAY = 24 * 3600
DIFFERENCE = 2
"""The scheme of the second letter."""


@pytest.fixture
def two_schemes(runs: Town) -> Town:
    """The difference, for who is ten to twelve, is open for a year longer than the first scheme.

    It is 15 January 2027, and Saar turns ten on 9 March.
    """
    opens = runs.now()
    runs.decide("openScheme", DIFFERENCE, opens, opens + 730 * DAY, 1, 0)
    set_ages(runs.workspace.context.store, DIFFERENCE, Ages(10, 12))
    return runs


def waiting(town: Town, former: int = SCHEME, scheme: int = DIFFERENCE) -> list[str]:
    found, total = list_second(town.workspace.context, HANDING_OUT, former, scheme)
    assert total == len(found)
    return [each.person.name for each in found]


def first_letters(town: Town) -> list[Child]:
    children = add(town, SAAR, MEES, replace(NOOR, name="Noor"))
    give_in_order(town.workspace.context, HANDING_OUT, children[0].list, RUN, 1)
    return children


def give(town: Town, former: int = SCHEME, scheme: int = DIFFERENCE, run: int = OTHER) -> int:
    return give_second(town.workspace.context, HANDING_OUT, former, scheme, run, 1)


def test_who_reaches_the_age_gets_a_letter_of_the_difference(two_schemes: Town) -> None:
    """Noor is eleven, and Mees is seven."""
    context = two_schemes.workspace.context
    children = first_letters(two_schemes)
    assert waiting(two_schemes) == ["Noor"]
    two_schemes.clock.time += 53 * DAY
    assert waiting(two_schemes) == ["Saar de Wit", "Noor"]
    assert give(two_schemes) == 2
    assert given(two_schemes) == {
        "Saar de Wit": [(RUN, 1, None), (OTHER, 1, None)],
        "Mees de Wit": [(RUN, 2, None)],
        "Noor": [(RUN, 3, None), (OTHER, 2, None)],
    }
    assert waiting(two_schemes) == []
    with pytest.raises(LetterNotGiven, match="wacht geen kind"):
        give(two_schemes)
    assert next_batch(context, children[0].list) == [(RUN, 1), (OTHER, 1), (RUN, 2)]
    assert next_waiting(context, HANDING_OUT, children[0].list) is None


def test_who_is_shown_and_who_gets_a_letter_is_in_the_record_of_looks(two_schemes: Town) -> None:
    context = two_schemes.workspace.context
    noor = first_letters(two_schemes)[2]
    two_schemes.clock.time += 1
    waiting(two_schemes)
    give(two_schemes)
    looks = [(each.act, each.child) for each in list_looks(context, 2)]
    assert sorted(looks) == [(ChildAct.LETTER_GIVEN, noor.id), (ChildAct.LISTED, noor.id)]


def test_without_ages_every_child_of_a_scheme_gets_one_for_a_new_school_year(runs: Town) -> None:
    first_letters(runs)
    assert waiting(runs) == ["Saar de Wit", "Mees de Wit", "Noor"]
    assert waiting(runs, DIFFERENCE) == [], "nobody has a letter of it"
    assert waiting(runs, SCHEME, SCHEME) == []


def test_who_has_no_letter_of_its_own_gets_no_second(two_schemes: Town) -> None:
    context = two_schemes.workspace.context
    (noor,) = add(two_schemes, NOOR)
    assert waiting(two_schemes) == []
    with pytest.raises(LetterNotGiven, match="andere regeling dan het kind"):
        give_letter(context, COUNTER, noor.id, "6-001")
    give_letter(context, COUNTER, noor.id, "4-003")
    replaced(two_schemes, 3, (0, 0))
    assert waiting(two_schemes) == [], "its letter went back to the scheme"


def test_one_child_gets_a_second_letter_by_its_number(two_schemes: Town) -> None:
    context = two_schemes.workspace.context
    saar, _mees, noor = first_letters(two_schemes)
    with pytest.raises(LetterNotGiven, match="andere leeftijd"):
        give_letter(context, COUNTER, saar.id, "6-001")
    give_letter(context, COUNTER, noor.id, "6-001")
    with pytest.raises(LetterNotGiven, match="heeft al een brief"):
        give_letter(context, COUNTER, noor.id, "6-002")
    assert given(two_schemes)["Noor"] == [(RUN, 3, None), (OTHER, 1, None)]


@pytest.mark.parametrize(("run", "sentence"), [(RUN, "andere regeling"), (BLANK, "lege brief")])
def test_a_run_of_another_scheme_or_a_blank_one_is_refused(
    two_schemes: Town, run: int, sentence: str
) -> None:
    first_letters(two_schemes)
    with pytest.raises(LetterNotGiven, match=sentence):
        give(two_schemes, run=run)


def test_a_child_stays_until_the_scheme_of_its_last_letter_is_over(two_schemes: Town) -> None:
    """The first scheme lasts a year, the second two; a child stays for 92 days after."""
    context = two_schemes.workspace.context
    start = two_schemes.now()
    first_letters(two_schemes)
    give(two_schemes)
    two_schemes.clock.time = start + (366 + 94) * DAY
    delete_expired(context)
    assert [each.person.name for each in everyone(two_schemes)] == ["Noor"]
    two_schemes.clock.time = start + (730 + 94) * DAY
    delete_expired(context)
    assert everyone(two_schemes) == []


NOOR_ROW = ["Noor", "31-01-2015", "Geheimweg 9", "9999 ZZ", "Verwegdorp"]


def test_who_has_a_second_letter_is_a_doubt_in_a_list_of_its_scheme(two_schemes: Town) -> None:
    noor = first_letters(two_schemes)[2]
    give(two_schemes)
    (pair,) = look(two_schemes, NOOR_ROW, schemes=(DIFFERENCE,)).pairs
    assert pair.other_child is not None
    assert pair.other_child.id == noor.id


def test_who_is_in_a_list_of_the_other_scheme_gets_no_second_letter(two_schemes: Town) -> None:
    first_letters(two_schemes)
    assert look(two_schemes, NOOR_ROW, schemes=(DIFFERENCE,)).saved
    assert waiting(two_schemes) == []
    with pytest.raises(LetterNotGiven, match="wacht geen kind"):
        give(two_schemes)


def test_who_had_a_second_letter_that_was_replaced_is_not_listed_again(two_schemes: Town) -> None:
    first_letters(two_schemes)
    give(two_schemes)
    replaced(two_schemes, 1, (BLANK, 7), run=OTHER)
    assert waiting(two_schemes) == []
    with pytest.raises(LetterNotGiven, match="wacht geen kind"):
        give(two_schemes)


def test_a_child_is_shown_as_it_is_when_the_look_is_recorded(
    two_schemes: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Noor's address becomes known to be secret while the children are looked for."""
    context = two_schemes.workspace.context
    noor = first_letters(two_schemes)[2]
    known = replace(MEES, name="Noor", born=NOOR.born)
    change_person(context, HANDING_OUT, noor.id, known)

    def find(*args: Any) -> list[Child]:
        found = _find_second(*args)
        change_person(context, HANDING_OUT, noor.id, replace(known, secret=True))
        return found

    monkeypatch.setattr("kindpakket.services.letters.second_letters._find_second", find)
    ((shown,), total) = list_second(context, HANDING_OUT, SCHEME, DIFFERENCE)
    assert (shown.person.address, total) == ((), 1)


def test_a_second_letter_that_is_given_meanwhile_has_a_list_compared_again(
    two_schemes: Town, meanwhile: list[Callable[[], object]]
) -> None:
    first_letters(two_schemes)
    meanwhile.append(lambda: give(two_schemes))
    seen = look(two_schemes, NOOR_ROW, schemes=(DIFFERENCE,))
    assert (len(seen.pairs), seen.saved) == (1, None)
