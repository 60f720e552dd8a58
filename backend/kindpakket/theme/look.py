"""What a municipality sets of the look of every face: a logo, one colour, and tokens of its own."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kindpakket.theme.colours import STANDARD
from kindpakket.theme.logo import Logo, LookInvalid, read_logo
from kindpakket.theme.stylesheet import THEME, brand_css

_MOST_BYTES = 500_000
_OVER = f":root{THEME}"
"""The selector of tokens over the standard ones, in whatever order the stylesheets are."""
_OWN_THEME = re.compile(r"\.[a-z0-9-]+-theme\b")
"""The selector of a theme of the NL Design System."""


@dataclass(frozen=True)
class Look:
    """The look of a municipality; without values, that of the product."""

    colour: str = STANDARD
    """As ``#rrggbb``."""
    logo: Logo | None = None
    tokens: str = ""
    """A stylesheet of design tokens, as municipalities of the NL Design System publish."""

    @cached_property
    def css(self) -> str:
        """The stylesheet ``/thema.css``, which overrides tokens of the built stylesheets.

        The municipality's tokens are for light mode and print, as it may have none for dark mode.
        """
        parts = [brand_css(_OVER, self.colour)]
        if self.logo is not None:
            parts.append(
                f'{_OVER} {{\n  --kp-logo: url("/logo");\n  --kp-logo-display: inline-block;\n'
                f"  --kp-logo-ratio: {self.logo.ratio:.3f};\n}}\n"
            )
        if self.tokens:
            own = _OWN_THEME.sub(_OVER, self.tokens)
            parts.append(f"@media print, (prefers-color-scheme: light) {{\n{own}\n}}\n")
        return "\n".join(parts)


STANDARD_LOOK = Look()


def read_look(colour: str, logo: Path | None, tokens: Path | None) -> Look:
    """Read a look from its files.

    Raises:
        LookInvalid: the logo cannot be used; the tokens cannot be read, are too large, or are of no
            theme.
    """
    return Look(
        colour,
        None if logo is None else read_logo(logo),
        "" if tokens is None else _read_tokens(tokens),
    )


def _read_tokens(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        text = content.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise LookInvalid(f"Het thema kan niet worden gelezen: {path}.") from error
    if len(content) > _MOST_BYTES:
        raise LookInvalid("Het thema is groter dan 500 kB.")
    if not _OWN_THEME.search(text):
        raise LookInvalid(f"Het thema heeft geen klasse die eindigt op -theme: {path}.")
    return text
