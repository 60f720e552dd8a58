"""Where this site is: where its links lead, and what a page that signs in must name."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request

from kindpakket.services.base.sessions import Origin

_THIS_MACHINE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?")


@dataclass(frozen=True)
class Municipality:
    """Whose site it is, and where people find help; empty for what nobody set."""

    name: str = ""
    phone: str = ""
    email: str = ""
    help_desk: str = ""
    """Where people can come, and when."""


UNNAMED = Municipality()


@dataclass(frozen=True)
class Site:
    """The site as its settings name it."""

    address: str
    """Such as ``https://kindpakket.example``."""
    municipality: Municipality = UNNAMED

    def origin(self, request: Request) -> Origin:
        """Return the origin of this site's pages: never one that a request made up.

        A site that is on this machine, to try it out, has whatever name and port it is asked by.
        """
        host = request.headers.get("host", "")
        if self.is_local and is_this_machine(host):
            return Origin(host, f"{request.url.scheme}://{host}")
        parts = urlsplit(self.address)
        return Origin(parts.netloc, f"{parts.scheme}://{parts.netloc}")

    @property
    def is_local(self) -> bool:
        """Whether the site is for this machine only."""
        return is_this_machine(urlsplit(self.address).netloc)


def is_this_machine(host: str) -> bool:
    """Whether a host, with a port or without, is what a machine calls itself."""
    return _THIS_MACHINE.fullmatch(host) is not None
