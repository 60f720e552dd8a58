"""What a QR of ours holds: a prefix and base45 (RFC 9285), in one way of writing it."""

import base45

LONGEST = 800
"""Characters: more than any of ours has."""


class QrUnreadable(ValueError):
    """Another prefix, or not exactly base45."""


def write(prefix: str, data: bytes) -> str:
    """Return the text of a QR."""
    return prefix + _encode(data)


def read(prefix: str, text: str) -> bytes:
    """Return the bytes in a QR's text.

    Raises:
        QrUnreadable: it has another prefix, or is not exactly base45.
    """
    if len(text) > LONGEST:
        raise QrUnreadable("too long")
    if not text.startswith(prefix):
        raise QrUnreadable("another prefix")
    try:
        data: bytes = base45.b45decode(text.removeprefix(prefix))
    except (ValueError, IndexError) as error:
        raise QrUnreadable("not base45") from error
    if _encode(data) != text.removeprefix(prefix):
        raise QrUnreadable("not the one way to write it")
    return data


def _encode(data: bytes) -> str:
    return str(base45.b45encode(data), "ascii")
