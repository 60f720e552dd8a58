"""A node that tells a block before it can be read, and that takes its time."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from web3 import HTTPProvider

from kindpakket.actors import API, claim
from kindpakket.ledger import client
from kindpakket.ledger.client import Web3Ledger, deploy
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.ledger.relay import gas_limit
from kindpakket.protocol.signatures import address_of
from kindpakket.store import views
from tests.support.node_town import Node, a_minute_later, found_on_anvil
from tests.support.nodes import ANVIL_KEY, anvil
from tests.support.problems import problem
from tests.support.slow_node import SlowNode, slow_node
from tests.support.town import ALL, BICYCLES, EVERYTHING, START, Town, opened, till_of


@pytest.fixture
def node() -> Iterator[Node]:
    with anvil("--timestamp", str(START)) as url:
        yield Node(url)


@pytest.fixture
def slow(node: Node) -> Iterator[SlowNode]:
    with slow_node(node.url) as slow:
        yield slow


@pytest.fixture
def town(node: Node, slow: SlowNode, tmp_path: Path) -> Iterator[Town]:
    """A town whose server asks the slow node."""
    found_on_anvil(tmp_path / "town", node.url)
    with opened(tmp_path / "town", a_minute_later(), node_url=slow.url) as town:
        yield town


@pytest.fixture
def ledger(town: Town) -> Web3Ledger:
    ledger = town.workspace.context.ledger
    assert isinstance(ledger, Web3Ledger)
    return ledger


def body_of(town: Town, coupon: int = 0) -> dict[str, Any]:
    code = town.code(100, coupons=(coupon,))
    return claim(town.api.domain, till_of(BICYCLES), code, 100)


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
    assert context.projection.catch_up().block == before.block + 1


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
    assert town.post("/payments", body_of(town)).status_code == 201


def test_a_receipt_is_asked_for_once_and_after_its_block(town: Town, slow: SlowNode) -> None:
    """A node may wait within a request for a receipt, longer each time."""
    asked = iter(range(3))

    def not_yet(ask: Callable[[], Any], _: object) -> Any:
        return ask() | ({"blockNumber": None} if next(asked, None) is not None else {})

    slow.instead["eth_getTransactionByHash"] = not_yet
    assert town.post("/payments", body_of(town)).status_code == 201
    assert slow.asked["eth_getTransactionByHash"] == 4
    assert slow.asked["eth_getTransactionReceipt"] == 1


def test_an_act_whose_block_is_told_before_its_time_is_pending(
    town: Town, slow: SlowNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "RECEIPT_SECONDS", 0)
    body = body_of(town)
    slow.fail("eth_getTransactionReceipt")
    assert town.post("/payments", body).status_code == 202
    slow.instead.clear()
    assert town.post("/payments", body).status_code == 200


def test_a_payment_takes_little_of_a_block(town: Town, node: Node) -> None:
    """Blocks are filled by gas limits: forty payments fit in one of 60 million."""
    node.hold()
    town.workspace.context.ledger._relay.send(b"", None)  # type: ignore[attr-defined]
    [waiting] = node.waiting()
    assert int(waiting["gas"], 16) == gas_limit(b"") == 200_000
    assert gas_limit(bytes(1_400)) <= 60_000_000 // 40


@pytest.mark.parametrize("message", ["insufficient funds for gas", "sender is not allowed"])
def test_a_node_that_refuses_the_contract_is_out_of_reach(slow: SlowNode, message: str) -> None:
    slow.fail("eth_sendRawTransaction", message=message)
    with pytest.raises(LedgerUnavailable, match=message):
        deploy(HTTPProvider(slow.url), ANVIL_KEY, {address_of(key): ALL for key in EVERYTHING})
