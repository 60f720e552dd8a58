"""Geographic locations."""

import re
from dataclasses import dataclass

from kindpakket.domain.texts import plain_digits

MAX_LATITUDE = 90
MAX_LONGITUDE = 180

_NUMBER = r"([-+]?\d{1,3}(?:\.\d{1,15})?)"
_LOCATION = re.compile(rf"{_NUMBER}\s*,\s*{_NUMBER}", re.ASCII)


@dataclass(frozen=True)
class Location:
    """A location in WGS 84, in decimal degrees.

    Raises:
        ValueError: the latitude or longitude is out of range.
    """

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        """Check the ranges; NaN is out of range."""
        if not (abs(self.latitude) <= MAX_LATITUDE and abs(self.longitude) <= MAX_LONGITUDE):
            raise ValueError(f"buiten de aarde: {self.latitude}, {self.longitude}")


def parse_location(text: str) -> Location:
    """Parse ``53.247,6.402``: latitude and longitude.

    Raises:
        ValueError: it is not a location.
    """
    match = _LOCATION.fullmatch(plain_digits(text).replace("\u066b", ".").strip())
    if match is None:
        raise ValueError(f"geen plek op de kaart: {text!r}")
    return Location(float(match[1]), float(match[2]))
