"""Sends calls to the ledger and describes the exact outcome."""

import secrets
from typing import Any

from pydantic import BaseModel

from kindpakket.actors import Till
from kindpakket.domain.ids import MAX_REFERENCE
from kindpakket.domain.refusals import DUTCH, ENGLISH
from kindpakket.domain.times import rfc3339
from kindpakket.ledger.abi import Revert, encode_call
from kindpakket.ledger.port import LedgerUnavailable, Refused, Settled
from kindpakket.protocol.codes import PaymentCode
from kindpakket.protocol.messages import Claim, Domain
from kindpakket.services.base.acts import hash_bytes
from kindpakket.services.base.context import Context


class Block(BaseModel):
    """A block, and the transaction of the call in it."""

    number: int
    hash: str
    time: str
    transaction: str


class RefusalAnswer(BaseModel):
    """A refusal: its code, its text, and the contract's error."""

    code: str
    nl: str
    en: str
    error: str


class Answer(BaseModel):
    """The outcome: a block with the call, or a refusal."""

    block: Block | None = None
    no: RefusalAnswer | None = None


def ask(context: Context, call: bytes) -> Answer:
    """Relay a call.

    Raises:
        LedgerUnavailable: the outcome is unknown.
    """
    match context.ledger.submit(call):
        case Settled(transaction, number, time):
            found = context.ledger.block_hash(number) or ""
            block = Block(number=number, hash=found, time=rfc3339(time), transaction=transaction)
            return Answer(block=block)
        case Refused(code, revert):
            wording, english = DUTCH[code].title, ENGLISH[code].title
            return Answer(
                no=RefusalAnswer(code=code, nl=wording, en=english, error=_written(revert))
            )
        case _:
            raise LedgerUnavailable("not decided")


def claim_call(domain: Domain, till: Till, code: PaymentCode, amount: int) -> bytes:
    """Return the calldata of a till's claim on a code, for an amount in cents."""
    reference = secrets.randbelow(MAX_REFERENCE)
    claim = Claim(code.spend.hash, till.shop, amount, False, reference)
    signature = claim.sign(domain, till.key)
    message = (hash_bytes(claim.spend), *claim.values[1:])
    return encode_call("pay", code.spend.values, code.signatures, message, signature)


def _written(revert: Revert) -> str:
    numbers = ", ".join(f"{name}: {_plain(value)}" for name, value in revert.args.items())
    return f"{revert.error}({numbers})"


def _plain(value: Any) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
