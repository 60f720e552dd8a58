"""Faults of a node between a claim and its block: the reported outcome is true in the end."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select
from web3.providers import BaseProvider

from kindpakket.actors import API, claim, fields, hexed
from kindpakket.ledger import client
from kindpakket.ledger.client import Web3Ledger
from kindpakket.protocol.messages import Refund
from kindpakket.services.schemes.look_up import Scheme, find_scheme
from kindpakket.store import tables as t
from tests.support.chains import ChainUnderTest
from tests.support.node_town import Node, a_minute_later, found_anew, found_on_anvil, on_anvil
from tests.support.nodes import anvil
from tests.support.problems import problem
from tests.support.town import BICYCLES, START, Town, copied, opened, till_of

Body = dict[str, Any]


@pytest.fixture
def town(chain: ChainUnderTest, tmp_path: Path) -> Iterator[Town]:
    with chain.town(tmp_path / "town") as town:
        yield town


@pytest.fixture
def slow(node: Node, monkeypatch: pytest.MonkeyPatch) -> Node:
    """A node that mines on command only, with a server that does not wait for blocks."""
    node.hold()
    monkeypatch.setattr(client, "RECEIPT_SECONDS", 0)
    return node


def claimed(town: Town, amount: int = 100, **code: Any) -> Body:
    return claim(town.api.domain, till_of(BICYCLES), town.code(amount, **code), amount)


def sent(town: Town, body: Body, status: int) -> Body:
    """Send a claim; return the outcome in the answer."""
    answer = town.post("/payments", body)
    assert answer.status_code == status, answer.text
    told: Body = answer.json()
    assert told["status"] == ("pending" if status == 202 else "settled")
    return told


def status(town: Town, payment: Body) -> str:
    told: str = town.api.get(f"/payments/{payment['id']}")["status"]
    return told


def viewed(town: Town) -> Scheme:
    """The scheme in the views."""
    return find_scheme(town.workspace.context, 1)


def spent(town: Town) -> int:
    amount: int = town.view("schemes", 1)["spent"]
    return amount


# delayed


def test_a_delayed_claim_is_pending_and_then_settled(town: Town, slow: Node) -> None:
    payment = sent(town, claimed(town), 202)
    assert payment["transaction"] == slow.waiting()[0]["hash"]
    assert (payment["time"], payment["block"]) == (None, None)
    assert town.api.get(f"/payments/{payment['id']}") == payment
    slow.mine()
    assert status(town, payment) == "settled"


def test_a_delayed_claim_sent_again_is_the_same_payment(town: Town, slow: Node) -> None:
    body = claimed(town)
    payment = sent(town, body, 202)
    assert sent(town, body, 202)["id"] == payment["id"]
    assert len(slow.waiting()) == 1
    slow.mine()
    again = sent(town, body, 200)
    assert (again["id"], again["amount"]) == (payment["id"], 100)
    assert spent(town) == 100


def test_a_delayed_refund_sent_again_is_the_same_refund(
    town: Town, node: Node, request: pytest.FixtureRequest
) -> None:
    payment = sent(town, claimed(town), 201)
    request.getfixturevalue("slow")
    message = Refund(payment["id"], BICYCLES, 40, town.now() + 60, 1)
    signature = message.sign(town.api.domain, till_of(BICYCLES).key)
    body = fields(message) | {"signature": hexed(signature)}
    assert [town.post("/refunds", body).status_code for _ in range(2)] == [202, 202]
    node.mine()
    answer = town.post("/refunds", body)
    assert (answer.status_code, answer.json()["refunded"]) == (200, 40)


# dropped


def test_a_dropped_claim_is_pending_until_it_is_sent_again(town: Town, slow: Node) -> None:
    body = claimed(town)
    payment = sent(town, body, 202)
    slow.drop(payment["transaction"])
    slow.mine()
    assert status(town, payment) == "pending"
    sent(town, body, 202)
    slow.mine()
    assert status(town, payment) == "settled"
    assert spent(town) == 100


def test_a_dropped_claim_is_a_no_once_a_later_block_than_its_code_is_final(
    town: Town, slow: Node
) -> None:
    body = claimed(town)
    payment = sent(town, body, 202)
    slow.drop(payment["transaction"])
    slow.pass_time(600)
    assert status(town, payment) == "pending"
    slow.mine()
    problem(town.http.get(f"{API}/payments/{payment['id']}"), 404, "payment_unknown")
    problem(town.post("/payments", body), 409, "code_expired")
    assert spent(town) == 0


def test_a_claim_that_is_settled_while_it_is_asked_after_is_not_denied(
    town: Town, slow: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = sent(town, claimed(town), 202)
    projection = town.workspace.context.projection
    catch_up = projection.catch_up

    def catch_up_late() -> object:
        if slow.waiting():
            slow.mine()
            slow.pass_time(600)
            slow.mine()
        return catch_up()

    monkeypatch.setattr(projection, "catch_up", catch_up_late)
    assert status(town, payment) == "settled"


def test_what_was_decided_is_not_kept_as_undecided(town: Town, slow: Node) -> None:
    sent(town, claimed(town), 202)
    slow.pass_time(600)
    slow.mine()
    town.api.get("/schemes")
    town.clock.time += 900
    payment = sent(town, claimed(town, coupons=(1,)), 202)
    with town.workspace.context.store.read() as db:
        assert db.scalars(select(t.undecided_claims.c.payment)).all() == [payment["id"]]


def test_claims_behind_a_dropped_one_come_through_when_all_are_sent_again(
    town: Town, slow: Node
) -> None:
    bodies = [claimed(town, coupons=(coupon,)) for coupon in range(4)]
    payments = [sent(town, body, 202) for body in bodies]
    slow.drop(payments[1]["transaction"])
    slow.mine()
    assert [status(town, each) for each in payments] == ["settled"] + ["pending"] * 3
    for body in bodies[1:]:
        town.post("/payments", body)
    slow.mine()
    for body in bodies:
        town.post("/payments", body)
    slow.mine()
    assert [status(town, each) for each in payments] == ["settled"] * 4
    assert spent(town) == 400


# replaced


def test_a_replaced_claim_is_pending_until_it_is_sent_again(town: Town, slow: Node) -> None:
    body = claimed(town)
    payment = sent(town, body, 202)
    slow.send_instead(slow.waiting()[0])
    slow.mine()
    assert status(town, payment) == "pending"
    sent(town, body, 202)
    slow.mine()
    assert status(town, payment) == "settled"


def test_another_server_with_the_same_relay_key_does_no_harm(
    town: Town, chain: ChainUnderTest, tmp_path: Path
) -> None:
    elsewhere = copied(town.directory, tmp_path / "elsewhere")
    with opened(elsewhere, town.clock, node_url=chain.urls[0]) as other:
        for coupon in range(3):
            for each in (town, other):
                sent(each, claimed(town, coupons=(coupon,)), 201)
    assert spent(town) == 600


# a node that stops


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_a_node_that_restarts_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, state, directory = free_port(), str(tmp_path / "state.json"), tmp_path / "town"
    with ExitStack() as stack:
        with anvil("--timestamp", str(START), "--dump-state", state, port=port) as url:
            found_on_anvil(directory, url)
            town = stack.enter_context(opened(directory, a_minute_later(), node_url=url))
            Node(url).hold()
            with monkeypatch.context() as impatient:
                impatient.setattr(client, "RECEIPT_SECONDS", 0)
                body = claimed(town)
                payment = sent(town, body, 202)
        assert sent(town, body, 202)["id"] == payment["id"]
        problem(town.http.get(f"{API}/payments/{payment['id']}"), 503, "ledger_unavailable")
        with anvil("--timestamp", str(START), "--load-state", state, port=port):
            assert status(town, payment) == "pending"
            assert sent(town, body, 200)["id"] == payment["id"]
            assert spent(town) == 100


# timeouts


class Forgetful(BaseProvider):
    """A connection on which the answer to one method is lost, after the request arrived."""

    def __init__(self, line: BaseProvider, method: str) -> None:
        super().__init__()
        self.line, self.method = line, method

    def make_request(self, method: Any, params: Any) -> Any:
        answer = self.line.make_request(method, params)
        if method == self.method:
            raise TimeoutError("no answer came")
        return answer


@pytest.mark.parametrize(
    "method", ["eth_sendRawTransaction", "eth_getTransactionByHash", "eth_getTransactionReceipt"]
)
def test_a_claim_whose_answer_is_lost_is_settled_all_the_same(town: Town, method: str) -> None:
    ledger = town.workspace.context.ledger
    assert isinstance(ledger, Web3Ledger)
    rpc = ledger._rpc
    line = rpc.provider
    rpc.provider = Forgetful(line, method)
    body = claimed(town)
    payment = sent(town, body, 202)
    rpc.provider = line
    assert sent(town, body, 200)["id"] == payment["id"]
    assert status(town, payment) == "settled"
    assert spent(town) == 100


# re-orgs


def everything(town: Town) -> dict[str, list[tuple[object, ...]]]:
    """All views."""
    with town.workspace.context.read_views() as db:
        return {
            table.name: sorted(map(tuple, db.execute(select(table))))
            for table in t.views.sorted_tables
        }


def test_views_roll_back_what_is_no_longer_on_the_chain(town: Town, node: Node) -> None:
    kept = sent(town, claimed(town), 201)
    lost = sent(town, claimed(town), 201)
    assert viewed(town).spent == 200
    node.reorganise(1)
    assert viewed(town).spent == 100
    assert status(town, kept) == "settled"
    problem(town.http.get(f"{API}/payments/{lost['id']}"), 404, "payment_unknown")
    rolled_back = everything(town)
    with town.workspace.context.store.write() as db:
        db.execute(delete(t.cursor))
    assert everything(town) == rolled_back


def test_views_never_mix_two_histories(
    town: Town, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reorg between reading the position of the views and continuing from it."""
    sent(town, claimed(town), 201)
    assert viewed(town).spent == 100
    sent(town, claimed(town), 201)
    ledger = town.workspace.context.ledger
    block_hash = ledger.block_hash

    def and_then_replaced(number: int) -> object:
        told = block_hash(number)
        monkeypatch.undo()
        node.reorganise(2)
        return told

    monkeypatch.setattr(ledger, "block_hash", and_then_replaced)
    problem(town.http.get(f"{API}/schemes/1"), 503, "ledger_unavailable")
    assert viewed(town).spent == 0


def test_nothing_is_read_from_before_the_contract(tmp_path: Path) -> None:
    with anvil("--timestamp", str(START)) as url:
        Node(url).mine(7)
        found_anew(tmp_path / "town", url)
        with opened(tmp_path / "town", a_minute_later(), node_url=url) as town:
            assert next(iter(town.workspace.context.ledger.blocks(0))).number == 7
            assert viewed(town).funded == 1_000_000


def test_a_payment_is_settled_when_its_block_is_final_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_anvil(tmp_path / "town", confirmations=2) as (town, node):
        monkeypatch.setattr(client, "RECEIPT_SECONDS", 0)
        node.hold()
        payment = sent(town, claimed(town), 202)
        for told in ("pending", "pending", "settled"):
            node.mine()
            assert status(town, payment) == told


def test_a_payment_undone_before_it_was_final_was_never_told_as_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_anvil(tmp_path / "town", confirmations=2) as (town, node):
        node.mine(2)
        monkeypatch.setattr(client, "RECEIPT_SECONDS", 0)
        node.hold()
        body = claimed(town)
        payment = sent(town, body, 202)
        node.mine()
        node.reorganise(1)
        assert viewed(town).spent == 0
        assert status(town, payment) == "pending"
        sent(town, body, 202)
        node.mine(3)
        assert status(town, payment) == "settled"
        assert viewed(town).spent == 100


# many at once


def test_claims_in_flight_keep_their_order(town: Town, slow: Node) -> None:
    ready = int(
        slow.rpc("eth_getTransactionCount", town.workspace.context.ledger.relay, "latest"), 16
    )
    bodies = [
        claimed(town, 1, coupons=(number % 6,), nonce=START + 60 + number) for number in range(24)
    ]
    by_coupon = [bodies[first::6] for first in range(6)]

    def send(bodies: list[Body]) -> list[Body]:
        return [sent(town, body, 202) for body in bodies]

    with ThreadPoolExecutor(6) as tills:
        payments = [payment for group in tills.map(send, by_coupon) for payment in group]
    nonces = [int(transaction["nonce"], 16) for transaction in slow.waiting()]
    assert nonces == list(range(ready, ready + 24))
    slow.mine()
    assert {status(town, payment) for payment in payments} == {"settled"}
