"""What a transaction asked of the contract: from its calldata, with every signature verified, or
from its events when another contract was in between.

An act holds facts alone; whether it was allowed depends on what came before (``rules``).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kindpakket_audit.contract import Args, Event, decode_call
from kindpakket_audit.findings import euros
from kindpakket_audit.hashing import ZERO, Domain, hexed, keccak, struct_hash, words

INVALID = ZERO
"""Stands for the signer of a malformed signature: nobody has the key of this address."""


@dataclass(frozen=True)
class Order:
    """What the signed messages of a payment limit; amounts in cents."""

    shop: int
    max_amount: int
    valid_until: int
    wanted: int
    rest: bool


@dataclass(frozen=True)
class Pay:
    """A payment."""

    payment: bytes
    shop: int
    scheme: int
    till: str
    nonce: int
    coupons: tuple[str, ...]
    amount: int
    """As recorded; the rules compute it when there is an order."""
    order: Order | None = None
    """None when it was read from an event."""
    faults: tuple[str, ...] = ()
    """Dutch sentences: signatures that are not right."""

    @property
    def about(self) -> str:
        """The subject of a finding."""
        amount = self.order.wanted if self.order else self.amount
        return f"Betaling {hexed(self.payment)} van {euros(amount)} bij winkel {self.shop}"


@dataclass(frozen=True)
class Refund:
    """A refund."""

    refund: bytes
    payment: bytes
    shop: int
    till: str
    amount: int
    valid_until: int | None = None
    faults: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The subject of a finding."""
        return f"Terugbetaling {hexed(self.refund)} van {euros(self.amount)}"


@dataclass(frozen=True)
class TillChange:
    """A till that becomes active or blocked."""

    shop: int
    till: str
    active: bool
    nonce: int
    owner: str | None = None
    """Who signed as the shop's owner; None when it was read from an event."""
    faults: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The subject of a finding."""
        return f"Kassa {self.till} van winkel {self.shop}"


@dataclass(frozen=True)
class Move:
    """A move of coupons; a zero address gives back to the scheme."""

    scheme: int
    nonce: int
    from_: tuple[str, ...]
    to: tuple[str, ...]
    faults: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The subject of a finding."""
        return f"Verplaatsing in regeling {self.scheme}"


@dataclass(frozen=True)
class Decide:
    """A decision that was executed."""

    decision: bytes
    call: bytes
    valid_until: int
    nonce: int
    signers: tuple[str, ...]
    faults: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The subject of a finding."""
        return f"Besluit {hexed(self.decision)}"


@dataclass(frozen=True)
class Cancel:
    """A decision that was cancelled."""

    decision: bytes
    call: bytes
    valid_until: int
    nonce: int
    signer: str
    faults: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The subject of a finding."""
        return f"Besluit {hexed(self.decision)}"


@dataclass(frozen=True)
class Strange:
    """A call that this contract cannot carry out."""

    function: str

    @property
    def about(self) -> str:
        """The subject of a finding."""
        return f"Aanroep {self.function}"


Act = Pay | Refund | TillChange | Move | Decide | Cancel | Strange


def from_call(domain: Domain, data: bytes) -> Act | None:
    """Return the act of a call that succeeded; None of a view, which changes nothing."""
    try:
        function, args = decode_call(data)
    except ValueError:
        return Strange(hexed(data[:4]))
    if function.name in _CALLS:
        return _CALLS[function.name](domain, args)
    return None if function.mutability in ("view", "pure") else Strange(function.name)


def from_events(events: Sequence[Event]) -> list[Act]:
    """Return the acts that recorded these events. Those of a governed function follow a decision
    and are no acts of their own."""
    return [_EVENTS[event.name](event.args) for event in events if event.name in _EVENTS]


# from calldata


def _pay(domain: Domain, args: Args) -> Pay:
    scheme, for_shop, max_amount, valid_until, nonce, coupons = args["spend"]
    of, shop, amount, rest, reference = args["claim"]
    spend = struct_hash("Spend", *args["spend"][:5], words(coupons))
    payment = struct_hash("Claim", of, shop, amount, rest, reference)
    faults = [*_unsigned(domain, spend, coupons, args["couponSignatures"])]
    if len(coupons) != len(args["couponSignatures"]):
        faults.append("niet elke coupon heeft de code getekend")
    if of != spend:
        faults.append("de kassa tekende voor een andere code")
    till = domain.signer(payment, args["tillSignature"])
    if till is None:
        faults.append("de handtekening van de kassa klopt niet")
    order = Order(for_shop, max_amount, valid_until, amount, rest)
    return Pay(
        payment, shop, scheme, till or INVALID, nonce, tuple(coupons), amount, order, tuple(faults)
    )


def _refund(domain: Domain, args: Args) -> Refund:
    payment, shop, amount, valid_until, _ = args["message"]
    refund = struct_hash("Refund", *args["message"])
    till = domain.signer(refund, args["tillSignature"])
    faults = () if till else ("de handtekening van de kassa klopt niet",)
    return Refund(refund, payment, shop, till or INVALID, amount, valid_until, faults)


def _change_till(domain: Domain, args: Args) -> TillChange:
    change = struct_hash("TillChange", *args["change"])
    shop, till, active, nonce = args["change"]
    owner = domain.signer(change, args["ownerSignature"]) or INVALID
    faults = []
    if active and domain.signer(change, args["tillSignature"]) != till:
        faults.append(f"de handtekening van kassa {till} klopt niet")
    return TillChange(shop, till, active, nonce, owner, tuple(faults))


def _move(domain: Domain, args: Args) -> Move:
    scheme, nonce, from_, to = args["message"]
    message = struct_hash("Move", scheme, nonce, words(from_), words(to))
    # The contract reads them in this order: each old coupon, and just after it the new one.
    signers = [*from_, *(each for each in to if each != ZERO)]
    faults = [*_unsigned(domain, message, signers, args["signatures"])]
    if len(signers) != len(args["signatures"]):
        faults.append("niet elke oude en nieuwe coupon heeft getekend")
    return Move(scheme, nonce, tuple(from_), tuple(to), tuple(faults))


def _execute(domain: Domain, args: Args) -> Decide:
    decision = _decision_hash(*args["decision"])
    signers = [domain.signer(decision, each) or INVALID for each in args["approvals"]]
    faults = [
        f"handtekening {number} van het besluit klopt niet"
        for number, signer in enumerate(signers, 1)
        if signer == INVALID
    ]
    call, valid_until, nonce = args["decision"]
    return Decide(decision, call, valid_until, nonce, tuple(signers), tuple(faults))


def _cancel(domain: Domain, args: Args) -> Cancel:
    decision = _decision_hash(*args["decision"])
    signer = domain.signer(decision, args["signature"])
    faults = () if signer else ("de handtekening onder de intrekking klopt niet",)
    call, valid_until, nonce = args["decision"]
    return Cancel(decision, call, valid_until, nonce, signer or INVALID, faults)


def _unsigned(
    domain: Domain, message: bytes, signers: Sequence[str], signatures: Sequence[bytes]
) -> Iterator[str]:
    for signer, signature in zip(signers, signatures, strict=False):
        if domain.signer(message, signature) != signer:
            yield f"de handtekening van coupon {signer} klopt niet"


def _decision_hash(call: bytes, valid_until: int, nonce: int) -> bytes:
    return struct_hash("Decision", keccak(call), valid_until, nonce)


_CALLS: dict[str, Callable[[Domain, Args], Act]] = {
    "pay": _pay,
    "refund": _refund,
    "changeTill": _change_till,
    "move": _move,
    "execute": _execute,
    "cancel": _cancel,
}


# from events


def _decided(e: Args) -> tuple[str, ...]:
    told = _decision_hash(e["call"], e["validUntil"], e["nonce"])
    return () if told == e["decision"] else ("het kenmerk van het besluit past niet bij de inhoud",)


_EVENTS: dict[str, Callable[[Args], Act]] = {
    "Paid": lambda e: Pay(
        e["payment"],
        e["shop"],
        e["scheme"],
        e["till"],
        e["nonce"],
        tuple(e["coupons"]),
        e["amount"],
    ),
    "Refunded": lambda e: Refund(e["refund"], e["payment"], e["shop"], e["till"], e["amount"]),
    "TillChanged": lambda e: TillChange(e["shop"], e["till"], e["active"], e["nonce"]),
    "Moved": lambda e: Move(e["scheme"], e["nonce"], tuple(e["from"]), tuple(e["to"])),
    "DecisionExecuted": lambda e: Decide(
        e["decision"], e["call"], e["validUntil"], e["nonce"], tuple(e["signers"]), _decided(e)
    ),
    "DecisionCancelled": lambda e: Cancel(
        e["decision"], e["call"], e["validUntil"], e["nonce"], e["signer"], _decided(e)
    ),
}
