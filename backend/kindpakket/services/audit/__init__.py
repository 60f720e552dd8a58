"""Audit: verify the whole history, from the chain alone.

Every block is read once. Each event is checked against the rules in force just before it, and
against the calldata and signatures that caused it; then it is applied to the audit's own totals,
which are compared with the contract's at the end. Nothing here reads the store or trusts the
server.
"""

from collections.abc import Callable, Iterator
from typing import Any

from kindpakket.domain.ids import Hash
from kindpakket.ledger.abi import Event, decode_call
from kindpakket.ledger.port import Block, Entry, Ledger
from kindpakket.services.audit import decisions, governed, keys, payments, views
from kindpakket.services.audit.findings import Audit, Finding, Level, Recorded
from kindpakket.services.audit.model import NO_HASH, Args, Model
from kindpakket.services.audit.scene import Check, Scene, euros, hexed

__all__ = ["Audit", "Finding", "Level", "Recorded", "audit"]

CHECKS: dict[str, Check] = {
    "Paid": payments.paid,
    "Refunded": payments.refunded,
    "TillChanged": keys.till_changed,
    "Moved": keys.moved,
    "DecisionExecuted": decisions.executed,
    "DecisionCancelled": decisions.cancelled,
    "SchemeOpened": governed.scheme_opened,
    "RulesSet": governed.rules_set,
    "SchemeClosed": governed.scheme_closed,
    "PausedSet": governed.paused_set,
    "CategoriesSet": governed.categories_set,
    "ShopSet": governed.shop_set,
    "SuspendedSet": governed.suspended_set,
    "Funded": governed.funded,
    "Issued": governed.issued,
    "Settled": governed.settled,
    "OfficialSet": governed.official_set,
}

CAUSES = {
    "pay": "Paid",
    "refund": "Refunded",
    "changeTill": "TillChanged",
    "move": "Moved",
    "execute": "DecisionExecuted",
    "cancel": "DecisionCancelled",
}
"""Functions that anyone may call, and the event that each emits."""

UNVERIFIABLE = "de aanroep is niet rechtstreeks te lezen; handtekeningen zijn niet na te gaan"

Progress = Callable[[int, int], None]
"""Called after each block with the number of blocks read, and of all."""


def audit(ledger: Ledger, progress: Progress = lambda *_: None) -> Audit:
    """Verify the whole ledger up to its last final block.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    head = ledger.head()
    auditor = _Auditor(ledger)
    for block in ledger.blocks(0):
        auditor.read(block)
        progress(block.number + 1, head + 1)
        if block.number >= head:
            break
    auditor.compare()
    return auditor.result


class _Auditor:
    def __init__(self, ledger: Ledger) -> None:
        self.result = Audit()
        self._ledger = ledger
        self._model = Model()
        self._previous: Block | None = None
        self._transaction: Hash | None = None
        self._founded = False

    def read(self, block: Block) -> None:
        previous = self._previous
        self._previous, self._transaction = block, None
        self.result.last_block, self.result.last_time = block.number, block.time
        if previous is None:
            self.result.first_time = block.time
        elif block.parent != previous.hash or block.number <= previous.number:
            self._differs("Blok", f"sluit niet aan op blok {previous.number}")
        elif block.time < previous.time:
            self._differs("Blok", "is ouder dan het vorige")
        for entry in block.entries:
            self._transaction = entry.transaction
            self._read_entry(entry)

    def compare(self) -> None:
        """Compare the totals with the contract's."""
        self._transaction = None

        def view(function: str, *args: Any) -> Any:
            self.result.views += 1
            return self._ledger.view(function, *args, block=self.result.last_block)

        told = views.answers(view, self._model)
        for about, difference in (
            *views.differences(told, self._model),
            *views.holders(view, self._model),
            *views.sums(told),
            *views.category_table(told),
        ):
            self._differs(about, difference)
        if told.categories_sha256 == NO_HASH:
            self._warn("Categorieën", "er is nog geen tabel vastgelegd op het grootboek")

    def _read_entry(self, entry: Entry) -> None:
        if not self._founded and entry.events:
            self._found(entry)
            return
        call = self._call_of(entry)
        decision: bytes | None = None
        for event in entry.events:
            about = _about(event)
            if event.name in decisions.GOVERNED_EVENTS:
                self._differ(about, _beneath(self._model, decision, event))
                decision = None
            elif decision is not None:
                self._differs(about, "het besluit ervoor had geen gevolg")
                decision = None
            self._check(event, about, call)
            if event.name == "DecisionExecuted":
                decision = event.args["call"]
        if decision is not None:
            self._differs("Besluit", "het besluit had geen gevolg")

    def _found(self, entry: Entry) -> None:
        """Check the creation of the contract, which names officials without a decision."""
        self._founded = True
        for event in entry.events:
            if event.name != "OfficialSet":
                self._differs(_about(event), "gebeurde bij de oprichting, daar hoort het niet")
            self.result.events[event.name] += 1
            self._model.apply(event.name, event.args)
        self._differ("Oprichting", governed.founded(self._model))

    def _call_of(self, entry: Entry) -> Args | None:
        """The arguments of the call, if that function can emit the events."""
        names = [event.name for event in entry.events]
        try:
            function, args = decode_call(entry.call)
        except ValueError:
            if names:
                what = ", ".join(map(_about, entry.events))
                self._warn(what, UNVERIFIABLE)
            return None
        expected = [CAUSES[function]] if function in CAUSES else []
        if function == "execute":
            expected += [event for event in names[1:2] if event in decisions.GOVERNED_EVENTS]
        if names != expected:
            happened = ", ".join(names) or "niets"
            self._differs(f"Aanroep {function}", f"er gebeurde {happened}, dat hoort daar niet bij")
            return None
        return args

    def _check(self, event: Event, about: str, call: Args | None) -> None:
        block = self._previous
        if event.name not in CHECKS or block is None:
            self._differs(about, "deze gebeurtenis kent het contract niet")
            return
        scene = Scene(self._model, self._ledger.domain, block.time, event.args, call)
        self._differ(about, CHECKS[event.name](scene))
        self._model.apply(event.name, event.args)
        self.result.events[event.name] += 1
        if event.name == "Settled":
            self._record(event.args)

    def _record(self, e: Args) -> None:
        result, amounts = self.result, tuple(zip(e["shops"], e["amounts"], strict=False))
        place = (result.last_block, result.last_time, self._transaction)
        result.payouts.append(Recorded(e["batch"], hexed(e["sha256OfLines"]), amounts, *place))

    def _differ(self, about: str, sentences: Iterator[str]) -> None:
        for sentence in sentences:
            self._differs(about, sentence)

    def _differs(self, about: str, difference: str) -> None:
        self._add(Level.DIFFERENCE, about, difference)

    def _warn(self, about: str, difference: str) -> None:
        self._add(Level.WARNING, about, difference)

    def _add(self, level: Level, about: str, difference: str) -> None:
        result = self.result
        self.result.findings.append(
            Finding(
                level, result.last_block, result.last_time, self._transaction, about, difference
            )
        )


def _beneath(model: Model, decision: bytes | None, event: Event) -> Iterator[str]:
    if decision is None:
        yield "er staat geen besluit boven"
    else:
        yield from decisions.carried_out(model, decision, event.name, event.args)


def _about(event: Event) -> str:
    e = event.args
    match event.name:
        case "Paid":
            return f"Betaling {hexed(e['payment'])} van {euros(e['amount'])} bij winkel {e['shop']}"
        case "Refunded":
            return f"Terugbetaling {hexed(e['refund'])} van {euros(e['amount'])}"
        case "TillChanged":
            return f"Kassa {e['till']} van winkel {e['shop']}"
        case "Moved":
            return f"Verplaatsing in regeling {e['scheme']}"
        case "DecisionExecuted" | "DecisionCancelled":
            return f"Besluit {hexed(e['decision'])}"
        case _:
            return _GOVERNED_ABOUT.get(event.name, event.name).format_map(e)


_GOVERNED_ABOUT = {
    "SchemeOpened": "Opening van regeling {scheme}",
    "RulesSet": "Regels van regeling {scheme}",
    "SchemeClosed": "Sluiting van regeling {scheme}",
    "PausedSet": "Pauze van regeling {scheme}",
    "CategoriesSet": "Tabel van categorieën",
    "ShopSet": "Toelating van winkel {shop}",
    "SuspendedSet": "Schorsing van winkel {shop}",
    "Funded": "Budget van regeling {scheme}",
    "Issued": "Uitgifte in regeling {scheme}",
    "Settled": "Uitbetaling {batch}",
    "OfficialSet": "Bevoegdheden van ambtenaar {official}",
}
