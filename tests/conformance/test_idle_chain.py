"""A chain that makes a block each second, most of them empty, is read without reading each."""

from typing import Any

import pytest

from kindpakket.actors import API
from kindpakket.ledger.client import Web3Ledger
from kindpakket.services.schemes.look_up import find_scheme
from tests.support.node_town import Node, claim_of
from tests.support.problems import problem
from tests.support.slow_node import SlowNode
from tests.support.town import Town

IDLE = 300
FEW = 30
"""Blocks that are not all near the head."""


@pytest.fixture
def idle(town: Town, node: Node) -> Town:
    """A town with two payments and many empty blocks around them."""
    town.workspace.context.projection.catch_up()
    for coupon in range(2):
        node.mine(IDLE)
        assert town.post("/payments", claim_of(town, coupon)).status_code == 201
    node.mine(IDLE)
    return town


def spent(town: Town) -> int:
    """What the views have."""
    return find_scheme(town.workspace.context, 1).spent


def test_empty_blocks_are_not_read_and_nothing_is_missed(idle: Town, slow: SlowNode) -> None:
    head = idle.workspace.context.ledger.head()
    slow.asked.clear()
    assert spent(idle) == 200
    assert slow.asked["eth_getBlockByNumber"] < 50
    assert idle.workspace.context.projection.catch_up().block == head


def test_the_first_and_the_last_block_are_told(idle: Town, ledger: Web3Ledger) -> None:
    head = idle.workspace.context.ledger.head()
    told = [block.number for block in ledger.blocks(100)]
    assert (told[0], told[-1]) == (100, head)
    assert told[-16:] == list(range(head - 15, head + 1))
    assert [block.number for block in ledger.blocks(head)] == [head]
    assert list(ledger.blocks(head + 1)) == []


def test_every_block_is_read_where_events_cannot_be_asked_for(
    town: Town,
    node: Node,
    slow: SlowNode,
) -> None:
    town.workspace.context.projection.catch_up()
    node.mine(FEW)
    assert town.post("/payments", claim_of(town)).status_code == 201
    node.mine(FEW)
    slow.fail("eth_getLogs", message="the range is too long")
    assert spent(town) == 100
    assert slow.asked["eth_getBlockByNumber"] > 2 * FEW


def test_events_that_a_node_finds_late_are_not_missed(
    town: Town,
    node: Node,
    slow: SlowNode,
) -> None:
    """It has the block, and does not find its events yet."""
    town.workspace.context.projection.catch_up()
    node.mine(IDLE)
    assert town.post("/payments", claim_of(town)).status_code == 201
    slow.instead["eth_getLogs"] = lambda _ask, _params: []
    assert spent(town) == 100


def test_a_block_that_is_replaced_within_a_gap_is_noticed(
    idle: Town,
    node: Node,
    slow: SlowNode,
) -> None:
    def replaced(ask: Any, _: object) -> Any:
        found = ask()
        del slow.instead["eth_getLogs"]
        node.reorganise(2 * IDLE)
        return found

    slow.instead["eth_getLogs"] = replaced
    problem(idle.http.get(f"{API}/schemes/1"), 503, "ledger_unavailable")
    assert spent(idle) == 100


def test_a_range_is_not_taken_as_empty_because_a_node_gives_no_answer(
    idle: Town,
    slow: SlowNode,
) -> None:
    def none(_ask: Any, _: object) -> Any:
        raise ConnectionError

    slow.instead["eth_getLogs"] = none
    problem(idle.http.get(f"{API}/schemes/1"), 503, "ledger_unavailable")
    slow.instead.clear()
    assert spent(idle) == 200
