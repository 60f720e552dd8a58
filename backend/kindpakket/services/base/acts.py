"""What every act has in common: relay it, and say honestly what became of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kindpakket.domain.ids import Hash
from kindpakket.domain.refusals import Refusal
from kindpakket.ledger.abi import encode_call
from kindpakket.ledger.port import Ledger, Pending, Refused, Settled


class Status(StrEnum):
    """Whether an act is on the ledger."""

    SETTLED = "settled"
    PENDING = "pending"


@dataclass(frozen=True)
class Act:
    """An act that was relayed, and is settled or not decided yet."""

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
    """Turn an outcome into what became of the act.

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


def hash_bytes(value: str) -> bytes:
    """Return the bytes of a 0x-prefixed hash."""
    return bytes.fromhex(value[2:])
