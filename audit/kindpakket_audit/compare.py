"""Comparison of what was computed with what the chain holds, and of one node with another."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kindpakket_audit.chains import Account, Block, ChainUnreadable, NotProved, Source
from kindpakket_audit.contract import Event, runtime_code
from kindpakket_audit.decisions import GOVERNED_EVENTS
from kindpakket_audit.findings import Audit, Finding, Level, euros, shown
from kindpakket_audit.hashing import Domain, hexed, keccak
from kindpakket_audit.storage import Slot, Storage, members_of

Difference = tuple[str, str]
"""Subject, and the difference."""

NO_ROOTS = (
    "De koppen van deze keten leggen de transacties en gebeurtenissen niet vast. Dat er niets is"
    " weggelaten, blijkt alleen uit wat de knopen vertellen: vergelijk er meer dan een."
)
_ASKED = (
    "De code en de opslag van het contract zijn gevraagd aan de knoop. Of er nog meer in de opslag"
    " staat, is niet na te gaan."
)
NO_STATE_ROOTS = f"De koppen van deze keten leggen de toestand niet vast. {_ASKED}"
NOT_ASKED = f"Met --no-proof is geen bewijs van de toestand gevraagd. {_ASKED}"


def events(expected: Event | None, recorded: Event | None) -> Iterator[str]:
    """Compare one event with the recorded one; None when there is none."""
    if recorded is None:
        if expected:
            yield f"{expected.name} is niet vastgelegd"
    elif not recorded.name:
        yield "deze gebeurtenis kent het contract niet"
    elif expected is None:
        without = "er staat geen besluit boven" if recorded.name in GOVERNED_EVENTS else ""
        yield f"{recorded.name} is vastgelegd, {without or 'dat hoort hier niet bij'}"
    elif expected.name != recorded.name:
        yield f"vastgelegd is {recorded.name}, dat hoort {expected.name} te zijn"
    else:
        for name, value in recorded.args.items():
            if _plain(value) != _plain(expected.args[name]):
                told, right = shown(value), shown(expected.args[name])
                yield f"{name}: het grootboek zegt {told}, nagerekend is {right}"


def _plain(value: Any) -> Any:
    """A value of an event, with lists and tuples alike."""
    return tuple(value) if isinstance(value, list) else value


def with_chain(
    source: Source, block: Block, domain: Domain, storage: Storage, result: Audit
) -> Iterator[Difference]:
    """Compare the code and the storage of the contract after the last block that was read.

    Raises:
        ChainUnreadable: no answer.
    """
    seen = _Seen()
    yield from _state(source, block, domain, storage, seen)
    result.proved, result.slots = seen.account is not None, seen.slots
    if seen.account is None and not seen.refused:
        result.weaker.append(NOT_ASKED if block.commits else NO_STATE_ROOTS)
    yield from _sums(storage, result)


@dataclass
class _Seen:
    """What came of comparing the state of one source."""

    account: Account | None = None
    """None when it is not proved."""
    refused: bool = False
    """Whether a proof was asked for, and refused or wrong."""
    slots: int = 0
    """How many were compared."""


def _state(
    source: Source, block: Block, domain: Domain, storage: Storage, seen: _Seen
) -> Iterator[Difference]:
    try:
        account = seen.account = source.account(domain.contract, block)
    except NotProved as error:
        account, seen.refused = None, True
        yield "Bewijs van de toestand", f"de knoop weigert het, of het klopt niet: {error}"
    expected = runtime_code(domain)
    code = source.code(domain.contract, block)
    if code != expected:
        yield "Code van het contract", _code_differs(code, expected)
    if account and account.code_hash != keccak(code):
        told = "de knoop geeft deze code, de toestand van het blok een andere"
        yield "Code van het contract", told
    if account is None or account.storage_root != storage.root():
        found = False
        for difference in _slots(source, block, domain, storage, seen):
            found = True
            yield difference
        if account and not found:
            yield "Opslag", "er staat meer in dan uit de geschiedenis volgt"
    else:
        seen.slots = storage.count()


def _code_differs(code: bytes, expected: bytes) -> str:
    for place, (told, right) in enumerate(zip(code, expected, strict=False)):
        if told != right:
            return f"is niet die van deze bron: byte {place} is 0x{told:02x}, niet 0x{right:02x}"
    return f"is niet die van deze bron: {len(code)} bytes, niet {len(expected)}"


def _slots(
    source: Source, block: Block, domain: Domain, storage: Storage, seen: _Seen
) -> Iterator[Difference]:
    for some in storage.slots():
        told = source.storage(domain.contract, [each.slot for each in some], block)
        seen.slots += len(some)
        for slot, value in zip(some, told, strict=True):
            if value == slot.value:
                continue
            for name, here, right in _unequal(slot, value):
                yield (
                    f"Opslag {slot.name.rpartition('+')[0]}",
                    f"{name}: het contract zegt {shown(here)}, nagerekend is {shown(right)}",
                )


def _unequal(slot: Slot, value: bytes) -> Iterator[tuple[str, Any, Any]]:
    """The members that differ; the whole word when it differs and its members do not."""
    here, right = members_of(slot.name, value), members_of(slot.name, slot.value)
    names = [name for name in here if here[name] != right[name]]
    if not names:
        yield "het woord", value, slot.value
    for name in names:
        yield name, here[name], right[name]


def _sums(storage: Storage, result: Audit) -> Iterator[Difference]:
    """The invariants of the contract's totals: the first three of its list."""
    totals = result.totals
    totals.update(dict.fromkeys(("funded", "issued", "spent", "refunded", "remaining"), 0))
    remaining: defaultdict[str, int] = defaultdict(int)
    for _, coupon in storage.records("coupons"):
        remaining[str(coupon["scheme"])] += coupon["remaining"]
    totals["remaining"] = sum(remaining.values())
    for number, scheme in storage.records("schemes"):
        for name in ("funded", "issued", "spent", "refunded"):
            totals[name] += scheme[name]
        about = f"Regeling {number}"
        if scheme["issued"] > scheme["funded"]:
            issued, funded = euros(scheme["issued"]), euros(scheme["funded"])
            yield about, f"toegekend is {issued}, het budget is {funded}"
        if scheme["spent"] - scheme["refunded"] > scheme["issued"]:
            yield about, "er is meer besteed dan toegekend"
        on_coupons = scheme["issued"] - scheme["spent"] + scheme["refunded"]
        if (here := remaining.pop(number, 0)) != on_coupons:
            yield about, f"op coupons staat {euros(here)}, dat hoort {euros(on_coupons)} te zijn"
    for number, here in remaining.items():
        if here:
            yield f"Regeling {number}", f"bestaat niet, en op coupons staat {euros(here)}"
    shops = [shop for _, shop in storage.records("shops")]
    totals["owed"] = sum(shop["owed"] for shop in shops)
    totals["settled"] = sum(shop["settled"] for shop in shops)
    net = totals["spent"] - totals["refunded"]
    if totals["owed"] + totals["settled"] != net:
        told = f"te goed en uitbetaald is samen niet het bestede bedrag {euros(net)}"
        yield "Alle winkels", told


class Other:
    """Another node, which must return the same blocks, code and storage."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._same = 0
        self._trouble = self._state = ""
        self._head: int | None = None

    @property
    def summary(self) -> str:
        """What was compared, in a Dutch sentence."""
        return f"{self._source.name}: {self._same} blokken gelijk{self._trouble}{self._state}"

    def differences(self, blocks: Sequence[Block]) -> list[Finding]:
        """Compare blocks with this node, until its first difference."""
        if self._trouble or not blocks:
            return []
        first, last = blocks[0], blocks[-1]
        try:
            if self._head is None:
                self._head = self._source.head()
            told = self._source.blocks(first.number, min(last.number, self._head))
            for block, other in zip(blocks, told, strict=False):
                if block.digest != other.digest:
                    self._trouble = f", blok {block.number} is anders"
                    difference = (
                        f"blok {block.number} is hier {hexed(other.hash)},"
                        f" bij de eerste {hexed(block.hash)}"
                    )
                    return [self._finding(Level.DIFFERENCE, block, difference)]
                self._same += 1
        except ChainUnreadable as error:
            self._trouble = ", toen geen antwoord"
            return [self._finding(Level.WARNING, first, f"geen antwoord: {error}")]
        if self._head < last.number:
            self._trouble = f", loopt tot blok {self._head}"
            return [self._finding(Level.WARNING, last, f"heeft de blokken na {self._head} niet")]
        return []

    def state_differences(self, block: Block, domain: Domain, storage: Storage) -> list[Finding]:
        """Compare the code and the storage after the last block, if all blocks were the same."""
        if self._trouble:
            return []
        try:
            found = list(_state(self._source, block, domain, storage, _Seen()))
        except ChainUnreadable as error:
            self._trouble = ", daarna geen antwoord"
            return [self._finding(Level.WARNING, block, f"geen antwoord: {error}")]
        self._state = "; de code of de opslag is anders" if found else "; de code en de opslag ook"
        return [
            self._finding(Level.DIFFERENCE, block, f"{about}: {difference}")
            for about, difference in found
        ]

    def _finding(self, level: Level, block: Block, difference: str) -> Finding:
        about = f"Knoop {self._source.name}"
        return Finding(level, block.number, block.time, None, about, difference)
