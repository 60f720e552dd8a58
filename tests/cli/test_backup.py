"""``kindpakket backup``: a complete and private copy, or none."""

import json
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kindpakket.main import CHAIN, DATABASE, Workspace, build_app, serving
from kindpakket.settings import Settings
from tests.support.shell import Shell

pytestmark = pytest.mark.xdist_group("cli")

ELSEWHERE = "postgresql+psycopg://localhost/kindpakket"


@pytest.fixture
def target(shell: Shell) -> Path:
    return shell.home / "kopieën" / "zondag"


def files_of(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}


def left_beside(target: Path) -> list[Path]:
    return list(target.parent.iterdir()) if target.parent.exists() else []


def test_a_copy_is_a_data_directory(shell: Shell, target: Path) -> None:
    shell.pay("10", shell.code("10"))
    said = shell.ok("backup", target)
    block = shell.json("status")["ledger"]["block"]
    assert said == (
        f"De kopie staat in {target}, met het grootboek tot en met blok {block}, de"
        " doorgeefsleutel en de sleutelbestanden; laat nooit twee servers op kopieën van één keten"
        " draaien.\n"
    )
    shutil.rmtree(shell.data)
    target.rename(shell.data)
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
        "notities/lees.txt",
        *keys,
    }
    assert made == {
        "target": str(target),
        "block": shell.json("status")["ledger"]["block"],
        "database": True,
    }


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


def test_a_database_of_its_own_is_copied_by_its_own_means(
    shell: Shell, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINDPAKKET_DATABASE_URL", ELSEWHERE)
    said = shell.ok("backup", target).splitlines()
    assert said[1:] == ["LET OP: kopieer de database apart, met de middelen van die database."]
    assert DATABASE not in files_of(target)
    assert f"{CHAIN}/data.mdb" in files_of(target)


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
    if part == "chain":  # the first that is copied when the database is elsewhere
        monkeypatch.setenv("KINDPAKKET_DATABASE_URL", ELSEWHERE)
    with room_for(10_000):
        said = shell.fail("backup", target)
    assert said.startswith("De kopie is niet gemaakt, en er is niets achtergebleven. ")
    assert left_beside(target) == []
    shell.ok("backup", target)


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
