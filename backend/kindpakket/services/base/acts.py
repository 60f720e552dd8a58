"""Relaying of acts to the ledger, and their outcome."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.ledger.abi import encode_call
from kindpakket.ledger.port import Ledger, Pending, Refused, Settled
from kindpakket.protocol.messages import Message
from kindpakket.protocol.signatures import SignatureMalformed


class Status(StrEnum):
    """Whether an act is on the ledger."""

    SETTLED = "settled"
    PENDING = "pending"


@dataclass(frozen=True)
class Act:
    """An act that was relayed: settled, or still pending or unknown."""

    id: Hash
    status: Status
    transaction: Hash | None
    block: int | None
    time: int | None


def relay(ledger: Ledger, act: Hash, function: str, *args: Any) -> Act:
    """Relay one act.

    Raises:
        Refusal: the contract said no.
        LedgerUnavailable: nothing was sent.
    """
    return concluded(act, ledger.submit(encode_call(function, *args)))


def concluded(act: Hash, outcome: object) -> Act:
    """Turn the ledger's outcome of an act into its status.

    Raises:
        Refusal: the contract said no.
    """
    match outcome:
        case Settled(transaction, block, time):
            return Act(act, Status.SETTLED, transaction, block, time)
        case Refused(code):
            raise Refusal(code)
        case Pending(transaction):
            return Act(act, Status.PENDING, transaction, None, None)
        case _:
            return Act(act, Status.PENDING, None, None, None)


def signer_of(ledger: Ledger, message: Message, signature: bytes) -> Address:
    """Return who signed a message.

    Raises:
        Refusal: no key could have made this signature.
    """
    try:
        return message.signer(ledger.domain, signature)
    except SignatureMalformed as error:
        raise Refusal(Code.SIGNATURE_INVALID) from error


def hash_bytes(value: str) -> bytes:
    """Return a 0x-prefixed hash as bytes."""
    return bytes.fromhex(value[2:])
