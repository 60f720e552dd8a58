"""Commands with a node instead of the embedded chain."""

import json

import pytest

from kindpakket.main import FOLLOWER
from tests.support.nodes import anvil
from tests.support.shell import Shell
from tests.support.slow_node import slow_node


def test_a_demo_is_not_built_on_a_node_whose_clock_cannot_be_walked(
    empty: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINDPAKKET_NODE_URL", "http://127.0.0.1:9")
    said = empty.fail("demo", "--data", empty.data, exit_code=2)
    assert said.endswith("Laat KINDPAKKET_NODE_URL weg.")
    assert not empty.data.exists()


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
