"""Where this site is: where its links lead, and what a page that signs in must name."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request

from kindpakket.services.sessions import Origin

_THIS_MACHINE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?")


@dataclass(frozen=True)
class Site:
    """The site as its settings name it."""

    address: str
    """Such as ``https://kindpakket.example``."""

    def origin(self, request: Request) -> Origin:
        """Return the origin of this site's pages: never one that a request made up.

        Somebody who asks this machine itself, to try it out, is on this machine's own origin.
        """
        host = request.headers.get("host", "")
        if _THIS_MACHINE.fullmatch(host):
            return Origin(host, f"{request.url.scheme}://{host}")
        parts = urlsplit(self.address)
        return Origin(parts.netloc, f"{parts.scheme}://{parts.netloc}")
