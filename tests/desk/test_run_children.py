"""Who signs the issue of a run sees for how many children it is, in counts that tell of nobody."""

from dataclasses import replace

import pytest

from kindpakket.domain.capacities import Capacity
from kindpakket.protocol.signatures import address_of
from kindpakket.services.children.ages import Ages, set_ages
from kindpakket.services.children.looks import list_looks
from kindpakket.services.letters.hand_out import give_letter
from kindpakket.services.letters.run_children import count_children_of
from tests.children.test_hand_out import COUNTER, replaced
from tests.desk.office import Desk, at_the_desk, decided_by_two
from tests.desk.test_letter_runs import a_run, funded, handed_in
from tests.support.children import SAAR, add, everyone
from tests.support.small_town import key
from tests.support.town import SCHEME, Town

RULES_ONLY = key(77)


def listed(town: Town, count: int) -> int:
    """Add a list of so many children; return its number."""
    return add(town, *(replace(SAAR, name=f"Kind {n}") for n in range(count)))[0].list


def shown(anna: Desk) -> str:
    """The page of a decision on a run of fifty letters."""
    funded(anna.town, 3_000_000)
    return anna.page(f"/besluiten/{handed_in(anna, a_run())}")


def test_who_signs_sees_how_many_children_of_which_list_wait(town: Town, anna: Desk) -> None:
    set_ages(town.workspace.context.store, SCHEME, Ages(4, 11))
    assert [listed(town, count) for count in (30, 12, 3)] == [1, 2, 3]
    before = list_looks(town.workspace.context, 99)
    page = shown(anna)
    assert "De regeling is voor kinderen van 4 tot en met 11 jaar." in page
    assert "lijst 1: minstens 30 lijst 2: minstens 10 in totaal minstens 40" in page
    assert "De 50 brieven en kaarten kloppen met de lijsten, op twintig na." in page
    assert "lijst 3" not in page
    assert "Kind 1" not in page
    assert list_looks(town.workspace.context, 99) == before, "a count is no look at a child"


def test_lists_that_are_small_are_not_shown(town: Town, anna: Desk) -> None:
    listed(town, 6)
    listed(town, 8)
    page = shown(anna)
    assert "in totaal minstens 10" in page
    assert "lijst 1" not in page


def test_an_exact_count_is_not_told(town: Town, anna: Desk) -> None:
    """Whoever prepares a run chooses its letters: a list of one beside one of forty shows
    nowhere."""
    listed(town, 40)
    funded(town, 3_000_000)
    decision = handed_in(anna, a_run())
    before = count_children_of(town.workspace.context, decision)
    listed(town, 1)
    assert count_children_of(town.workspace.context, decision) == before
    listed(town, 8)
    assert count_children_of(town.workspace.context, decision) == before


@pytest.mark.parametrize(
    ("waiting", "sentence"),
    [
        (0, "In het register wachten minder dan tien kinderen op een brief van deze regeling"),
        (9, "In het register wachten minder dan tien kinderen op een brief van deze regeling"),
        (39, "Er zijn meer brieven en kaarten (50) dan kinderen die wachten"),
        (40, "De 50 brieven en kaarten kloppen met de lijsten"),
        (59, "De 50 brieven en kaarten kloppen met de lijsten"),
        (60, "Er zijn minder brieven en kaarten (50) dan kinderen die wachten."),
    ],
)
def test_a_number_that_does_not_agree_is_a_warning(
    town: Town, anna: Desk, waiting: int, sentence: str
) -> None:
    if waiting:
        listed(town, waiting)
    assert sentence in shown(anna)


def test_a_child_that_has_a_letter_does_not_wait(town: Town, anna: Desk, bram: Desk) -> None:
    number = listed(town, 10)
    funded(town, 4_000_000)
    decided_by_two(anna, bram, handed_in(anna, a_run()))
    first = next(each for each in everyone(town) if each.list == number)
    give_letter(town.workspace.context, COUNTER, first.id, "1-001")
    decision = handed_in(anna, a_run(51))
    for lost in (False, True):
        if lost:
            replaced(town, 1, (0, 0), run=1)
        page = anna.page(f"/besluiten/{decision}")
        assert "lijst 1" not in page
        assert "wachten minder dan tien kinderen" in page


def test_who_does_not_issue_sees_no_counts(town: Town, anna: Desk) -> None:
    town.decide("setOfficial", address_of(RULES_ONLY), int(Capacity.RULES))
    listed(town, 30)
    funded(town, 3_000_000)
    decision = handed_in(anna, a_run())
    with at_the_desk(town, RULES_ONLY) as (other,):
        page = other.page(f"/besluiten/{decision}")
    assert "Serie 1" in page
    assert "Voor welke kinderen" not in page
