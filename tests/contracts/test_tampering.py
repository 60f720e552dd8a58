"""A signature is valid for one message on one contract of one chain, and for no other bits."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from kindpakket.domain.ids import Address
from kindpakket.ledger.abi import encode_call
from kindpakket.ledger.reverts import find_revert
from kindpakket.ledger.rpc import Rpc, RpcError
from kindpakket.protocol.messages import Claim, Decision, Move, Refund, Spend, TillChange
from tests.support import signed_acts as acts
from tests.support.hands import NOBODY, Hands
from tests.support.signed_acts import SignedAct
from tests.support.town import BOOKS, SCHEME, Town

MAKERS = (
    acts.spend,
    acts.claim,
    acts.refund,
    acts.till_change,
    acts.move,
    acts.decision,
    acts.cancellation,
)
"""A cancellation contains a Decision too, with its own signature."""

ROLES = (
    (acts.spend, "first coupon"),
    (acts.claim, "claiming till"),
    (acts.refund, "refunding till"),
    (acts.till_change, "owner"),
    (acts.till_change, "new till"),
    (acts.move, "first origin"),
    (acts.move, "first target"),
    (acts.decision, "first official"),
    (acts.cancellation, "cancelling official"),
)

STRANGER = Address("0x" + "77" * 20)

Change = Callable[[SignedAct], Any]

# field by field: a tampered value, and the error of the ledger
CHANGES: tuple[tuple[acts.Maker, str, Change, str], ...] = (
    (acts.spend, "scheme", lambda _: 2, "SignatureInvalid"),
    (acts.spend, "shop", lambda _: acts.TILL.shop, "SignatureInvalid"),
    (acts.spend, "max_amount", lambda _: 20_000, "SignatureInvalid"),
    (acts.spend, "valid_until", lambda act: act.message.valid_until + 1, "SignatureInvalid"),
    (acts.spend, "nonce", lambda act: act.message.nonce + 1, "SignatureInvalid"),
    (acts.spend, "coupons", lambda act: act.message.coupons[::-1], "SignatureInvalid"),
    (acts.claim, "spend", lambda act: act.other, "TillUnknown"),
    (acts.claim, "shop", lambda _: BOOKS, "TillUnknown"),
    (acts.claim, "amount", lambda _: 9_001, "TillUnknown"),
    (acts.claim, "amount", lambda _: 8_999, "TillUnknown"),
    (acts.claim, "rest", lambda _: True, "TillUnknown"),
    (acts.claim, "reference", lambda act: act.message.reference + 1, "TillUnknown"),
    (acts.refund, "payment", lambda act: act.other, "TillUnknown"),
    (acts.refund, "shop", lambda _: BOOKS, "PaymentUnknown"),
    (acts.refund, "amount", lambda _: 2_001, "TillUnknown"),
    (acts.refund, "valid_until", lambda act: act.message.valid_until + 1, "TillUnknown"),
    (acts.refund, "reference", lambda _: 8, "TillUnknown"),
    (acts.till_change, "shop", lambda _: BOOKS, "SignatureInvalid"),
    (acts.till_change, "till", lambda _: STRANGER, "SignatureInvalid"),
    (acts.till_change, "active", lambda _: False, "SignatureInvalid"),
    (acts.till_change, "nonce", lambda act: act.message.nonce + 1, "SignatureInvalid"),
    (acts.move, "scheme", lambda _: 2, "SignatureInvalid"),
    (acts.move, "nonce", lambda act: act.message.nonce + 1, "SignatureInvalid"),
    (acts.move, "to", lambda act: (STRANGER, act.message.to[1]), "SignatureInvalid"),
    (acts.move, "from_", lambda act: act.message.from_[::-1], "SignatureInvalid"),
    (acts.move, "to", lambda act: act.message.to[::-1], "SignatureInvalid"),
    (acts.decision, "call", lambda _: encode_call("fund", SCHEME, 5_001), "NotAuthorised"),
    (acts.decision, "call", lambda act: act.message.call + b"\0", "NotAuthorised"),
    (acts.decision, "valid_until", lambda act: act.message.valid_until + 1, "NotAuthorised"),
    (acts.decision, "nonce", lambda act: act.message.nonce + 1, "NotAuthorised"),
    (acts.cancellation, "call", lambda _: encode_call("fund", SCHEME, 5_001), "NotAuthorised"),
    (acts.cancellation, "valid_until", lambda a: a.message.valid_until + 1, "NotAuthorised"),
    (acts.cancellation, "nonce", lambda act: act.message.nonce + 1, "NotAuthorised"),
)


@pytest.fixture
def hands(town: Town) -> Hands:
    return Hands(town.workspace.context.ledger, town.clock)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_what_was_signed_is_carried_out(hands: Hands, make: acts.Maker) -> None:
    act = make(hands, hands.domain)
    before = hands.ledger.head()
    hands.send(act.sent)
    assert hands.ledger.head() == before + 1


@pytest.mark.parametrize(("make", "field", "change", "error"), CHANGES)
def test_a_message_with_one_field_changed_is_refused(
    hands: Hands, make: acts.Maker, field: str, change: Change, error: str
) -> None:
    act = make(hands, hands.domain)
    value = change(act)
    assert value != getattr(act.message, field)
    before = hands.ledger.head()
    with hands.refusing(error):
        hands.send(act.changed(field, value))
    assert hands.ledger.head() == before


def test_every_field_of_every_message_is_in_the_table() -> None:
    messages = {
        acts.spend: Spend,
        acts.claim: Claim,
        acts.refund: Refund,
        acts.till_change: TillChange,
        acts.move: Move,
        acts.decision: Decision,
        acts.cancellation: Decision,
    }
    every = {(make, field.name) for make, kind in messages.items() for field in fields(kind)}
    assert {(make, field) for make, field, _, _ in CHANGES} == every


def test_a_bundle_cannot_be_split(hands: Hands) -> None:
    act = acts.spend(hands, hands.domain)
    alone = replace(act.message, coupons=act.message.coupons[:1])
    with hands.refusing("SignatureInvalid"):
        hands.send(act.call(alone, act.signatures[:1]))


def test_a_move_to_a_coupon_cannot_be_made_to_give_it_back(hands: Hands) -> None:
    act = acts.move(hands, hands.domain)
    given_back = replace(act.message, to=(NOBODY, NOBODY))
    with hands.refusing("SignatureInvalid"):
        hands.send(act.call(given_back, act.signatures[:2]))


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_signature_for_another_chain_is_worth_nothing(hands: Hands, make: acts.Maker) -> None:
    elsewhere = replace(hands.domain, chain_id=hands.domain.chain_id + 1)
    with hands.refusing("SignatureInvalid", "TillUnknown", "NotAuthorised"):
        hands.send(make(hands, elsewhere).sent)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_signature_for_another_contract_is_worth_nothing(hands: Hands, make: acts.Maker) -> None:
    elsewhere = replace(hands.domain, contract=STRANGER)
    with hands.refusing("SignatureInvalid", "TillUnknown", "NotAuthorised"):
        hands.send(make(hands, elsewhere).sent)


@pytest.mark.parametrize(("make", "role"), ROLES, ids=[role.replace(" ", "-") for _, role in ROLES])
def test_a_signature_with_a_bit_flipped_is_refused(
    town: Town, hands: Hands, make: acts.Maker, role: str
) -> None:
    """One bit of each byte, in each role the next one, so that together all are flipped."""
    act, first = make(hands, hands.domain), ROLES.index((make, role)) % 8
    assert accepted(town, act.sent)
    assert [bit for bit in range(first, 512, 8) if accepted(town, act.flipped(role, bit))] == []


def accepted(town: Town, call: bytes) -> bool:
    """Whether the contract would carry out a call, by simulation."""
    contract = town.workspace.context.ledger.domain.contract
    rpc = Rpc(town.workspace.provider)
    try:
        rpc("eth_call", {"to": contract, "data": "0x" + call.hex()}, "latest")
    except RpcError as error:
        assert find_revert(error) is not None
        return False
    return True
