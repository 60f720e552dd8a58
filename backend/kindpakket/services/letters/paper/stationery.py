"""The sender's details, the same on every sheet of a run."""

from dataclasses import asdict, dataclass
from typing import Any

from kindpakket.theme.colours import light
from kindpakket.theme.look import STANDARD_LOOK, Look


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
        logo = self.look.logo
        return {
            "municipality": self.municipality,
            "app": self.app_address.partition("://")[2].rstrip("/"),
            "phone": self.phone,
            "email": self.email,
            "desk": self.desk,
            "logo": logo and {"format": logo.format, "bytes": list(logo.content)},
            "colours": asdict(light(self.look.colour)),
        }
