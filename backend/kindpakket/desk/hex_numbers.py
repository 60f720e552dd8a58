"""Addresses and hashes on pages: short, and whole for who asks for that."""

from markupsafe import Markup, escape

from kindpakket.domain.ids import LONG, shorten

_FOLDED = Markup(
    '<details class="desk-whole"><summary>{}</summary><code tabindex="0">{}</code></details>'
)


def fold(text: object) -> Markup:
    """Return a text as HTML in which each address and hash opens, to be copied; for a block."""
    parts, at = list[Markup](), 0
    for found in LONG.finditer(plain := str(text)):
        parts += [escape(plain[at : found.start()]), _folded(found[0])]
        at = found.end()
    return Markup("").join([*parts, escape(plain[at:])])


def _folded(number: str) -> Markup:
    return _FOLDED.format(shorten(number), number)
