"""Commands with a node instead of the embedded chain."""

import json
from pathlib import Path

import pytest

from kindpakket.ledger.comparison import NodeState, StatesFile
from kindpakket.ledger.nodes import name_of
from kindpakket.workspace import FOLLOWER, RELAY
from tests.support.node_town import found_on_anvil
from tests.support.nodes import ANVIL_KEY, anvil
from tests.support.shell import Shell
from tests.support.slow_node import slow_node
from tests.support.town import START


@pytest.fixture
def empty(tmp_path: Path) -> Shell:
    """A directory without any setup, and no settings: a demo's are its own."""
    return Shell(tmp_path, Path("/dev/null"))


def test_a_demo_on_a_node_that_is_away_leaves_nothing_but_the_relay_key(
    empty: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINDPAKKET_NODE_URL", "http://127.0.0.1:9")
    empty.fail("demo", "--data", empty.data)
    assert not empty.data.exists()
    empty.data.mkdir()
    (empty.data / RELAY).write_text("0x" + "01" * 32)
    empty.fail("demo", "--data", empty.data)
    assert [path.name for path in empty.data.iterdir()] == [RELAY]


def test_a_demo_is_built_on_a_node_with_a_relay_that_it_knows(
    empty: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with anvil() as url:
        monkeypatch.setenv("KINDPAKKET_NODE_URL", url)
        empty.data.mkdir()
        (empty.data / RELAY).write_text("0x" + ANVIL_KEY.hex())
        told = empty.ok("demo", "--data", empty.data, "--once")
    assert "Fietsenwinkel Van Dam: € 42,50 ✓" in told.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("method", ["eth_blockNumber", "eth_sendRawTransaction"])
def test_a_node_that_refuses_the_founding_is_told_in_a_sentence_and_nothing_is_left(
    empty: Shell, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    with anvil() as url, slow_node(url) as node:
        node.fail(method, message="sender is not allowed")
        monkeypatch.setenv("KINDPAKKET_NODE_URL", node.url)
        said = empty.fail("init")
    assert said.startswith("Het grootboek is even niet bereikbaar.")
    assert "sender is not allowed" in said
    assert not empty.data.exists()


def test_status_says_that_the_follower_failed(shell: Shell) -> None:
    assert shell.json("status")["follower"] is None
    state = {"pid": None, "failures": 2, "failed_at": 1_800_000_000}
    (shell.data / FOLLOWER).write_text(json.dumps(state))
    told = {"running": False, "failures": 2, "lastFailure": "2027-01-15T08:00:00Z"}
    assert shell.json("status")["follower"] == told
    assert "LET OP: de volger viel 2 keer uit" in shell.ok("status")


def test_status_says_how_each_node_stands(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with anvil("--timestamp", str(START)) as url:
        found_on_anvil(empty.data, url)
        urls = [url, "http://b:2", "http://name:secret@c:3", "http://d:4"]
        states = [
            NodeState(name_of(url), "same", 7, START),
            NodeState("b:2", "behind", 2, START - 10, 5, 10),
            NodeState("c:3", "away"),
            NodeState("d:4", "differs", 7, START),
        ]
        StatesFile(empty.data, urls).write(states)
        monkeypatch.setenv("KINDPAKKET_NODE_URL", ", ".join(urls))
        told = empty.ok("status")
    assert [line for line in told.splitlines() if line.startswith("Knooppunt")] == [
        f"Knooppunt  {name_of(url)}: blok 7",
        "Knooppunt  b:2: blok 2; loopt 5 blokken en 10 seconden achter",
        "Knooppunt  c:3: antwoordt niet",
        "Knooppunt  d:4: LET OP: spreekt een ander knooppunt tegen; er kan niet worden betaald",
    ]
