"""Display of addresses and hashes on pages: abbreviated, and in full on demand."""

from markupsafe import Markup, escape

from kindpakket.domain.ids import LONG, shorten
from kindpakket.domain.money import unbroken

_FOLDED = Markup(
    '<details class="desk-whole"><summary>{}</summary><code tabindex="0">{}</code></details>'
)


def fold(text: object) -> Markup:
    """Return a text as block HTML in which addresses and hashes can be expanded, to be copied, and
    amounts stay on one line."""
    parts, at = list[Markup](), 0
    plain = unbroken(str(text))
    for found in LONG.finditer(plain):
        parts += [escape(plain[at : found.start()]), _folded(found[0])]
        at = found.end()
    return Markup("").join([*parts, escape(plain[at:])])


def _folded(number: str) -> Markup:
    return _FOLDED.format(shorten(number), number)
