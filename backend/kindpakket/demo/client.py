"""HTTP client of the town's server."""

import ssl
import time
from functools import cache
from typing import Any

import httpx2

from kindpakket.actors import Api
from kindpakket.domain.refusals import Code, Refusal

_SECONDS = 60
"""Timeout in seconds; an issue of 500 coupons can take long on a busy machine."""

_ATTEMPTS, _PAUSE_SECONDS = 30, 1


def open_client(base_url: str) -> httpx2.Client:
    """Return a client that ignores proxies of the environment."""
    trusted = _trusted_authorities()
    return httpx2.Client(base_url=base_url, timeout=_SECONDS, trust_env=False, verify=trusted)


@cache
def _trusted_authorities() -> ssl.SSLContext:
    """Read the certificate authorities once: that takes longer than most requests."""
    return httpx2.create_ssl_context(trust_env=False)


class PatientApi(Api):
    """Repeats what the ledger could not take: nothing of it happened."""

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Return the JSON answer.

        Raises:
            Refusal: as for :class:`Api`; also when the ledger stays out of reach.
        """
        for _ in range(_ATTEMPTS):
            try:
                return super().post(path, body)
            except Refusal as refusal:
                if refusal.code != Code.LEDGER_UNAVAILABLE:
                    raise
            time.sleep(_PAUSE_SECONDS)
        return super().post(path, body)
