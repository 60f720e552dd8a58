"""An open data directory: its ledger, its store, and what the services need of them."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from web3.providers import BaseProvider

from kindpakket.domain.ids import Address
from kindpakket.ledger.client import Web3Ledger, deploy
from kindpakket.ledger.clock_guard import ClockGuard
from kindpakket.ledger.comparison import NodesGuard, StatesFile
from kindpakket.ledger.embedded import EmbeddedChain, lock_chain
from kindpakket.ledger.embedded_process import SubprocessChain
from kindpakket.ledger.journal import Journal, JournalDamaged
from kindpakket.ledger.nodes import Nodes
from kindpakket.ledger.port import Ledger, LedgerUnavailable
from kindpakket.ledger.rpc import Rpc
from kindpakket.protocol.changes import SECRET_BYTES, MonthKeys
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.context import Context
from kindpakket.services.base.limits import Limits, Rates
from kindpakket.services.base.private_files import make_private, write_new, write_private
from kindpakket.services.base.project import Projection
from kindpakket.settings import Settings
from kindpakket.store_access import open_store

Clock = Callable[[], float]

CHAIN = "chain"
CONTRACT = "contract.json"
REPORTS = "audit"
"""The directory in which ``kindpakket-audit`` leaves its last report."""
RELAY = "relay.key"
JOURNAL = "relay.journal"
_CHANGES = "changes.key"
FOLLOWER = "follower.json"
_KEY_BYTES = 32


class DataDamaged(Exception):
    """A file of the data directory is damaged; the message is its path."""


@dataclass
class Workspace:
    """An open data directory. Close it, or use it in a ``with`` statement.

    Raises:
        FileNotFoundError: the directory has no ledger.
        ChainInUse: another process serves this directory.
        LedgerUnavailable: the node of the settings does not answer.
        ContractDiffers: the ledger has the contract of another program.
        StoreOutdated: the database must be migrated first.
    """

    provider: BaseProvider
    context: Context
    _opened: ExitStack

    @classmethod
    def create(
        cls,
        settings: Settings,
        officials: dict[Address, int],
        *,
        clock: Clock = time.time,
        sync: bool = True,
    ) -> Self:
        """Deploy the contract on a new chain in an empty directory, or on the node of the settings.

        A relay key that is already in the directory is used, since on a node where gas costs money
        it needs a balance.

        Raises:
            FileExistsError: the directory already has a ledger.
        """
        data = settings.data
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (data / CONTRACT).exists():
            raise FileExistsError(f"{data} holds a ledger already")
        key = read_key(data / RELAY) if (data / RELAY).exists() else Key(secrets.token_bytes(32))
        # First, since it can fail, and a deployment on a node cannot be undone.
        open_store(settings, migrate=True).close()
        if settings.node_url is None:
            relay = address_of(key)
            EmbeddedChain.create(data / CHAIN, relay=relay, clock=clock, sync=sync).close()
        with open_provider(settings, clock=clock, sync=sync) as provider:
            first_block = int(Rpc(provider).read("eth_blockNumber"), 16)
            contract = deploy(provider, key, officials)
        write_private(data / RELAY, "0x" + key.hex())
        write_private(data / CONTRACT, json.dumps({"address": contract, "block": first_block}))
        return cls.open(settings, clock=clock, sync=sync)

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        clock: Clock = time.time,
        sync: bool = True,
        read_only: bool = False,
        apart: bool = False,
    ) -> Self:
        """Open a data directory that :meth:`create` made.

        Args:
            read_only: alongside a running server.
            apart: run the engine of the embedded chain in a subprocess, for a long-running server.
                The chain then uses the system clock, refuses acts when that is shifted, and waits
                for the disk.
        """
        data = settings.data
        if not read_only:
            make_private(data)
        with ExitStack() as stack:
            provider = stack.enter_context(
                _subprocess_chain(settings)
                if apart
                else open_provider(settings, clock=clock, sync=sync, read_only=read_only)
            )
            guard = ClockGuard(data) if apart else None
            key, journal = read_key(data / RELAY), None
            if settings.nodes and not read_only:
                journal = stack.enter_context(open_journal(data))
            ledger = _ledger(settings, provider, key, guard, journal)
            with suppress(LedgerUnavailable):
                ledger.keep()
            store = open_store(settings)
            stack.callback(store.close)
            month_keys = MonthKeys(_changes_secret(data, make=not read_only), ledger.domain)
            context = Context(
                ledger,
                store,
                Projection(ledger, store, month_keys),
                month_keys,
                lambda: int(clock()),
                Limits(_rates(settings), lambda: int(clock())),
                settings.deletions,
                settings.register_days,
                data / REPORTS,
                settings.oidc_required,
            )
            return cls(provider, context, stack.pop_all())

    def close(self) -> None:
        """Close the ledger and the store."""
        self._opened.close()

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
def alone(settings: Settings) -> Iterator[None]:
    """Keep servers and commands that act out of a data directory, and check its contract.

    Raises:
        FileNotFoundError: the directory has no ledger.
        ChainInUse: a server or command uses it.
        ContractDiffers, LedgerUnavailable, DataDamaged: as for :class:`Workspace`.
    """
    with open_ledger(settings):
        data = settings.data
        with open_journal(data) if settings.nodes else lock_chain(data / CHAIN):
            yield


@contextmanager
def open_ledger(settings: Settings) -> Iterator[Ledger]:
    """Open the ledger read-only, without the store and the relay key, also alongside a server.

    Raises:
        FileNotFoundError: the directory has no ledger.
        LedgerUnavailable: the node of the settings does not answer.
        ContractDiffers: the ledger has the contract of another program.
    """
    with open_provider(settings, read_only=True) as provider:
        yield _ledger(settings, provider, Key(secrets.token_bytes(32)))


@contextmanager
def open_provider(
    settings: Settings,
    *,
    clock: Clock = time.time,
    sync: bool = True,
    read_only: bool = False,
) -> Iterator[BaseProvider]:
    """A provider for the node of the settings, by default the embedded chain."""
    if settings.nodes:
        contract = read_contract(settings)[0] if (settings.data / CONTRACT).exists() else None
        states = StatesFile(settings.data, settings.nodes)
        with closing(Nodes(settings.nodes, contract, states.is_behind)) as nodes:
            yield nodes
        return
    directory = settings.data / CHAIN
    with EmbeddedChain(directory, clock=clock, sync=sync, read_only=read_only) as chain:
        yield chain.provider


def _subprocess_chain(settings: Settings) -> AbstractContextManager[BaseProvider]:
    if settings.node_url is not None:
        return open_provider(settings)
    return SubprocessChain(settings.data / CHAIN)


def _ledger(
    settings: Settings,
    provider: BaseProvider,
    key: Key,
    guard: ClockGuard | None = None,
    journal: Journal | None = None,
) -> Web3Ledger:
    address, first_block = read_contract(settings)
    checks = []
    if isinstance(provider, Nodes):
        states = StatesFile(settings.data, settings.nodes)
        checks = [NodesGuard(provider, states, settings.confirmations).check]
    ledger = Web3Ledger(
        provider,
        address,
        key,
        first_block=first_block,
        refuses=settings.node_url is None,
        journal=journal,
        confirmations=settings.confirmations,
        checks=[*checks, guard.check] if guard else checks,
    )
    ledger.require_contract()
    return ledger


@contextmanager
def open_journal(data: Path) -> Iterator[Journal]:
    """What the relay sent, which only one process may keep.

    Raises:
        ChainInUse: another process does.
        DataDamaged: it cannot be read.
    """
    try:
        journal = Journal(data / JOURNAL, data / RELAY)
    except JournalDamaged as error:
        raise DataDamaged(data / JOURNAL) from error
    with closing(journal):
        yield journal


def read_contract(settings: Settings) -> tuple[Address, int]:
    """Return the address of the contract, and a block from which on it is there.

    Raises:
        DataDamaged: the file with them is damaged.
    """
    try:
        contract = json.loads((settings.data / CONTRACT).read_text())
        return Address(contract["address"]), int(contract["block"])
    except (ValueError, LookupError, TypeError) as error:
        raise DataDamaged(settings.data / CONTRACT) from error


def _rates(settings: Settings) -> Rates:
    return Rates(
        reads=settings.limit_reads,
        acts=settings.limit_acts,
        sign_ins=settings.limit_sign_ins,
        key=settings.limit_key,
    )


def read_month_keys(settings: Settings, ledger: Ledger) -> MonthKeys | None:
    """Return the keys that seal changes of coupons; None when the secret is not here.

    Raises:
        DataDamaged: the secret is damaged.
    """
    file = settings.data / _CHANGES
    return MonthKeys(read_key(file), ledger.domain) if file.exists() else None


def _changes_secret(data: Path, *, make: bool) -> bytes:
    """Return the secret that seals changes of coupons; optionally make it when there is none."""
    file = data / _CHANGES
    if make:
        with suppress(FileExistsError):
            write_new(file, b"0x" + secrets.token_hex(SECRET_BYTES).encode())
    try:
        return read_key(file)
    except FileNotFoundError as error:  # a running server has it in memory
        raise DataDamaged(file) from error


def read_key(file: Path) -> Key:
    try:
        key = bytes.fromhex(file.read_text().strip()[2:])
    except ValueError as error:
        raise DataDamaged(file) from error
    if len(key) != _KEY_BYTES:
        raise DataDamaged(file)
    return Key(key)
