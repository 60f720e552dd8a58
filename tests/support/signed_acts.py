"""One signed act of each kind: a message, its signatures, and the call with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kindpakket.domain.ids import Hash
from kindpakket.protocol.codes import PaymentCode
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.messages import Claim, Domain, Message, Move, Refund, Spend, TillChange
from kindpakket.protocol.signatures import Key, address_of
from tests.support import calls
from tests.support.hands import VALID, Hands
from tests.support.town import BICYCLES, EVERYTHING, LETTERS, SCHEME, owner_of, till_of

TILL, OWNER = till_of(BICYCLES), owner_of(BICYCLES)
NEW_TILL = Key(b"\x61" * 32)
FIRST, SECOND = (coupon_key(LETTERS[0], 0, index) for index in (0, 1))
FRESH, FRESH_TOO = (coupon_key(LETTERS[0], 1, index) for index in (0, 1))
OFFICIALS = sorted(EVERYTHING[:2], key=address_of)

Call = Callable[[Any, Sequence[bytes]], bytes]


@dataclass(frozen=True)
class SignedAct:
    """A signed message; `roles` names the signers, in the order of the signatures."""

    message: Any
    roles: tuple[str, ...]
    signatures: tuple[bytes, ...]
    call: Call
    other: Hash | None = None
    """Messages of another code or payment, to which the act could be redirected."""

    @property
    def sent(self) -> bytes:
        return self.call(self.message, self.signatures)

    def changed(self, field: str, value: Any) -> bytes:
        """The call with a field of the message changed, and the original signatures."""
        return self.call(replace(self.message, **{field: value}), self.signatures)

    def flipped(self, role: str, bit: int) -> bytes:
        """The call with one bit of one signature flipped."""
        signatures = list(self.signatures)
        at = self.roles.index(role)
        signatures[at] = (int.from_bytes(signatures[at]) ^ (1 << bit)).to_bytes(64)
        return self.call(self.message, signatures)


Maker = Callable[[Hands, Domain], SignedAct]
"""Makes an act, signed for a domain."""


def spend(hands: Hands, domain: Domain) -> SignedAct:
    """A code. The till colludes with the attacker, and claims from any code that it gets."""

    def call(tampered: Spend, signatures: Sequence[bytes]) -> bytes:
        code = PaymentCode(tampered, tuple(signatures))
        made = hands.claim(code, TILL.shop, 11_000)
        return calls.pay(code, made, made.sign(hands.domain, TILL.key))

    message = hands.code([FIRST, SECOND], 12_000).spend
    return _signed(message, domain, call, {"first coupon": FIRST, "second coupon": SECOND})


def claim(hands: Hands, domain: Domain) -> SignedAct:
    """A claim. The parent colludes with the attacker, and has signed a second code."""
    code, other = hands.code([FIRST, SECOND], 12_000), hands.code([FIRST], 11_000)

    def call(tampered: Claim, signatures: Sequence[bytes]) -> bytes:
        return calls.pay(
            other if tampered.spend == other.spend.hash else code, tampered, *signatures
        )

    message = hands.claim(code, TILL.shop, 9_000)
    made = _signed(message, domain, call, {"claiming till": TILL.key})
    return replace(made, other=other.spend.hash)


def refund(hands: Hands, domain: Domain) -> SignedAct:
    """A refund. The shop was paid twice."""

    def call(tampered: Refund, signatures: Sequence[bytes]) -> bytes:
        return calls.refund(tampered, *signatures)

    paid, other = (hands.pay(hands.code([FIRST], 4_000), TILL, 4_000) for _ in range(2))
    message = Refund(paid, TILL.shop, 2_000, hands.now + VALID, 7)
    made = _signed(message, domain, call, {"refunding till": TILL.key})
    return replace(made, other=other)


def till_change(hands: Hands, domain: Domain) -> SignedAct:
    def call(tampered: TillChange, signatures: Sequence[bytes]) -> bytes:
        return calls.change_till(tampered, *signatures)

    hands.clock.time += 1
    message = TillChange(TILL.shop, address_of(NEW_TILL), True, hands.now)
    return _signed(message, domain, call, {"owner": OWNER, "new till": NEW_TILL})


def move(hands: Hands, domain: Domain) -> SignedAct:
    hands.clock.time += 1
    origins, targets = [FIRST, SECOND], [FRESH, FRESH_TOO]
    message = Move(
        SCHEME, hands.now, tuple(map(address_of, origins)), tuple(map(address_of, targets))
    )
    roles = ("first origin", "second origin", "first target", "second target")
    return _signed(message, domain, calls.move, dict(zip(roles, [*origins, *targets], strict=True)))


def decision(hands: Hands, domain: Domain) -> SignedAct:
    message = hands.decision("fund", SCHEME, 5_000)
    first, second = OFFICIALS
    approvers = {"first official": first, "second official": second}
    return _signed(message, domain, calls.execute, approvers)


def cancellation(hands: Hands, domain: Domain) -> SignedAct:
    def call(tampered: Any, signatures: Sequence[bytes]) -> bytes:
        return calls.cancel(tampered, *signatures)

    message = hands.decision("fund", SCHEME, 5_000)
    return _signed(message, domain, call, {"cancelling official": OFFICIALS[0]})


def _signed(message: Message, domain: Domain, call: Call, by: dict[str, Key]) -> SignedAct:
    signatures = tuple(message.sign(domain, key) for key in by.values())
    return SignedAct(message, tuple(by), signatures, call)
