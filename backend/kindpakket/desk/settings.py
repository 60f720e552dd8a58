"""Settings of the desk."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kindpakket.oidc.provider import Provider
from kindpakket.oidc.tokens import Audience
from kindpakket.settings import Settings
from kindpakket.site import Site

STANDARD_THEME = "kindpakket-theme"
"""The CSS class of the design tokens in the built stylesheet."""
_THEME_CLASS = re.compile(r"\.([a-z0-9-]+-theme)\b")


@dataclass(frozen=True)
class DeskSettings:
    """The municipality, as shown on the desk's pages."""

    municipality: str
    site: Site
    logo: Path | None = None
    """SVG or PNG."""
    theme: Path | None = None
    """A stylesheet of design tokens, as municipalities of the NL Design System publish."""
    payer_name: str | None = None
    """The holder of the account that payouts come from; by default the municipality."""
    payer_iban: str | None = None
    payer_bic: str | None = None
    examples: tuple[str, ...] = ()
    """The names of settings with example values, with which no payout is prepared."""

    @cached_property
    def theme_css(self) -> str | None:
        """The municipality's design tokens; for light mode, as it may have none for dark mode."""
        if self.theme is None:
            return None
        return f"@media (prefers-color-scheme: light) {{\n{self.theme.read_text()}\n}}\n"

    @cached_property
    def theme_class(self) -> str:
        """The CSS classes of the tokens; a municipality's tokens override the standard ones.

        Raises:
            ValueError: the file has no theme.
        """
        if self.theme_css is None:
            return STANDARD_THEME
        found = _THEME_CLASS.search(self.theme_css)
        if found is None:
            raise ValueError(f"no .…-theme in {self.theme}")
        return f"{STANDARD_THEME} {found[1]}"


def make_provider(settings: Settings, now: Callable[[], int]) -> Provider | None:
    """Return the identity provider of work accounts; None without one."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    given, file = settings.oidc_client_secret, settings.oidc_client_secret_file

    def secret() -> str | None:  # read at each use, so that the file can be replaced
        return file.read_text().strip() if file else given

    return Provider(Audience(settings.oidc_issuer, settings.oidc_client_id), secret, now)
