"""HTTP client of the town's server."""

import httpx2

_SECONDS = 60
"""Timeout in seconds; an issue of 500 coupons can take long on a busy machine."""


def open_client(base_url: str) -> httpx2.Client:
    """Return a client that ignores proxies of the environment."""
    return httpx2.Client(base_url=base_url, timeout=_SECONDS, trust_env=False)
