"""What ``kindpakket-audit`` reads of a ledger: the embedded chain's directory, or each node."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from web3.providers import BaseProvider

from kindpakket.ledger.embedded_rpc import EmbeddedProvider
from kindpakket.ledger.nodes import Nodes
from kindpakket.ledger.port import LedgerUnavailable, Progress
from kindpakket_audit.chains import ChainUnreadable, Source
from kindpakket_audit.directory import ChainSnapshot
from kindpakket_audit.findings import Audit
from kindpakket_audit.node import Node, host_of
from kindpakket_audit.replay import audit


def audit_chain(
    provider: BaseProvider,
    contract: str,
    first_block: int,
    confirmations: int,
    progress: Progress,
    state: Path | None,
) -> Audit:
    """Run ``kindpakket-audit`` on the chain behind a provider.

    Raises:
        LedgerUnavailable: the chain cannot be read.
        StateDiffers, StateDamaged: the state is not of this chain, or cannot be read.
        OSError: the state cannot be written.
    """
    try:
        with sources_of(provider) as (first, *others):
            return audit(
                first,
                contract=contract,
                first_block=first_block,
                confirmations=confirmations,
                others=others,
                state=state,
                progress=progress,
            )
    except ChainUnreadable as error:
        raise LedgerUnavailable(str(error)) from error


@contextmanager
def sources_of(provider: BaseProvider) -> Iterator[Sequence[Source]]:
    """Open what is read within the context; of nodes, first those that answer.

    Nodes are asked for slots of the storage, and not for a proof of all of it: those of some
    engines are not the protocol's.

    Raises:
        ChainUnreadable: no node answers.
    """
    if isinstance(provider, Nodes):
        yield _answering(provider.urls)
        return
    if not isinstance(provider, EmbeddedProvider):
        raise ChainUnreadable("this process has no chain to audit")
    with provider.store.snapshot() as transaction:
        yield [ChainSnapshot("chain", transaction)]


def _answering(urls: Sequence[str]) -> list[Source]:
    found: list[Source] = []
    away: list[_Away] = []
    for url in urls:
        try:
            found.append(Node(url, proves=False))
        except ChainUnreadable as error:
            away.append(_Away(host_of(url), str(error)))
    if not found:
        raise ChainUnreadable("; ".join(each.trouble for each in away))
    return [*found, *away]


class _Away:
    """A node that gave no answer, so that the audit says so."""

    chain_id = 0

    def __init__(self, name: str, trouble: str) -> None:
        self.name, self.trouble = name, trouble

    def close(self) -> None:
        """Nothing is open."""

    def _no_answer(self, *_: object) -> NoReturn:
        raise ChainUnreadable(self.trouble)

    head = blocks = account = code = storage = _no_answer
