"""An estimate of what will be left of each scheme: a chart with its table."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kindpakket.desk import charts
from kindpakket.desk.parts import InContext, SignedIn, require_reading
from kindpakket.desk.tables import answer_table
from kindpakket.domain.language import say, say_end
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.figures.forecast import (
    MONTHS,
    MOST_TO_COME,
    Forecast,
    MonthLeft,
    read_forecasts,
)

router = APIRouter(prefix="/cijfers", dependencies=[require_reading(ReadPermission.FIGURES)])


@router.get("/schatting")
def show_forecast(request: Request, context: InContext, _official: SignedIn) -> Response:
    """What will be left of the open schemes when they end."""
    forecasts = read_forecasts(context)
    return answer_table(
        request,
        _table(forecasts),
        "forecast.html.jinja",
        forecasts=[(each, charts.left_by_month(each), _by_month(each)) for each in forecasts],
        months=MONTHS,
        most_to_come=MOST_TO_COME,
    )


def _table(forecasts: list[Forecast]) -> Table[Forecast]:
    return Table(
        [
            Column(say("Regeling"), lambda each: each.name, key="name"),
            Column(say("Eindigt"), lambda each: say_end(each.closes), key="closes"),
            Column(say("Nog te besteden"), lambda each: each.left, Unit.CENTS, "left"),
            Column(
                say("Besteed in de rustigste maand"), lambda each: each.slowest, Unit.CENTS, "slow"
            ),
            Column(
                say("Besteed in de drukste maand"), lambda each: each.fastest, Unit.CENTS, "fast"
            ),
            Column(say("Blijft over, minstens"), lambda each: each.least, Unit.CENTS, "least"),
            Column(say("Blijft over, hoogstens"), lambda each: each.most, Unit.CENTS, "most"),
        ],
        forecasts,
        "schatting",
        say("Wat er overblijft: een schatting"),
    )


def _by_month(forecast: Forecast) -> Table[MonthLeft]:
    return Table(
        [
            Column(say("Maand"), lambda each: each.month, key="month"),
            Column(say("Minstens over"), lambda each: each.least, Unit.CENTS, "least"),
            Column(say("Hoogstens over"), lambda each: each.most, Unit.CENTS, "most"),
        ],
        forecast.course,
        title=forecast.name,
    )
