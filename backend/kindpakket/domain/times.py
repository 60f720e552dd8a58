"""Times: unix seconds inside, RFC 3339 in UTC for machines, Dutch time for people here."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_LAST = 253_402_300_799
"""The last second that RFC 3339 can write; the ledger's 40 bits reach further."""

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
    """Return ``2026-11-22T02:25:38Z``."""
    return datetime.fromtimestamp(min(seconds, _LAST), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_of(seconds: int) -> date:
    """Return the day that it is in the Netherlands."""
    return datetime.fromtimestamp(seconds, _HERE).date()


def midnight(day: date) -> int:
    """Return the first second of a day in the Netherlands."""
    return int(datetime.combine(day, time(), _HERE).timestamp())


def last_second(day: date) -> int:
    """Return the last second of a day in the Netherlands."""
    return int(datetime.combine(day, time.max, _HERE).timestamp())


def dutch_moment(seconds: int) -> str:
    """Return ``1 januari 2027``, with the time in the Netherlands when that is not midnight."""
    moment = datetime.fromtimestamp(min(seconds, _LAST), UTC)
    if moment.year < 9999:  # no later hour exists in which to tell the last one
        moment = moment.astimezone(_HERE)
    day = f"{moment.day} {_MONTHS[moment.month]} {moment.year}"
    if moment.time() == time():
        return day
    return f"{day} om {moment:%H.%M}" + (f".{moment:%S} uur" if moment.second else " uur")


def english_moment(seconds: int) -> str:
    """Return ``1 January 2027 at 12:00``, the time in the Netherlands, without seconds."""
    moment = datetime.fromtimestamp(min(seconds, _LAST - 24 * 3600), UTC).astimezone(_HERE)
    return f"{moment.day} {moment:%B %Y at %H:%M}"


def dutch_until(closes: int) -> str:
    """Return until when something can be used that ends at this second, which is not part of it.

    ``tot en met 31 december 2026``, whose date stays in one line, or ``tot 1 januari 2027 om 12.00
    uur``.
    """
    end = dutch_moment(closes)
    if " om " in end:
        return f"tot {end}"
    last_day = dutch_moment(closes - 1).partition(" om ")[0]
    return "tot en met " + last_day.replace(" ", "\N{NO-BREAK SPACE}")
