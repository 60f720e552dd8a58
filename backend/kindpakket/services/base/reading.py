"""Read permissions of officials, in one table for desk and API.

A shop's owner and its active tills read their own data by other rules.
"""

from enum import StrEnum

from kindpakket.domain.capacities import ALL, Capacity

_MONEY = Capacity.RULES | Capacity.SHOPS | Capacity.BUDGET | Capacity.ISSUE | Capacity.PAYOUT
"""Capacities for work with schemes, shops or money; the key in the safe has none of them."""


class ReadPermission(StrEnum):
    """A subject that officials can read."""

    DECISIONS = "decisions"
    """Waiting and recorded decisions with reasons and signers; the first page."""
    AUDITS = "audits"
    OFFICIALS = "officials"
    OFFICIAL_INVITATIONS = "official_invitations"
    INSPECTIONS = "inspections"
    """Reads of shops' payments, with reasons."""
    FIGURES = "figures"
    """With charts, exports, and the totals of schemes as they are now."""
    SCHEMES = "schemes"
    SCHEME_RULES = "scheme_rules"
    """Forms for rules and texts, and the trial of other rules."""
    SHOPS = "shops"
    """The register: contact, account with most of it hidden, tills, payouts, sums by month."""
    SHOP_FORMS = "shop_forms"
    SHOP_PAYMENTS = "shop_payments"
    """Single payments; a reason is recorded."""
    LETTER_RUNS = "letter_runs"
    LETTER_REPLACEMENTS = "letter_replacements"
    """Requests about lost letters, with their reasons."""
    PRIVACY_OFFICERS = "privacy_officers"
    """Who they are, and their public keys."""
    CHILDREN = "children"
    """The register: who gets a letter; each look is recorded."""
    CHILD_LOOKS = "child_looks"
    """Who looked at which child, by its random id, when and why."""
    PAYOUTS = "payouts"
    """With whole accounts, and the bank's files."""


ALLOWED = {
    ReadPermission.DECISIONS: ALL,
    ReadPermission.AUDITS: ALL,
    ReadPermission.OFFICIALS: ALL,
    ReadPermission.OFFICIAL_INVITATIONS: Capacity.OFFICIALS,
    ReadPermission.INSPECTIONS: Capacity.OFFICIALS,
    ReadPermission.FIGURES: _MONEY,
    ReadPermission.SCHEMES: Capacity.RULES | Capacity.BUDGET,
    ReadPermission.SCHEME_RULES: Capacity.RULES,
    ReadPermission.SHOPS: Capacity.SHOPS | Capacity.PAYOUT,
    ReadPermission.SHOP_FORMS: Capacity.SHOPS,
    ReadPermission.SHOP_PAYMENTS: Capacity.SHOPS | Capacity.PAYOUT,
    ReadPermission.LETTER_RUNS: Capacity.ISSUE,
    ReadPermission.LETTER_REPLACEMENTS: Capacity.ISSUE | Capacity.REGISTER,
    ReadPermission.PRIVACY_OFFICERS: ALL,
    ReadPermission.CHILDREN: Capacity.REGISTER,
    ReadPermission.CHILD_LOOKS: Capacity.OFFICIALS,
    ReadPermission.PAYOUTS: Capacity.PAYOUT,
}
"""One of these capacities is enough."""


def may_read(held: int, reading: ReadPermission) -> bool:
    """Whether an official with these capacities may read this."""
    return bool(held & ALLOWED[reading])
