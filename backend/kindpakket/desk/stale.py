"""Forms that change what they show: whether it is still as it was shown."""

import hashlib


def mark_of(*shown: object) -> str:
    """Return a short hash of what a page shows, for its forms to carry as ``seen``."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
