"""All actors of a town: they sign messages and send them to the ledger."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from kindpakket.actors import Till
from kindpakket.domain.ids import Address, Hash, SchemeId, ShopId
from kindpakket.ledger.abi import encode_call
from kindpakket.ledger.client import Web3Ledger
from kindpakket.ledger.port import Refused, Settled
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
from tests.support.town import EVERYTHING, Clock

VALID = 300
"""Validity of codes and refunds, in seconds."""
NOBODY = Address("0x" + "00" * 20)


class Reverted(AssertionError):
    """The contract reverted unexpectedly; ``error`` is the name of its error."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass
class Hands:
    """The actors of one contract; each act is one second later than the one before."""

    ledger: Web3Ledger
    clock: Clock

    def __post_init__(self) -> None:
        self._references = count(1)

    @property
    def now(self) -> int:
        return int(self.clock.time)

    @property
    def domain(self) -> Domain:
        return self.ledger.domain

    def view(self, function: str, *args: Any) -> Any:
        return self.ledger.view(function, *args)

    def send(self, call: bytes) -> Settled:
        """Relay a call.

        Raises:
            Reverted: the contract refused.
        """
        outcome = self.ledger.submit(call)
        if isinstance(outcome, Refused):
            raise Reverted(outcome.revert.error)
        assert isinstance(outcome, Settled)
        return outcome

    @contextmanager
    def refusing(self, *errors: str) -> Iterator[None]:
        """Expect one of these errors of the contract."""
        try:
            yield
        except Reverted as refusal:
            assert refusal.error in errors
        else:
            raise AssertionError(f"not refused: {errors}")

    def signatures(self, message: Message, keys: Sequence[Key]) -> list[bytes]:
        return [message.sign(self.domain, key) for key in keys]

    # ------------------------------------------------------------------ parents and tills

    def code(self, keys: Sequence[Key], amount: int, **changes: Any) -> PaymentCode:
        """A code for at most an amount, with optional changes of its Spend before it is signed."""
        self.clock.time += 1
        usual = {
            "scheme": 1,
            "shop": 0,
            "max_amount": amount,
            "valid_until": self.now + VALID,
            "nonce": self.now,
            "coupons": tuple(map(address_of, keys)),
        }
        spend = Spend(**(usual | changes))
        return PaymentCode(spend, tuple(self.signatures(spend, keys)))

    def claim(self, code: PaymentCode, shop: int, amount: int, *, rest: bool = False) -> Claim:
        return Claim(code.spend.hash, ShopId(shop), amount, rest, next(self._references))

    def pay(
        self,
        code: PaymentCode,
        till: Till,
        amount: int,
        *,
        rest: bool = False,
        claim: Claim | None = None,
    ) -> Hash:
        """Claim from a code, or send a claim again; return the payment."""
        claim = claim or self.claim(code, till.shop, amount, rest=rest)
        self.send(calls.pay(code, claim, claim.sign(self.domain, till.key)))
        return claim.hash

    def refund(self, payment: Hash, till: Till, amount: int, **changes: Any) -> Refund:
        """Refund part of a payment; return the signed message."""
        usual = {
            "payment": payment,
            "shop": till.shop,
            "amount": amount,
            "valid_until": self.now + VALID,
            "reference": next(self._references),
        }
        message = Refund(**(usual | changes))
        self.send(calls.refund(message, message.sign(self.domain, till.key)))
        return message

    def change_till(
        self, till: Till, owner: Key, *, active: bool = True, by: Key | None = None
    ) -> TillChange:
        """Add or block a till; ``by`` signs in place of the till."""
        self.clock.time += 1
        message = TillChange(till.shop, address_of(till.key), active, self.now)
        own = message.sign(self.domain, by or till.key) if active else b""
        self.send(calls.change_till(message, message.sign(self.domain, owner), own))
        return message

    def move(
        self, origins: Sequence[Key], targets: Sequence[Key], **changes: Any
    ) -> tuple[Move, list[bytes]]:
        """Move to fresh keys, or without targets give back; return the signed message."""
        self.clock.time += 1
        to = tuple(map(address_of, targets)) or (NOBODY,) * len(origins)
        usual = {"scheme": SchemeId(1), "nonce": self.now}
        message = Move(**(usual | changes), from_=tuple(map(address_of, origins)), to=to)
        signatures = self.signatures(message, [*origins, *targets])
        self.send(calls.move(message, signatures))
        return message, signatures

    # ------------------------------------------------------------------ officials

    def decision(self, function: str, *args: Any, **changes: Any) -> Decision:
        """A decision prepared at the current time, with optional changes."""
        self.clock.time += 1
        usual = {"valid_until": self.now + 24 * 3600, "nonce": self.now}
        return Decision(encode_call(function, *args), **(usual | changes))

    def execute(self, message: Decision, by: Sequence[Key]) -> None:
        signers = sorted(by, key=address_of)
        self.send(calls.execute(message, self.signatures(message, signers)))

    def decide(self, function: str, *args: Any, by: Sequence[Key] = EVERYTHING[:2]) -> None:
        """Prepare, approve and execute."""
        self.execute(self.decision(function, *args), by)

    def cancel(self, message: Decision, by: Key) -> None:
        self.send(calls.cancel(message, message.sign(self.domain, by)))
