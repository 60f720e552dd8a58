"""A flame graph as plain SVG: a bar for each frame, as wide as its share, above what called it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

_WIDTH, _ROW, _MARGIN = 1200, 16, 24
_NARROWEST = 0.002
"""Of the whole: narrower bars could not be seen."""
_LETTER = 6.5
_COLOURS = ("#e8a33d", "#e2b968", "#dd8f4f")


@dataclass
class _Frame:
    samples: int = 0
    called: dict[str, "_Frame"] = field(default_factory=dict)


@dataclass(frozen=True)
class _Bar:
    name: str
    row: int
    left: float
    share: float


def draw(title: str, stacks: Iterable[tuple[list[str], int]]) -> str:
    """Return the drawing.

    Args:
        stacks: the frames from the outermost in, and how often they were seen.
    """
    whole = _Frame()
    for frames, samples in stacks:
        frame = whole
        frame.samples += samples
        for name in frames:
            frame = frame.called.setdefault(name, _Frame())
            frame.samples += samples
    bars = list(_bars(whole, whole.samples, 0, 0))
    height = _MARGIN + _ROW * (1 + max(bar.row for bar in bars))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
            'font-family="monospace" font-size="11">',
            f"<title>{escape(title)}</title>",
            f'<text x="4" y="{_MARGIN - 8}">{escape(title)}</text>',
            "".join(_drawn(bar, height) for bar in bars),
            "</svg>\n",
        ]
    )


def _bars(frame: _Frame, whole: int, left: float, row: int) -> Iterator[_Bar]:
    for name, called in sorted(frame.called.items()):
        share = called.samples / whole
        if share >= _NARROWEST:
            yield _Bar(name, row, left, share)
            yield from _bars(called, whole, left, row + 1)
        left += share


def _drawn(bar: _Bar, height: int) -> str:
    width = bar.share * _WIDTH
    colour = _COLOURS[bar.row % len(_COLOURS)]
    shown = bar.name[: max(0, int(width / _LETTER) - 1)]
    return (
        f'<svg x="{bar.left * _WIDTH:.1f}" y="{height - _ROW * (bar.row + 1)}" '
        f'width="{width:.1f}" height="{_ROW - 1}">'
        f"<title>{escape(bar.name)}: {bar.share:.1%}</title>"
        f'<rect width="100%" height="100%" fill="{colour}"/>'
        f'<text x="2" y="{_ROW - 5}">{escape(shown)}</text></svg>'
    )
