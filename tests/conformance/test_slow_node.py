"""A node that tells a block before it can be read, and that takes its time."""

from collections.abc import Callable
from typing import Any

import pytest
from web3 import HTTPProvider

from kindpakket.actors import API
from kindpakket.ledger import client
from kindpakket.ledger.client import Web3Ledger, deploy
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.protocol.signatures import address_of
from kindpakket.store import views
from tests.support.node_town import Node, claim_of
from tests.support.nodes import ANVIL_KEY
from tests.support.problems import problem
from tests.support.slow_node import SlowNode
from tests.support.town import ALL, BICYCLES, EVERYTHING, Town, till_of

READS: dict[str, tuple[str, Callable[[Web3Ledger], object]]] = {
    "head": ("eth_blockNumber", lambda ledger: ledger.head()),
    "hash": ("eth_getBlockByNumber", lambda ledger: ledger.block_hash(1)),
    "time": ("eth_getBlockByNumber", lambda ledger: ledger.time(0)),
    "blocks": ("eth_getBlockByNumber", lambda ledger: list(ledger.blocks(0))),
    "receipts": ("eth_getBlockReceipts", lambda ledger: list(ledger.blocks(0))),
    "view": ("eth_call", lambda ledger: ledger.view("schemes", 1)),
}


@pytest.mark.parametrize("read", READS)
def test_a_node_that_answers_a_reader_by_an_error_is_out_of_reach(
    ledger: Web3Ledger, slow: SlowNode, read: str
) -> None:
    method, ask = READS[read]
    slow.fail(method)
    with pytest.raises(LedgerUnavailable, match="not there yet"):
        ask(ledger)


@pytest.mark.parametrize("told", [None, []])
def test_a_block_is_not_read_before_all_its_receipts_are_there(
    ledger: Web3Ledger, slow: SlowNode, told: list[object] | None
) -> None:
    slow.instead["eth_getBlockReceipts"] = lambda _ask, _params: told
    with pytest.raises(LedgerUnavailable):
        list(ledger.blocks(0))


def test_views_wait_for_a_block_that_was_told_early(town: Town, slow: SlowNode) -> None:
    context = town.workspace.context
    before = context.projection.catch_up()
    slow.tell_heads_early()
    problem(town.http.get(f"{API}/schemes/1"), 503, "ledger_unavailable")
    slow.instead.clear()
    town.api.pay(till_of(BICYCLES), town.code(100), 100)
    assert context.projection.catch_up().block > before.block


def test_views_are_kept_when_a_node_does_not_have_their_last_block(
    town: Town, slow: SlowNode
) -> None:
    context = town.workspace.context
    before = context.projection.catch_up()
    slow.instead["eth_getBlockByNumber"] = lambda _ask, _params: None
    with pytest.raises(LedgerUnavailable):
        context.projection.catch_up()
    with context.store.read() as db:
        assert views.read_cursor(db) == before


def test_an_act_is_waited_for_while_its_receipt_is_not_there(town: Town, slow: SlowNode) -> None:
    slow.fail("eth_getTransactionReceipt", times=2)
    assert town.post("/payments", claim_of(town)).status_code == 201


def test_a_receipt_is_asked_for_once_and_after_its_block(town: Town, slow: SlowNode) -> None:
    """A node may wait within a request for a receipt, longer each time."""
    asked = iter(range(3))

    def not_yet(ask: Callable[[], Any], _: object) -> Any:
        return ask() | ({"blockNumber": None} if next(asked, None) is not None else {})

    slow.instead["eth_getTransactionByHash"] = not_yet
    assert town.post("/payments", claim_of(town)).status_code == 201
    assert slow.asked["eth_getTransactionByHash"] == 4
    assert slow.asked["eth_getTransactionReceipt"] == 1


def test_an_act_whose_block_is_told_before_its_time_is_pending(
    town: Town, slow: SlowNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "RECEIPT_SECONDS", 0)
    body = claim_of(town)
    slow.fail("eth_getTransactionReceipt")
    assert town.post("/payments", body).status_code == 202
    slow.instead.clear()
    assert town.post("/payments", body).status_code == 200


def test_payments_take_little_of_a_block(
    town: Town, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks are filled by gas limits: forty payments fit in one of 60 million."""
    monkeypatch.setattr(client, "RECEIPT_SECONDS", 0)
    node.hold()
    assert town.post("/payments", claim_of(town)).status_code == 202
    [waiting] = node.waiting()
    assert int(waiting["gas"], 16) <= 60_000_000 // 40


@pytest.mark.parametrize("message", ["insufficient funds for gas", "sender is not allowed"])
def test_a_node_that_refuses_the_contract_is_out_of_reach(slow: SlowNode, message: str) -> None:
    slow.fail("eth_sendRawTransaction", message=message)
    with pytest.raises(LedgerUnavailable, match=message):
        deploy(HTTPProvider(slow.url), ANVIL_KEY, {address_of(key): ALL for key in EVERYTHING})
