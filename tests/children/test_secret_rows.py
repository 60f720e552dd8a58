"""A row of a list that is left out, since its child is there already, still says what is secret."""

from dataclasses import replace

import pytest

from kindpakket.services.children.deletions_file import read_deletions
from kindpakket.services.children.files import FileInvalid
from kindpakket.services.children.looks import ChildAct, list_looks
from tests.children.test_bring_in import HEAD, MEES_ROW, SAAR_ROW, look
from tests.support.children import SAAR, add, everyone
from tests.support.town import Town

WITH_SECRET = [*HEAD, "Geheim adres"]
SECRET_SAAR = [*SAAR_ROW, "ja"]


@pytest.mark.parametrize(("others", "kept"), [([], 0), ([[*MEES_ROW, ""]], 1)])
def test_an_address_that_became_secret_is_hidden_though_its_row_is_left_out(
    town: Town, others: list[list[str]], kept: int
) -> None:
    (saar,) = add(town, SAAR)
    town.clock.time += 1
    left_out = {f"2-{saar.id[:8]}": False}
    seen = look(town, SECRET_SAAR, *others, head=WITH_SECRET, decided=left_out)
    assert (seen.hidden, sum(seen.counts.values())) == (1, kept)
    assert everyone(town)[0].person == replace(SAAR, secret=True).kept
    deletions = town.workspace.context.deletions
    assert read_deletions(deletions) == (set(), {saar.id})
    acts = {e.act for e in list_looks(town.workspace.context, 9) if e.time == town.now()}
    assert {ChildAct.CHANGED, ChildAct.LISTED} <= acts
    again = look(town, SECRET_SAAR, head=WITH_SECRET, decided=left_out)
    assert again.hidden == 0


def test_another_child_and_a_list_that_is_not_saved_hide_nothing(town: Town) -> None:
    (saar,) = add(town, SAAR)
    key = f"2-{saar.id[:8]}"
    other = [*MEES_ROW, ""]
    look(town, SECRET_SAAR, other, head=WITH_SECRET, decided={key: False}, save=False)
    look(town, SECRET_SAAR, head=WITH_SECRET, decided={key: True})
    assert everyone(town)[0].person == SAAR


def test_of_rows_about_one_child_each_says_whether_it_is_secret(town: Town) -> None:
    """The second and third are left out; the third is like the second."""
    rows = [*SAAR_ROW, ""], [*SAAR_ROW, ""], SECRET_SAAR
    decided = {"3-2": False, "4-2": False, "4-3": False}
    assert look(town, *rows, head=WITH_SECRET, decided=decided).saved
    (saar,) = everyone(town)
    assert saar.person == replace(SAAR, secret=True, phone="").kept


def test_a_list_is_refused_when_the_register_changes_each_time_it_is_compared(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom it is like was shown to nobody, so it is no look."""
    (saar,) = add(town, SAAR)
    monkeypatch.setattr("kindpakket.services.children.bring_in.read_version", lambda _db: object())
    with pytest.raises(FileInvalid, match="Anderen veranderen nu het register"):
        look(town, SAAR_ROW, decided={f"2-{saar.id[:8]}": False})
    acts = [each.act for each in list_looks(town.workspace.context, 9)]
    assert acts == [ChildAct.BROUGHT_IN]
