"""Times: unix seconds internally, RFC 3339 in UTC for machines, Dutch local time for people."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_LAST = 253_402_300_799
"""The last second that RFC 3339 can represent; the ledger's 40 bits go beyond it."""

_HERE = ZoneInfo("Europe/Amsterdam")
_MONTHS = {
    1: "januari",
    2: "februari",
    3: "maart",
    4: "april",
    5: "mei",
    6: "juni",
    7: "juli",
    8: "augustus",
    9: "september",
    10: "oktober",
    11: "november",
    12: "december",
}


def rfc3339(seconds: int) -> str:
    """Format a time as RFC 3339 in UTC: ``2026-11-22T02:25:38Z``."""
    return datetime.fromtimestamp(min(seconds, _LAST), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_day_of(seconds: int) -> date:
    """Return the date in UTC; the last representable one for times beyond it."""
    return datetime.fromtimestamp(min(seconds, _LAST), UTC).date()


def day_of(seconds: int) -> date:
    """Return the date in the Netherlands."""
    return datetime.fromtimestamp(seconds, _HERE).date()


def month_of(seconds: int) -> str:
    """Return the month in the Netherlands: ``2027-01``."""
    return f"{day_of(seconds):%Y-%m}"


def months_between(first: str, last: str) -> list[str]:
    """Return every month from the first to the last, both included."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(start, end + 1)]


def hour_of(seconds: int) -> int:
    """Return the hour of the day in the Netherlands, 0 to 23."""
    return datetime.fromtimestamp(seconds, _HERE).hour


def hours_earlier(seconds: int, hours: int) -> date:
    """Return the date in the Netherlands so many hours earlier, counted in local time."""
    return (datetime.fromtimestamp(seconds, _HERE) - timedelta(hours=hours)).date()


def month_start(month: str) -> int:
    """Return the first second of a month in the Netherlands."""
    return midnight(date.fromisoformat(f"{month}-01"))


def month_end(month: str) -> int:
    """Return the first second after a month in the Netherlands."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]), 12)
    return midnight(date(year, number + 1, 1))


def midnight(day: date) -> int:
    """Return the first second of a day in the Netherlands."""
    return int(datetime.combine(day, time(), _HERE).timestamp())


def last_second(day: date) -> int:
    """Return the last second of a day in the Netherlands."""
    return int(datetime.combine(day, time.max, _HERE).timestamp())


def months_before(seconds: int, months: int) -> int:
    """Return the first second of the same day of the month, this many months earlier.

    The last day of that month if it has no such day.
    """
    today = day_of(seconds)
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return midnight(date(year, month + 1, min(today.day, monthrange(year, month + 1)[1])))


def dutch_moment(seconds: int) -> str:
    """Format as ``1 januari 2027``, with the time in the Netherlands unless it is midnight."""
    moment = _moment(seconds)
    day = f"{moment.day} {_MONTHS[moment.month]} {moment.year}"
    if moment.time() == time():
        return day
    return f"{day} om {moment:%H.%M}" + (f".{moment:%S} uur" if moment.second else " uur")


def english_moment(seconds: int) -> str:
    """Format as ``1 January 2027``, with the time in the Netherlands unless it is midnight."""
    moment = _moment(seconds)
    day = f"{moment.day} {moment:%B} {moment.year}"
    if moment.time() == time():
        return day
    return f"{day} at {moment:%H:%M}" + (f":{moment:%S}" if moment.second else "")


def _moment(seconds: int) -> datetime:
    moment = datetime.fromtimestamp(min(seconds, _LAST), UTC)
    # The last representable hour cannot be converted to a time zone ahead of UTC.
    return moment.astimezone(_HERE) if moment.year < 9999 else moment


def dutch_end(closes: int, closed: bool = False) -> str:
    """Format the end of a scheme, as all faces do; ``closes`` is the first second after it.

    At the end of a day, ``tot en met 31 december 2026``; closed permanently, ``gesloten op 3 mei
    2026 om 14.05 uur``; else ``tot 1 januari 2027 om 12.00 uur``. The TypeScript equivalent is
    ``sayEnd``.
    """
    if _ends_with_a_day(closes):
        return f"tot en met {_day(dutch_moment(closes - 1))}"
    return (
        f"gesloten op {dutch_moment(closes - closes % 60)}"
        if closed
        else f"tot {dutch_moment(closes)}"
    )


def english_end(closes: int, closed: bool = False) -> str:
    """The English equivalent of :func:`dutch_end`."""
    if _ends_with_a_day(closes):
        return f"up to and including {_day(english_moment(closes - 1))}"
    return (
        f"closed on {english_moment(closes - closes % 60)}"
        if closed
        else f"until {english_moment(closes)}"
    )


def _ends_with_a_day(closes: int) -> bool:
    return _moment(closes).time() == time()


def _day(moment: str) -> str:
    """Return the date part of a formatted time, in either language."""
    return moment.partition(" om ")[0].partition(" at ")[0]
