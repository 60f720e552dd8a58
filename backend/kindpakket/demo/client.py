"""The way to the town's own server."""

import httpx2

_SECONDS = 60
"""An issue of 500 coupons takes a second or two, and much longer on a busy machine."""


def open_client(base_url: str) -> httpx2.Client:
    """Return a client; a proxy from the environment has no business on the way to ourselves."""
    return httpx2.Client(base_url=base_url, timeout=_SECONDS, trust_env=False)
