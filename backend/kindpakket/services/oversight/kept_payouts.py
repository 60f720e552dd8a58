"""Comparison of the payouts on the ledger with their stored lines and payment files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kindpakket.domain.ids import Hash, ShopId
from kindpakket.ledger.port import Ledger
from kindpakket.services.base.names import PublicNames, read_public_names
from kindpakket.services.oversight.retention_books import YEARS_8
from kindpakket.services.payouts.give_file import transfers_of
from kindpakket.services.payouts.lists import find_lines, reference
from kindpakket.services.payouts.payment_file import asks_for
from kindpakket.services.payouts.returns import return_sha256
from kindpakket.store import tables as t
from kindpakket.store.database import Store
from kindpakket_audit.findings import Finding, Level

Told = tuple[Level, str]


@dataclass(frozen=True)
class _Recorded:
    """A payout on the ledger, as its event has it; time in unix seconds."""

    batch: int
    sha256: Hash
    """Hash of the lines that were decided."""
    amounts: tuple[tuple[ShopId, int], ...]
    """The amount settled of each line, in order, in cents."""
    block: int
    time: int
    transaction: Hash


def audit_payouts(ledger: Ledger, store: Store, now: int) -> list[Finding]:
    """Return where stored payouts differ from the ledger.

    Args:
        now: in unix seconds; lines past their retention period need not be here.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: the store cannot be read.
    """
    names, payouts = read_public_names(store), list(_recorded(ledger))
    return [
        Finding(
            level, each.block, each.time, each.transaction, f"Uitbetaling {each.batch}", difference
        )
        for each in payouts
        for level, difference in _check(store, names, each, payouts, now)
    ]


def _recorded(ledger: Ledger) -> Iterator[_Recorded]:
    for block in ledger.blocks(0):
        for entry in block.entries:
            for e in (event.args for event in entry.events if event.name == "Settled"):
                amounts = tuple(zip(map(ShopId, e["shops"]), e["amounts"], strict=True))
                sha256 = Hash("0x" + e["sha256OfLines"].hex())
                place = block.number, block.time, entry.transaction
                yield _Recorded(e["batch"], sha256, amounts, *place)


def _check(
    store: Store, names: PublicNames, payout: _Recorded, payouts: Sequence[_Recorded], now: int
) -> Iterator[Told]:
    if any(amount < 0 for _, amount in payout.amounts):
        yield from _check_return(payout, payouts)
        return
    lines = find_lines(store, payout.sha256)
    if lines is None:
        yield _without_lines(store, payout, now)
        return
    if [line.shop for line in lines] != [shop for shop, _ in payout.amounts]:
        yield Level.DIFFERENCE, "de regels zijn van andere winkels dan het besluit"
        return
    for line, (shop, amount) in zip(lines, payout.amounts, strict=True):
        if amount > line.amount:
            yield Level.DIFFERENCE, f"winkel {shop} kreeg meer dan in de regels staat"
        if line.reference != reference(payout.batch, shop):
            yield Level.DIFFERENCE, f"het kenmerk van winkel {shop} is {line.reference}"
    transfers = transfers_of(names, payout.batch, lines, [amount for _, amount in payout.amounts])
    files = select(t.payment_files).where(t.payment_files.c.payout == payout.sha256)
    with store.read() as db:
        rows = db.execute(files.order_by(t.payment_files.c.number)).all()
    for row in rows:
        if not asks_for(bytes(row.bytes), transfers):
            what = f"bestand {row.number} voor de bank is niet wat is vastgelegd"
            yield Level.DIFFERENCE, what


def _without_lines(store: Store, payout: _Recorded, now: int) -> Told:
    kept = select(t.payouts).where(t.payouts.c.sha256 == payout.sha256)
    lines = select(t.payout_lines).where(t.payout_lines.c.payout == payout.sha256)
    with store.read() as db:
        known, some = (db.execute(each).first() is not None for each in (kept, lines))
    if known and not some and payout.time < now - YEARS_8:
        return Level.WARNING, "de regels zijn na hun bewaartermijn verwijderd"
    if known:
        return Level.DIFFERENCE, "de regels die hier zijn bewaard, zijn niet die van het besluit"
    return Level.WARNING, "de regels zijn hier niet; rekeningen zijn niet na te gaan"


def _check_return(payout: _Recorded, payouts: Sequence[_Recorded]) -> Iterator[Told]:
    """Money that came back is a single line whose hash names the payout."""
    for shop, amount in payout.amounts:
        origins = (each.batch for each in payouts if (shop in dict(each.amounts)))
        named = (return_sha256(batch, shop, -amount) for batch in origins)
        if len(payout.amounts) > 1 or payout.sha256 not in named:
            yield Level.WARNING, f"wat van winkel {shop} terugkwam, hoort bij geen uitbetaling"
