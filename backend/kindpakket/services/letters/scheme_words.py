"""What a letter or card says about its scheme."""

from collections.abc import Collection

from kindpakket.domain import categories
from kindpakket.domain.texts import TextInvalid, read_line
from kindpakket.domain.times import dutch_end
from kindpakket.services.letters.generate import RunInvalid
from kindpakket.services.schemes.look_up import Scheme

_MOST_KINDS = 6
"""Maximum number of kinds of shops named on a letter."""


def describe_scheme(scheme: Scheme) -> dict[str, str]:
    """Return what a sheet says about a scheme: its name, its purpose, and until when.

    Raises:
        RunInvalid: the fonts lack a character of the name.
    """
    check_name(scheme)
    return {
        "scheme": scheme.name,
        "purpose": say_purpose(scheme.permitted),
        "until": in_one_line(dutch_end(scheme.closes, scheme.closed)),
    }


def say_purpose(permitted: Collection[str]) -> str:
    """Return the purpose of a budget, from the categories of shops: ``Voor boeken; speelgoed.``"""
    kinds = [each.short for each in categories.TABLE if each.name in permitted]
    more = ["en meer; in de app staat alles"] if len(kinds) > _MOST_KINDS else []
    return f"Voor {'; '.join([*kinds[:_MOST_KINDS], *more])}."


def check_name(scheme: Scheme) -> None:
    """Check that the fonts have every character of the name; older names were not checked.

    Raises:
        RunInvalid: they do not.
    """
    try:
        read_line(scheme.name, len(scheme.name))
    except TextInvalid as error:
        raise RunInvalid(
            f"De naam van de regeling kan niet op een brief: {error} "
            f"Geef haar een andere naam: kindpakket scheme rename {scheme.id} NAAM"
        ) from error


def in_one_line(end: str) -> str:
    """Return the end of a scheme with no-break spaces in its date."""
    words, met, date = end.partition("met ")
    return words + met + date.replace(" ", "\N{NO-BREAK SPACE}")
