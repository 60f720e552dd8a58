"""The audit of the chain, with the comparisons that need the store."""

from collections.abc import Callable

from kindpakket.ledger.port import Ledger
from kindpakket.protocol.changes import MonthKeys
from kindpakket.services.audit import Audit, audit
from kindpakket.services.oversight.kept_changes import audit_changes
from kindpakket.services.oversight.kept_payouts import audit_payouts
from kindpakket.store.database import Store


def audit_whole(
    ledger: Ledger,
    store: Store | None,
    month_keys: MonthKeys | None,
    progress: Callable[[int, int], None] = lambda _at, _of: None,
) -> Audit:
    """Audit the chain, stored payouts, and what wallets read.

    Args:
        store: None when it is not here; then the chain alone.
        month_keys: None when the secret that seals changes is not here.
        progress: called with the block that was read and the last one.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: the store cannot be read.
    """
    done = audit(ledger, progress)
    if store is not None:
        done.findings += audit_payouts(store, done.payouts, ledger.time(0))
        if month_keys is not None:
            done.findings += audit_changes(ledger, store, month_keys)
    return done
