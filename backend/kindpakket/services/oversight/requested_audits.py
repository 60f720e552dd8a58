"""Audits requested at the desk: run by the follower, stored with block and date.

They include the comparison with stored payouts and with what wallets read. An audit of a long chain
goes on each time that it is run, so that the follower also does its other work.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import insert, select, update

from kindpakket.domain.ids import Address
from kindpakket.services.base.context import Context
from kindpakket.services.oversight.whole_audit import audit_whole
from kindpakket.store import tables as t
from kindpakket_audit.findings import Audit, Finding, Level
from kindpakket_audit.replay import STATE_NAME

MOST_BLOCKS = 5_000
"""Blocks that are read in one run."""


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
    """Run the requested audits, each for so many blocks; an interrupted one goes on the next time.

    Of two servers on one database both may run it; the first result stays.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    table = t.audits
    with context.store.read() as db:
        waiting = db.scalars(select(table.c.audit).where(table.c.finished_at.is_(None))).all()
    for number in waiting:
        done = _audit(context)
        if done is None:
            continue
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


class _Later(Exception):
    """Enough blocks were read in this run."""


def _audit(context: Context) -> Audit | None:
    """Audit from where an earlier audit came; None while the chain is not read to its end."""
    first: int | None = None

    def stop(at: int, of: int) -> None:
        nonlocal first
        first = at if first is None else first
        if at < of and at - first >= MOST_BLOCKS:
            raise _Later

    try:
        state = _state(context.reports)
        done = audit_whole(context.ledger, context.store, context.month_keys, stop, state)
    except _Later:
        return None
    for each in done.weaker:
        place = done.last_block, done.last_time, None
        done.add(Finding(Level.WARNING, *place, "Bewijs", each))
    return done


def _state(directory: Path) -> Path:
    """Where this version keeps how far it came; states of other versions are removed."""
    directory.mkdir(mode=0o700, exist_ok=True)
    for path in directory.glob("state-*"):
        if not path.name.startswith(STATE_NAME):
            path.unlink()
    return directory / STATE_NAME
