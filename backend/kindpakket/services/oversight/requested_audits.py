"""Audits requested at the desk: run by the follower, stored with block and date.

They include the comparison with stored payouts and with what wallets read.
"""

import json
from dataclasses import asdict, dataclass

from sqlalchemy import insert, select, update

from kindpakket.domain.ids import Address
from kindpakket.services.audit import Finding, Level
from kindpakket.services.base.context import Context
from kindpakket.services.oversight.whole_audit import audit_whole
from kindpakket.store import tables as t


@dataclass(frozen=True)
class AuditFile:
    """One audit; times in unix seconds."""

    number: int
    started_by: Address
    started_at: int
    finished_at: int | None
    """None while it waits or runs."""
    block: int | None
    """The last block that was checked."""
    findings: tuple[Finding, ...]

    @property
    def differences(self) -> int:
        """Number of findings that are errors."""
        return sum(finding.level is Level.DIFFERENCE for finding in self.findings)


def ask_audit(context: Context, by: Address) -> None:
    """Request an audit; no effect while one waits."""
    table = t.audits
    with context.store.write() as db:
        if db.execute(select(table).where(table.c.finished_at.is_(None))).first() is None:
            db.execute(insert(table).values(started_by=by, started_at=context.now()))


def list_audits(context: Context) -> list[AuditFile]:
    """Return all requested audits, newest first."""
    with context.store.read() as db:
        rows = db.execute(select(t.audits).order_by(t.audits.c.audit.desc())).all()
    return [
        AuditFile(
            row.audit,
            Address(row.started_by),
            row.started_at,
            row.finished_at,
            row.block,
            tuple(
                Finding(**{**each, "level": Level(each["level"])})
                for each in json.loads(row.findings or "[]")
            ),
        )
        for row in rows
    ]


def run_audits(context: Context) -> None:
    """Run the requested audits; an interrupted one is run again the next time.

    Of two servers on one database both may run it; the first result stays.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    table = t.audits
    with context.store.read() as db:
        waiting = db.scalars(select(table.c.audit).where(table.c.finished_at.is_(None))).all()
    for number in waiting:
        done = audit_whole(context.ledger, context.store, context.month_keys)
        with context.store.write() as db:
            db.execute(
                update(table)
                .where(table.c.audit == number, table.c.finished_at.is_(None))
                .values(
                    finished_at=context.now(),
                    block=done.last_block,
                    findings=json.dumps([asdict(finding) for finding in done.findings]),
                )
            )
