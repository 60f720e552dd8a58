"""Who may read what: one table, for the desk and the API alike.

A shop's owner and its active tills read what is their own; that is no reading of an official.
"""

from enum import StrEnum

from kindpakket.domain.capacities import ALL, Capacity

_MONEY = Capacity.RULES | Capacity.SHOPS | Capacity.BUDGET | Capacity.ISSUE | Capacity.PAYOUT
"""What it takes to work with schemes, shops or money: not a key from the safe."""


class Reading(StrEnum):
    """Something that officials read."""

    DECISIONS = "decisions"
    """What waits and what was decided, with reasons and signers; the first page."""
    AUDITS = "audits"
    OFFICIALS = "officials"
    OFFICIAL_INVITATIONS = "official_invitations"
    INSPECTIONS = "inspections"
    """Who read which shop's payments, and why."""
    FIGURES = "figures"
    """With charts, exports, and the totals of schemes as they are now."""
    SCHEMES = "schemes"
    SCHEME_RULES = "scheme_rules"
    """Forms for rules and texts, and what other rules would have refused."""
    SHOPS = "shops"
    """The register: contact, account with most of it hidden, tills, payouts, sums by month."""
    SHOP_FORMS = "shop_forms"
    SHOP_PAYMENTS = "shop_payments"
    """Single payments, for a reason that is kept."""
    LETTER_RUNS = "letter_runs"
    PAYOUTS = "payouts"
    """With whole accounts, and the bank's files."""


ALLOWED = {
    Reading.DECISIONS: ALL,
    Reading.AUDITS: ALL,
    Reading.OFFICIALS: ALL,
    Reading.OFFICIAL_INVITATIONS: Capacity.OFFICIALS,
    Reading.INSPECTIONS: Capacity.OFFICIALS,
    Reading.FIGURES: _MONEY,
    Reading.SCHEMES: Capacity.RULES | Capacity.BUDGET,
    Reading.SCHEME_RULES: Capacity.RULES,
    Reading.SHOPS: Capacity.SHOPS | Capacity.PAYOUT,
    Reading.SHOP_FORMS: Capacity.SHOPS,
    Reading.SHOP_PAYMENTS: Capacity.SHOPS | Capacity.PAYOUT,
    Reading.LETTER_RUNS: Capacity.ISSUE,
    Reading.PAYOUTS: Capacity.PAYOUT,
}
"""The capacities of which one is enough."""


def may_read(held: int, reading: Reading) -> bool:
    """Whether an official with these capacities may read this."""
    return bool(held & ALLOWED[reading])
