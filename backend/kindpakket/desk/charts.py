"""Charts of the figures, as SVG for an ``img``: self-contained, without scripts, deterministic.

Hidden figures are not drawn. Each chart is accompanied by its table.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Any
from xml.etree.ElementTree import Element

import pygal
from pygal.style import Style

from kindpakket.domain.language import say
from kindpakket.domain.money import format_euros
from kindpakket.services.figures import Figures
from kindpakket.services.figures.lines import ReportLine

MEDIA_TYPE = "image/svg+xml"
CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Content security policy of a chart, which has inline styles."""

Chart = Callable[[Figures], bytes]

COLOURS = ("#00457c", "#9a3412", "#166534", "#6b21a8")
"""Colours with a contrast of at least 7 on white; lines also differ in their dashes."""
_DASHES = ("", "12, 4", "3, 5", "12, 4, 3, 4")
_INK, _GUIDE = "#1f2937", "#d1d5db"
_WIDTH, _HEIGHT, _HEAD, _ROW = 960, 420, 90, 34
_LONGEST = 48


def money_by_week(figures: Figures) -> bytes:
    """Draw the cumulative amounts funded, issued and paid, and the amount left, by week."""
    chart = _chart(pygal.Line, say("Budget per week"), _whole_euros)
    chart.allow_interruptions = True
    weeks = figures.weeks
    chart.x_labels = [line.key.partition("-W")[2] for line in weeks]
    chart.x_labels_major_every, chart.show_minor_x_labels = 1 + len(weeks) // 30, False
    chart.x_title = say("Week")
    issued = list(accumulate(line.issued or 0 for line in weeks))
    left = [line.left for line in weeks]
    paid = [None if rest is None else all_ - rest for all_, rest in zip(issued, left, strict=True)]
    series: list[tuple[str, Sequence[int | None]]] = [
        (say("Budget"), list(accumulate(line.funded or 0 for line in weeks))),
        (say("Toegekend"), issued),
        (say("Betaald"), paid),
        (say("Nog te besteden, zonder wat terugkwam"), left),
    ]
    for (name, values), dashes in zip(series, _DASHES, strict=True):
        chart.add(name, values, stroke_style={"width": 3, "dasharray": dashes}, dots_size=3)
    return _svg(chart)


def paid_by_category(figures: Figures) -> bytes:
    """Draw the amount paid by shop category, before refunds."""
    return _paid(say("Betaald per soort winkel"), figures.categories)


def paid_by_shop(figures: Figures) -> bytes:
    """Draw the amount paid by shop, before refunds."""
    return _paid(say("Betaald per winkel"), figures.shops)


def payments_by_hour(figures: Figures) -> bytes:
    """Draw the number of payments by hour of the day."""
    chart = _chart(pygal.Bar, say("Betalingen per uur van de dag"), str, legend=False)
    chart.print_values, chart.print_values_position = True, "top"
    chart.x_labels = [line.key for line in figures.hours]
    chart.x_title = say("Uur")
    chart.add(say("Betalingen"), [line.payments for line in figures.hours])
    return _svg(chart)


def refusals_by_reason(figures: Figures) -> bytes:
    """Draw the number of refusals by reason."""
    rows = [(line.name, line.attempts) for line in figures.refusals]
    return _bars(say("Weigeringen per reden"), rows, str)


def _paid(title: str, lines: Iterable[ReportLine]) -> bytes:
    return _bars(title, [(line.name, line.spent) for line in lines], format_euros)


def _bars(
    title: str, rows: Iterable[tuple[str, int | None]], say_value: Callable[[int], str]
) -> bytes:
    """Horizontal bars, so that labels are readable; the largest on top."""
    shown = [(value, name) for name, value in rows if value is not None]
    shown.sort()
    chart = _chart(pygal.HorizontalBar, title, say_value, legend=False)
    chart.height = _HEAD + _ROW * len(shown)
    chart.show_x_labels = False  # no axis of values: they are in the labels
    chart.x_labels = [f"{_short(name)} · {say_value(value)}" for value, name in shown]
    chart.add(title, [value for value, _ in shown])
    return _svg(chart)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def _whole_euros(cents: int) -> str:
    return format_euros(cents).partition(",")[0]


def _chart(
    kind: Callable[..., Any], title: str, say_value: Callable[[int], str], *, legend: bool = True
) -> Any:
    font = "system-ui, sans-serif"
    style = Style(
        background="#ffffff",
        plot_background="#ffffff",
        foreground=_INK,
        foreground_strong=_INK,
        foreground_subtle=_INK,
        guide_stroke_color=_GUIDE,
        major_guide_stroke_color=_GUIDE,
        colors=COLOURS,
        value_colors=(_INK,) * len(COLOURS),
        opacity=1,
        font_family=font,
        title_font_family=font,
        label_font_size=15,
        major_label_font_size=15,
        legend_font_size=16,
        title_font_size=20,
        value_font_size=15,
        no_data_font_size=20,
        transition="0s",
    )
    return kind(
        style=style,
        title=title,
        js=[],
        no_prefix=True,
        width=_WIDTH,
        height=_HEIGHT,
        show_legend=legend,
        legend_at_bottom=True,
        print_zeroes=True,
        include_x_axis=True,
        truncate_label=-1,
        max_scale=8,
        value_formatter=lambda value: say_value(round(value)),
        no_data_text=say("Hier is nog niets te tonen."),
    )


def _svg(chart: Any) -> bytes:
    chart.add_xml_filter(_without_script)
    drawn: bytes = chart.render(is_unicode=False)
    return drawn


def _without_script(root: Element) -> Element:
    """Remove what only scripts use, and comments, which contain the date."""
    root.attrib.pop("id", None)
    for parent in list(root.iter()):
        for child in list(parent):
            if callable(child.tag) or child.tag in ("script", "desc"):
                parent.remove(child)
    return root
