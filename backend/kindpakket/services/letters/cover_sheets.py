"""Cover sheets and labels for the letters of a list, and reminders. No secret is on them, and no
letter is made with a name."""

from collections.abc import Sequence
from dataclasses import replace

from kindpakket.domain.texts import is_right_to_left
from kindpakket.domain.times import dutch_end
from kindpakket.services.children.people import Child
from kindpakket.services.letters.address_sheets import Label, print_labels
from kindpakket.services.letters.scheme_words import in_one_line
from kindpakket.services.paper.join import Joined
from kindpakket.services.paper.stationery import Stationery
from kindpakket.services.paper.typeset import typeset

_PART = 100


def print_cover_sheets(children: Sequence[Child], stationery: Stationery, now: int) -> bytes:
    """Return the PDF: a page for each letter, with the address where a window envelope shows it.

    Raises:
        PaperFailed: it cannot be typeset.
    """
    return _print_covers(_labels(children), stationery, now, {"title": "Voorbladen bij brieven"})


def print_reminders(
    children: Sequence[Child], closes: int, stationery: Stationery, now: int
) -> bytes:
    """Return the PDF: a page for each child, with the address as on a cover sheet, that says until
    when its money can be spent.

    Args:
        closes: the first second after the scheme, in unix seconds.

    Raises:
        PaperFailed: it cannot be typeset.
    """
    told = {"title": "Herinneringen", "until": in_one_line(dutch_end(closes))}
    return _print_covers(_addresses(children), stationery, now, told)


def _print_covers(
    labels: Sequence[Label], stationery: Stationery, now: int, told: dict[str, str]
) -> bytes:
    whole = Joined()
    for start in range(0, len(labels), _PART):
        sheets = [
            {
                "serial": each.serial,
                "lines": [{"text": line, "rtl": is_right_to_left(line)} for line in each.lines],
            }
            for each in labels[start : start + _PART]
        ]
        whole.add(typeset("cover", stationery.fields | told | {"covers": sheets}, now))
    return whole.content


def print_list_labels(
    children: Sequence[Child], number: int, stationery: Stationery, now: int
) -> bytes:
    """Return the PDF: sheets of three by eight labels, in the order of the list.

    Raises:
        PaperFailed: it cannot be typeset.
    """
    return print_labels(
        _labels(children), stationery, now, f"Adressen bij de brieven van lijst {number}"
    )


def print_reminder_labels(children: Sequence[Child], stationery: Stationery, now: int) -> bytes:
    """Return the PDF: sheets of three by eight labels without the number of a letter.

    Raises:
        PaperFailed: it cannot be typeset.
    """
    return print_labels(_addresses(children), stationery, now, "Adressen bij herinneringen")


def _labels(children: Sequence[Child]) -> list[Label]:
    """A label for each letter of the children whose address is not secret."""
    return [
        replace(label, serial=serial)
        for each in children
        for label in _addresses([each])
        for serial in each.waiting_serials
    ]


def _addresses(children: Sequence[Child]) -> list[Label]:
    """A label without a number for each child whose address is not secret."""
    return [
        Label("", ("Aan de ouder(s) of verzorger(s) van", each.person.name, *each.person.address))
        for each in children
        if not each.person.secret
    ]
