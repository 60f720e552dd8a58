"""Capacities of officials: what each may decide on. The bits are those of the contract."""

from enum import IntFlag


class Capacity(IntFlag):
    """A capacity that officials hold and a governed function requires."""

    RULES = 1
    SHOPS = 2
    BUDGET = 4
    ISSUE = 8
    PAYOUT = 16
    OFFICIALS = 32
    REGISTER = 64
    """For reading personal data; no governed function requires it."""


ALL = ~Capacity(0)

DISPLAY_NAMES = {
    Capacity.RULES: ("Regels", "Rules"),
    Capacity.SHOPS: ("Winkels", "Shops"),
    Capacity.BUDGET: ("Budget", "Budget"),
    Capacity.ISSUE: ("Toekennen", "Issuing"),
    Capacity.PAYOUT: ("Uitbetalen", "Payouts"),
    Capacity.OFFICIALS: ("Ambtenaren", "Officials"),
    Capacity.REGISTER: ("Persoonsgegevens", "Personal data"),
}
"""Names for people, in Dutch and in English."""


def names(capacities: int) -> list[str]:
    """Return the machine-readable names of the bits that are set, lowest first."""
    return [capacity.name for capacity in Capacity if capacities & capacity and capacity.name]


GOVERNED = {
    "openScheme": Capacity.RULES,
    "setRules": Capacity.RULES,
    "closeScheme": Capacity.RULES,
    "setPaused": Capacity.RULES,
    "setCategories": Capacity.RULES,
    "setShop": Capacity.SHOPS,
    "setSuspended": Capacity.SHOPS,
    "fund": Capacity.BUDGET,
    "issue": Capacity.ISSUE,
    "settle": Capacity.PAYOUT,
    "setOfficial": Capacity.OFFICIALS,
}
"""The governed functions, each with the capacity that it requires."""

STOPS = {"setPaused": "paused", "setSuspended": "suspended"}
"""Functions that stop payments, each with its boolean argument.

One official is enough when that argument is true.
"""
