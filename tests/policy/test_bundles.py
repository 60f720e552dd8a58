"""Several coupons in one code."""

import pytest

from kindpakket.actors import claim
from kindpakket.ledger.abi import encode_call
from kindpakket.ledger.port import Refused
from kindpakket.protocol.codes import PaymentCode, make_code
from kindpakket.protocol.messages import Claim
from tests.support.messages import addresses, coupons, spend
from tests.support.town import BICYCLES, LETTERS, Town, till_of

FULL = [10_000, 10_000, 5_000, 2_000, 2_000, 1_000]


def test_a_bundle_is_debited_in_the_order_in_which_it_lists(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(4_000, coupons=(5, 3, 0)), 4_000)
    assert town.remaining() == [9_000, 10_000, 5_000, 0, 2_000, 0]
    town.api.pay(till_of(BICYCLES), town.code(4_000, coupons=(2, 0)), 4_000)
    assert town.remaining() == [9_000, 10_000, 1_000, 0, 2_000, 0]


def test_six_coupons_are_the_whole_budget(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(30_000, coupons=(0, 1, 2, 3, 4, 5)), 30_000)
    assert payment["amount"] == 30_000
    assert town.remaining() == [0, 0, 0, 0, 0, 0]


def test_one_cent_more_than_the_bundle_holds_is_refused(town: Town) -> None:
    code = town.code(10_000, coupons=(5, 4, 3))
    with town.refusing("budget_too_low"):
        town.api.pay(till_of(BICYCLES), code, 5_001)
    assert town.remaining() == FULL
    assert town.api.pay(till_of(BICYCLES), code, 5_000)["amount"] == 5_000


def test_what_is_left_is_what_the_bundle_holds_together(town: Town) -> None:
    code = town.code(10_000, coupons=(5, 4))
    assert town.api.pay(till_of(BICYCLES), code, 9_000, rest=True)["amount"] == 3_000
    assert town.remaining() == [10_000, 10_000, 5_000, 2_000, 0, 0]


def test_an_empty_coupon_may_be_listed(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1_000, coupons=(5,)), 1_000)
    town.api.pay(till_of(BICYCLES), town.code(1_500, coupons=(5, 4)), 1_500)
    assert town.remaining() == [10_000, 10_000, 5_000, 2_000, 500, 0]


def test_a_coupon_from_which_nothing_was_taken_has_used_the_code_too(town: Town) -> None:
    alone = town.code(1_000, coupons=(1,))
    town.api.pay(till_of(BICYCLES), town.code(1_000, coupons=(0, 1)), 1_000)
    assert town.remaining()[1] == 10_000
    with town.refusing("code_already_used"):
        town.api.pay(till_of(BICYCLES), alone, 1_000)


@pytest.mark.parametrize("bundle", [(0, 1), (1, 0)])
def test_one_used_coupon_refuses_the_whole_bundle(town: Town, bundle: tuple[int, ...]) -> None:
    code = town.code(1_000, coupons=bundle)
    town.api.pay(till_of(BICYCLES), town.code(1_000, coupons=(0,)), 1_000)
    with town.refusing("code_already_used"):
        town.api.pay(till_of(BICYCLES), code, 1_000)
    assert town.remaining() == [9_000, 10_000, 5_000, 2_000, 2_000, 1_000]


@pytest.mark.parametrize("bundle", [(0, 30), (30, 0)])
def test_one_unknown_coupon_refuses_the_whole_bundle(town: Town, bundle: tuple[int, ...]) -> None:
    with town.refusing("coupon_unknown"):
        town.api.pay(till_of(BICYCLES), town.code(1_000, coupons=bundle), 1_000)
    assert town.remaining() == FULL


def test_a_bundle_in_another_order_is_refused(town: Town) -> None:
    keys = coupons(0, 5)
    first, second = make_code(spend(town, keys, 1_000), town.api.domain, keys).signatures
    turned = PaymentCode(spend(town, keys[::-1], 1_000), (second, first))
    with town.refusing("signature_invalid"):
        town.api.pay(till_of(BICYCLES), turned.text, 1_000)


@pytest.mark.parametrize("kept", [0, 1])
def test_a_bundle_that_was_cut_is_refused(town: Town, kept: int) -> None:
    keys = coupons(0, 5)
    signatures = make_code(spend(town, keys, 1_000), town.api.domain, keys).signatures
    cut = PaymentCode(spend(town, [keys[kept]], 1_000), (signatures[kept],))
    with town.refusing("signature_invalid"):
        town.api.pay(till_of(BICYCLES), cut.text, 1_000)


def test_a_coupon_that_was_added_to_a_code_is_refused(town: Town) -> None:
    mine, more = coupons(0), coupons(1)
    signature = make_code(spend(town, mine, 1_000), town.api.domain, mine).signatures[0]
    both = spend(town, mine + more, 1_000)
    grown = PaymentCode(both, (signature, both.sign(town.api.domain, more[0])))
    with town.refusing("signature_invalid"):
        town.api.pay(till_of(BICYCLES), grown.text, 1_000)


def test_a_coupon_that_somebody_else_signed_for_refuses_the_bundle(town: Town) -> None:
    both = spend(town, coupons(0, 1), 1_000)
    theirs = coupons(1, letter=LETTERS[1])
    signatures = tuple(both.sign(town.api.domain, key) for key in coupons(0) + theirs)
    with town.refusing("signature_invalid"):
        town.api.pay(till_of(BICYCLES), PaymentCode(both, signatures).text, 1_000)


def test_a_code_with_a_coupon_twice_is_unreadable(town: Town) -> None:
    keys = coupons(0, 0)
    code = make_code(spend(town, keys, 12_000), town.api.domain, keys)
    body = claim(town.api.domain, till_of(BICYCLES), town.code(12_000), 12_000)
    with town.refusing("code_unreadable"):
        town.api.post("/payments", body | {"code": code.text})


def test_the_ledger_itself_refuses_a_coupon_twice(town: Town) -> None:
    code = make_code(spend(town, coupons(0, 0), 12_000), town.api.domain, coupons(0, 0))
    message = Claim(code.spend.hash, BICYCLES, 12_000, False, 1)
    signature = message.sign(town.api.domain, till_of(BICYCLES).key)
    made = (bytes.fromhex(message.spend[2:]), *message.values[1:])
    call = encode_call("pay", code.spend.values, code.signatures, made, signature)
    outcome = town.workspace.context.ledger.submit(call)
    assert isinstance(outcome, Refused)
    assert outcome.revert.error == "CodeAlreadyUsed"
    assert outcome.revert.args["coupon"] == addresses(coupons(0))[0]
    assert town.remaining() == FULL


@pytest.mark.parametrize("count", [0, 7])
def test_a_code_has_one_to_six_coupons(town: Town, count: int) -> None:
    keys = coupons(*range(count))
    code = make_code(spend(town, keys, 1_000), town.api.domain, keys)
    body = claim(town.api.domain, till_of(BICYCLES), town.code(1_000), 1_000)
    with town.refusing("code_unreadable"):
        town.api.post("/payments", body | {"code": code.text})
