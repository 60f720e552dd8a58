"""Charts of the figures: SVG in a page, coloured by its stylesheet. No scripts, deterministic.

Each chart is accompanied by its table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import count
from typing import Any
from xml.etree.ElementTree import Element

import pygal
from babel.dates import format_date
from markupsafe import Markup
from pygal.style import Style

from kindpakket.domain.language import current_catalogue, say
from kindpakket.domain.money import format_euros
from kindpakket.services.figures.forecast import Forecast
from kindpakket.services.figures.shop_months import FigureLine, Figures
from kindpakket.services.publication.document import Bar, draw_bars
from kindpakket.services.schemes.changes import is_over
from kindpakket.services.schemes.look_up import Scheme

MOST_KINDS = 6
"""Kinds of shops with a colour of their own; one more is for the others."""
MOST_BARS = 12
"""Bars of a ranking; its table has all."""
_OTHER = "7"
_UNUSED = ("defs", "title", "desc", "script")


@dataclass(frozen=True)
class Size:
    """Size of a picture in pixels, at which its texts are as large as those around it."""

    width: int
    height: int
    text: int
    labels: int
    """Maximum number of labels of the horizontal axis."""


SIZES = {
    "wide": Size(960, 320, 15, 14),
    "medium": Size(560, 260, 14, 8),
    "narrow": Size(340, 240, 14, 5),
}
"""The page shows the one that fits."""


@dataclass(frozen=True)
class Series:
    """A series of values, None where nothing is drawn."""

    name: str
    colour: str
    """Name of its colour in the stylesheet."""
    values: tuple[int | None, ...]


@dataclass(frozen=True)
class Chart:
    """A chart in each size, and the names of its colours."""

    pictures: dict[str, Markup]
    legend: Sequence[Series] = ()


@dataclass(frozen=True)
class BarPart:
    """A part of a bar: an amount in cents, and where it starts and how long it is in percent."""

    name: str
    amount: int
    colour: str
    start: float
    share: float


def parts_of_issued(net: int, left: int, lapsed: int) -> list[BarPart]:
    """Divide what a scheme issued; nothing if that is zero."""
    named = [
        (say("Besteed"), net, "1"),
        (say("Nog te besteden"), left, "left"),
        (say("Vervallen"), lapsed, "lapsed"),
    ]
    parts, start, issued = list[BarPart](), 0.0, net + left + lapsed
    for name, amount, colour in named:
        if amount:
            parts.append(BarPart(name, amount, colour, start, 100 * amount / issued))
            start += parts[-1].share
    return parts


def parts_of_scheme(scheme: Scheme, now: int) -> list[BarPart]:
    """Divide what a scheme issued, as it is now."""
    left, lapsed = (0, scheme.left) if is_over(scheme, now) else (scheme.left, 0)
    return parts_of_issued(scheme.net, left, lapsed)


def spent_by_month(figures: Figures) -> Chart | None:
    """Draw what was paid by month, in parts by kind of shop; None if nothing was."""
    largest = sorted(figures.categories, key=lambda kind: (-kind.spent, kind.name))
    months, spent = [line.key for line in figures.months], figures.spent_by_kind
    series = [
        Series(kind.name, str(place), tuple(spent[month, kind.key] for month in months))
        for place, kind in enumerate(largest[:MOST_KINDS], start=1)
    ]
    others = [kind.key for kind in largest[MOST_KINDS:]]
    together = tuple(sum(spent[month, kind] for kind in others) for month in months)
    series.append(Series(say("Andere soorten"), _OTHER, together))
    return _drawn(months, series)


def left_by_month(forecast: Forecast) -> Chart:
    """Draw what was left of a scheme at the end of each month, and the bounds of the estimate."""
    over, known = forecast.course[: forecast.known], forecast.known
    to_come = forecast.course[known:]
    before, none = (None,) * (known - 1), (None,) * len(to_come)
    last = over[-1].most
    series = (
        Series(say("Was over"), "1", (*(each.most for each in over), *none)),
        Series(say("Hoogstens over"), "2", (*before, last, *(each.most for each in to_come))),
        Series(say("Minstens over"), "3", (*before, last, *(each.least for each in to_come))),
    )
    labels = tuple(_say_month(each.month) for each in forecast.course)
    return _pictured(pygal.Line, say("Wat er overblijft: een schatting"), labels, series)


def total_by_month(figures: Figures) -> Chart | None:
    """Draw what was paid by month; None if nothing was."""
    months, spent = [line.key for line in figures.months], [line.spent for line in figures.months]
    return _drawn(months, [Series(say("Betaald"), "1", tuple(spent))])


def rank(rows: Sequence[tuple[str, int]], say_value: Callable[[int], str]) -> list[Bar]:
    """Return the largest values, the largest first, without zeros."""
    shown = sorted((row for row in rows if row[1]), key=lambda row: -row[1])[:MOST_BARS]
    return draw_bars([(name, value, say_value(value)) for name, value in shown])


def rank_paid(lines: Sequence[FigureLine]) -> list[Bar]:
    """Rank lines by the amount paid."""
    return rank([(line.name, line.spent) for line in lines], format_euros)


def nice_marks(most: int, unit: int) -> list[int]:
    """Return the marks of an axis from 0 to ``most`` or just above: at most six, whose step is 1, 2
    or 5 times a power of ten of the unit."""
    steps = (unit * factor * 10**power for power in count() for factor in (1, 2, 5))
    step = next(step for step in steps if step * 5 >= most)
    return [*range(0, most, step), -(-most // step) * step]


def _say_euros(cents: float) -> str:
    """Format an amount without its cents."""
    return format_euros(round(cents)).partition(",")[0]


def _say_month(month: str) -> str:
    """Format ``2027-01`` in short, without its year."""
    return format_date(
        date.fromisoformat(f"{month}-01"), "LLL", locale=current_catalogue().language
    )


def _drawn(months: Sequence[str], series: Sequence[Series]) -> Chart | None:
    shown = tuple(each for each in series if any(each.values))
    labels = tuple(map(_say_month, months))
    return _pictured(pygal.StackedBar, say("Betaald per maand"), labels, shown) if shown else None


@lru_cache(maxsize=64)  # drawing takes tens of milliseconds
def _pictured(
    kind: Callable[..., Any], title: str, labels: tuple[str, ...], shown: tuple[Series, ...]
) -> Chart:
    pictures = {}
    together = sum if kind is pygal.StackedBar else max
    columns = zip(*(each.values for each in shown), strict=True)
    marks = nice_marks(max(together(value or 0 for value in column) for column in columns), 100)
    for name, size in SIZES.items():
        chart = kind(**_options(size), value_formatter=_say_euros)
        if kind is pygal.Line:
            chart.margin_right = 2 * size.text  # the last label is at the edge
        chart.x_labels = _thinned(labels, size.labels)
        chart.y_labels = marks
        chart.range = (0, marks[-1])
        for each in shown:
            chart.add(each.name, each.values)
        chart.add_xml_filter(lambda root: _bare(root, title, shown))
        pictures[name] = Markup(chart.render())  # noqa: S704 (pygal escapes texts)
    return Chart(pictures, shown if len(shown) > 1 else ())


def _options(size: Size) -> dict[str, Any]:
    text = size.text
    return {
        "style": Style(label_font_size=text, major_label_font_size=text),
        "width": size.width,
        "height": size.height,
        "margin": 4,
        "js": [],
        "show_legend": False,
        "dots_size": 4,
        "truncate_label": -1,
        "disable_xml_declaration": True,
    }


def _thinned(labels: Sequence[str], most: int) -> list[str]:
    """Leave out labels, from the last on, so that none is too close to the next."""
    kept = [""] * len(labels)
    after = 2.0 * len(labels)
    for place, label in reversed([*enumerate(labels)]):
        if label and after - place >= len(labels) / most:
            kept[place], after = label, place
    return kept


def _bare(root: Element, title: str, series: Sequence[Series]) -> Element:
    """Remove styles and what scripts use, and name the picture and its colours."""
    root.attrib.pop("id", None)
    root.set("role", "img")
    root.set("aria-label", title)
    for parent in list(root.iter()):
        for child in list(parent):
            if callable(child.tag) or child.tag in _UNUSED or _is_empty(child):
                parent.remove(child)
    for place, each in enumerate(series):
        for node in root.iterfind(f".//g[@class='series serie-{place} color-{place}']"):
            node.set("class", f"desk-kind-{each.colour}")
    return root


def _is_empty(node: Element) -> bool:
    """Whether it is a group of a tooltip, or a guide without a label."""
    if "tooltip" in node.get("class", ""):
        return node.tag == "g"
    return node.get("class") == "guides" and not any(each.text for each in node.iter("text"))
