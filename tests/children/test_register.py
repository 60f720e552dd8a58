"""The register of children: encrypted, logged, and deleted in time, also after a restore."""

import io
import shutil
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from kindpakket.backup import backup
from kindpakket.backup.restore import restore, try_out
from kindpakket.domain.refusals import Refusal
from kindpakket.follow import follow
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.services.children.deletion import DeletionsUnknown, delete_child
from kindpakket.services.children.deletions_file import read_deletions
from kindpakket.services.children.looks import ChildAct, Purpose, RegisterReader, list_looks
from kindpakket.services.children.people import (
    MOST_FOUND,
    change_person,
    open_child,
    open_with_looks,
    read_children,
    read_page,
    search_children,
)
from kindpakket.services.letters.hand_out import hand_over
from kindpakket.services.oversight.retention import YEARS_7, delete_expired, last_run
from kindpakket.settings import Settings
from kindpakket.store import register_tables as r
from kindpakket.store import tables as t
from kindpakket.store_access import DATABASE
from kindpakket.workspace import Workspace
from tests.support.children import ANNA, HANDING_OUT, MEES, NOOR, SAAR, add, everyone
from tests.support.town import SCHEME, Town

DAY = 24 * 3600
AT_THE_COUNTER = RegisterReader(ANNA, Purpose.COUNTER)


def names(found: Sequence[object]) -> list[str]:
    return [each.person.name for each in found]  # type: ignore[attr-defined]


def test_nothing_about_a_child_is_in_the_files_of_the_database(town: Town) -> None:
    add(town, SAAR, MEES, NOOR)
    files = b"".join(path.read_bytes() for path in town.directory.glob(f"{DATABASE}*"))
    said = ["Saar", "Wit", "2017-03-09", "Dorpsstraat", "1234 AB", "0594", "Noor", "Bakker"]
    assert [text for text in said if text.encode() in files] == []


def test_nothing_about_a_child_is_in_an_error_or_a_log() -> None:
    assert repr(SAAR) == "Person(…)"


def test_the_address_of_one_who_lives_secretly_is_not_kept(town: Town) -> None:
    (noor,) = add(town, NOOR)
    assert noor.person.secret
    assert noor.person.address == ()
    assert "Geheimweg" not in noor.person.as_json()
    (saar,) = add(town, SAAR)
    assert saar.person.address == ("Dorpsstraat 4", "1234 AB  Voorbeeldstad")


def test_every_look_says_who_when_whom_and_why(town: Town) -> None:
    context = town.workspace.context
    saar, mees = add(town, SAAR, MEES)
    town.clock.time += 60
    open_child(context, AT_THE_COUNTER, saar.id)
    (opened, *brought_in) = list_looks(context, 10)
    assert (opened.time, opened.child, opened.official) == (town.now(), saar.id, ANNA)
    assert (opened.act, opened.purpose) == (ChildAct.OPENED, Purpose.COUNTER)
    assert {(each.act, each.child) for each in brought_in} == {
        (ChildAct.BROUGHT_IN, saar.id),
        (ChildAct.BROUGHT_IN, mees.id),
    }


def test_the_log_has_the_fields_of_the_standard(town: Town) -> None:
    """Logboek Dataverwerkingen 1.0, without its prefix ``dpl.core.``, and the official."""
    add(town, SAAR, MEES)
    with town.workspace.context.store.read() as db:
        first, second = db.execute(select(r.looks)).mappings().all()
    assert set(first) == {
        "trace_id",
        "span_id",
        "name",
        "start_time",
        "end_time",
        "processing_activity_id",
        "data_subject_id",
        "official",
    }
    assert (len(first["trace_id"]), len(first["span_id"])) == (2 * 16, 2 * 8)
    assert first["trace_id"] == second["trace_id"]
    assert first["span_id"] != second["span_id"]
    assert first["start_time"] == town.now() * 1000


def test_seeing_a_list_is_a_look_at_each_child_on_that_page(town: Town) -> None:
    context = town.workspace.context
    children = add(town, *[SAAR] * 51)
    page, total = read_page(context, HANDING_OUT, children[0].list, 2)
    assert ([each.position for each in page], total) == ([51], 51)
    assert [each.child for each in list_looks(context, 60) if each.act is ChildAct.LISTED] == [
        children[50].id
    ]
    with pytest.raises(Refusal):
        read_page(context, HANDING_OUT, 99, 1)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("saar", ["Saar de Wit"]),
        ("DE WIT", ["Mees de Wit", "Saar de Wit"]),
        ("wit sa", ["Saar de Wit"]),
        ("bakkér", ["Noor Bakker"]),
        ("aar", []),
        ("saar bakker", []),
        ("", []),
        ("!?", []),
        (f"{'saar':70}bakker", ["Saar de Wit"]),  # longer than any name
        ("4-017", []),
    ],
)
def test_a_child_is_found_by_the_starts_of_its_names(
    town: Town, typed: str, found: list[str]
) -> None:
    children = {each.person.name: each.id for each in add(town, SAAR, MEES, NOOR)}
    shown, more = search_children(town.workspace.context, AT_THE_COUNTER, typed)
    assert ([each.person.name for each in shown], more) == (found, False)
    looked = {e.child for e in list_looks(town.workspace.context, 9) if e.act is ChildAct.LISTED}
    assert looked == {children[name] for name in found}


def test_a_search_shows_a_few_and_says_that_there_are_more(town: Town) -> None:
    add(town, *[SAAR] * (MOST_FOUND + 1))
    shown, more = search_children(town.workspace.context, AT_THE_COUNTER, "saar")
    assert (len(shown), more) == (MOST_FOUND, True)
    add(town, replace(SAAR, name="Álva de Wit"))
    shown, more = search_children(town.workspace.context, AT_THE_COUNTER, "wit")
    assert names(shown) == ["Álva de Wit"] + ["Saar de Wit"] * (MOST_FOUND - 1)
    assert more


def test_a_name_or_address_is_changed_and_that_is_logged(town: Town) -> None:
    context = town.workspace.context
    (saar,) = add(town, SAAR)
    change_person(context, AT_THE_COUNTER, saar.id, NOOR)
    found, looks = open_with_looks(context, AT_THE_COUNTER, saar.id)
    assert found.person.name == "Noor Bakker"
    assert found.person.address == ()
    assert {each.act for each in looks} == {ChildAct.BROUGHT_IN, ChildAct.CHANGED, ChildAct.PRINTED}


# deletion


def closes(town: Town) -> int:
    closing: int = town.view("schemes", SCHEME)["closes"]
    return closing


def test_a_child_is_deleted_92_days_after_the_end_of_its_scheme(town: Town) -> None:
    add(town, SAAR, MEES)
    town.clock.time = closes(town) + 92 * DAY
    delete_expired(town.workspace.context)
    assert names(everyone(town)) == ["Saar de Wit", "Mees de Wit"]
    town.clock.time += DAY
    delete_expired(town.workspace.context)
    assert everyone(town) == []
    run = last_run(town.workspace.context)
    assert run
    assert run.deleted["children"] == 2


def test_nothing_that_is_left_leads_back(town: Town) -> None:
    """The log keeps random ids, acts and officials."""
    context = town.workspace.context
    (saar,) = add(town, SAAR)
    delete_child(context, AT_THE_COUNTER, saar.id)
    with context.store.read() as db:
        for table in (r.children, r.child_lists, r.given_letters):
            assert db.execute(select(table)).all() == []
        assert {row.data_subject_id for row in db.execute(select(r.looks))} == {saar.id}
    assert context.deletions.read_text() == f"\n{saar.id}\n"
    with pytest.raises(Refusal):
        delete_child(context, AT_THE_COUNTER, saar.id)


def test_no_equal_time_leads_from_a_letter_to_a_deleted_child(town: Town) -> None:
    """The log has the child's id and the moment; the letter keeps its number and how only."""
    context = town.workspace.context
    (saar,) = add(town, SAAR)
    letter = {"run": 4, "number": 1}
    with context.store.write() as db:
        given = {"child": saar.id, "given_at": town.now()}
        db.execute(insert(r.given_letters).values(letter | given))
        stored = {"stored_at": 1, "stored_by": ANNA}
        db.execute(insert(t.letter_stock).values(letter | stored))
    hand_over(context, AT_THE_COUNTER, saar.id, "4-001")
    delete_child(context, AT_THE_COUNTER, saar.id)
    with context.store.read() as db:
        (kept,) = db.execute(select(r.given_letters)).mappings().all()
        (stock,) = db.execute(select(t.letter_stock)).mappings().all()
    nothing = {"handed_out_at": None, "handed_out_by": None}
    assert dict(kept) == letter | {"child": "", "given_at": 0, "handed_out": "counter"} | nothing
    assert (stock["handed_out_at"], stock["handed_out_by"]) == (0, None)


def test_the_log_is_kept_for_seven_years(town: Town) -> None:
    context = town.workspace.context
    (saar,) = add(town, SAAR)
    delete_child(context, AT_THE_COUNTER, saar.id)
    town.clock.time += YEARS_7
    delete_expired(context)
    assert len(list_looks(context, 9)) == 2
    town.clock.time += DAY
    delete_expired(context)
    assert list_looks(context, 9) == []


def test_a_child_stays_when_its_deletion_cannot_be_written_down(town: Town, tmp_path: Path) -> None:
    context = town.workspace.context
    (saar,) = add(town, SAAR)
    object.__setattr__(context, "deletions", tmp_path / "not there" / "deletions.txt")
    with pytest.raises(FileNotFoundError):
        delete_child(context, AT_THE_COUNTER, saar.id)
    assert names(everyone(town)) == ["Saar de Wit"]


def test_a_line_that_was_cut_off_does_not_spoil_the_next(town: Town) -> None:
    context = town.workspace.context
    saar, mees = add(town, SAAR, MEES)
    context.deletions.write_text(mees.id[:9])
    delete_child(context, AT_THE_COUNTER, saar.id)
    assert read_deletions(context.deletions)[0] == {mees.id[:9], saar.id}


def test_what_else_is_past_its_period_is_deleted_when_a_child_cannot_be(
    town: Town, tmp_path: Path
) -> None:
    context = town.workspace.context
    add(town, SAAR)
    object.__setattr__(context, "deletions", tmp_path / "not there" / "deletions.txt")
    town.clock.time = closes(town) + YEARS_7
    with pytest.raises(FileNotFoundError):
        delete_expired(context)
    assert names(everyone(town)) == ["Saar de Wit"]
    assert list_looks(context, 9) == []
    delete_expired(context)
    object.__setattr__(context, "deletions", tmp_path / "deletions.txt")
    town.clock.time += DAY
    delete_expired(context)
    assert everyone(town) == []


def test_the_follower_goes_on_when_a_deletion_cannot_be_written_down(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks again, and ends when its server does: not before."""
    rounds: list[int] = []

    def fail(_context: object) -> None:
        rounds.append(1)
        raise PermissionError

    follow_rounds(town, monkeypatch, rounds, delete_expired=fail)
    assert len(rounds) == 2


def test_an_audit_that_fails_and_a_deletion_that_fails_do_not_hinder_each_other(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[int] = []
    audits: list[int] = []

    def delete_nothing(_context: object) -> None:
        rounds.append(1)
        raise PermissionError

    def audit_nothing(_context: object) -> None:
        audits.append(1)
        raise LedgerUnavailable("no answer")

    failing = {"delete_expired": delete_nothing, "run_audits": audit_nothing}
    follow_rounds(town, monkeypatch, rounds, **failing)
    assert (len(rounds), len(audits)) == (2, 2)


def follow_rounds(
    town: Town,
    monkeypatch: pytest.MonkeyPatch,
    rounds: list[int],
    **works: Callable[[object], None],
) -> None:
    """Run the follower in this process, with other work, until there were two rounds."""
    stdin = io.StringIO(Settings(data=town.directory).model_dump_json() + "\n")
    replaced: dict[str, object] = works | {
        "Workspace.open": lambda *_, **__: nullcontext(town.workspace),
        "select.select": lambda *_: ([1] if len(rounds) > 1 else [],),
        "sys.stdin": stdin,
        "signal.signal": lambda *_: None,
        "os.nice": lambda *_: None,
        "configure_logs": lambda *_: None,
    }
    for name, value in replaced.items():
        monkeypatch.setattr(f"kindpakket.follow.{name}", value)
    follow()


@pytest.fixture
def copy(town: Town, tmp_path: Path) -> Path:
    """A copy from before Saar was deleted."""
    saar, _mees = add(town, SAAR, MEES)
    backup(Settings(data=town.directory), tmp_path / "copy")
    delete_child(town.workspace.context, AT_THE_COUNTER, saar.id)
    return tmp_path / "copy"


def stored(settings: Settings) -> int:
    with (
        Workspace.open(settings, read_only=True) as workspace,
        workspace.context.store.read() as db,
    ):
        return len(db.execute(select(r.children)).all())


def test_a_restore_repeats_the_deletions_since_the_copy(
    town: Town, copy: Path, tmp_path: Path
) -> None:
    """The file is all that is left of the former data directory."""
    data = tmp_path / "restored"
    data.mkdir()
    shutil.copy(town.directory / "deletions.txt", data)
    restore(Settings(data=data), copy)
    assert stored(Settings(data=data)) == 1
    assert not (copy / "deletions.txt").exists()


def test_a_restore_hides_each_address_that_became_secret(town: Town, tmp_path: Path) -> None:
    saar, mees = add(town, SAAR, MEES)
    backup(Settings(data=town.directory), tmp_path / "copy")
    change_person(town.workspace.context, AT_THE_COUNTER, saar.id, replace(SAAR, secret=True))
    data = tmp_path / "restored"
    settings = Settings(data=data)
    data.mkdir()
    shutil.copy(town.directory / "deletions.txt", data)
    restore(settings, tmp_path / "copy")
    with (
        Workspace.open(settings, read_only=True) as workspace,
        workspace.context.store.read() as db,
    ):
        found = {each.id: each.person for each in read_children(db)}
    assert found == {saar.id: replace(SAAR, secret=True).kept, mees.id: MEES}


def test_an_address_stays_when_it_cannot_be_written_down_that_it_is_secret(
    town: Town, tmp_path: Path
) -> None:
    context = town.workspace.context
    (saar,) = add(town, SAAR)
    object.__setattr__(context, "deletions", tmp_path / "not there" / "deletions.txt")
    with pytest.raises(FileNotFoundError):
        change_person(context, AT_THE_COUNTER, saar.id, NOOR)
    assert [each.person for each in everyone(town)] == [SAAR]


def test_the_file_of_deletions_may_be_elsewhere(town: Town, copy: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.txt"
    shutil.copy(town.directory / "deletions.txt", elsewhere)
    settings = Settings(data=tmp_path / "restored", deletions_file=elsewhere)
    restore(settings, copy)
    assert stored(settings) == 1


def test_nobody_is_put_back_without_the_file_of_deletions(copy: Path, tmp_path: Path) -> None:
    data = tmp_path / "restored"
    with pytest.raises(DeletionsUnknown):
        restore(Settings(data=data), copy)
    assert not data.exists()
    data.mkdir()
    (data / "deletions.txt").touch()
    restore(Settings(data=data), copy)
    assert stored(Settings(data=data)) == 2


def test_a_register_without_a_file_of_deletions_has_lost_it(town: Town, tmp_path: Path) -> None:
    """The first list makes the file, so that none means lost; a drill finds that out."""
    file, settings = town.directory / "deletions.txt", Settings(data=town.directory)
    assert not file.exists()
    backup(settings, tmp_path / "empty")
    try_out(settings, tmp_path / "empty")
    add(town, SAAR)
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("", 0o600)
    backup(settings, tmp_path / "copy")
    try_out(settings, tmp_path / "copy")
    file.unlink()
    with pytest.raises(DeletionsUnknown):
        try_out(settings, tmp_path / "copy")
    assert not file.exists()


def test_no_list_is_saved_when_the_file_of_deletions_cannot_be_made(
    town: Town, tmp_path: Path
) -> None:
    object.__setattr__(town.workspace.context, "deletions", tmp_path / "not there" / "x.txt")
    with pytest.raises(FileNotFoundError):
        add(town, SAAR)
    assert everyone(town) == []


def test_a_drill_changes_nothing(town: Town, copy: Path) -> None:
    before = (town.directory / "deletions.txt").read_text()
    try_out(Settings(data=town.directory), copy)
    assert (town.directory / "deletions.txt").read_text() == before
