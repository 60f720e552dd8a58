"""What an official may take part in deciding. The bits are those of the contract."""

from enum import IntFlag


class Capacity(IntFlag):
    """Held by an official, asked for by a governed function."""

    RULES = 1
    SHOPS = 2
    BUDGET = 4
    ISSUE = 8
    PAYOUT = 16
    OFFICIALS = 32
    REGISTER = 64
    """For reading personal data; no governed function asks for it."""


ALL = ~Capacity(0)

CALLED = {
    Capacity.RULES: ("Regels", "Rules"),
    Capacity.SHOPS: ("Winkels", "Shops"),
    Capacity.BUDGET: ("Budget", "Budget"),
    Capacity.ISSUE: ("Toekennen", "Issuing"),
    Capacity.PAYOUT: ("Uitbetalen", "Payouts"),
    Capacity.OFFICIALS: ("Ambtenaren", "Officials"),
    Capacity.REGISTER: ("Persoonsgegevens", "Personal data"),
}
"""What people call each, in Dutch and in English."""


def names(capacities: int) -> list[str]:
    """Return the names of the bits that are set, lowest first; for programs."""
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
"""The functions that take a decision, and the capacity that each asks for."""

STOPS = {"setPaused": "paused", "setSuspended": "suspended"}
"""What stops payments: one official is enough when this argument of the function is true."""
