"""The address of this site, for links and for sign-in messages."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request

from kindpakket.services.base.sessions import Origin
from kindpakket.theme.look import STANDARD_LOOK, Look

_THIS_MACHINE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?")


@dataclass(frozen=True)
class Municipality:
    """The municipality and its contact details; empty for settings that are not set."""

    name: str = ""
    phone: str = ""
    email: str = ""
    help_desk: str = ""
    """Address and opening hours."""
    security_contact: str = ""
    """Where to report a vulnerability: a URI."""


UNNAMED = Municipality()


@dataclass(frozen=True)
class Site:
    """The site, from the settings."""

    address: str
    """Such as ``https://kindpakket.example``."""
    municipality: Municipality = UNNAMED
    look: Look = STANDARD_LOOK

    def origin(self, request: Request) -> Origin:
        """Return the origin of this site's pages, which is not taken from the request.

        Except for a site on this machine, for trials, which accepts any local name and port.
        """
        host = request.headers.get("host", "")
        if self.is_local and is_this_machine(host):
            return Origin(host, f"{request.url.scheme}://{host}")
        parts = urlsplit(self.address)
        return Origin(parts.netloc, f"{parts.scheme}://{parts.netloc}")

    @property
    def is_local(self) -> bool:
        """Whether the site is on this machine only."""
        return is_this_machine(urlsplit(self.address).netloc)


def is_this_machine(host: str) -> bool:
    """Whether a host, with or without a port, is a name of the local machine."""
    return _THIS_MACHINE.fullmatch(host) is not None
