"""Generates acts, valid or not, from the current state of the town."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak
from hypothesis import strategies as st

from kindpakket.domain.categories import bits_of
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.codes import PaymentCode
from kindpakket.protocol.messages import (
    Claim,
    Decision,
    Domain,
    Message,
    Move,
    Refund,
    Spend,
    TillChange,
)
from kindpakket.protocol.signatures import Key, address_of
from tests.support import calls
from tests.support.hands import NOBODY
from tests.support.model import CAPACITY, DAY, Model, Row, allowed, takes_part
from tests.support.town import (
    EVERYTHING,
    LETTERS,
    SAFE,
    START,
    VALUES,
    coupon_key,
    owner_of,
    till_of,
)

SHOPS = (1, 2, 3, 4, 5)
STRANGER = Key(b"\x77" * 32)
NEWCOMERS = [Key(bytes([n]) * 32) for n in (0x71, 0x72)]
"""Keys that may become tills, owners or officials."""
OTHER_COUPONS = [Key(bytes([n]) * 32) for n in (0x81, 0x82, 0x83)]
"""Coupons of the second scheme."""
FRESH = {address_of(key): key for key in (Key(keccak(b"fresh" + bytes([n]))) for n in range(250))}
BICYCLES, BOOKS, SPIRITS = (bits_of([n]) for n in ("bicycles", "books", "off_licences"))

KEYS = FRESH | {
    address_of(key): key
    for key in (
        *(coupon_key(letter, 0, index) for letter in LETTERS for index in range(len(VALUES))),
        *OTHER_COUPONS,
        *(owner_of(shop) for shop in SHOPS),
        *(till_of(shop).key for shop in SHOPS),
        *NEWCOMERS,
        *EVERYTHING,
        SAFE,
        STRANGER,
    )
}


@dataclass(frozen=True)
class Act:
    """A call, and its outcome by the rules."""

    call: bytes
    by_the_rules: Callable[[Model, int], None]


@dataclass
class People:
    """All actors, with Hypothesis choosing their next act.

    One act in three has one fault.
    """

    domain: Domain
    model: Model
    now: int
    draw: Callable[[st.SearchStrategy[Any]], Any]
    slip: str = ""

    def may_slip(self, *things: str) -> None:
        self.slip = self.one_of("", *("",) * 2 * len(things), *things)

    def usual(self, thing: str, usual: Any, *slips: Any) -> Any:
        """The valid value, unless this is the part with the fault."""
        return self.one_of(*slips) if thing == self.slip else usual

    def one_of(self, *things: Any) -> Any:
        return self.draw(st.sampled_from(things))

    def sign(self, message: Message, signers: Sequence[str]) -> list[bytes]:
        return [message.sign(self.domain, KEYS[signer]) for signer in signers]

    # ------------------------------------------------------------------ parents and tills

    def payment(self) -> Act:
        things = ("scheme", "bound", "maximum", "validity", "nonce", "amount", "shop", "till")
        self.may_slip(*things, "coupons", "bundle")
        code, claim, till = self._claim()
        (signature,) = self.sign(claim, [till])
        call = calls.pay(code, claim, signature)
        return Act(call, lambda rules, now: rules.pay(now, code.spend, claim, till))

    def tampered_payment(self) -> bytes:
        """One bit of one of the signatures is flipped."""
        code, claim, till = self._claim()
        signatures = [*code.signatures, *self.sign(claim, [till])]
        at = self.draw(st.integers(0, len(signatures) - 1))
        flipped = int.from_bytes(signatures[at]) ^ 1 << self.draw(st.integers(0, 511))
        signatures[at] = flipped.to_bytes(64)
        return calls.pay(PaymentCode(code.spend, tuple(signatures[:-1])), claim, signatures[-1])

    def _claim(self) -> tuple[PaymentCode, Claim, str]:
        scheme = self.one_of(1, 1, 1, 2)
        rows = self.model.coupons
        coupons = self._coupons(scheme, 3)
        coupons = self.usual("bundle", coupons, coupons[:1] * 2)
        till = self._till(scheme)
        shop = self.usual("shop", self.model.tills[till].shop, *SHOPS, 9)
        left = sum(rows[coupon].remaining for coupon in coupons)
        rest = self.one_of(False, False, True)
        amount = self.one_of(left, max(left // 3, 1), min(left, 700), *(left + 1,) * rest)
        last = max(rows[coupon].lastNonce for coupon in coupons)
        spend = Spend(
            scheme=self.usual("scheme", scheme, 1, 2, 3),
            shop=self.usual("bound", self.one_of(0, shop), *SHOPS),
            max_amount=self.usual("maximum", amount + self.one_of(0, 500), max(amount - 1, 0)),
            valid_until=self.now + self.usual("validity", self.one_of(300, 0), -1),
            nonce=self.usual("nonce", max(self.now, last + 1), last, self.now + DAY + 1),
            coupons=coupons,
        )
        claimed = self.usual("amount", amount, 0, left + 1)
        claim = Claim(spend.hash, shop, claimed, rest, self._reference())
        return PaymentCode(spend, tuple(self.sign(spend, coupons))), claim, till

    def _coupons(self, scheme: int, most: int, liked: Sequence[str] = ()) -> tuple[str, ...]:
        rows = self.model.coupons
        known = [key for key, row in rows.items() if row.scheme == scheme]
        full = list(liked) or [key for key in known if rows[key].remaining] or known
        other = [key for key, row in rows.items() if key not in full] or known
        some = st.sampled_from(self.usual("coupons", full, other))
        return tuple(self.draw(st.lists(some, min_size=1, max_size=most, unique=True)))

    def _payers(self, scheme: int) -> list[str]:
        """The coupons to which refunds would go, with a preference for those that were moved to."""
        rows, payments = self.model.coupons, self.model.payments.values()
        holders = [(row.coupon, self.model.holder(row.coupon)) for row in payments]
        own = [(payer, now) for payer, now in holders if now in rows and rows[now].scheme == scheme]
        return [now for payer, now in own if payer != now] * 2 + [now for _, now in own]

    def _till(self, scheme: int) -> str:
        shops, tills = self.model.shops, self.model.tills
        rules = self.model.schemes[scheme]
        good = [
            till
            for till, row in tills.items()
            if row.active and takes_part(shops[row.shop]) and allowed(shops[row.shop], rules)
        ]
        return self.one_of(*(self.usual("till", good, tills) or tills))

    def _moved(self, coupon: str) -> tuple[bool, bool]:
        """Whether a coupon was moved, and whether the payment was made before the coupon received
        the money."""
        return self.model.coupons[coupon].moved, coupon in self.model.origins

    def refund(self) -> Act:
        self.may_slip("payment", "shop", "till", "amount", "validity")
        payments = self.model.payments
        far = sorted(payments, key=lambda each: self._moved(payments[each].coupon))[-2:]
        payment = self.usual("payment", self.one_of(*far * len(payments), *payments), bytes(32))
        row = payments.get(payment) or Row(shop=1, amount=1, refunded=0)
        shop = self.usual("shop", row.shop, *SHOPS)
        tills = self.model.tills
        own = [till for till, known in tills.items() if known.shop == shop and known.active]
        left = row.amount - row.refunded
        message = Refund(
            payment="0x" + payment.hex(),
            shop=shop,
            amount=self.usual("amount", self.one_of(max(left // 3, 1), left), left + 1, 0),
            valid_until=self.now + self.usual("validity", self.one_of(300, 0), -1),
            reference=self._reference(),
        )
        till = self.one_of(*(self.usual("till", own, tills) or tills))
        (signature,) = self.sign(message, [till])
        call = calls.refund(message, signature)
        return Act(call, lambda rules, now: rules.refund(now, message, till))

    def _reference(self) -> int:
        return self.draw(st.integers(0, 2**53 - 1))

    # ------------------------------------------------------------------ owners and movers

    def till_change(self) -> Act:
        self.may_slip("shop", "till", "active", "owner", "agreeing", "nonce")
        tills, newcomers = self.model.tills, map(address_of, NEWCOMERS)
        shop = self.usual("shop", self.one_of(*self.model.shops), 9)
        row = self.model.shops.get(shop) or self.model.shops[1]
        known = (*tills, *(each for each in newcomers if each not in tills))
        own = [each for each in known if each not in tills or tills[each].shop == shop]
        till = self.one_of(*(self.usual("till", own, known) or known))
        active = self.one_of(True, True, till not in tills)
        active = self.usual("active", active, not active)
        message = TillChange(shop, till, active, self._nonce(row.tillNonce))
        owner = self.usual("owner", row.owner, address_of(STRANGER), till)
        agreeing = self.usual("agreeing", till, owner, address_of(STRANGER))
        call = calls.change_till(message, *self.sign(message, [owner, agreeing]))
        return Act(call, lambda rules, now: rules.change_till(now, message, owner, agreeing))

    def move(self) -> Act:
        self.may_slip("scheme", "coupons", "target", "nonce", "chained")
        scheme = self.one_of(1, 1, 2)
        payers = self.one_of(True, True, False) and self._payers(scheme)
        origins = self._coupons(scheme, 2, payers or ())
        fresh = self._fresh()[: len(origins)]
        known = self._coupons(scheme, 1)
        to = self.one_of(fresh, fresh, (NOBODY,) * len(origins))
        if len(to) > 1 and to == fresh and self.slip == "chained":
            origins = (origins[0], fresh[0])  # which this move creates
        to = self.usual("target", to, known * len(origins), fresh[:1] * len(origins), origins)
        rows = self.model.coupons
        last = max(rows[coupon].lastNonce for coupon in origins if coupon in rows)
        message = Move(self.usual("scheme", scheme, 1, 2, 3), self._nonce(last), origins, to)
        signers = [*origins, *(target for target in to if target != NOBODY)]
        call = calls.move(message, self.sign(message, signers))
        return Act(call, lambda rules, now: rules.move(now, message))

    def _nonce(self, last: int) -> int:
        return self.usual("nonce", max(self.now, last + 1), last, self.now + DAY + 1)

    def _fresh(self) -> tuple[str, ...]:
        return tuple(key for key in FRESH if key not in self.model.coupons)

    # ------------------------------------------------------------------ officials

    def decision(self, function: str, *args: Any) -> tuple[Decision, list[str]]:
        """A decision, and who approve it."""
        self.may_slip("validity", "nonce", "signers")
        call = encode_call(function, *args)
        until = self.now + self.usual("validity", self.one_of(DAY, 14 * DAY), 14 * DAY + 1, -1)
        last = self.model.decisionNonces.get(keccak(call[:36]), 0)
        message = Decision(call, until, self._nonce(last))
        held = self.model.officials.items()
        holders = sorted(key for key, bits in held if bits & CAPACITY[function])
        others = sorted(map(address_of, (*EVERYTHING[:1], STRANGER)))
        wrong = (holders[:1], holders[:1] * 2, holders[1::-1], others)
        right = self.one_of(holders[:2], holders[-2:], holders)
        return message, self.usual("signers", right, *wrong)

    def execution(self, message: Decision, signers: list[str]) -> Act:
        call = calls.execute(message, self.sign(message, signers))
        return Act(call, lambda rules, now: rules.execute(now, message, signers))

    def cancellation(self, message: Decision) -> Act:
        signer = self.one_of(*map(address_of, (*EVERYTHING, SAFE)))
        call = calls.cancel(message, *self.sign(message, [signer]))
        return Act(call, lambda rules, now: rules.cancel(now, message, signer))

    def budget(self) -> tuple[Any, ...]:
        return "fund", self._scheme(), self.one_of(50_000, 1, -1, -900, -(10**7))

    def issue(self) -> tuple[Any, ...]:
        self.may_slip("value", "coupons")
        fresh = list(self._fresh()[-self.one_of(1, 2, 3) :])
        coupons = self.usual("coupons", fresh, fresh * 2, [*self.model.coupons][:1], [])
        return "issue", self._scheme(), self.usual("value", 1_500, 0, 10**7), coupons

    def rules(self) -> tuple[Any, ...]:
        self.may_slip("function", "period")
        function = self.usual("function", "setRules", "openScheme")
        closes = self.now + self.one_of(100 * DAY, 100 * DAY, 100)
        opens = self.one_of(START, START, self.now + 60)
        opens = self.usual("period", opens, closes)
        permitted = self.one_of(BICYCLES | BOOKS, BICYCLES | BOOKS, BOOKS, 0)
        return function, self._scheme(), opens, closes, permitted, self.one_of(SPIRITS, 0)

    def opening(self) -> tuple[Any, ...]:
        closes = self.now + 100 * DAY
        return "openScheme", self.one_of(3, 4), START, closes, BICYCLES | BOOKS, SPIRITS

    def pause(self) -> tuple[Any, ...]:
        scheme = self._scheme()
        row = self.model.schemes.get(scheme)
        return "setPaused", scheme, self.one_of(not (row and row.paused), False)

    def shop(self) -> tuple[Any, ...]:
        owners = map(address_of, (*map(owner_of, SHOPS), *NEWCOMERS))
        categories = self.one_of(BICYCLES, BOOKS, BICYCLES, BOOKS, SPIRITS, BOOKS | SPIRITS)
        admitted = self.one_of(True, True, True, False)
        return "setShop", self.one_of(*SHOPS, 6), categories, self.one_of(*owners), admitted

    def suspension(self) -> tuple[Any, ...]:
        row = self.model.shops.get(shop := self.one_of(*SHOPS, 6))
        return "setSuspended", shop, self.one_of(not (row and row.suspended), False)

    def payout(self) -> tuple[Any, ...]:
        """A payout of what is owed, of more than that, or with money that the bank returned."""
        self.may_slip("batch", "shop", "amount")
        batch = self.usual("batch", len(self.model.batches) + 1, 1)
        rows = self.model.shops.items()
        parts = [(shop, self.one_of(row.owed, row.owed + 700, -row.settled)) for shop, row in rows]
        parts = [(shop, amount) for shop, amount in parts if amount] or [(1, 1)]
        shops, amounts = map(list, zip(*parts[-2:], strict=True))
        shops[0] = self.usual("shop", shops[0], 9)
        amounts[-1] = self.usual("amount", amounts[-1], amounts[-1] * 2 + 1, 0)
        return "settle", batch, shops, amounts, keccak(bytes([batch % 256]))

    def office(self) -> tuple[Any, ...]:
        official = self.one_of(*EVERYTHING, SAFE, *NEWCOMERS)
        return "setOfficial", address_of(official), self.one_of(127, 127, 0, 32, 31, 95, 128)

    def end(self) -> tuple[Any, ...]:
        """Close a scheme, but never the one in which most happens."""
        return "closeScheme", self.one_of(2, 3, 4)

    def _scheme(self) -> int:
        return self.one_of(1, 1, 1, 2, 3)
