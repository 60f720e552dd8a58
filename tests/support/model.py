"""A reference model of the rules, written from the protocol, independent of the contract.

Messages are passed with their signers; signatures are tested elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from types import SimpleNamespace
from typing import Any, Self

from eth_utils.crypto import keccak

from kindpakket.ledger.abi import decode_call
from kindpakket.protocol.messages import Claim, Decision, Move, Refund, Spend, TillChange
from tests.support.hands import NOBODY
from tests.support.snapshot import Snapshot

DAY = 24 * 3600
RULES, SHOPS, BUDGET, ISSUE, PAYOUT, OFFICIALS, REGISTER = 1, 2, 4, 8, 16, 32, 64
EVERY = (RULES, SHOPS, BUDGET, ISSUE, PAYOUT, OFFICIALS, REGISTER)
CAPACITY = {
    "openScheme": RULES,
    "setRules": RULES,
    "closeScheme": RULES,
    "setPaused": RULES,
    "setShop": SHOPS,
    "setSuspended": SHOPS,
    "fund": BUDGET,
    "issue": ISSUE,
    "settle": PAYOUT,
    "setOfficial": OFFICIALS,
}


class RuleBroken(Exception):
    """A refusal by the rules; the reason is the name of the contract's error."""


def need(condition: object, otherwise: str) -> None:
    if not condition:
        raise RuleBroken(otherwise)


class Row(SimpleNamespace):
    """The answer of a view, by the names of its fields."""

    def update(self, **fields: Any) -> None:
        vars(self).update(fields)


@dataclass
class Model:
    """The state of a town by the rules, in the format of the contract's views."""

    schemes: dict[int, Row] = field(default_factory=dict)
    shops: dict[int, Row] = field(default_factory=dict)
    tills: dict[str, Row] = field(default_factory=dict)
    coupons: dict[str, Row] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    movedTo: dict[str, str] = field(default_factory=dict)  # noqa: N815 (the view's name)
    payments: dict[bytes, Row] = field(default_factory=dict)
    refunds: dict[bytes, bool] = field(default_factory=dict)
    batches: dict[int, bytes] = field(default_factory=dict)
    officials: dict[str, int] = field(default_factory=dict)
    decisionNonces: dict[bytes, int] = field(default_factory=dict)  # noqa: N815
    cancelled: dict[bytes, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Snapshot) -> Self:
        """The town of a ledger."""
        town, kept = cls(), {each.name for each in fields(cls)}
        for (view, *ids), answer in told.items():
            if view in kept and answer not in (0, NOBODY) and ids != [NOBODY]:
                row = Row(**answer) if isinstance(answer, dict) else answer
                getattr(town, view)[ids[0]] = row
        return town

    def tell(self) -> Snapshot:
        """The answers that the ledger's views should give."""
        return {
            (each.name, key): vars(row) if isinstance(row, Row) else row
            for each in fields(self)
            for key, row in getattr(self, each.name).items()
        }

    # ------------------------------------------------------------------ payments and refunds

    def pay(self, now: int, spend: Spend, claim: Claim, till: str) -> None:
        need(claim.amount > 0, "AmountZero")
        shop = self.shops.get(claim.shop)
        need(shop, "ShopUnknown")
        known = self.tills.get(till)
        need(known and known.shop == claim.shop, "TillUnknown")
        need(_id(claim.hash) not in self.payments, "AlreadyPaid")
        scheme = self._scheme(spend.scheme)
        need(not scheme.paused, "SchemePaused")
        need(scheme.opens <= now < scheme.closes, "SchemeNotOpen")
        need(takes_part(shop), "ShopNotAdmitted")
        need(known.active, "TillNotActive")
        need(allowed(shop, scheme), "CategoryNotPermitted")
        need(spend.shop in (0, claim.shop), "CodeForOtherShop")
        need(now <= spend.valid_until, "CodeExpired")
        need(claim.rest or claim.amount <= spend.max_amount, "AmountAboveMaximum")

        of_scheme = [self._coupon(address, spend.scheme) for address in spend.coupons]
        need(spend.nonce <= now + DAY, "NonceTooFarAhead")
        left = sum(coupon.remaining for coupon in of_scheme)
        amount = min(claim.amount, spend.max_amount, left) if claim.rest else claim.amount
        to_take = amount
        for coupon in of_scheme:
            need(spend.nonce > coupon.lastNonce, "CodeAlreadyUsed")
            taken = min(coupon.remaining, to_take)
            coupon.lastNonce, coupon.remaining = spend.nonce, coupon.remaining - taken
            to_take -= taken
        need(amount > 0 and to_take == 0, "BudgetTooLow")
        scheme.spent += amount
        shop.owed += amount
        self.payments[_id(claim.hash)] = Row(
            coupon=spend.coupons[0], shop=claim.shop, amount=amount, refunded=0
        )

    def refund(self, now: int, message: Refund, till: str) -> None:
        need(message.amount > 0, "AmountZero")
        payment = self.payments.get(_id(message.payment))
        need(payment and payment.shop == message.shop, "PaymentUnknown")
        known = self.tills.get(till)
        need(known and known.shop == message.shop, "TillUnknown")
        need(_id(message.hash) not in self.refunds, "AlreadyRefunded")
        need(known.active, "TillNotActive")
        need(now <= message.valid_until, "CodeExpired")
        need(message.amount <= payment.amount - payment.refunded, "RefundTooHigh")

        self.refunds[_id(message.hash)] = True
        payment.refunded += message.amount
        self.shops[message.shop].owed -= message.amount
        scheme = self.schemes[self.coupons[payment.coupon].scheme]
        scheme.refunded += message.amount
        holder = self.holder(payment.coupon)
        if holder == NOBODY:
            scheme.issued -= message.amount
        else:
            self.coupons[holder].remaining += message.amount

    # ------------------------------------------------------------------ tills and moves

    def change_till(self, now: int, message: TillChange, by_owner: str, by_till: str) -> None:
        shop = self.shops.get(message.shop)
        need(shop, "ShopUnknown")
        need(by_owner == shop.owner, "SignatureInvalid")
        need(by_till == message.till or not message.active, "SignatureInvalid")
        known = self.tills.get(message.till)
        need(not known or known.shop == message.shop, "TillOfOtherShop")
        need(known or message.active, "TillUnknown")
        _newer(now, message.nonce, shop.tillNonce)
        shop.tillNonce = message.nonce
        self.tills[message.till] = Row(shop=message.shop, active=message.active)

    def move(self, now: int, message: Move) -> None:
        scheme = self._scheme(message.scheme)
        need(message.nonce <= now + DAY, "NonceTooFarAhead")
        taken = []
        for address in message.from_:
            coupon = self._coupon(address, message.scheme)
            need(not coupon.moved, "CouponMoved")
            need(message.nonce > coupon.lastNonce, "CodeAlreadyUsed")
            taken.append(coupon.remaining)
            coupon.update(remaining=0, lastNonce=message.nonce, moved=True)
        for address, target, left in zip(message.from_, message.to, taken, strict=True):
            need(target not in self.coupons, "CouponExists")
            issued = self.origins.get(address, address)
            self.movedTo[issued] = target
            if target == NOBODY:
                scheme.issued -= left
            else:
                self.origins[target] = issued
                self.coupons[target] = _coupon(message.scheme, left)

    # ------------------------------------------------------------------ decisions

    def execute(self, now: int, message: Decision, signers: Sequence[str]) -> None:
        function, args = decode_call(message.call)
        stops = {"setPaused": "paused", "setSuspended": "suspended"}
        alone = function in stops and args[stops[function]]
        need(len(signers) >= (1 if alone else 2), "ApprovalsMissing")
        previous = ""
        for signer in signers:
            need(signer > previous, "ApprovalsNotAscending")
            need(self.officials.get(signer, 0) & CAPACITY[function], "NotAuthorised")
            previous = signer
        need(now <= message.valid_until, "DecisionExpired")
        need(message.valid_until <= now + 14 * DAY, "DecisionTooLong")
        self._open_decision(now, message)
        self.decisionNonces[keccak(message.subject)] = message.nonce
        getattr(self, f"_{function}")(now, *args.values())

    def cancel(self, now: int, message: Decision, signer: str) -> None:
        function, _ = decode_call(message.call)
        need(self.officials.get(signer, 0) & CAPACITY[function], "NotAuthorised")
        self._open_decision(now, message)
        self.cancelled[_id(message.hash)] = True

    def _open_decision(self, now: int, message: Decision) -> None:
        need(not self.cancelled.get(_id(message.hash)), "DecisionAlreadyCancelled")
        _newer(now, message.nonce, self.decisionNonces.get(keccak(message.subject), 0))

    def _openScheme(self, _now: int, scheme: int, *rules: int) -> None:  # noqa: N802
        need(scheme not in self.schemes, "SchemeExists")
        totals = {"spent": 0, "refunded": 0, "funded": 0, "issued": 0}
        self.schemes[scheme] = Row(paused=False, closed=False, **totals)
        self._set_rules(scheme, *rules)

    def _setRules(self, _now: int, scheme: int, *rules: int) -> None:  # noqa: N802
        need(not self._scheme(scheme).closed, "SchemeAlreadyClosed")
        self._set_rules(scheme, *rules)

    def _set_rules(
        self, scheme: int, opens: int, closes: int, permitted: int, excluded: int
    ) -> None:
        need(opens < closes, "CallInvalid")
        self.schemes[scheme].update(
            opens=opens, closes=closes, permitted=permitted, excluded=excluded
        )

    def _closeScheme(self, now: int, scheme: int) -> None:  # noqa: N802
        row = self._scheme(scheme)
        need(not row.closed, "SchemeAlreadyClosed")
        row.update(closed=True, closes=min(row.closes, now))

    def _setPaused(self, _now: int, scheme: int, paused: bool) -> None:  # noqa: N802
        self._scheme(scheme).paused = paused

    def _setShop(  # noqa: N802
        self, _now: int, shop: int, categories: int, owner: str, admitted: bool
    ) -> None:
        new = Row(known=True, suspended=False, tillNonce=0, owed=0, settled=0)
        row = self.shops.setdefault(shop, new)
        row.update(categories=categories, owner=owner, admitted=admitted)

    def _setSuspended(self, _now: int, shop: int, suspended: int) -> None:  # noqa: N802
        need(shop in self.shops, "ShopUnknown")
        self.shops[shop].suspended = suspended

    def _fund(self, _now: int, scheme: int, amount: int) -> None:
        row = self._scheme(scheme)
        need(row.funded + amount >= row.issued, "FundsTooLow")
        row.funded += amount

    def _issue(self, _now: int, scheme: int, value: int, coupons: Sequence[str]) -> None:
        row = self._scheme(scheme)
        need(value > 0 and 0 < len(coupons) <= 500, "CallInvalid")
        need(row.issued + value * len(coupons) <= row.funded, "FundsTooLow")
        row.issued += value * len(coupons)
        for coupon in coupons:
            need(coupon not in self.coupons, "CouponExists")
            self.coupons[coupon] = _coupon(scheme, value)

    def _settle(
        self, _now: int, batch: int, shops: Sequence[int], amounts: Sequence[int], sha256: bytes
    ) -> None:
        need(0 < len(shops) <= 500, "CallInvalid")
        need(batch not in self.batches, "BatchExists")
        for shop, amount in zip(shops, amounts, strict=True):
            need(shop in self.shops, "ShopUnknown")
            row = self.shops[shop]
            need(amount != 0, "AmountZero")
            need(-amount <= row.settled, "SettlementTooHigh")
            settled = amount if amount < 0 else max(min(amount, row.owed), 0)
            row.update(owed=row.owed - settled, settled=row.settled + settled)
        self.batches[batch] = sha256

    def _setOfficial(self, _now: int, official: str, capacities: int) -> None:  # noqa: N802
        need(capacities < 128, "CallInvalid")
        lost = self.officials.get(official, 0) & ~capacities
        self.officials[official] = capacities
        for capacity in (bit for bit in EVERY if bit & lost):
            holders = sum(1 for held in self.officials.values() if held & capacity)
            need(holders >= (3 if capacity == OFFICIALS else 2), "HoldersTooFew")

    # ------------------------------------------------------------------ looking things up

    def holder(self, coupon: str) -> str:
        """The coupon that a coupon's money was moved to; none when it was given back."""
        if not self.coupons[coupon].moved:
            return coupon
        return self.movedTo[self.origins.get(coupon, coupon)]

    def _scheme(self, scheme: int) -> Row:
        need(scheme in self.schemes, "SchemeUnknown")
        return self.schemes[scheme]

    def _coupon(self, address: str, scheme: int) -> Row:
        coupon = self.coupons.get(address)
        need(coupon and coupon.scheme == scheme, "CouponUnknown")
        return coupon


def takes_part(shop: Row) -> bool:
    """Whether a shop is admitted and not suspended."""
    return shop.admitted and not shop.suspended


def allowed(shop: Row, scheme: Row) -> bool:
    """Whether a shop's categories allow payments of a scheme."""
    return bool(shop.categories & scheme.permitted) and not shop.categories & scheme.excluded


def _coupon(scheme: int, remaining: int) -> Row:
    return Row(scheme=scheme, remaining=remaining, lastNonce=0, moved=False)


def _newer(now: int, nonce: int, last: int) -> None:
    need(nonce > last, "NonceTooOld")
    need(nonce <= now + DAY, "NonceTooFarAhead")


def _id(value: str) -> bytes:
    return bytes.fromhex(value[2:])
