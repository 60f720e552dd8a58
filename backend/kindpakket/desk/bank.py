"""The bank at the desk: statements that are read, and what differs of ledger, store and bank."""

from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from kindpakket.desk.parts import (
    InContext,
    Municipality,
    Posted,
    SignedIn,
    redirect,
    require_reading,
    text,
)
from kindpakket.desk.tables import answer_table
from kindpakket.domain.language import say
from kindpakket.domain.tables import Cell, Column, Table, Unit
from kindpakket.services.bank.camt import STATEMENT, StatementInvalid
from kindpakket.services.bank.matching import say_verdict
from kindpakket.services.bank.numbers import mark_number_seen
from kindpakket.services.bank.prepare_returns import prepare_returns
from kindpakket.services.bank.reconcile import (
    PayoutLineState,
    Progress,
    Reconciliation,
    reconcile,
    say_progress,
)
from kindpakket.services.bank.statements import (
    KeptStatement,
    list_statements,
    mark_seen,
    record_statements,
    remove_statement,
    say_day,
)
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import Names, read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.payouts.lists import PayoutRefused
from kindpakket.services.payouts.prepare import read_account
from kindpakket.services.shops.bank_accounts import BankInvalid

router = APIRouter(
    prefix="/uitbetalingen/bank", dependencies=[require_reading(ReadPermission.PAYOUTS)]
)

_SHOWN = 30
"""Payouts that agree, and statements: the newest; every payout that does not agree."""
_WORST = (
    Progress.DIFFERS,
    Progress.RETURN_WAITS,
    Progress.NO_FILE,
    Progress.WAITS,
    Progress.AGREES,
)


@dataclass(frozen=True)
class BatchState:
    """The lines of a payout together, in cents."""

    batch: int
    lines: tuple[PayoutLineState, ...]
    progress: Progress
    """Of the line that most needs a person."""

    @property
    def settled(self) -> int:
        """By the ledger."""
        return sum(each.settled for each in self.lines)

    @property
    def paid(self) -> int:
        """By the bank."""
        return sum(each.booked.paid for each in self.lines)

    @property
    def back(self) -> int:
        """What came in at the bank."""
        return sum(each.booked.back for each in self.lines)

    @property
    def returned(self) -> int:
        """Owed to shops again."""
        return sum(each.returned for each in self.lines)

    @property
    def difference(self) -> int:
        """The sum of the differences, whatever their direction."""
        return sum(abs(each.difference) for each in self.lines)


@router.get("")
def show(request: Request, context: InContext) -> Response:
    """What differs, the lines for a person, and the statements."""
    return _page(request, context)


@router.post("")
def read_file(
    request: Request,
    context: InContext,
    settings: Municipality,
    official: SignedIn,
    form: Posted,
) -> Response:
    """Read a file with statements, and prepare decisions about what came back."""
    upload = form.get("statement")
    if not isinstance(upload, UploadFile) or not upload.filename:
        return _page(request, context, error=say("Kies een bestand."))
    try:
        own = read_account(settings).iban
        done = record_statements(context, own, upload.file.read(), official.address)
    except (BankInvalid, StatementInvalid) as error:
        return _page(request, context, error=str(error))
    read = "gelezen" if done.statements else "bekend"
    return _prepared(request, context, official, otherwise=read)


@router.post("/teruggekomen")
def prepare(request: Request, context: InContext, official: SignedIn, _form: Posted) -> Response:
    """Prepare the decisions about what came back that do not wait yet."""
    return _prepared(request, context, official, otherwise="niets")


@router.post("/gezien")
def see(request: Request, context: InContext, official: SignedIn, form: Posted) -> Response:
    """Record that an official looked at a line, or at the number of a statement."""
    if "statement" in form:
        seen = mark_number_seen(context, text(form, "statement"), official.address)
    else:
        seen = mark_seen(context, text(form, "line"), official.address)
    if not seen:
        return _page(request, context, error=say("U kunt dit niet als bekeken aanmerken."))
    return redirect("/uitbetalingen/bank", "gezien")


@router.post("/weghalen")
def remove(context: InContext, official: SignedIn, form: Posted) -> Response:
    """Remove a statement that should not have been read, on record."""
    remove_statement(context, text(form, "statement"), official.address)
    return redirect("/uitbetalingen/bank", "weggehaald")


# --------------------------------------------------------------------------------- the page


def _prepared(
    request: Request, context: Context, official: SignedIn, *, otherwise: str
) -> Response:
    """Prepare what came back, and tell so; otherwise tell something else."""
    try:
        prepared = prepare_returns(context, official.by())
    except PayoutRefused as error:
        return _page(request, context, error=str(error))
    return redirect("/uitbetalingen/bank", "teruggekomen" if prepared else otherwise)


def _page(request: Request, context: Context, *, error: str = "") -> Response:
    found, names = reconcile(context), read_names(context)
    return answer_table(
        request,
        _batches(found),
        "bank.html.jinja",
        link=lambda each: f"/uitbetalingen/{each.batch}",
        status=400 if error else 200,
        error=error,
        found=found,
        person=[each for each in found.matched.lines if each.for_person],
        returns=any(each.to_owe_again for each in found.lines),
        seen=[each for each in found.matched.lines if each.line.seen_by is not None],
        numbers=[each for each in found.numbers if not each.seen],
        numbers_seen=[each for each in found.numbers if each.seen],
        names=names,
        statements=_statements(list_statements(context), names),
        options=[(each.statement, _about(each, names)) for each in found.statements[::-1]],
        say_verdict=say_verdict,
        say_day=say_day,
    )


def _batches(found: Reconciliation) -> Table[BatchState]:
    grouped = groupby(found.lines, lambda line: line.batch)
    rows = [
        BatchState(
            batch, lines, min((each.progress(found.until) for each in lines), key=_WORST.index)
        )
        for batch, lines in ((batch, tuple(some)) for batch, some in grouped)
    ]
    agrees = [each.batch for each in rows if each.progress is Progress.AGREES]
    older = {*agrees[_SHOWN:]}
    shown = [each for each in rows if each.batch not in older]
    return Table(
        [
            Column(
                say("Uitbetaling"),
                lambda each: f"KP-{each.batch}",
                key="batch",
                order=lambda each: each.batch,
            ),
            Column(say("Vastgelegd"), lambda each: each.settled, Unit.CENTS, "settled"),
            Column(say("Betaald door de bank"), lambda each: each.paid, Unit.CENTS, "paid"),
            Column(say("Teruggekomen"), lambda each: each.back, Unit.CENTS, "back"),
            Column(say("Weer te goed"), lambda each: each.returned, Unit.CENTS, "returned"),
            Column(say("Verschil"), lambda each: each.difference, Unit.CENTS, "difference"),
            Column(say("Stand"), lambda each: say_progress(each.progress), key="progress"),
        ],
        shown,
        "bank",
        say("Uitbetalingen en de bank"),
    )


def _statements(statements: list[KeptStatement], names: Names) -> Table[KeptStatement]:
    return Table(
        [
            Column(say("Dag"), lambda each: say_day(each.day)),
            Column(say("Soort"), _kind),
            Column(say("Nummer"), _number),
            Column(say("Beginsaldo"), lambda each: each.opening, Unit.CENTS),
            Column(say("Eindsaldo"), lambda each: each.closing, Unit.CENTS),
            Column(say("Niet over uitbetalingen"), lambda each: each.others, Unit.COUNT),
            Column(say("Totaal"), lambda each: each.others_amount, Unit.CENTS),
            Column(say("Gelezen door"), lambda each: _by(each, names)),
            Column(
                say("Weggehaald door"),
                lambda each: _removed_by(each, names),
            ),
        ],
        sorted(statements, key=lambda each: each.read_at, reverse=True)[:_SHOWN],
        "afschriften",
        say("Afschriften"),
    )


def _kind(each: KeptStatement) -> str:
    return say("afschrift") if each.kind == STATEMENT else say("melding (camt.054)")


def _number(each: KeptStatement) -> Cell:
    return say("geen") if each.kind == STATEMENT and each.number is None else each.number


def _by(each: KeptStatement, names: Names) -> str:
    return names.official(each.read_by) if each.read_by else say("de opdrachtregel")


def _removed_by(each: KeptStatement, names: Names) -> str | None:
    if each.removed_by is None:
        return None
    name = names.official(each.removed_by)
    return name if each.removed_at else say("%(name)s, daarna weer gelezen", name=name)


def _about(each: KeptStatement, names: Names) -> str:
    return f"{say_day(each.day)}, {_kind(each)}, {_by(each, names)}"
