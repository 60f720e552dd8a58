"""Shares, months and names in the words of the report to the council."""

from kindpakket.domain.language import say, say_moment, say_month
from kindpakket.domain.times import day_of, midnight
from kindpakket.services.publication import PublicScheme


def percent(part: int, whole: int) -> str:
    """Format a share in whole percents; a dash of nothing."""
    return f"{round(100 * part / whole)}%" if whole > 0 else "–"


def say_months(first: str, last: str) -> str:
    """Format the first and the last of some months."""
    if first == last:
        return say_month(first)
    return say("%(first)s tot en met %(last)s", first=say_month(first), last=say_month(last))


def say_minute(time: int) -> str:
    """Format a time in unix seconds, without its seconds."""
    return say_moment(time - time % 60)


def say_day(time: int) -> str:
    """Format the day of a time in unix seconds."""
    return say_moment(midnight(day_of(time)))


def say_scheme(scheme: PublicScheme) -> str:
    """Return the name of a scheme, or its number."""
    return scheme.name or say("Regeling %(number)s", number=scheme.id)


def capital(text: str) -> str:
    """Return a text with a capital."""
    return text[:1].upper() + text[1:]
