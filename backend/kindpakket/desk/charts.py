"""Charts of the figures: SVG in a page, coloured by its stylesheet. No scripts, deterministic.

Hidden figures are not drawn. Each chart is accompanied by its table.
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
from kindpakket.services.figures import Figures
from kindpakket.services.figures.lines import ReportLine
from kindpakket.services.figures.months import MonthFigures
from kindpakket.services.schemes.changes import is_over
from kindpakket.services.schemes.look_up import Scheme

MOST_KINDS = 6
"""Kinds of shops with a colour of their own; two more are for the rest."""
MOST_BARS = 12
"""Bars of a ranking; its table has all."""
_OTHER, _REST = "7", "8"
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
class Bar:
    """A bar of a ranking: its share of the largest, in percent, and its value in words."""

    name: str
    share: float
    value: str


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
    """Draw what was paid by month, in parts by kind of shop."""
    months = figures.months
    names = {line.key: line.name for line in figures.categories}
    largest = sorted(names, key=lambda kind: (-_total(months, kind), names[kind]))
    own, others = largest[:MOST_KINDS], largest[MOST_KINDS:]
    series = [
        Series(names[kind], str(place), tuple(each.drawn(kind) for each in months))
        for place, kind in enumerate(own, start=1)
    ]
    series += [
        Series(
            say("Andere soorten"),
            _OTHER,
            tuple(sum(map(each.drawn, others)) for each in months),
        ),
        Series(say("Niet per soort te tonen"), _REST, tuple(each.rest for each in months)),
    ]
    labels = [_say_month(f"{each.month}-01") for each in months]
    return _drawn(pygal.StackedBar, say("Betaald per maand"), labels, series)


def take_up(figures: Figures) -> Chart | None:
    """Draw the amount paid so far, by week."""
    months = [_say_month(f"{line.key}-1") for line in figures.weeks]
    labels = [
        "" if month == before else month
        for before, month in zip(["", *months], months, strict=False)
    ]
    so_far = Series(say("Tot nu toe betaald"), "1", tuple(line.so_far for line in figures.weeks))
    return _drawn(pygal.Line, so_far.name, labels, [so_far])


def payments_by_hour(figures: Figures) -> Chart | None:
    """Draw the number of payments by hour of the day."""
    payments = Series(say("Betalingen"), "1", tuple(line.payments for line in figures.hours))
    labels = [line.key for line in figures.hours]
    return _drawn(pygal.Bar, say("Betalingen per uur van de dag"), labels, [payments], euros=False)


def rank(rows: Sequence[tuple[str, int | None]], say_value: Callable[[int], str]) -> list[Bar]:
    """Return the largest values that are shown, the largest first."""
    shown = sorted(((name, value) for name, value in rows if value), key=lambda row: -row[1])
    return [Bar(name, 100 * value / shown[0][1], say_value(value)) for name, value in shown][
        :MOST_BARS
    ]


def rank_paid(lines: Sequence[ReportLine]) -> list[Bar]:
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


def _say_month(day: str) -> str:
    """The month of a day as ISO 8601 writes it, in short."""
    return format_date(date.fromisoformat(day), "LLL", locale=current_catalogue().language)


def _total(months: Sequence[MonthFigures], kind: str) -> int:
    return sum(each.drawn(kind) for each in months)


def _drawn(
    kind: Callable[..., Any],
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    euros: bool = True,
) -> Chart | None:
    """Draw the series that have values; None if there are none."""
    shown = tuple(each for each in series if any(each.values))
    return _pictured(kind, title, tuple(labels), shown, euros) if shown else None


@lru_cache(maxsize=64)  # drawing takes tens of milliseconds; the figures change once a minute
def _pictured(
    kind: Callable[..., Any],
    title: str,
    labels: tuple[str, ...],
    shown: tuple[Series, ...],
    euros: bool,
) -> Chart:
    pictures = {}
    for name, size in SIZES.items():
        chart = kind(**_options(size), value_formatter=_say_euros if euros else "{:.0f}".format)
        chart.x_labels = _thinned(labels, size.labels)
        highest = _highest(shown, stacked=kind is pygal.StackedBar)
        chart.y_labels = marks = nice_marks(highest, 100 if euros else 1)
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


def _highest(series: Sequence[Series], *, stacked: bool) -> int:
    columns = zip(*(each.values for each in series), strict=True)
    return max((sum if stacked else max)(value or 0 for value in column) for column in columns)


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
