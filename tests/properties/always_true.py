"""The invariants of the protocol, checked on the contract's views."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kindpakket.ledger.abi import Event
from tests.support.hands import NOBODY
from tests.support.snapshot import Snapshot

Told = dict[Any, dict[str, Any]]


def of(told: Snapshot, view: str) -> Told:
    """The answers of one view, by id."""
    return {ids[0]: answer for (name, *ids), answer in told.items() if name == view and ids}


@dataclass
class Watch:
    """Checks one ledger from block to block; the numbers are those of the invariants in the
    protocol."""

    debited: set[tuple[str, int]] = field(default_factory=set)
    paid: set[bytes] = field(default_factory=set)
    executed: set[bytes] = field(default_factory=set)
    went_to: dict[str, str] = field(default_factory=dict)
    """From each moved coupon to the coupon that it moved to."""

    def look(self, before: Snapshot, after: Snapshot, events: Sequence[Event], now: int) -> None:
        self.sums(after)
        self.coupons(of(before, "coupons"), of(after, "coupons"))
        for event in events:
            if event.name == "Paid":
                self.payment(event.args, before, now)
            if event.name == "Moved":
                self.went_to |= dict(zip(event.args["from"], event.args["to"], strict=True))
            if event.name == "Refunded":
                self.refund(event.args, before)
            if event.name == "DecisionExecuted":
                assert event.args["decision"] not in self.executed  # 5
                self.executed.add(event.args["decision"])

    def sums(self, told: Snapshot) -> None:
        schemes, shops = of(told, "schemes"), of(told, "shops")
        remaining: dict[int, int] = defaultdict(int)
        for coupon in of(told, "coupons").values():
            remaining[coupon["scheme"]] += coupon["remaining"]
        for scheme, row in schemes.items():
            gone = row["spent"] - row["refunded"]
            assert gone <= row["issued"] <= row["funded"]  # 1
            assert remaining[scheme] + gone == row["issued"]  # 2
        to_shops = sum(row["owed"] + row["settled"] for row in shops.values())
        assert to_shops == sum(row["spent"] - row["refunded"] for row in schemes.values())  # 3
        for payment in of(told, "payments").values():
            assert 0 <= payment["refunded"] <= payment["amount"]  # 5

    def coupons(self, before: Told, after: Told) -> None:
        for coupon, row in before.items():
            assert after[coupon]["lastNonce"] >= row["lastNonce"]  # 4
            assert after[coupon]["scheme"] == row["scheme"] or row["scheme"] == 0  # 4

    def payment(self, paid: Any, before: Snapshot, now: int) -> None:
        assert paid["payment"] not in self.paid  # 5
        self.paid.add(paid["payment"])
        assert sum(paid["debits"]) == paid["amount"]
        for coupon in paid["coupons"]:
            assert (coupon, paid["nonce"]) not in self.debited  # 4
            self.debited.add((coupon, paid["nonce"]))
        shop, scheme = before["shops", paid["shop"]], before["schemes", paid["scheme"]]
        assert shop["admitted"]  # 6
        assert not shop["suspended"]  # 6
        assert shop["categories"] & scheme["permitted"]  # 6
        assert not shop["categories"] & scheme["excluded"]  # 6
        assert not scheme["paused"]
        assert scheme["opens"] <= now < scheme["closes"]

    def refund(self, refunded: Any, before: Snapshot) -> None:
        own = before["payments", refunded["payment"]]["coupon"]
        while own != NOBODY and before["coupons", own]["moved"]:
            own = self.went_to[own]
        assert refunded["coupon"] == own  # 5
