"""Plain JSON-RPC over a web3 provider: hex strings in and out, errors as exceptions."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from web3.exceptions import Web3Exception
from web3.providers import BaseProvider
from web3.types import RPCEndpoint

from kindpakket.ledger.port import LedgerUnavailable

_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
"""Seconds before a block is asked for again that a node answered with an error."""
UNREACHABLE = (OSError, Web3Exception)


class RpcError(Exception):
    """The node answered with an error: its code, message and data."""


class Rpc:
    """Requests to one node, without web3's formatting, which is slower than the embedded chain."""

    def __init__(self, provider: BaseProvider) -> None:
        self.provider = provider

    def __call__(self, method: str, *params: Any) -> Any:
        """Return the result of a request.

        Raises:
            RpcError: the node answered with an error.
            LedgerUnavailable: there was no answer.
        """
        return _result(lambda: self.provider.make_request(RPCEndpoint(method), params))

    def begin(self, method: str, *params: Any) -> Callable[[], Any]:
        """Hand over a request after those that were begun before; return a function that waits for
        its result, or raises the same as a call.

        Only the provider of the engine's process has several in progress.
        """
        begin_request = getattr(self.provider, "begin_request", None)
        if begin_request is not None:
            wait = begin_request(method, params)
            return lambda: _result(wait)
        outcome = Future[Any]()
        try:
            outcome.set_result(self(method, *params))
        except (RpcError, LedgerUnavailable) as error:
            outcome.set_exception(error)
        return outcome.result

    def read(self, method: str, *params: Any) -> Any:
        """Return the result of a request that reads the chain.

        Raises:
            LedgerUnavailable: there was no answer, or an error, as when a node tells its head
                before it has the block.
        """
        try:
            return self(method, *params)
        except RpcError as error:
            raise LedgerUnavailable(str(error)) from error

    def to_all(self, method: str, *params: Any) -> list[Exception | None]:
        """Ask every node at the same time; return what went wrong at each, in order."""

        def wrong_at(provider: BaseProvider) -> Exception | None:
            try:
                Rpc(provider)(method, *params)
            except (RpcError, LedgerUnavailable) as error:
                return error
            return None

        providers = getattr(self.provider, "each", [self.provider])
        with ThreadPoolExecutor(len(providers)) as threads:
            return list(threads.map(wrong_at, providers))

    def block(self, number: str, *, full: bool = False) -> dict[str, Any]:
        """Return a block, by its number in hex or a tag; optionally with its transactions.

        Raises:
            LedgerUnavailable: the node does not have it.
        """
        for pause in _PAUSES:
            try:
                block: dict[str, Any] | None = self("eth_getBlockByNumber", number, full)
                break
            except RpcError:  # it may tell its head a moment before it has the block
                time.sleep(pause)
        else:
            block = self.read("eth_getBlockByNumber", number, full)
        if block is None:
            raise LedgerUnavailable(f"the node has no block {number}")
        return block


def _result(ask: Callable[[], Any]) -> Any:
    try:
        answer = ask()
    except UNREACHABLE as error:
        raise LedgerUnavailable(str(error)) from error
    if "error" in answer:
        raise RpcError(answer["error"])
    return answer["result"]
