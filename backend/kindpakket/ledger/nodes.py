"""Several JSON-RPC nodes of one chain behind one provider. The first is one's own."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from web3.providers import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from kindpakket.domain.ids import Address
from kindpakket.ledger.port import LedgerUnavailable

SEND = "eth_sendRawTransaction"
_CONNECT_SECONDS, _ANSWER_SECONDS, _ONLY_SECONDS = 1, 4, 10
"""Timeouts of a node; the last is for an answer when there is no other node."""
_FIRST_AWAY, _LONGEST_AWAY = 2.0, 32.0
"""How many seconds a node that did not answer is asked last; doubled each time."""
_TOLD_SECONDS = 10
"""How long a head that was told is asked of each node that is connected to."""
_CONNECTIONS = 40
"""Connections to a node: as many as there are threads that handle requests."""
_MAX_ANSWER_BYTES = 64 * 1024 * 1024
_HAS_IT = ("already known", "already exists", "already in mempool", "already in the mempool")


class NotSent(LedgerUnavailable):
    """No node could be connected to: nothing was sent."""


def name_of(url: str) -> str:
    """Return the host and port of a node, without a password."""
    return urlsplit(url).netloc.rpartition("@")[2]


class Node(BaseProvider):
    """One node, over HTTP."""

    def __init__(self, url: str, seconds: int = _ONLY_SECONDS) -> None:
        super().__init__()
        parts = urlsplit(url)
        self.name = name_of(url)
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = {"Content-Type": "application/json"}
        if parts.username is not None:
            login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers |= dict(urllib3.make_headers(basic_auth=login))
        self._pool = urllib3.connection_from_url(
            f"{parts.scheme}://{self.name}",
            maxsize=_CONNECTIONS,
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=seconds),
            retries=False,  # an act may have been sent
        )
        self._away_until, self._away_for = 0.0, _FIRST_AWAY
        self._known_at = 0

    @property
    def is_away(self) -> bool:
        """Whether it gave no answer a moment ago."""
        return time.monotonic() < self._away_until

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """Ask this node.

        Raises:
            NotSent: there is no connection.
            LedgerUnavailable: there is no answer, or none that can be read.
        """
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        try:
            answer: RPCResponse = json.loads(self._post(body.encode()))
            if not {"result", "error"} & answer.keys():
                raise ValueError("neither a result nor an error")
        except (NewConnectionError, ConnectTimeoutError) as error:
            self._stay_away()
            raise NotSent(f"{self.name}: no connection") from error
        except (HTTPError, OSError, ValueError, AttributeError) as error:
            self._stay_away()
            raise LedgerUnavailable(f"{self.name}: {error}") from error
        self._away_until, self._away_for = 0.0, _FIRST_AWAY
        return answer

    def check_once(self, check: Callable[["Node"], None]) -> None:
        """Call a check unless it passed since the last new connection: another node may answer at
        this address after it was away."""
        if (connections := self._pool.num_connections) != self._known_at or not connections:
            check(self)
            self._known_at = connections

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _stay_away(self) -> None:
        if not self.is_away:
            self._away_until = time.monotonic() + self._away_for
            self._away_for = min(2 * self._away_for, _LONGEST_AWAY)

    def _post(self, body: bytes) -> bytes:
        response = self._pool.urlopen(
            "POST", self._path, body, self._headers, redirect=False, preload_content=False
        )
        content = response.read(_MAX_ANSWER_BYTES + 1)
        if len(content) > _MAX_ANSWER_BYTES:
            response.close()
            raise ValueError("the answer is too long")
        response.release_conn()
        if response.status != 200:
            raise ValueError(f"HTTP status {response.status}")
        return content


class Nodes(BaseProvider):
    """Asks the first node that answers and is not behind.

    Args:
        contract: it must be on the chain of each node; None before it is deployed.
        is_behind: whether a node of this name is known to be behind.
    """

    def __init__(
        self,
        urls: list[str],
        contract: Address | None = None,
        is_behind: Callable[[str], bool] = lambda _name: False,
    ) -> None:
        super().__init__()
        seconds = _ANSWER_SECONDS if len(urls) > 1 else _ONLY_SECONDS
        self.urls = urls
        self.each = [Node(url, seconds) for url in urls]
        self._contract = contract
        self._is_behind = is_behind
        self._chain_id: str | None = None
        self._told = 0, 0.0
        """The highest head, and when."""

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """Ask one node after another until one answers, or takes the transaction.

        Raises:
            NotSent: there was no connection to any.
            LedgerUnavailable: no node answers; one may have got the transaction.
        """
        refused: RPCResponse | None = None
        trouble: list[LedgerUnavailable] = []
        for node in self._in_order():
            try:
                node.check_once(self._check)
            except LedgerUnavailable as error:
                trouble.append(NotSent(str(error)))
                continue
            try:
                answer = node.make_request(method, params)
            except LedgerUnavailable as error:
                trouble.append(error)
                continue
            if method == "eth_blockNumber" and "result" in answer:
                self._told = max((int(str(answer["result"]), 16), time.monotonic()), self._lately())
            if method != SEND or "result" in answer or has_it(answer["error"]):
                return answer
            refused = refused or answer
        unanswered = [error for error in trouble if not isinstance(error, NotSent)]
        if refused and not unanswered:
            return refused
        told = "; ".join(map(str, trouble)) or "all nodes are behind"
        raise LedgerUnavailable(told) if unanswered else NotSent(told)

    def is_connected(self, show_traceback: bool = False) -> bool:  # noqa: ARG002
        """Always true: nodes are connected to when they are asked."""
        return True

    def close(self) -> None:
        """Close all connections."""
        for node in self.each:
            node.close()

    def _in_order(self) -> Iterator[Node]:
        in_step = [node for node in self.each if not self._is_behind(node.name)]
        yield from sorted(in_step, key=lambda node: node.is_away)

    def _check(self, node: Node) -> None:
        """Check that a node has this chain, with our contract and up to the head that was told.

        Raises:
            LedgerUnavailable: it does not.
        """
        chain_id = _result(node, "eth_chainId")
        if self._chain_id not in (None, chain_id):
            raise LedgerUnavailable(f"{node.name} has another chain")
        self._chain_id = chain_id
        if self._contract is None:
            return
        if int(_result(node, "eth_getTransactionCount", self._contract, "latest"), 16) == 0:
            raise LedgerUnavailable(f"{node.name} does not have the contract")
        if int(_result(node, "eth_blockNumber"), 16) < self._lately()[0]:
            raise LedgerUnavailable(f"{node.name} is behind what was told before")

    def _lately(self) -> tuple[int, float]:
        """The highest head that was told lately, and when; not for long, since one node may tell a
        head that is not there."""
        return self._told if time.monotonic() - self._told[1] < _TOLD_SECONDS else (0, 0.0)


def has_it(error: object) -> bool:
    """Whether a node refuses a transaction because it has it."""
    told = str(error).lower()
    return any(each in told for each in _HAS_IT)


def _result(node: Node, method: str, *params: Any) -> str:
    answer = node.make_request(RPCEndpoint(method), params)
    if "result" not in answer:
        raise LedgerUnavailable(f"{node.name}: {answer['error']}")
    return str(answer["result"])
