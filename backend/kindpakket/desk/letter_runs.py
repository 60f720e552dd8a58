"""Letter runs: hand in a coupon list, check its totals, prepare decisions, see its status."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from kindpakket.desk.new_run import MOST_SHEETS
from kindpakket.desk.official import Official
from kindpakket.desk.parts import (
    InContext,
    Mistakes,
    Posted,
    SignedIn,
    page,
    redirect,
    require_reading,
    text,
)
from kindpakket.desk.tables import answer_table
from kindpakket.domain.language import say
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.texts import read_number
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import Names, read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.figures.shop_months import read_figures
from kindpakket.services.letters.amounts import weigh
from kindpakket.services.letters.coupon_lists import ListInvalid
from kindpakket.services.letters.generate import FEWEST_LETTERS
from kindpakket.services.letters.orders import list_begun
from kindpakket.services.letters.runs import (
    ListKnown,
    RunFile,
    RunState,
    check_list,
    list_runs,
    prepare_run,
    record_blank_run,
)
from kindpakket.services.letters.sealed_letters import BlankRun, SealedRun, read_handed_in

router = APIRouter(prefix="/brieven", dependencies=[require_reading(ReadPermission.LETTER_RUNS)])


@router.get("")
def show(request: Request, context: InContext) -> Response:
    """Every run, with a lower bound on the number of letters used."""
    return _page(request, context)


@router.post("")
def hand_in(request: Request, context: InContext, official: SignedIn, form: Posted) -> Response:
    """Show the totals of a list; on the second submission, prepare the decisions on it.

    Blank letters need no decision: they become stock.
    """
    if text(form, "sha256"):
        return _prepare(request, context, official, form)
    return _look(request, context, form)


def _look(request: Request, context: Context, form: FormData) -> Response:
    """Show the totals of a list, or how many blank letters a file has; nothing is stored."""
    errors = Mistakes(str)
    upload = form.get("list")
    if not isinstance(upload, UploadFile) or not upload.filename:
        errors["list"] = say("Kies het bestand van de serie, of tegoeden.json.")
        return _page(request, context, errors=errors, form=form)
    content = upload.file.read()
    try:
        handed_in = read_handed_in(context, content)
        if isinstance(handed_in, BlankRun):
            return page(
                request,
                "letter_blank.html.jinja",
                blank=handed_in,
                content=content.decode(),
                names=read_names(context),
            )
        letters, cards = _read_counts(form, handed_in.sealed, errors)
        if errors:
            return _page(request, context, errors=errors, form=form)
        listed = handed_in.listed
        check_list(context, listed, letters, cards, handed_in.sealed)
    except ListInvalid as error:
        return _refused(request, context, form, error)
    return page(
        request,
        "letter_list.html.jinja",
        listed=listed,
        content=content.decode(),
        letters=letters,
        cards=cards,
        amounts=weigh(context, listed),
        sealed=handed_in.sealed,
        names=read_names(context),
    )


def _prepare(request: Request, context: Context, official: Official, form: FormData) -> Response:
    """Act on the file that was shown, compared by its hash."""
    errors = Mistakes(str)
    try:
        handed_in = read_handed_in(context, text(form, "content").encode())
        if isinstance(handed_in, BlankRun):
            if handed_in.sha256 != text(form, "sha256"):
                raise _other_file()
            record_blank_run(context, handed_in, official.address)
            return redirect("/brieven", "in-voorraad")
        listed, sealed = handed_in.listed, handed_in.sealed
        letters, cards = _read_counts(form, sealed, errors)
        if errors or listed.list_sha256 != text(form, "sha256"):
            raise _other_file()
        decision_set = prepare_run(context, listed, letters, cards, official.by(), sealed)
    except ListKnown as error:
        # Idempotent: a repeated form prepares nothing again.
        if error.decision_set is None:
            return _refused(request, context, form, error)
        return redirect(f"/besluiten/{error.decision_set}", "wachtte")
    except ListInvalid as error:
        return _refused(request, context, form, error)
    return redirect(f"/besluiten/{decision_set}", "voorbereid")


def _other_file() -> ListInvalid:
    return ListInvalid(say("Dit is niet de lijst die u bekeek. Kies het bestand opnieuw."))


def _read_counts(form: FormData, sealed: SealedRun | None, errors: Mistakes) -> tuple[int, int]:
    """Return the numbers of letters and cards: as begun, or for a list of the station as typed."""
    if sealed is not None:
        return sealed.begun.letters, sealed.begun.cards
    counts = []
    for name in ("letters", "cards"):
        counted = read_number(text(form, name) or "0", MOST_SHEETS)
        counts.append(counted or 0)
        if counted is None:
            errors[name] = say("Vul een aantal in, zoals 60.")
    return counts[0], counts[1]


def _refused(request: Request, context: Context, form: FormData, error: ListInvalid) -> Response:
    errors = Mistakes(str, {"list": str(error)})
    known = error.decision_set if isinstance(error, ListKnown) else None
    return _page(request, context, errors=errors, form=form, known=known)


def _page(
    request: Request,
    context: Context,
    *,
    errors: Mistakes | None = None,
    form: FormData | None = None,
    known: str | None = None,
) -> Response:
    names, runs = read_names(context), list_runs(context)
    return answer_table(
        request,
        _table(runs, names),
        "letter_runs.html.jinja",
        link=lambda each: each.decision_set and f"/besluiten/{each.decision_set}",
        status=400 if errors else 200,
        begun=list_begun(context),
        issued=[each.number for each in runs if each.state is RunState.ON_LEDGER],
        names=names,
        used=[each for each in read_figures(context).schemes if each.coupons],
        errors=errors or Mistakes(str),
        known=known,
        fewest=FEWEST_LETTERS,
        letters=text(form, "letters") if form else "",
        cards=text(form, "cards") if form else "0",
    )


def _table(runs: list[RunFile], names: Names) -> Table[RunFile]:
    def by(run: RunFile) -> str | None:
        officials = dict.fromkeys(filter(None, (run.begun_by, run.handed_in_by)))
        return ", ".join(map(names.official, officials)) or None

    return Table(
        [
            Column(say("Serie"), lambda each: each.number, key="number"),
            Column(say("Regeling"), lambda each: names.scheme(each.scheme), key="scheme"),
            Column(say("Brieven en kaarten"), lambda each: each.letters, Unit.COUNT, "letters"),
            Column(say("Tegoeden"), lambda each: each.coupons, Unit.COUNT, "coupons"),
            Column(say("Bedrag"), lambda each: each.amount, Unit.CENTS, "amount"),
            Column(say("Stand"), _say_state, key="state"),
            Column(say("Begonnen en aangeleverd door"), by, key="by"),
            Column(say("Aangeleverd"), lambda each: each.made_at, Unit.MOMENT, "made_at"),
            Column(say("Controlegetal"), lambda each: f"{each.sha256[:10]}…", key="sha256"),
            Column(say("In voorraad"), _in_stock, Unit.COUNT, "in_stock"),
        ],
        runs,
        "series",
        say("Series"),
    )


def _in_stock(run: RunFile) -> int | None:
    """Of blank letters it is not recorded which went to a family."""
    return None if run.state is RunState.BLANK else run.in_stock


def _say_state(run: RunFile) -> str:
    again = "" if run.waits else " " + say("Lever de lijst opnieuw aan voor de rest.")
    return {
        RunState.WAITS: say("wacht op een besluit"),
        RunState.ON_LEDGER: say("op het grootboek"),
        RunState.PARTLY: say("deels op het grootboek.") + again,
        RunState.LAPSED: say("verlopen of ingetrokken. Lever de lijst opnieuw aan."),
        RunState.BLANK: say("lege brieven"),
        RunState.UNKNOWN: say("niet bekend"),
    }[run.state]
