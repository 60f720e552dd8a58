"""Detection of stale forms: whether the data changed since the form was shown."""

import hashlib


def state_hash(*shown: object) -> str:
    """Return a short hash of a page's data, which its forms carry as ``seen``."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
