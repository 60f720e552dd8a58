"""What the relay sent is kept until it is final: a chain that halts, a node that forgets, a restart
of the server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak

from kindpakket.ledger import client, journal
from kindpakket.ledger.client import Web3Ledger
from kindpakket.ledger.journal import Journal, JournalDamaged, SentTransaction
from kindpakket.ledger.journaled_relay import JournaledRelay
from kindpakket.ledger.port import ChainInUse
from kindpakket.ledger.rpc import RpcError
from kindpakket.settings import Settings
from kindpakket.workspace import DataDamaged, Workspace
from tests.support.node_town import Node, a_minute_later, claim_of, found_on_anvil
from tests.support.problems import problem
from tests.support.slow_node import SlowNode
from tests.support.town import Town, opened

JOURNAL, KEY = "relay.journal", "relay.key"


@pytest.fixture
def town(
    node: Node, slow: SlowNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    """A town on a chain that halts, with a server that does not wait for blocks."""
    found_on_anvil(tmp_path / "town", node.url)
    monkeypatch.setattr(client, "RECEIPT_SECONDS", 0)
    with opened(tmp_path / "town", a_minute_later(), node_url=slow.url) as town:
        node.hold()
        slow.count_without_pool()
        slow.know_already()
        yield town


def relay_of(town: Town) -> JournaledRelay:
    ledger = town.workspace.context.ledger
    assert isinstance(ledger, Web3Ledger)
    assert isinstance(ledger._relay, JournaledRelay)
    return ledger._relay


def posted(town: Town, body: dict[str, Any], status: int = 202) -> dict[str, Any]:
    answer = town.post("/payments", body)
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


def status(town: Town, payment: dict[str, Any]) -> str:
    told: str = town.api.get(f"/payments/{payment['id']}")["status"]
    return told


def nonces(node: Node) -> list[int]:
    """Those of the transactions in the pool."""
    return [int(each["nonce"], 16) for each in node.waiting()]


# a chain that halts


def test_acts_on_a_halted_chain_have_consecutive_nonces_and_settle_later(
    town: Town, node: Node
) -> None:
    payments = [posted(town, claim_of(town, coupon)) for coupon in range(4)]
    first = nonces(node)[0]
    assert nonces(node) == list(range(first, first + 4))
    node.mine()
    assert [status(town, payment) for payment in payments] == ["settled"] * 4


def test_an_act_sent_again_on_a_halted_chain_is_the_same_bytes(
    town: Town, node: Node, slow: SlowNode
) -> None:
    body = claim_of(town)
    transactions = {posted(town, body)["transaction"] for _ in range(3)}
    assert len(transactions) == len(set(slow.sent)) == len(node.waiting()) == 1
    assert len(slow.sent) == 3
    node.mine()
    posted(town, body, 200)


def test_one_act_from_many_at_once_has_one_nonce(town: Town, slow: SlowNode) -> None:
    body = claim_of(town)
    with ThreadPoolExecutor(8) as tills:
        list(tills.map(lambda _: posted(town, body), range(16)))
    assert len(set(slow.sent)) == 1


def test_an_act_whose_time_is_over_in_a_final_block_is_refused(
    town: Town, node: Node, slow: SlowNode
) -> None:
    body = claim_of(town)
    payment = posted(town, body)
    node.drop(payment["transaction"])
    node.pass_time(600)
    node.mine()
    problem(town.post("/payments", body), 409, "code_expired")
    assert len(slow.sent) == 1


# a node that forgets, and a server that restarts


def test_what_a_node_forgot_is_sent_again_without_being_asked(
    town: Town, node: Node, slow: SlowNode
) -> None:
    payments = [posted(town, claim_of(town, coupon)) for coupon in range(3)]
    node.rpc("anvil_dropAllTransactions")
    del slow.instead["eth_sendRawTransaction"]
    relay_of(town)._again_at = dict.fromkeys(relay_of(town)._again_at, (0.0, 1.0))  # time passes
    town.workspace.context.ledger.keep()
    node.mine()
    assert [status(town, payment) for payment in payments] == ["settled"] * 3
    assert len(set(slow.sent)) == 3


def test_a_server_that_restarts_sends_what_is_not_final_again(
    tmp_path: Path, node: Node, slow: SlowNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_on_anvil(tmp_path / "town", node.url)
    monkeypatch.setattr(client, "RECEIPT_SECONDS", 0)
    node.hold()
    slow.count_without_pool()
    clock = a_minute_later()
    with opened(tmp_path / "town", clock, node_url=slow.url) as town:
        bodies = [claim_of(town, coupon) for coupon in range(3)]
        payments = [posted(town, body) for body in bodies]
    sent = list(slow.sent)
    node.rpc("anvil_dropAllTransactions")
    with opened(tmp_path / "town", clock, node_url=slow.url) as town:
        assert slow.sent == sent + sent
        assert posted(town, bodies[0])["transaction"] == payments[0]["transaction"]
        later = posted(town, claim_of(town, 3))
        assert nonces(node) == list(range(nonces(node)[0], nonces(node)[0] + 4))
        node.mine()
        assert {status(town, payment) for payment in [*payments, later]} == {"settled"}
        town.workspace.context.ledger.keep()
    assert (tmp_path / "town" / JOURNAL).read_bytes() == b""


def test_a_server_that_restarts_while_its_node_is_away_has_lost_nothing(
    town: Town, node: Node, slow: SlowNode
) -> None:
    body = claim_of(town)
    payment = posted(town, body)
    slow.away = True
    assert posted(town, body)["transaction"] == payment["transaction"]
    slow.away = False
    node.mine()
    assert status(town, payment) == "settled"


def test_a_transaction_is_on_disk_before_it_is_sent(town: Town, slow: SlowNode) -> None:
    seen = []

    def send(ask: Any, params: list[Any]) -> Any:
        seen.append(params[0].encode() in (town.directory / JOURNAL).read_bytes())
        return ask()

    slow.instead["eth_sendRawTransaction"] = send
    posted(town, claim_of(town))
    assert seen == [True]
    assert (town.directory / JOURNAL).stat().st_mode & 0o777 == 0o600


def test_an_act_that_cannot_be_written_down_is_not_sent(
    town: Town, node: Node, slow: SlowNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = claim_of(town)
    for name in ("write", "fdatasync"):
        with monkeypatch.context() as full:
            full.setattr(journal.os, name, no_space)
            problem(town.post("/payments", body), 503, "ledger_unavailable")
    assert slow.sent == []
    posted(town, body)
    node.mine()
    posted(town, body, 200)


def no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")


# refused


def test_a_refused_transaction_leaves_no_gap(town: Town, node: Node, slow: SlowNode) -> None:
    first = posted(town, claim_of(town, 0))
    slow.fail("eth_sendRawTransaction", message="sender is not allowed")
    refused = claim_of(town, 1)
    problem(town.post("/payments", refused), 503, "ledger_unavailable")
    del slow.instead["eth_sendRawTransaction"]
    later = posted(town, claim_of(town, 2))
    node.mine()
    assert [status(town, payment) for payment in (first, later)] == ["settled"] * 2
    assert posted(town, refused)["status"] == "pending"
    node.mine()
    assert town.view("schemes", 1)["spent"] == 300


def test_the_nonce_of_a_refused_transaction_is_filled_for_those_behind_it(
    town: Town, node: Node, slow: SlowNode
) -> None:
    relay = relay_of(town)
    refused: list[str] = []

    def send(ask: Any, params: list[Any]) -> Any:
        if not refused:
            refused.append(params[0])
        if params[0] in refused:
            raise RpcError({"code": -32000, "message": "sender is not allowed"})
        return ask()

    slow.instead["eth_sendRawTransaction"] = send
    with ThreadPoolExecutor(3) as tills:
        with relay._sending:
            bodies = [claim_of(town, coupon) for coupon in range(3)]
            answers = [tills.submit(posted, town, body) for body in bodies]
            while len(relay._waiting) < 3:
                pass
        payments = [answer.result() for answer in answers]
    first = nonces(node)[0]
    assert nonces(node) == list(range(first, first + 4))
    filler = node.waiting()[0]
    assert (filler["to"], filler["value"], filler["input"]) == (relay.address, "0x0", "0x")
    node.mine()
    assert {status(town, payment) for payment in payments} == {"settled"}


def test_what_no_node_takes_any_more_does_not_hold_up_the_others(
    town: Town, node: Node, slow: SlowNode
) -> None:
    """As when the price of gas rose meanwhile: its nonce is offered without it."""
    body = claim_of(town, 0)
    posted(town, body)
    later = posted(town, claim_of(town, 1))
    [lost, kept] = list(slow.sent)
    node.rpc("anvil_dropAllTransactions")

    def send(ask: Any, params: list[Any]) -> Any:
        if params[0] == lost:
            raise RpcError({"code": -32000, "message": "transaction underpriced"})
        return ask()

    slow.instead["eth_sendRawTransaction"] = send
    posted(town, body)
    relay_of(town)._again_at = dict.fromkeys(relay_of(town)._again_at, (0.0, 1.0))
    town.workspace.context.ledger.keep()
    assert slow.sent.count(kept) == 2
    node.mine()
    assert status(town, later) == "settled"
    posted(town, body)
    node.mine()
    posted(town, body, 200)


def test_a_nonce_that_was_skipped_is_filled(town: Town, node: Node, slow: SlowNode) -> None:
    """As when a node counts what another process sent and took back."""
    count = slow.instead["eth_getTransactionCount"]
    slow.instead["eth_getTransactionCount"] = lambda ask, asked: hex(int(count(ask, asked), 16) + 1)
    relay_of(town)._nonce = None
    payment = posted(town, claim_of(town))
    slow.instead["eth_getTransactionCount"] = count
    for _ in range(2):
        town.workspace.context.ledger.keep()
    node.mine()
    assert status(town, payment) == "settled"


def test_without_a_connection_at_the_moment_of_sending_nothing_was_sent(
    town: Town, slow: SlowNode
) -> None:
    def stop(ask: Any, _: object) -> Any:
        slow.connections_end = True
        slow.stop_listening()
        return ask()

    slow.instead["eth_gasPrice"] = stop
    relay_of(town)._signer._price_until = 0
    problem(town.post("/payments", claim_of(town)), 503, "ledger_unavailable")
    assert slow.sent == []
    assert (town.directory / JOURNAL).read_bytes() == b""


def test_no_more_is_sent_than_the_journal_holds(
    town: Town, slow: SlowNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST_SENT", 2)
    for coupon in range(2):
        posted(town, claim_of(town, coupon))
    problem(town.post("/payments", claim_of(town, 2)), 503, "ledger_unavailable")
    assert len(slow.sent) == 2


# the file


def line(nonce: int) -> SentTransaction:
    return SentTransaction(nonce, keccak(bytes([nonce])).hex(), "0x" + bytes([nonce] * 40).hex())


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / KEY).write_text("0x")
    return tmp_path / JOURNAL, tmp_path / KEY


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_line_that_was_cut_was_not_sent_and_is_dropped(
    files: tuple[Path, Path], cut: int
) -> None:
    with ExitStack() as stack:
        written = Journal(*files)
        stack.callback(written.close)
        for nonce in (1, 2):
            written.add(line(nonce))
    files[0].write_bytes(files[0].read_bytes()[:-cut])
    read = Journal(*files)
    assert read.all() == [line(1)]
    read.add(line(3))
    read.close()
    read = Journal(*files)
    assert read.all() == [line(1), line(3)]
    read.close()


@pytest.mark.parametrize("damage", [b"{}\n", b"\x00\n", b"[]\n", b'{"nonce":"x"}\n', b"1\n"])
def test_a_damaged_line_is_said_to_be_so(files: tuple[Path, Path], damage: bytes) -> None:
    files[0].write_bytes(damage)
    with pytest.raises(JournalDamaged):
        Journal(*files)
    Journal(locked=files[1]).close()  # the lock was released


def test_a_journal_stays_small(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_COMPACT_BYTES", 2_000)
    written = Journal(*files)
    written.add(line(0))
    for nonce in range(1, 100):
        written.add(line(nonce))
        written.remove(line(nonce))
        assert files[0].stat().st_size < 2_500
    written.close()
    read = Journal(*files)
    assert read.all() == [line(0)]
    read.remove(line(0))
    assert files[0].stat().st_size == 0
    read.close()


def test_a_journal_has_one_process(town: Town, slow: SlowNode) -> None:
    settings = Settings(data=town.directory, node_url=slow.url)
    with pytest.raises(ChainInUse):
        Workspace.open(settings)
    Workspace.open(settings, read_only=True).close()


def test_a_server_says_which_file_is_damaged(town: Town, slow: SlowNode, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("contract.json", KEY, "changes.key"):
        (elsewhere / name).write_bytes((town.directory / name).read_bytes())
    (elsewhere / JOURNAL).write_text("{}\n")
    with pytest.raises(DataDamaged, match=JOURNAL):
        Workspace.open(Settings(data=elsewhere, node_url=slow.url))
