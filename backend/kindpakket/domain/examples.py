"""Example values: what settings have until a municipality sets its own."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from kindpakket.domain.language import say

_RESERVED = re.compile(r"(?:.+\.)?example(?:\.(?:com|net|org))?")
"""Names of hosts that belong to nobody (RFC 2606)."""


def is_example(value: str, example: str) -> bool:
    """Whether a value is an example, however it is spaced and capitalised, or an address at a host
    that is one."""
    host = urlsplit(value).hostname or value.rpartition("@")[2]
    return _bare(value) == _bare(example) or _RESERVED.fullmatch(host.lower()) is not None


def explain_examples(settings: Collection[str]) -> str:
    """Return a sentence with the names of the settings that have example values."""
    names = ", ".join(settings)
    return say("Stel eerst uw eigen waarden in, dit zijn nog voorbeelden: %(names)s.", names=names)


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text.casefold())
