"""Cover sheets and labels for the letters of a list. No secret is on them, and no letter is made
with a name."""

from collections.abc import Sequence

from kindpakket.domain.texts import is_right_to_left
from kindpakket.services.children.people import Child
from kindpakket.services.letters.address_sheets import Label, print_labels
from kindpakket.services.letters.hand_out import numbers_of
from kindpakket.services.letters.paper.join import Joined
from kindpakket.services.letters.paper.stationery import Stationery
from kindpakket.services.letters.paper.typeset import typeset

_PART = 100


def print_cover_sheets(children: Sequence[Child], stationery: Stationery, now: int) -> bytes:
    """Return the PDF: a page for each letter, with the address where a window envelope shows it.

    Raises:
        PaperFailed: it cannot be typeset.
    """
    whole = Joined()
    labels = _labels(children)
    for start in range(0, len(labels), _PART):
        sheets = [
            {
                "serial": each.serial,
                "lines": [{"text": line, "rtl": is_right_to_left(line)} for line in each.lines],
            }
            for each in labels[start : start + _PART]
        ]
        told = stationery.fields | {"title": "Voorbladen bij brieven", "covers": sheets}
        whole.add(typeset("cover", told, now))
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


def _labels(children: Sequence[Child]) -> list[Label]:
    """A label for each letter; ``children`` have an address that is not secret."""
    return [
        Label(
            serial, ("Aan de ouder(s) of verzorger(s) van", each.person.name, *each.person.address)
        )
        for each in children
        if not each.person.secret
        for serial in numbers_of(each)
    ]
