"""A JSON-RPC proxy before a real node that forces the faults of slow nodes, over real HTTP."""

import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from web3 import HTTPProvider

from kindpakket.ledger.rpc import Rpc, RpcError

Answer = Callable[[Callable[[], Any], list[Any]], Any]
"""Gets a function that asks the real node, and the parameters; raises RpcError for an error, or
ConnectionError to give no answer."""


class SlowNode:
    """The proxy: requests pass unless ``instead`` has their method."""

    def __init__(self, upstream: str) -> None:
        self._upstream = Rpc(HTTPProvider(upstream))
        self.url = ""
        self.instead: dict[str, Answer] = {}
        self.asked: Counter[str] = Counter()
        self.sent: list[str] = []
        """The raw transactions that arrived, in order, those sent again included."""
        self.away = False
        self.connections_end = False
        self.stop_listening: Callable[[], None] = lambda: None
        self.garbled: bytes | None = None
        """A body to answer every request by."""

    def answer(self, method: str, params: list[Any]) -> Any:
        """The result for one request."""
        if self.away:
            raise ConnectionError("away")
        self.asked[method] += 1
        if method == "eth_sendRawTransaction":
            self.sent.append(params[0])

        def ask() -> Any:
            return self._upstream(method, *params)

        instead = self.instead.get(method)
        return instead(ask, params) if instead else ask()

    def told(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request."""
        told = {"jsonrpc": "2.0", "id": asked["id"]}
        try:
            return told | {"result": self.answer(asked["method"], asked["params"])}
        except RpcError as error:
            return told | {"error": error.args[0]}

    def fail(self, *methods: str, message: str = "not there yet", times: int = 10**6) -> None:
        """Answer these methods by an error, a number of times."""
        for method in methods:
            self.instead[method] = _failing(message, times)

    def move_to(self, upstream: str) -> None:
        """Replace the real node by another, at the same address."""
        self._upstream = Rpc(HTTPProvider(upstream))
        self.connections_end = True

    def lag(self, head: int) -> None:
        """Tell nothing later than a block."""

        def block(ask: Callable[[], Any], params: list[Any]) -> Any:
            if params[0] == "latest":
                return self._upstream("eth_getBlockByNumber", hex(head), params[1])
            return ask() if int(params[0], 16) <= head else None

        self.instead["eth_blockNumber"] = lambda _ask, _params: hex(head)
        self.instead["eth_getBlockByNumber"] = block

    def tell_another_history(self) -> None:
        """Tell other hashes of the same blocks."""

        def block(ask: Callable[[], Any], _: list[Any]) -> Any:
            found = ask()
            return found and found | {"hash": "0x" + found["hash"][:1:-1]}

        self.instead["eth_getBlockByNumber"] = block

    def count_without_pool(self) -> None:
        """Do not count what waits in the pool as used nonces, as while a chain halts."""

        def count(_: Callable[[], Any], params: list[Any]) -> Any:
            return self._upstream("eth_getTransactionCount", params[0], "latest")

        self.instead["eth_getTransactionCount"] = count

    def tell_heads_early(self) -> None:
        """Tell a head after the present one, and then answer by errors: it is not there yet."""
        head = int(self._upstream("eth_blockNumber"), 16)

        def block(ask: Callable[[], Any], params: list[Any]) -> Any:
            if int(params[0], 16) > head:
                raise RpcError({"code": -32000, "message": f"block {params[0]} is not available"})
            return ask()

        self.instead["eth_blockNumber"] = lambda _ask, _params: hex(head + 1)
        self.instead["eth_getBlockByNumber"] = block

    def know_already(self) -> None:
        """Answer a transaction that was sent before as nodes do that still have it."""

        def send(ask: Callable[[], Any], params: list[Any]) -> Any:
            if self.sent.count(params[0]) > 1:
                raise RpcError({"code": -32000, "message": "already known"})
            return ask()

        self.instead["eth_sendRawTransaction"] = send


def _failing(message: str, times: int) -> Answer:
    left = [times]

    def answer(ask: Callable[[], Any], _: list[Any]) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise RpcError({"code": -32000, "message": message})
        return ask()

    return answer


@contextmanager
def slow_node(upstream: str) -> Iterator[SlowNode]:
    """Run the proxy within the context."""
    node = SlowNode(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                told = list(map(node.told, asked)) if isinstance(asked, list) else node.told(asked)
            except ConnectionError:
                self.close_connection = True
                return
            body = json.dumps(told).encode() if node.garbled is None else node.garbled
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if node.connections_end:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        node.url = f"http://127.0.0.1:{server.server_address[1]}"
        node.stop_listening = lambda: server.socket.shutdown(socket.SHUT_RDWR)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield node
        finally:
            server.shutdown()
