"""Calldata of each act, from a message and its signatures."""

from collections.abc import Sequence

from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.codes import PaymentCode
from kindpakket.protocol.messages import Claim, Decision, Move, Refund, TillChange


def pay(code: PaymentCode, claim: Claim, signature: bytes) -> bytes:
    spent = bytes.fromhex(claim.spend[2:])
    claimed = (spent, *claim.values[1:])
    return encode_call("pay", code.spend.values, code.signatures, claimed, signature)


def refund(message: Refund, signature: bytes) -> bytes:
    payment = bytes.fromhex(message.payment[2:])
    return encode_call("refund", (payment, *message.values[1:]), signature)


def change_till(message: TillChange, by_owner: bytes, by_till: bytes = b"") -> bytes:
    return encode_call("changeTill", message.values, by_owner, by_till)


def move(message: Move, signatures: Sequence[bytes]) -> bytes:
    return encode_call("move", message.values, signatures)


def execute(message: Decision, approvals: Sequence[bytes]) -> bytes:
    return encode_call("execute", message.values, approvals)


def cancel(message: Decision, signature: bytes) -> bytes:
    return encode_call("cancel", message.values, signature)
