"""The text in a QR: a prefix and canonical base45 (RFC 9285)."""

import base45

LONGEST = 800
"""Maximum length of a text, in characters."""


class QrUnreadable(ValueError):
    """Another prefix, or not canonical base45."""


def encode(prefix: str, data: bytes) -> str:
    """Encode bytes as the text of a QR."""
    return prefix + _encode(data)


def decode(prefix: str, text: str) -> bytes:
    """Decode the text of a QR.

    Raises:
        QrUnreadable: it has another prefix, or is not canonical base45.
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
        raise QrUnreadable("not canonical")
    return data


def _encode(data: bytes) -> str:
    return str(base45.b45encode(data), "ascii")
