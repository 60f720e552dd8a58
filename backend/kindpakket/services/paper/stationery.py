"""The sender's details, the same on every sheet of a run."""

from dataclasses import asdict, dataclass
from typing import Any

from kindpakket.theme.colours import light
from kindpakket.theme.drawings import printed_picture
from kindpakket.theme.look import STANDARD_LOOK, Look

_PICTURES = ("letter", "shop", "code", "mark")
"""What letters have of our own drawings."""


@dataclass(frozen=True)
class Stationery:
    """The municipality's details on letters."""

    municipality: str
    app_address: str
    phone: str
    email: str
    desk: str
    """Where and when people get help, in one line."""
    look: Look = STANDARD_LOOK

    @property
    def fields(self) -> dict[str, Any]:
        """The values under the templates' names; the colours are those of light mode."""
        logo, brand = self.look.logo, light(self.look.colour)
        return {
            "municipality": self.municipality,
            "app": self.app_address.partition("://")[2].rstrip("/"),
            "phone": self.phone,
            "email": self.email,
            "desk": self.desk,
            "logo": logo and {"format": logo.format, "bytes": list(logo.content)},
            "colours": asdict(brand),
            "pictures": {name: printed_picture(name, brand) for name in _PICTURES},
        }
