"""Addresses and hashes on pages: short, and whole for who asks for that."""

import re

from markupsafe import Markup, escape

_LONG = re.compile(r"0x[0-9a-f]{40,64}(?![0-9a-f])")
_FOLDED = Markup(
    '<details class="desk-whole"><summary>{}</summary><code tabindex="0">{}</code></details>'
)


def shorten(text: object) -> str:
    """Return a text with its addresses and hashes as ``0x9a4e…c31f``."""
    return _LONG.sub(lambda found: _short(found[0]), str(text))


def fold(text: object) -> Markup:
    """Return a text as HTML in which each address and hash opens, to be copied; for a block."""
    parts, at = list[Markup](), 0
    for found in _LONG.finditer(plain := str(text)):
        parts += [escape(plain[at : found.start()]), _folded(found[0])]
        at = found.end()
    return Markup("").join([*parts, escape(plain[at:])])


def _folded(number: str) -> Markup:
    return _FOLDED.format(_short(number), number)


def _short(number: str) -> str:
    return f"{number[:6]}…{number[-4:]}"
