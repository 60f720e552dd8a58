"""A node that lies in how it spells its answers, or in what it proves, or that sends too much."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kindpakket_audit import node as nodes
from kindpakket_audit.__main__ import main
from kindpakket_audit.chains import ChainUnreadable
from kindpakket_audit.compare import NOT_ASKED
from kindpakket_audit.findings import Result
from kindpakket_audit.node import Ask, Json, Node
from kindpakket_audit.replay import audit
from tests.independent_audit.tampered import Tampered, differences, findings, lying

# spellings: the roots are computed of what the model reads, and of nothing else


def respelled(text: str, how: str) -> str:
    return {"other prefix": "0y" + text[2:], "space": text[:2] + " " + text[2:]}[how]


@pytest.mark.parametrize("how", ["other prefix", "space"])
def test_a_log_cannot_be_hidden_by_how_its_address_is_spelled(ask: Ask, how: str) -> None:
    def change(receipts: list[Json]) -> list[Json]:
        for receipt in receipts or []:
            for log in receipt["logs"]:
                log["address"] = respelled(log["address"], how)
        return receipts

    with pytest.raises(ChainUnreadable, match="no bytes"):
        audit(Node("http://node", lying(ask, "eth_getBlockReceipts", change)))


@pytest.mark.parametrize("how", ["other prefix", "space"])
def test_a_transaction_cannot_be_hidden_by_how_its_addressee_is_spelled(ask: Ask, how: str) -> None:
    def change(block: Json) -> Json:
        for transaction in block["transactions"]:
            if transaction["to"]:
                transaction["to"] = respelled(transaction["to"], how)
        return block

    with pytest.raises(ChainUnreadable, match="no bytes"):
        audit(Node("http://node", lying(ask, "eth_getBlockByNumber", change)))


@pytest.mark.parametrize("number", ["0x1_0", " 0x1", "0x+1", "1", "0x", 1, None])
def test_a_number_has_one_spelling(ask: Ask, number: Any) -> None:
    with pytest.raises(ChainUnreadable):
        Node("http://node", lying(ask, "eth_blockNumber", lambda _: number)).head()


@pytest.mark.parametrize("contract", ["0x12", "0y" + "12" * 20, "0x" + "12" * 21])
def test_an_address_that_is_none_is_refused(contract: str) -> None:
    with pytest.raises(SystemExit):
        main(["nowhere", "--contract", contract])


# the proof of the state


def test_the_proof_is_by_the_block_that_was_read(ask: Ask, truth: Tampered) -> None:
    """A node that proves the state of an older block, and gives that block when asked again."""
    older = hex(truth.head() - 20)
    asked_again: list[str] = []

    def answers(requests: list[Json]) -> Any:
        for request in requests:
            if request["method"] == "eth_getProof":
                request["params"][2] = older
            if request["method"] == "eth_getBlockByNumber" and not request["params"][1]:
                asked_again.append(request["params"][0])
                request["params"][0] = older
        return ask(requests)

    done = audit(Node("http://node", answers))
    assert not asked_again
    assert done.result is Result.DIFFERS
    (found,) = findings(done)
    assert found.startswith("Bewijs van de toestand: de knoop weigert het, of het klopt niet:")


@pytest.mark.parametrize(
    "proof", [None, {}, {"accountProof": []}, {"accountProof": ["0xc0"]}, {"accountProof": [7]}]
)
def test_no_proof_is_a_difference(ask: Ask, proof: Any) -> None:
    done = audit(Node("http://node", lying(ask, "eth_getProof", lambda _: proof)))
    assert [each.about for each in differences(done)] == ["Bewijs van de toestand"]


def test_a_refused_proof_is_a_difference(ask: Ask) -> None:
    def answers(requests: list[Json]) -> Any:
        if requests[0]["method"] == "eth_getProof":
            return [{"id": 0, "error": {"code": -32601}}]
        return ask(requests)

    done = audit(Node("http://node", answers))
    assert [each.about for each in differences(done)] == ["Bewijs van de toestand"]


def test_where_no_proof_is_asked_the_audit_is_incomplete(ask: Ask) -> None:
    done = audit(Node("http://node", ask, proves=False))
    assert (done.findings, done.weaker, done.result) == ([], [NOT_ASKED], Result.INCOMPLETE)


# over HTTP

NESTED = b"[" * 100_000


@pytest.fixture
def serve() -> Iterator[Callable[[bytes], str]]:
    """Starts a server that gives this answer to everything, and returns its address."""
    servers = []

    def start(content: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.end_headers()
                with suppress(ConnectionError):
                    self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def result(value: Any) -> bytes:
    return json.dumps([{"id": 0, "result": value}]).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"7",
        b"[null]",
        b"[[]]",
        b'{"error": "busy"}',
        b'[{"id": [], "result": "0x1"}]',
        b"9" * 5_000,
        b"\xff",
        NESTED,
        result(None),
        result([]),
        result("0x" + "f" * 65),
        result(1e400),
    ],
)
def test_a_malformed_answer_is_one_line(
    serve: Callable[[bytes], str], content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([serve(content)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("De keten is niet te lezen: 127.0.0.1:")
    assert told.count("\n") == 1
    assert len(told) < 1_000


def test_the_path_of_a_node_is_not_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """There may be a key in it."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    url = f"http://127.0.0.1:{port}/v2/secret?key=secret"
    assert main([url, "--report", str(tmp_path)]) == 2
    told = capsys.readouterr()
    written = [path.read_text() for path in tmp_path.iterdir()]
    assert len(written) == 2
    assert [text for text in (told.out, told.err, *written) if "secret" in text] == []


def test_too_long_an_answer_is_not_read(
    serve: Callable[[bytes], str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(nodes, "_MAX_ANSWER_BYTES", 1_000_000)
    assert main([serve(b" " * 3_000_000)]) == 2
    assert "the answer is too long" in capsys.readouterr().err


def test_too_slow_an_answer_is_not_awaited(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a node that takes the connection and says nothing."""
    monkeypatch.setattr(nodes, "_SECONDS", 0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert main([f"http://127.0.0.1:{silent.getsockname()[1]}"]) == 2
    assert "no whole answer in 0 seconds" in capsys.readouterr().err


def test_a_batch_whose_answer_is_too_long_is_asked_in_halves(ask: Ask, truth: Tampered) -> None:
    def answers(requests: list[Json]) -> Any:
        if len(requests) > 10:
            raise nodes._TooLong("the answer is too long")
        return ask(requests)

    assert audit(Node("http://node", answers)).events == audit(truth).events


# answers of a wrong type, in a block


@pytest.mark.parametrize("value", [None, [], {}, 7, "", "0x", "0x" + "f" * 64])
@pytest.mark.parametrize(
    "name", ["number", "hash", "parentHash", "timestamp", "stateRoot", "transactions", "nonce"]
)
def test_no_value_in_a_block_ends_in_another_error(ask: Ask, name: str, value: Any) -> None:
    changed = lying(ask, "eth_getBlockByNumber", lambda block: block | {name: value})
    try:
        done = audit(Node("http://node", changed))
    except ChainUnreadable:
        return
    assert done.result is not Result.CLEAN
