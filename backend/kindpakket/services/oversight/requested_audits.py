"""Audits requested at the desk: run by the follower, stored with block and date.

They include the comparison with stored payouts and with what wallets read. An audit of a long chain
goes on each time that it is run, so that the follower also does its other work.
"""

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, insert, select, update

from kindpakket.domain.ids import Address
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.services.base.context import Context
from kindpakket.services.oversight.whole_audit import audit_whole
from kindpakket.store import tables as t
from kindpakket_audit.chains import ChainUnreadable
from kindpakket_audit.findings import Audit, Finding, Level, shown
from kindpakket_audit.replay import STATE_NAME, StateDiffers
from kindpakket_audit.storage import StateDamaged

MOST_BLOCKS = 5_000
"""Blocks that are read in one run."""
MOST_SECONDS = 20
"""After which a run reads no more blocks."""
_TRIED_SECONDS = 3600
"""How long after it was asked for an audit that fails is tried again."""


@dataclass(frozen=True)
class AuditFile:
    """One audit; times in unix seconds."""

    number: int
    started_by: Address
    started_at: int
    finished_at: int | None
    """None while it waits or runs."""
    block: int | None
    """The last block that was checked; None if the ledger could not be read."""
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
    """Run the requested audits, each for so many blocks or seconds; an interrupted one goes on the
    next time.

    Of two servers on one database both may run it; the first result stays. One that still fails an
    hour after it was asked for is finished, with that as its finding.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        OSError: the state cannot be written.
    """
    table = t.audits
    with context.store.read() as db:
        waiting = db.execute(select(table).where(table.c.finished_at.is_(None))).all()
    for row in waiting:
        try:
            done = _audit(context)
        except (StateDiffers, StateDamaged) as error:
            _start_again(context, row, error)
            continue
        except (LedgerUnavailable, OSError) as error:
            if context.now() - row.started_at < _TRIED_SECONDS:
                raise
            _finish(context, row, None, [_unreadable(error, context.now())])
            continue
        if done is not None:
            _finish(context, row, done.last_block, done.findings)


def _start_again(context: Context, row: Row[Any], error: StateDiffers | StateDamaged) -> None:
    """Set the kept state aside, so that the next run begins at the first block; until then the
    reason is stored with the audit."""
    level = Level.DIFFERENCE if isinstance(error, StateDiffers) else Level.WARNING
    finding = Finding(level, 0, context.now(), None, "Vorige controle", str(error))
    with context.store.write() as db:
        stored = update(t.audits).where(_waits(row))
        db.execute(stored.values(findings=json.dumps([asdict(finding)])))
    state = context.reports / STATE_NAME
    for end in ("", "-wal", "-shm"):
        aside = state.with_name(f"{state.name}.aside{end}")
        aside.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            state.with_name(state.name + end).rename(aside)


def _waits(row: Row[Any]) -> ColumnElement[bool]:
    return and_(t.audits.c.audit == row.audit, t.audits.c.finished_at.is_(None))


def _unreadable(error: LedgerUnavailable | OSError, now: int) -> Finding:
    if isinstance(error, OSError):
        told = "de stand van de controle is niet te bewaren"
        return Finding(Level.DIFFERENCE, 0, now, None, "Grootboek", told)
    # Only the audit's own message: that of another error may have the path of a node's address.
    cause = error.__cause__
    why = str(cause) if isinstance(cause, ChainUnreadable) else "er kwam geen antwoord"
    return Finding(
        Level.DIFFERENCE, 0, now, None, "Grootboek", f"de keten is niet te lezen: {shown(why)}"
    )


def _finish(
    context: Context, row: Row[Any], block: int | None, findings: Sequence[Finding]
) -> None:
    whole = json.loads(row.findings or "[]") + [asdict(finding) for finding in findings]
    with context.store.write() as db:
        db.execute(
            update(t.audits)
            .where(_waits(row))
            .values(finished_at=context.now(), block=block, findings=json.dumps(whole))
        )


class _Later(Exception):
    """This run read enough blocks, or for long enough."""


def _audit(context: Context) -> Audit | None:
    """Audit from where an earlier audit came; None while the chain is not read to its end."""
    first: int | None = None
    started = time.monotonic()

    def stop(at: int, of: int) -> None:
        nonlocal first
        first = at if first is None else first
        enough = at - first >= MOST_BLOCKS or time.monotonic() - started >= MOST_SECONDS
        if at < of and enough:
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
