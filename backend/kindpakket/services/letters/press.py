"""Printing of sheets into one PDF: parts are typeset in parallel and joined in order."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any

from kindpakket.domain.money import format_euros
from kindpakket.services.letters.generate import Sheet
from kindpakket.services.paper.join import Joined
from kindpakket.services.paper.stationery import Stationery
from kindpakket.services.paper.typeset import PaperFailed, typeset

_PART = 12
"""Sheets in one part; more take more memory and less time."""
_AT_ONCE = 2
_CELLS = 10
"""Panels on a page of a card: its cover, how it works, and the others with two coupons each."""
_GROUPS_IN_LINE = 3


def print_sheets(
    sheets: Sequence[Sheet],
    serial: Callable[[Sheet], str],
    stationery: Stationery,
    texts: dict[str, str],
    now: int,
    advance: Callable[[int], None],
) -> bytes:
    """Return the PDF of letters and cards, in order.

    Args:
        texts: the ``title`` of the document, the name of the ``scheme``, its ``purpose``, and
            ``until`` when.
        advance: called with the number of sheets that were added.

    Raises:
        PaperFailed: it cannot be typeset, or a letter does not fit on its page.
    """
    same = stationery.fields | texts
    firsts = {each.is_card: each.number for each in reversed(sheets)}

    def set_part(part: list[Sheet]) -> bytes:
        described = [
            _describe(each, serial(each), stationery)
            | {"first": each.number == firsts[each.is_card]}
            for each in part
        ]
        return typeset("run", same | {"sheets": described}, now)

    parts, whole = list(_parts(sheets)), Joined()
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        for part, pdf in zip(parts, pool.map(set_part, parts), strict=True):
            if whole.add(pdf) != sum(map(_pages, part)):
                raise PaperFailed(
                    "De tekst past niet op een bladzijde. Maak de instellingen korter."
                )
            advance(len(part))
    finally:
        pool.shutdown(cancel_futures=True)
    return whole.content


def _parts(sheets: Sequence[Sheet]) -> Iterator[list[Sheet]]:
    for _, alike in groupby(sheets, lambda sheet: sheet.is_card):
        kind = list(alike)
        yield from (kind[start : start + _PART] for start in range(0, len(kind), _PART))


def _describe(sheet: Sheet, serial: str, stationery: Stationery) -> dict[str, Any]:
    told: dict[str, Any] = {"serial": serial, "total": _euros(sum(sheet.values))}
    if sheet.is_card:
        pairs = zip(sheet.values, sheet.card_codes, strict=True)
        return told | {
            "coupons": [
                {"number": number, "value": _euros(value), "qr": code}
                for number, (value, code) in enumerate(pairs, start=1)
            ]
        }
    return told | {
        "lines": _lines(sheet.letter.grouped),
        "qr": sheet.letter.link(stationery.app_address),
    }


def _lines(grouped: str) -> list[str]:
    """Three groups on each line, without a dash at its end: PDF readers would join the words."""
    groups = grouped.split("-")
    return [
        "-".join(groups[start : start + _GROUPS_IN_LINE])
        for start in range(0, len(groups), _GROUPS_IN_LINE)
    ]


def _pages(sheet: Sheet) -> int:
    cells = 2 + -(-len(sheet.values) // 2)
    return -(-cells // _CELLS) if sheet.is_card else 1


def _euros(amount: int) -> str:
    return format_euros(amount).removesuffix(",00")
