"""What the desk is told of the municipality."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kindpakket.site import Site

STANDARD_THEME = "voorbeeld-theme"
"""The class under which the tokens of the built stylesheet stand."""
_OWN = "own-theme"
"""Says that another theme lies over it: light only, as nothing is known of its dark side."""
_THEME_CLASS = re.compile(r"\.([a-z0-9-]+-theme)\b")


@dataclass(frozen=True)
class DeskSettings:
    """The municipality as its pages show it."""

    municipality: str
    site: Site
    logo: Path | None = None
    """SVG or PNG."""
    theme: Path | None = None
    """A stylesheet of design tokens, such as a municipality of the design system has."""
    payer_name: str | None = None
    """Of the account that payouts come from; the municipality's when it is not set."""
    payer_iban: str | None = None
    payer_bic: str | None = None

    @cached_property
    def theme_css(self) -> str | None:
        """The municipality's own tokens."""
        return None if self.theme is None else self.theme.read_text()

    @cached_property
    def theme_class(self) -> str:
        """The classes under which the tokens stand; a municipality's lie over the standard ones.

        Raises:
            ValueError: the file has no theme.
        """
        if self.theme_css is None:
            return STANDARD_THEME
        found = _THEME_CLASS.search(self.theme_css)
        if found is None:
            raise ValueError(f"no .…-theme in {self.theme}")
        return f"{STANDARD_THEME} {_OWN} {found[1]}"
