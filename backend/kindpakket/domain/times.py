"""Times: unix seconds inside, RFC 3339 in UTC for others."""

from datetime import UTC, datetime

_LAST = 253_402_300_799
"""The last second that RFC 3339 can write; the ledger's 40 bits reach further."""


def rfc3339(seconds: int) -> str:
    """Return ``2026-11-22T02:25:38Z``."""
    return datetime.fromtimestamp(min(seconds, _LAST), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
