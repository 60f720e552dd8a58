"""The audit's own state of the ledger, built from events alone.

Events are applied whether or not they were allowed; that is for the checks. Records have the
contract's fields in its order.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kindpakket.domain.ids import ZERO, Address

Args = Mapping[str, Any]

NO_HASH = bytes(32)


@dataclass
class Scheme:
    """Rules in force, times in unix seconds, totals in cents."""

    opens: int = 0
    closes: int = 0
    paused: bool = False
    closed: bool = False
    spent: int = 0
    refunded: int = 0
    permitted: int = 0
    excluded: int = 0
    funded: int = 0
    issued: int = 0


@dataclass
class Shop:
    """Amounts in cents; ``owed`` is below zero after a refund that follows a payout."""

    known: bool = False
    admitted: bool = False
    suspended: bool = False
    till_nonce: int = 0
    owed: int = 0
    settled: int = 0
    owner: Address = ZERO
    categories: int = 0


@dataclass
class Till:
    """Belongs to one shop for ever."""

    shop: int = 0
    active: bool = False


@dataclass
class Coupon:
    """A coupon's balance, in cents."""

    scheme: int = 0
    remaining: int = 0
    last_nonce: int = 0
    moved: bool = False


@dataclass
class Payment:
    """Amounts in cents; ``coupon`` is the first of the code."""

    coupon: Address = ZERO
    shop: int = 0
    amount: int = 0
    refunded: int = 0


@dataclass
class Model:
    """The contract's state; missing entries read as zero, as in the contract."""

    schemes: defaultdict[int, Scheme] = field(default_factory=lambda: defaultdict(Scheme))
    shops: defaultdict[int, Shop] = field(default_factory=lambda: defaultdict(Shop))
    tills: defaultdict[Address, Till] = field(default_factory=lambda: defaultdict(Till))
    coupons: defaultdict[Address, Coupon] = field(default_factory=lambda: defaultdict(Coupon))
    origins: dict[Address, Address] = field(default_factory=dict)
    """For a coupon created by a move: the issued coupon that its money came from."""
    moved_to: dict[Address, Address] = field(default_factory=dict)
    """For an issued coupon that moved: the coupon that holds its money; zero when it was given
    back."""
    payments: defaultdict[bytes, Payment] = field(default_factory=lambda: defaultdict(Payment))
    refunds: set[bytes] = field(default_factory=set)
    batches: dict[int, bytes] = field(default_factory=dict)
    categories_sha256: bytes = NO_HASH
    officials: defaultdict[Address, int] = field(default_factory=lambda: defaultdict(int))
    decision_nonces: defaultdict[bytes, int] = field(default_factory=lambda: defaultdict(int))
    """By subject, which is the first 36 bytes of a call."""
    executed: set[bytes] = field(default_factory=set)
    cancelled: set[bytes] = field(default_factory=set)

    def home(self, coupon: Address) -> Address:
        """Return the coupon that holds a coupon's value now; zero when it was given back."""
        if not self.coupons[coupon].moved:
            return coupon
        return self.moved_to.get(self.origins.get(coupon, coupon), ZERO)

    def holders(self, capacity: int) -> int:
        """Return the number of officials with a capacity."""
        return sum(1 for held in self.officials.values() if held & capacity)

    def apply(self, event: str, e: Args) -> None:
        """Apply an event to the state."""
        match event:
            case "Paid":
                self._paid(e)
            case "Refunded":
                self._refunded(e)
            case "Moved":
                self._moved(e)
            case "Issued":
                self.schemes[e["scheme"]].issued += e["value"] * len(e["coupons"])
                for coupon in e["coupons"]:
                    self.coupons[coupon] = Coupon(e["scheme"], e["value"])
            case "Settled":
                self.batches[e["batch"]] = e["sha256OfLines"]
                for shop, amount in zip(e["shops"], e["amounts"], strict=False):
                    self.shops[shop].owed -= amount
                    self.shops[shop].settled += amount
            case "DecisionExecuted":
                self.decision_nonces[e["call"][:36]] = e["nonce"]
                self.executed.add(e["decision"])
            case "DecisionCancelled":
                self.cancelled.add(e["decision"])
            case _:
                self._set(event, e)

    def _set(self, event: str, e: Args) -> None:
        match event:
            case "SchemeOpened" | "RulesSet":
                scheme = self.schemes[e["scheme"]]
                scheme.opens, scheme.closes = e["opens"], e["closes"]
                scheme.permitted, scheme.excluded = e["permitted"], e["excluded"]
            case "SchemeClosed":
                self.schemes[e["scheme"]].closed = True
                self.schemes[e["scheme"]].closes = e["closes"]
            case "PausedSet":
                self.schemes[e["scheme"]].paused = e["paused"]
            case "Funded":
                self.schemes[e["scheme"]].funded += e["amount"]
            case "CategoriesSet":
                self.categories_sha256 = e["sha256OfTable"]
            case "ShopSet":
                shop = self.shops[e["shop"]]
                shop.known, shop.admitted = True, e["admitted"]
                shop.owner, shop.categories = e["owner"], e["categories"]
            case "SuspendedSet":
                self.shops[e["shop"]].suspended = e["suspended"]
            case "TillChanged":
                self.tills[e["till"]] = Till(e["shop"], e["active"])
                self.shops[e["shop"]].till_nonce = e["nonce"]
            case "OfficialSet":
                self.officials[e["official"]] = e["capacities"]

    def _paid(self, e: Args) -> None:
        first = e["coupons"][0] if e["coupons"] else ZERO
        self.payments[e["payment"]] = Payment(first, e["shop"], e["amount"])
        self.schemes[e["scheme"]].spent += e["amount"]
        self.shops[e["shop"]].owed += e["amount"]
        for coupon, debit in zip(e["coupons"], e["debits"], strict=False):
            self.coupons[coupon].remaining -= debit
            self.coupons[coupon].last_nonce = e["nonce"]

    def _refunded(self, e: Args) -> None:
        payment = self.payments[e["payment"]]
        scheme = self.schemes[self.coupons[payment.coupon].scheme]
        self.refunds.add(e["refund"])
        payment.refunded += e["amount"]
        scheme.refunded += e["amount"]
        self.shops[e["shop"]].owed -= e["amount"]
        if e["coupon"] == ZERO:
            scheme.issued -= e["amount"]
        else:
            self.coupons[e["coupon"]].remaining += e["amount"]

    def _moved(self, e: Args) -> None:
        for coupon, target, amount in zip(e["from"], e["to"], e["amounts"], strict=False):
            old = self.coupons[coupon]
            old.remaining -= amount
            old.last_nonce, old.moved = e["nonce"], True
            origin = self.origins.get(coupon, coupon)
            self.moved_to[origin] = target
            if target == ZERO:
                self.schemes[e["scheme"]].issued -= amount
            else:
                self.origins[target] = origin
                self.coupons[target] = Coupon(e["scheme"], amount)
