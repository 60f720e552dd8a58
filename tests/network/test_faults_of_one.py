"""Faults within one of four nodes: its clock, its disk, its key. Each has a network of its own."""

import json
import re
import shutil
from pathlib import Path

import httpx2
import pytest

from scripts.bench.processes import Server, served
from scripts.validators import Validator, free_ports, run
from tests.network.chains import four_validators
from tests.network.clocks import SECONDS, shifted_program
from tests.network.municipality import PATIENCE_SECONDS, awaited, founded

OURS, LAST = 0, 3
DISK_BYTES = 64 * 1024 * 1024

pytestmark = pytest.mark.needs_four("one node has nobody to differ from")


@pytest.mark.parametrize("seconds", [-5, 5], ids=["behind", "ahead"])
def test_a_clock_that_is_off_by_5_seconds_harms_nobody(
    tmp_path: Path, shifted: Path, seconds: int
) -> None:
    def shift(node: Validator) -> None:
        node.program, node.environment = shifted, {SECONDS: str(seconds)}

    with four_validators(tmp_path / "chain", shift) as chain:
        municipality = founded(chain, tmp_path / "town")
        settings = municipality.settings(OURS)
        with served(settings), municipality.paying(settings) as paying:
            paying.await_more(40, PATIENCE_SECONDS)
            chain.await_all()


@pytest.fixture(scope="module")
def shifted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shifted_program(tmp_path_factory.mktemp("shifted"))


def test_a_full_disk_stops_one_node_which_catches_up_when_there_is_room(tmp_path: Path) -> None:
    """The disk is a file system in memory, in a namespace of the node's own, which takes no
    privileges."""

    def small(node: Validator) -> None:
        data = node.home / "data"
        mount = f'mkdir -p "$0" && mount -t tmpfs -o size={DISK_BYTES} tmpfs "$0" && exec "$@"'
        node.wrapper = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, str(data)]

    with four_validators(tmp_path / "chain", small) as chain:
        municipality = founded(chain, tmp_path / "town")
        settings = municipality.settings(OURS)
        last = chain.nodes[LAST]
        filler = Path(f"/proc/{last.pid}/root{last.home}/data/filler")
        with served(settings), municipality.paying(settings) as paying:
            with pytest.raises(OSError, match="No space left"), filler.open("wb", 0) as file:
                while True:
                    file.write(bytes(65536))
            paying.await_more(40, PATIENCE_SECONDS)
            stuck = last.head()
            paying.await_more(20, PATIENCE_SECONDS)
            assert last.head() in (stuck, None)
            last.kill()
            last.wrapper = []  # a new disk, with the signing record kept: the others have the rest
            last.start()
            chain.await_all()


def test_a_validator_that_signs_twice_is_seen_and_shown(tmp_path: Path) -> None:
    """Its key and signing record were copied to a second machine, and both run."""
    with four_validators(tmp_path / "chain") as chain:
        municipality = founded(chain, tmp_path / "town")
        settings = municipality.settings(OURS)
        with served(settings) as server, municipality.paying(settings) as paying:
            twin = _with_the_key_of(chain.nodes[LAST], tmp_path / "twin", chain.nodes[:LAST])
            try:
                twin.start()
                told = awaited(lambda: _signed_twice(server), PATIENCE_SECONDS)
            finally:
                twin.kill()
            paying.await_more(20, PATIENCE_SECONDS)
        assert told == [f"Partij {LAST + 1}"]
        printed = run("status", "--node", chain.urls[OURS])
        assert "evidence of votes for two blocks: 0" not in printed


def _with_the_key_of(node: Validator, home: Path, others: list[Validator]) -> Validator:
    """A second node with the consensus key of a node, to which the others connect."""
    twin = Validator(home, free_ports())
    address = f"127.0.0.1:{twin.ports['p2p']}"
    run("init", "--home", home, "--name", "twin", "--address", address)
    shutil.copy(node.home / "founding.json", home)
    shutil.copy(node.home / "keys/consensus.json", home / "keys")
    shutil.copytree(node.home / "signed", home / "signed", dirs_exist_ok=True)
    identity = json.loads((home / "party.json").read_text())["node_id"]
    for other in others:
        (other.home / "peers").write_text(f"{identity}@{address}\n")
    return twin


def _signed_twice(server: Server) -> list[str]:
    """The parties that signed twice, by the page about the network."""
    page = httpx2.get(f"{server.base_url}/netwerk", trust_env=False).text
    return sorted(set(re.findall(r"(\w+ \d) tekende twee keer", page)))
