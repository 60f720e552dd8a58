"""The audit of the chain by ``kindpakket-audit``, and comparison with what is stored only here."""

from collections.abc import Iterator
from pathlib import Path

from kindpakket.domain.categories import table_sha256
from kindpakket.ledger.port import Ledger, Progress
from kindpakket.protocol.changes import MonthKeys
from kindpakket.services.oversight.kept_changes import audit_changes
from kindpakket.services.oversight.kept_payouts import audit_payouts
from kindpakket.store.database import Store
from kindpakket_audit.findings import Audit, Finding, Level


def audit_whole(
    ledger: Ledger,
    store: Store | None,
    month_keys: MonthKeys | None,
    progress: Progress = lambda *_: None,
    state: Path | None = None,
) -> Audit:
    """Audit the chain, and compare with it what is stored.

    Args:
        progress, state: as for :meth:`Ledger.audit`.

    Raises:
        as for :func:`compare_stored`.
    """
    done = ledger.audit(progress, state)
    for finding in compare_stored(ledger, store, month_keys):
        done.add(finding)
    return done


def compare_stored(
    ledger: Ledger, store: Store | None, month_keys: MonthKeys | None
) -> list[Finding]:
    """Return where the table of categories, payouts, and what wallets read differ from the ledger.

    Args:
        store: None when it is not here.
        month_keys: None when the secret that seals changes is not here.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: the store cannot be read.
    """
    found = list(_categories(ledger))
    if store is not None:
        found += audit_payouts(ledger, store, ledger.time(0))
        if month_keys is not None:
            found += audit_changes(ledger, store, month_keys)
    return found


def _categories(ledger: Ledger) -> Iterator[Finding]:
    """What the bits of categories mean is in this program, and only a hash of it on the ledger."""
    told, ours = ledger.view("categoriesSha256"), table_sha256()
    if any(told) and told != ours:
        what = f"het grootboek noemt tabel 0x{told.hex()}, deze software kent tabel 0x{ours.hex()}"
        block = next(iter(ledger.blocks(ledger.head())))
        yield Finding(Level.DIFFERENCE, block.number, block.time, None, "Categorieën", what)
