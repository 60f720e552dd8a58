"""The audit: read every block, play every act again, and compare with what the chain holds."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path
from typing import Any

from kindpakket_audit import __version__, compare
from kindpakket_audit.acts import (
    Act,
    Cancel,
    Decide,
    Move,
    Pay,
    Refund,
    Strange,
    TillChange,
    from_call,
    from_events,
)
from kindpakket_audit.chains import Block, ChainUnreadable, Log, Source, Transaction
from kindpakket_audit.contract import (
    SOURCE_SHA256,
    Event,
    decode_event,
    decode_founding,
    encode_event,
)
from kindpakket_audit.decisions import cancel, decide, found
from kindpakket_audit.findings import (
    Audit,
    Finding,
    Level,
    Payout,
    findings_from_kept,
    from_kept,
    shown,
)
from kindpakket_audit.hashing import Domain, hexed
from kindpakket_audit.rules import Played, Scene, change_till, move, pay, refund
from kindpakket_audit.storage import StateDamaged, Storage, errors_of_state

CHUNK = 500
"""Blocks that are read at once, and between two commits of the state."""

Progress = Callable[[int, int], None]
"""Called with the number of blocks read, and of all; what it raises ends the audit, after blocks
that the state keeps."""

_MADE_BY = [__version__, SOURCE_SHA256]
STATE_NAME = f"state-{__version__}-{SOURCE_SHA256[:16]}.sqlite3"
"""A name for a state, of which no other version can have made one."""


class StateDiffers(Exception):
    """The kept state is of another chain or contract, or of blocks that are gone. Its text is a
    Dutch sentence."""


def audit(
    source: Source,
    *,
    contract: str | None = None,
    first_block: int = 0,
    confirmations: int = 0,
    others: Sequence[Source] = (),
    state: Path | None = None,
    expected: Sequence[tuple[int, str]] = (),
    progress: Progress = lambda *_: None,
) -> Audit:
    """Check a ledger up to the last final block.

    Args:
        contract: its address; None for the first contract of the chain that records events.
        first_block: where its creation is looked for.
        confirmations: how many blocks must follow a final one.
        others: nodes that must return the same chain and state.
        state: a file from which this audit goes on, and where it keeps how far it came.
        expected: numbers of blocks and the hashes that others kept, in lower-case 0x-hex.

    Raises:
        ChainUnreadable: the chain cannot be read, or the state is of another version.
        StateDiffers: the state does not belong to this chain.
        StateDamaged: the state cannot be read.
        OSError: the state cannot be written.
    """
    with errors_of_state(), closing(Storage(state)) as storage:
        auditor = _Auditor(source, storage, contract, first_block)
        last = source.head() - confirmations
        watched = [compare.Other(other) for other in others]
        for first in range(auditor.next, last + 1, CHUNK):
            end = min(first + CHUNK - 1, last)
            blocks = []
            for block in source.blocks(first, end):
                auditor.read(block)
                blocks.append(block)
            for other in watched:
                auditor.tell_of_other(other.differences(blocks))
            auditor.keep()
            progress(end + 1, last + 1)
        auditor.expect(expected)
        return auditor.finish(watched)


class _Auditor:
    def __init__(
        self, source: Source, storage: Storage, contract: str | None, first_block: int
    ) -> None:
        self._source, self._storage = source, storage
        self.result = Audit(source.name, source.chain_id, contract or "")
        self._founded = False
        self._of_others: list[Finding] = []
        """About other nodes; not in the result before the end, since a later audit that goes on
        may find them right again."""
        self._commits: Counter[bool] = Counter()
        self._previous: Block | None = None
        self.next = first_block
        if (kept := storage.fact("audit")) is not None:
            storage.check()
            try:
                self._resume(kept)
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                raise StateDamaged from error
        self._domain = Domain(source.chain_id, self.result.contract)

    def _resume(self, kept: dict[str, Any]) -> None:
        if self._storage.fact("madeBy") != _MADE_BY:
            raise ChainUnreadable("the state is of another version of this program: delete it")
        known = from_kept(kept)
        wanted = (self.result.chain_id, self.result.contract or known.contract)
        if wanted != (known.chain_id, known.contract):
            raise StateDiffers("de bewaarde stand is van een ander grootboek")
        known.source = self.result.source
        self.result, self._founded = known, self._storage.fact("founded")
        self._of_others = findings_from_kept(self._storage.fact("others") or [])
        for key, count in self._storage.fact("commits").items():
            self._commits[key == "true"] = count
        (self._previous,) = self._source.blocks(known.last_block, known.last_block)
        same = hexed(self._previous.hash) == known.last_hash
        if not (same and self._commits[self._previous.commits]):
            told = f"blok {known.last_block} is nu een ander dan bij de vorige controle"
            raise StateDiffers(told)
        self.next = known.went_on_at = known.last_block + 1

    def keep(self) -> None:
        """Keep how far the audit came."""
        commits = {str(key).lower(): count for key, count in self._commits.items()}
        self._storage.commit(
            audit=asdict(self.result),
            others=[asdict(finding) for finding in self._of_others],
            commits=commits,
            founded=self._founded,
            madeBy=_MADE_BY,
        )

    def tell_of_other(self, findings: Sequence[Finding]) -> None:
        """Tell what was found about another node, once in this audit."""
        known = {(each.about, each.difference) for each in self._of_others}
        self._of_others += [each for each in findings if (each.about, each.difference) not in known]

    def read(self, block: Block) -> None:
        """Check one block."""
        result, previous = self.result, self._previous
        if previous is None:
            result.first_block, result.first_time = block.number, block.time
        elif block.parent != previous.hash or block.number != previous.number + 1:
            self._differs(block, None, "Blok", f"sluit niet aan op blok {previous.number}")
        elif block.time < previous.time:
            self._differs(block, None, "Blok", "is ouder dan het vorige")
        for fault in block.faults:
            self._differs(block, None, "Blok", fault)
        if block.has_unknown:
            result.unknown += 1
            told = "er is een transactie van een onbekende soort; of alle transacties die van de"
            told += " kop van het blok zijn, is niet na te gaan"
            result.add(self._finding(Level.WARNING, block, None, "Blok", told))
        self._commits[block.commits] += 1
        self._storage.keep_block(block.number, block.hash)
        self._previous = block
        result.last_block, result.last_time = block.number, block.time
        result.last_hash = hexed(block.hash)
        for transaction in block.transactions:
            self._read(block, transaction)

    def expect(self, hashes: Sequence[tuple[int, str]]) -> None:
        """Compare the hashes of blocks that others kept with those of the blocks that were read."""
        for number, kept in hashes:
            here = self._storage.block_hash(number)
            if here is not None and hexed(here) == kept:
                self.result.expected.append(f"{number}:{kept}")
                continue
            told = f"bewaard is {kept}, " + (f"hier is het {hexed(here)}" if here else "er is geen")
            finding = self._finding(Level.DIFFERENCE, None, None, f"Hash van blok {number}", told)
            self.result.add(finding)

    def finish(self, others: Sequence[compare.Other]) -> Audit:
        """Compare what the chain holds now, and return the result."""
        result = self.result
        if not self._founded or self._previous is None:
            raise ChainUnreadable("the contract was not created in these blocks")
        for about, difference in compare.with_chain(
            self._source, self._previous, self._domain, self._storage, result
        ):
            self.result.add(self._finding(Level.DIFFERENCE, None, None, about, difference))
        for other in others:
            found = other.state_differences(self._previous, self._domain, self._storage)
            self.tell_of_other(found)
        for finding in self._of_others:
            result.add(finding)
        self._storage.commit(others=[])
        if not any(self._storage.value("categoriesSha256")):
            told = "er is nog geen tabel vastgelegd op het grootboek"
            self.result.add(self._finding(Level.WARNING, None, None, "Categorieën", told))
        if len(self._commits) > 1:
            told = f"{self._commits[False]} blokken hebben een kop die niets vastlegt"
            self.result.add(self._finding(Level.DIFFERENCE, None, None, "Koppen", told))
        result.roots = not self._commits[False]
        if self._commits[False]:
            result.weaker.append(compare.NO_ROOTS)
        result.others = [other.summary for other in others]
        return result

    # one transaction

    def _read(self, block: Block, transaction: Transaction) -> None:
        if not self._founded:
            self._look_for_creation(block, transaction)
            return
        logs = [log for log in transaction.logs if log.address == self._domain.contract]
        if not transaction.succeeded:
            if logs:
                told = "er is iets vastgelegd van een transactie die mislukte"
                self._differs(block, transaction, "Transactie", told)
            return
        if transaction.to == self._domain.contract:
            act = from_call(self._domain, transaction.input)
            self._play(block, transaction, [act] if act else [], logs)
        elif logs:
            self._play_events(block, transaction, logs)

    def _look_for_creation(self, block: Block, transaction: Transaction) -> None:
        wanted = self.result.contract
        logs = [log for log in transaction.logs if not wanted or log.address == wanted]
        if not logs or transaction.to or not transaction.succeeded:
            return
        self._founded = True
        self.result.contract = logs[0].address
        self._domain = Domain(self._source.chain_id, logs[0].address)
        try:
            first, capacities = decode_founding(transaction.input)
        except ValueError:
            told = "de code waarmee het contract is gemaakt, is niet die van deze bron"
            self._differs(block, transaction, "Oprichting", told)
            events = [event for log in logs if (event := _decoded(log)).name == "OfficialSet"]
            first = [event.args["official"] for event in events]
            capacities = [event.args["capacities"] for event in events]
        scene = Scene(self._storage, block.time)
        played = found(scene, list(first), list(capacities))
        self._settle(block, transaction, "Oprichting", played, logs)

    def _play_events(self, block: Block, transaction: Transaction, logs: list[Log]) -> None:
        self.result.indirect += 1
        events = list(map(_decoded, logs))
        told = "de aanroep is niet rechtstreeks te lezen; handtekeningen zijn niet na te gaan"
        about = ", ".join(event.name or "Gebeurtenis" for event in events)
        self.result.add(self._finding(Level.WARNING, block, transaction, about, told))
        self._play(block, transaction, from_events(events), logs)

    def _play(
        self, block: Block, transaction: Transaction, acts: Sequence[Act], logs: list[Log]
    ) -> None:
        scene = Scene(self._storage, block.time)
        for act in acts[:-1]:
            count = 2 if isinstance(act, Decide) else 1
            self._settle(block, transaction, act.about, _played(scene, act), logs[:count])
            logs = logs[count:]
        if acts:
            self._settle(block, transaction, acts[-1].about, _played(scene, acts[-1]), logs)
        else:
            self._compare(block, transaction, "Transactie", [], logs)

    def _settle(
        self, block: Block, transaction: Transaction, about: str, played: Played, logs: list[Log]
    ) -> None:
        """Carry out an act, tell what was wrong, and compare its events with the recorded ones."""
        try:
            while True:
                self._differs(block, transaction, about, next(played))
        except StopIteration as end:
            expected: list[Event] = end.value
        self._compare(block, transaction, about, expected, logs)
        for event in expected:
            counts = self.result.events
            counts[event.name] = counts.get(event.name, 0) + 1
            if event.name == "Settled":
                self.result.payouts.append(_payout(block, transaction, event))

    def _compare(
        self,
        block: Block,
        transaction: Transaction,
        about: str,
        expected: list[Event],
        logs: list[Log],
    ) -> None:
        told = [(log.topics, log.data) for log in logs]
        with suppress(ValueError):
            if list(map(encode_event, expected)) == told:
                return
        pairs = zip_longest(expected, map(_decoded, logs))
        sentences = [sentence for pair in pairs for sentence in compare.events(*pair)]
        for sentence in sentences or ["de gebeurtenissen zijn anders gecodeerd"]:
            self._differs(block, transaction, about, sentence)

    def _differs(
        self, block: Block, transaction: Transaction | None, about: str, difference: str
    ) -> None:
        self.result.add(self._finding(Level.DIFFERENCE, block, transaction, about, difference))

    def _finding(
        self,
        level: Level,
        block: Block | None,
        transaction: Transaction | None,
        about: str,
        difference: str,
    ) -> Finding:
        number = block.number if block else self.result.last_block
        time = block.time if block else self.result.last_time
        told = hexed(transaction.hash) if transaction else None
        return Finding(level, number, time, told, about, shown(difference))


def _played(scene: Scene, act: Act) -> Played:
    match act:
        case Pay():
            return pay(scene, act)
        case Refund():
            return refund(scene, act)
        case TillChange():
            return change_till(scene, act)
        case Move():
            return move(scene, act)
        case Decide():
            return decide(scene, act)
        case Cancel():
            return cancel(scene, act)
        case Strange():
            return _strange()


def _strange() -> Played:
    yield "dat kan niemand rechtstreeks bij dit contract"
    return []


def _decoded(log: Log) -> Event:
    """The event of a log; one without a name when the contract does not know it."""
    try:
        return decode_event(log.topics, log.data)
    except ValueError:
        return Event("", {})


def _payout(block: Block, transaction: Transaction, event: Event) -> Payout:
    e = event.args
    amounts = tuple(zip(e["shops"], e["amounts"], strict=False))
    place = (block.number, block.time, hexed(transaction.hash))
    return Payout(e["batch"], hexed(e["sha256OfLines"]), amounts, *place)
