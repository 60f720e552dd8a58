"""``kindpakket backup``: a complete and private copy, or none."""

import json
import resource
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from kindpakket import backup
from kindpakket.main import build_app, serving
from kindpakket.settings import Settings
from kindpakket.store import tables as t
from kindpakket.store.database import Store
from kindpakket.store_access import DATABASE, open_store
from kindpakket.workspace import CHAIN, Workspace
from tests.support.node_town import found_on_anvil
from tests.support.nodes import anvil
from tests.support.shell import Shell
from tests.support.town import START

pytestmark = pytest.mark.xdist_group("cli")


@pytest.fixture
def target(shell: Shell) -> Path:
    return shell.home / "kopieën" / "zondag"


def files_of(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}


@contextmanager
def store_of(data: Path) -> Iterator[Store]:
    with closing(open_store(Settings(data=data))) as store:
        yield store


def left_beside(target: Path) -> list[Path]:
    return list(target.parent.iterdir()) if target.parent.exists() else []


def test_a_copy_is_put_back_and_goes_on(shell: Shell, target: Path) -> None:
    shell.pay("10", shell.code("10"))
    said = shell.ok("backup", target)
    block = shell.json("status")["ledger"]["block"]
    assert said == (
        f"De kopie staat in {target}, met het grootboek tot en met blok {block}, de"
        " database, de doorgeefsleutel en de sleutelbestanden; laat nooit twee servers op kopieën"
        " van één keten draaien.\n"
    )
    shutil.rmtree(shell.data)
    shell.ok("restore", target)
    assert shell.json("status")["payments"] == 1
    assert shell.json("audit")["clean"]
    assert shell.pay("1", shell.code("1"))["amount"] == 1_00


def test_a_copy_has_all_that_lasts_and_nothing_that_is_of_a_moment(
    shell: Shell, target: Path
) -> None:
    (shell.data / "notities").mkdir()
    (shell.data / "notities" / "lees.txt").write_text("van de beheerder")
    settings = Settings(data=shell.data)
    with (
        Workspace.open(settings) as workspace,
        serving(build_app(workspace, settings), settings.data),
    ):
        made = shell.json("backup", target)
    keys = {f"keys/{path.name}" for path in (shell.data / "keys").iterdir()}
    assert len(keys) > 2
    assert files_of(target) == {
        f"{CHAIN}/data.mdb",
        DATABASE,
        "contract.json",
        "relay.key",
        "changes.key",
        "store.key",
        "manifest.json",
        "notities/lees.txt",
        *keys,
    }
    assert made["target"] == str(target)
    assert made["block"] == shell.json("status")["ledger"]["block"]


def test_a_copy_can_be_read_by_its_owner_only(shell: Shell, target: Path) -> None:
    (shell.data / "contract.json").chmod(0o644)
    shell.ok("backup", target)
    modes = {path: path.stat().st_mode & 0o777 for path in (target, *target.rglob("*"))}
    assert set(modes.values()) == {0o600, 0o700}
    assert all((mode == 0o700) == path.is_dir() for path, mode in modes.items())


def test_an_empty_directory_will_do_and_another_is_left_as_it_was(
    shell: Shell, target: Path
) -> None:
    target.mkdir(parents=True)
    shell.ok("backup", target)
    (target / "relay.key").write_text("van een ander")
    said = shell.fail("backup", target, exit_code=2)
    assert said == f"In {target} staat al iets; kies een nieuwe of lege map."
    assert (target / "relay.key").read_text() == "van een ander"
    assert left_beside(target) == [target]


def test_a_copy_in_the_data_directory_itself_is_refused(shell: Shell) -> None:
    said = shell.fail("backup", shell.data / "kopie", exit_code=2)
    assert said == "De kopie kan niet in de datamap zelf komen; kies een andere map."


def test_there_must_be_something_to_copy(empty: Shell, tmp_path: Path) -> None:
    assert "is nog niets" in empty.fail("backup", tmp_path / "kopie", exit_code=2)
    assert not (tmp_path / "kopie").exists()


def test_a_chain_on_a_node_is_kept_by_that_node(
    shell: Shell, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINDPAKKET_NODE_URL", "http://127.0.0.1:9")
    said = shell.ok("backup", target).splitlines()
    assert said[1:] == ["LET OP: de keten staat op een ander knooppunt en zit niet in de kopie."]
    assert {DATABASE, "relay.key"} < files_of(target)
    assert f"{CHAIN}/data.mdb" not in files_of(target)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Limit the size of files, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("part", ["database", "chain"])
def test_a_full_disk_leaves_no_copy(
    shell: Shell, target: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    if part == "chain":
        monkeypatch.setattr(backup, "copy_database", lambda *_: None)
    with room_for(10_000):
        said = shell.fail("backup", target)
    assert said.startswith("De kopie is niet gemaakt, en er is niets achtergebleven. ")
    assert left_beside(target) == []


def test_a_copy_that_is_broken_off_is_not_there(
    shell: Shell, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "copy2", stopped)
    assert shell.fail("backup", target, exit_code=130) == "Afgebroken."
    assert left_beside(target) == []


def test_what_is_copied_stays_as_it_was(shell: Shell, target: Path) -> None:
    before = {name: (shell.data / name).read_bytes() for name in files_of(shell.data)}
    shell.ok("backup", target)
    after = {name: (shell.data / name).read_bytes() for name in files_of(shell.data)}
    assert {name: after.get(name) for name in before if "lock" not in name} == {
        name: content for name, content in before.items() if "lock" not in name
    }
    assert json.loads((target / "contract.json").read_text())


def test_the_newest_copies_stay_and_what_is_no_copy_too(shell: Shell, target: Path) -> None:
    copies = target.parent
    shell.ok("backup", target)
    for year in (2001, 2002, 2003):  # older copies by their manifests
        old = copies / f"{year}0101T000000Z"
        shutil.copytree(target, old)
        manifest = json.loads((old / "manifest.json").read_text())
        (old / "manifest.json").write_text(json.dumps(manifest | {"made_at": year}))
    (copies / "20000101T000000Z").mkdir()
    made = Path(shell.json("backup", copies, "--keep", 2)["target"])
    assert {path.name for path in copies.iterdir()} == {
        made.name,
        "20030101T000000Z",
        "20000101T000000Z",
        "zondag",
    }


# ------------------------------------------------------------------------------ restore


def test_a_place_that_is_not_empty_is_left_as_it_was(shell: Shell, target: Path) -> None:
    shell.ok("backup", target)
    before = {name: (shell.data / name).read_bytes() for name in files_of(shell.data)}
    said = shell.fail("restore", target)
    assert said == (
        f"{shell.data} is niet leeg. Zet een kopie terug in een lege map. Er is niets teruggezet."
    )
    assert {name: (shell.data / name).read_bytes() for name in files_of(shell.data)} == before


@pytest.mark.parametrize("file", ["contract.json", f"{CHAIN}/data.mdb", DATABASE, "relay.key"])
@pytest.mark.parametrize("way", ["changed", "missing"])
def test_a_copy_that_is_not_whole_is_refused(
    shell: Shell, target: Path, file: str, way: str
) -> None:
    shell.ok("backup", target)
    if way == "missing":
        (target / file).unlink()
    else:
        (target / file).write_bytes((target / file).read_bytes()[:-1] + b"\n\n")
    said = shell.fail("restore", target, "--data", shell.home / "new")
    assert said == (
        f"{target} is geen hele kopie: {file} ontbreekt of is veranderd. Er is niets teruggezet."
    )
    assert not (shell.home / "new").exists()
    assert shell.fail("drill", target.parent) == said


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("format", 2, "is van een latere versie van dit programma. Installeer die versie."),
        ("schema_version", "9999", "De database is van een latere versie van dit programma."),
        ("files", {"../elders": "00"}, "is geen hele kopie: manifest.json ontbreekt"),
        ("files", {"/elders": "00"}, "is geen hele kopie: manifest.json ontbreekt"),
        ("files", {}, "is geen hele kopie: contract.json ontbreekt"),
        ("block", None, "zit geen keten. Noem het knooppunt in KINDPAKKET_NODE_URL."),
    ],
)
def test_a_manifest_of_something_else_is_refused(
    shell: Shell, target: Path, field: str, value: object, sentence: str
) -> None:
    shell.ok("backup", target)
    file = target / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {field: value}))
    assert sentence in shell.fail("restore", target, "--data", shell.home / "new")
    assert not (shell.home / "new").exists()


def test_nobody_is_signed_in_after_a_restore_and_what_is_over_its_period_is_gone(
    shell: Shell, target: Path
) -> None:
    with store_of(shell.data) as store, store.write() as db:
        db.execute(
            insert(t.sessions).values(token_sha256="00", address="0x", begun_at=1, expires_at=2**40)
        )
        db.execute(insert(t.former_names).values(kind="shop", number=1, name="Oud", until=1))
    shell.ok("backup", target)
    shell.ok("restore", target, "--data", shell.home / "new")
    with store_of(shell.home / "new") as store, store.read() as db:
        assert db.execute(select(t.sessions)).all() == []
        assert db.execute(select(t.former_names)).all() == []


def test_a_restore_and_a_drill_say_that_the_chain_of_a_node_was_not_audited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(tmp_path)
    words = "De keten op het knooppunt is hierbij niet gecontroleerd."
    with anvil("--timestamp", str(START)) as url:
        monkeypatch.setenv("KINDPAKKET_NODE_URL", url)
        found_on_anvil(shell.data, url)
        shell.ok("backup", tmp_path / "copies" / "first")
        said = shell.ok("drill", tmp_path / "copies").splitlines()
        assert said[:2] == ["Alles klopt.", words]
        assert shell.json("drill", tmp_path / "copies")["chainAudited"] is False
        restored = shell.ok("restore", tmp_path / "copies" / "first", "--data", tmp_path / "new")
        assert restored.splitlines()[:2] == ["Alles klopt.", words]


# ------------------------------------------------------------------------------ drill


def make_older(copy: Path, seconds: int) -> None:
    file = copy / "manifest.json"
    manifest = json.loads(file.read_text())
    file.write_text(json.dumps(manifest | {"made_at": manifest["made_at"] - seconds}))


def test_a_drill_tries_the_newest_copy_and_leaves_nothing(
    shell: Shell, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = shell.home / "rooms"
    rooms.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(rooms))
    shell.ok("backup", target)
    make_older(target, 3600)
    shell.ok("backup", target.parent, "--keep", 9)
    before = files_of(target.parent)
    assert "niet gecontroleerd" not in shell.ok("drill", target.parent)
    done = shell.json("drill", target.parent)
    assert done["copy"] == str(max(target.parent.glob("2*")))
    assert (done["clean"], done["chainAudited"], done["hours"]) == (True, True, 0)
    assert files_of(target.parent) == before
    assert list(rooms.iterdir()) == []


def test_a_drill_fails_when_the_newest_copy_is_old(shell: Shell, target: Path) -> None:
    shell.ok("backup", target)
    make_older(target, 36 * 3600)
    result = shell.run("drill", target.parent)
    assert result.exit_code == 1
    assert result.stdout.strip().endswith("36 uur oud: ouder dan 36 uur.")
    assert shell.json("drill", target.parent, "--most-hours", 37)["hours"] == 36


def test_a_drill_fails_when_a_copy_does_not_agree_with_its_chain(
    shell: Shell, target: Path
) -> None:
    shell.pay("10", shell.code("10"))
    shell.ok("report")  # brings the views up to date
    with store_of(shell.data) as store, store.write(views=True) as db:
        db.execute(update(t.coupon_changes).values(time=1))
    shell.ok("backup", target)
    result = shell.run("drill", target.parent)
    assert result.exit_code == 1
    assert "VERSCHIL" in result.stdout


def test_there_must_be_a_copy_to_try(shell: Shell, target: Path) -> None:
    target.mkdir(parents=True)
    assert shell.fail("drill", target.parent) == f"In {target.parent} staat geen kopie."
