"""Joins the adapters to the services; nobody else does."""

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from fastapi import APIRouter, FastAPI

from kindpakket.api.app import create_app
from kindpakket.domain.ids import Address
from kindpakket.ledger.client import Web3Ledger, deploy
from kindpakket.ledger.embedded import EmbeddedChain
from kindpakket.ledger.port import Ledger
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.context import Context
from kindpakket.services.project import Projection
from kindpakket.settings import Settings
from kindpakket.store.database import Store

Clock = Callable[[], float]

_CHAIN = "chain"
_CONTRACT = "contract.json"
_RELAY = "relay.key"
_DATABASE = "store.sqlite3"
SERVER = "server.json"


@dataclass
class Workspace:
    """A data directory, opened. Close it, or use it in a ``with`` statement.

    Raises:
        FileNotFoundError: the directory holds no town yet.
        ChainInUseError: another process serves this directory.
    """

    chain: EmbeddedChain
    context: Context

    @classmethod
    def create(
        cls,
        settings: Settings,
        officials: dict[Address, int],
        *,
        clock: Clock = time.time,
        sync: bool = True,
    ) -> Self:
        """Start a chain in an empty directory and put the contract on it.

        Raises:
            FileExistsError: the directory holds a chain already.
        """
        settings.data.mkdir(parents=True, exist_ok=True)
        key = Key(secrets.token_bytes(32))
        with EmbeddedChain.create(
            settings.data / _CHAIN, relay=address_of(key), clock=clock, sync=sync
        ) as chain:
            contract = deploy(chain.provider, key, officials)
        write_private(settings.data / _RELAY, "0x" + key.hex())
        (settings.data / _CONTRACT).write_text(json.dumps({"address": contract}))
        return cls.open(settings, clock=clock, sync=sync)

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        clock: Clock = time.time,
        sync: bool = True,
        read_only: bool = False,
    ) -> Self:
        """Open what :meth:`create` made; ``read_only`` beside a server that is running."""
        data = settings.data
        chain = EmbeddedChain(data / _CHAIN, clock=clock, sync=sync, read_only=read_only)
        contract = Address(json.loads((data / _CONTRACT).read_text())["address"])
        key = Key(bytes.fromhex((data / _RELAY).read_text()[2:]))
        ledger = Web3Ledger(chain.provider, contract, key, refuses=True)
        store = Store(settings.database_url or f"sqlite:///{data / _DATABASE}")
        context = Context(ledger, store, Projection(ledger, store), lambda: int(clock()))
        return cls(chain, context)

    def close(self) -> None:
        """Let go of the directory."""
        self.context.store.close()
        self.chain.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


@contextmanager
def chain_alone(settings: Settings) -> Iterator[Ledger]:
    """Open the ledger to read it, without the store or the relay's key, also beside a server.

    Raises:
        FileNotFoundError: the directory holds no town yet.
    """
    with EmbeddedChain(settings.data / _CHAIN, read_only=True) as chain:
        contract = Address(json.loads((settings.data / _CONTRACT).read_text())["address"])
        yield Web3Ledger(chain.provider, contract, Key(secrets.token_bytes(32)), refuses=True)


def build_app(workspace: Workspace, settings: Settings, pages: APIRouter | None = None) -> FastAPI:
    """Return the web application of a workspace."""
    return create_app(workspace.context, contact_email=settings.contact_email, pages=pages)


@contextmanager
def serving(
    app: FastAPI, data: Path | None, *, host: str = "127.0.0.1", port: int = 0
) -> Iterator[str]:
    """Serve in a thread; give the base URL, also to other processes that use the directory.

    Args:
        data: that directory; None for a server so short-lived that others had better wait.
        port: 0 for a free one.

    Raises:
        OSError: the port is taken.
    """
    listener = socket.create_server((host, port))
    # asyncio does so only for sockets that were made with TCP's number: an answer would wait 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    base_url = f"http://{host}:{listener.getsockname()[1]}"
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    if data:
        write_private(data / SERVER, json.dumps({"base_url": base_url}))
    try:
        yield base_url
    finally:
        if data:
            (data / SERVER).unlink(missing_ok=True)
        server.should_exit = True
        thread.join()


def running_server(data: Path) -> str | None:
    """Return the base URL of the server that was started on this directory; None without one."""
    try:
        base_url: str = json.loads((data / SERVER).read_text())["base_url"]
    except FileNotFoundError:
        return None
    return base_url


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
