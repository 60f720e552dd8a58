"""When payments are made: a table by day of the week and part of the day, shaded by number."""

from typing import Literal

from babel.dates import get_day_names
from fastapi import APIRouter, Request
from fastapi.responses import Response

from kindpakket.desk.parts import InContext, SignedIn, require_reading
from kindpakket.desk.tables import answer_table
from kindpakket.domain.language import current_catalogue, say, say_month
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.figures.busy_times import BusyTimes, Division, Moment, read_busy_times

SHADES = 5

router = APIRouter(prefix="/cijfers", dependencies=[require_reading(ReadPermission.FIGURES)])


@router.get("/drukte")
def show_busy_times(request: Request, context: InContext, _official: SignedIn) -> Response:
    """The numbers of payments, at most as fine as tells nothing of few letters."""
    found = read_busy_times(context)
    most = max(found.payments.values()) if found else 1

    def shade(payments: int | None) -> int:
        """0 for none, up to the darkest for the most."""
        return -(-SHADES * (payments or 0) // most)

    return answer_table(
        request,
        _table(found),
        "busy_times.html.jinja",
        found=found,
        shade=shade,
        short=_name_days("abbreviated"),
        say_month=say_month,
    )


def _name_days(width: Literal["wide", "abbreviated"]) -> dict[str, str]:
    """Return the names of the days, by the number of each: of Monday by ``1``."""
    names = get_day_names(width, locale=current_catalogue().language)
    return {str(day + 1): name for day, name in names.items()}


def _table(found: BusyTimes | None) -> Table[int]:
    moments = found.payments if found else {}
    names = _name_days("wide")

    def column(weekday: int) -> Column[int]:
        return Column(
            names[str(weekday)],
            lambda hour: moments.get(Moment(weekday, hour)),
            Unit.COUNT,
            key=str(weekday),
        )

    return Table(
        [
            Column(say("Deel van de dag"), lambda hour: _say_part(found, hour), key="part"),
            *map(column, sorted({each.weekday for each in moments})),
        ],
        sorted({each.hour for each in moments}),
        "drukte",
        say("Wanneer er wordt betaald"),
    )


def _say_part(found: BusyTimes | None, hour: int) -> str:
    match found and found.division:
        case Division.HOUR:
            return say("%(start)s tot %(end)s uur", start=hour, end=hour + 1)
        case Division.PART:
            parts = say("Nacht"), say("Ochtend"), say("Middag"), say("Avond")
            return parts[hour // Division.PART]
        case _:
            return say("Hele dag")
