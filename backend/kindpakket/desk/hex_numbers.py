"""Display of addresses and hashes on pages: abbreviated, and in full on demand."""

from markupsafe import Markup, escape

from kindpakket.domain.ids import LONG, shorten

_FOLDED = Markup(
    '<details class="desk-whole"><summary>{}</summary><code tabindex="0">{}</code></details>'
)


def fold(text: object) -> Markup:
    """Return a text as block HTML in which addresses and hashes can be expanded, to be copied."""
    parts, at = list[Markup](), 0
    for found in LONG.finditer(plain := str(text)):
        parts += [escape(plain[at : found.start()]), _folded(found[0])]
        at = found.end()
    return Markup("").join([*parts, escape(plain[at:])])


def _folded(number: str) -> Markup:
    return _FOLDED.format(shorten(number), number)
