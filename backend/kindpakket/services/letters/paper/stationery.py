"""The sender's details, the same on every sheet of a run."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

_LOGO_BYTES = 1_000_000
_SVG_MARK = b"<svg"


class LogoInvalid(ValueError):
    """The logo cannot be printed; the message says why, in Dutch."""


@dataclass(frozen=True)
class Logo:
    """A picture, as the file has it."""

    format: str
    """``svg`` or ``png``."""
    content: bytes


@dataclass(frozen=True)
class Stationery:
    """The municipality's details on letters."""

    municipality: str
    app_address: str
    phone: str
    email: str
    desk: str
    """Where and when people get help, in one line."""
    logo: Logo | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The values under the templates' names."""
        return {
            "municipality": self.municipality,
            "app": self.app_address.partition("://")[2].rstrip("/"),
            "phone": self.phone,
            "email": self.email,
            "desk": self.desk,
            "logo": self.logo and {"format": self.logo.format, "bytes": list(self.logo.content)},
        }


def read_logo(path: Path) -> Logo:
    """Read a logo; SVG or PNG by content.

    Raises:
        LogoInvalid: it is neither, too large, or cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LogoInvalid(f"Het logo kan niet worden gelezen: {path}.") from error
    if len(content) > _LOGO_BYTES:
        raise LogoInvalid("Het logo is groter dan 1 MB.")
    if _SVG_MARK in content[:1000]:
        return Logo("svg", content)
    try:
        Image.open(BytesIO(content), formats=["PNG"]).verify()
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise LogoInvalid("Het logo is geen SVG of PNG.") from error
    return Logo("png", content)
