"""Validity of codes: signer, shop, time, and number of uses."""

from typing import Any

import pytest

from kindpakket.actors import show_code, spend_from_card
from kindpakket.domain.categories import bits_of
from kindpakket.domain.letters import Letter
from kindpakket.protocol.codes import Card, PaymentCode, make_code, read_card
from kindpakket.protocol.messages import Domain
from tests.support.messages import DAY, coupons, spend
from tests.support.town import (
    BICYCLES,
    BOOKS,
    LETTERS,
    SCHEME,
    START,
    Town,
    till_of,
)

OTHER_SCHEME = 2
FULL = [10_000, 10_000, 5_000, 2_000, 2_000, 1_000]


# for whom


def test_a_code_bound_to_this_shop_is_paid(town: Town) -> None:
    code = town.code(1_000, shop=BICYCLES)
    assert town.api.pay(till_of(BICYCLES), code, 1_000)["amount"] == 1_000


def test_a_code_bound_to_another_shop_is_refused(town: Town) -> None:
    code = town.code(1_000, shop=BOOKS)
    with town.refusing("code_for_other_shop"):
        town.api.pay(till_of(BICYCLES), code, 1_000)
    assert town.api.pay(till_of(BOOKS), code, 1_000)["amount"] == 1_000


# until when


def test_a_code_is_valid_in_its_last_second(town: Town) -> None:
    code = town.code(1_000)
    town.clock.time += 300
    assert town.api.pay(till_of(BICYCLES), code, 1_000)["amount"] == 1_000


def test_a_code_is_expired_in_the_second_after(town: Town) -> None:
    code = town.code(1_000)
    town.clock.time += 301
    with town.refusing("code_expired"):
        town.api.pay(till_of(BICYCLES), code, 1_000)
    assert town.remaining() == FULL


# how often


def test_a_code_works_once(town: Town) -> None:
    code = town.code(1_000)
    town.api.pay(till_of(BICYCLES), code, 400)
    with town.refusing("code_already_used"):
        town.api.pay(till_of(BICYCLES), code, 600)
    with town.refusing("code_already_used"):
        town.api.pay(till_of(BOOKS), code, 400)
    assert town.remaining()[0] == 9_600


def test_a_code_shown_again_is_the_same_code(town: Town) -> None:
    shown = [
        show_code(town.api.domain, SCHEME, coupons(0), 1_000, town.now()).text for _ in range(2)
    ]
    assert shown[0] == shown[1]
    town.api.pay(till_of(BICYCLES), shown[0], 1_000)
    with town.refusing("code_already_used"):
        town.api.pay(till_of(BICYCLES), shown[1], 1_000)


def test_an_older_code_is_dead_once_a_newer_one_was_paid(town: Town) -> None:
    older, newer = town.code(1_000), town.code(1_000)
    town.api.pay(till_of(BICYCLES), newer, 1_000)
    with town.refusing("code_already_used"):
        town.api.pay(till_of(BICYCLES), older, 1_000)


def test_a_newer_code_is_good_after_an_older_one_was_paid(town: Town) -> None:
    older, newer = town.code(1_000), town.code(1_000)
    town.api.pay(till_of(BICYCLES), older, 1_000)
    town.api.pay(till_of(BICYCLES), newer, 1_000)
    assert town.remaining()[0] == 8_000


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0)], ids=["replaced", "replacing"])
def test_of_a_code_and_the_one_that_replaces_it_only_one_is_paid(
    town: Town, first: int, second: int
) -> None:
    replaced = town.code(1_000, coupons=(0, 1))
    replacing = town.code(2_500, coupons=(2, 1), nonce=town.now())
    codes = [replaced, replacing]
    town.api.pay(till_of(BICYCLES), codes[first], 500)
    with town.refusing("code_already_used"):
        town.api.pay(till_of(BICYCLES), codes[second], 500)
    assert sum(town.remaining()) == 29_500


def test_a_nonce_is_at_most_a_day_ahead(town: Town) -> None:
    ahead = town.code(1_000, nonce=town.now() + 1 + DAY + 1)
    with town.refusing("nonce_too_far_ahead"):
        town.api.pay(till_of(BICYCLES), ahead, 1_000)
    just = town.code(1_000, nonce=town.now() + 1 + DAY)
    assert town.api.pay(till_of(BICYCLES), just, 1_000)["amount"] == 1_000


def test_a_code_that_was_too_far_ahead_left_the_coupon_as_it_was(town: Town) -> None:
    ahead = town.code(1_000, nonce=town.now() + 10 * DAY)
    with town.refusing("nonce_too_far_ahead"):
        town.api.pay(till_of(BICYCLES), ahead, 1_000)
    assert town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)["amount"] == 1_000


# whose


def test_a_code_of_an_unknown_scheme_is_refused(town: Town) -> None:
    code = town.code(1_000, letter=Letter(9, LETTERS[0].secret))
    with town.refusing("scheme_unknown"):
        town.api.pay(till_of(BICYCLES), code, 1_000)


def test_a_coupon_of_another_scheme_is_refused(town: Town) -> None:
    town.decide("openScheme", OTHER_SCHEME, START, START + DAY, bits_of(["bicycles"]), 0)
    code = make_code(
        spend(town, coupons(0), 1_000, scheme=OTHER_SCHEME), town.api.domain, coupons(0)
    )
    with town.refusing("coupon_unknown"):
        town.api.pay(till_of(BICYCLES), code.text, 1_000)
    assert town.remaining() == FULL


def test_a_coupon_that_was_never_issued_is_refused(town: Town) -> None:
    with town.refusing("coupon_unknown"):
        town.api.pay(till_of(BICYCLES), town.code(1_000, coupons=(30,)), 1_000)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scheme", 2),
        ("shop", BICYCLES),
        ("max_amount", 10_000),
        ("valid_until", START + DAY),
        ("nonce", START + DAY),
    ],
)
def test_a_code_that_was_changed_after_signing_is_refused(
    town: Town, field: str, value: int
) -> None:
    meant = spend(town, coupons(0), 1_000)
    signatures = make_code(meant, town.api.domain, coupons(0)).signatures
    changed = PaymentCode(spend(town, coupons(0), 1_000, **{field: value}), signatures)
    with town.refusing("signature_invalid"):
        town.api.pay(till_of(BICYCLES), changed.text, 500)
    assert town.remaining() == FULL


def test_a_code_signed_with_another_key_is_refused(town: Town) -> None:
    other = coupons(0, letter=LETTERS[1])
    message = spend(town, coupons(0), 1_000)
    forged = PaymentCode(message, (message.sign(town.api.domain, other[0]),))
    with town.refusing("signature_invalid"):
        town.api.pay(till_of(BICYCLES), forged.text, 1_000)


@pytest.mark.parametrize("change", [{"chain_id": 1}, {"contract": "0x" + "11" * 20}])
def test_a_code_for_another_ledger_is_refused(town: Town, change: dict[str, Any]) -> None:
    here = town.api.domain
    elsewhere = Domain(**({"chain_id": here.chain_id, "contract": here.contract} | change))
    code = show_code(elsewhere, SCHEME, coupons(0), 1_000, town.now())
    with town.refusing("signature_invalid"):
        town.api.pay(till_of(BICYCLES), code.text, 1_000)


# cards


def test_a_cards_coupon_is_drawn_on_by_any_shop_until_it_is_empty(town: Town) -> None:
    card = read_card(Card(SCHEME, coupons(3)[0]).text)
    code = spend_from_card(town.api.domain, card, BICYCLES, 1_500, town.now())
    assert town.api.pay(till_of(BICYCLES), code.text, 1_500)["amount"] == 1_500
    code = spend_from_card(town.api.domain, card, BOOKS, 500, town.now() + 1)
    assert town.api.pay(till_of(BOOKS), code.text, 500)["amount"] == 500
    assert town.remaining() == [10_000, 10_000, 5_000, 0, 2_000, 1_000]
    code = spend_from_card(town.api.domain, card, BOOKS, 1, town.now() + 2)
    with town.refusing("budget_too_low"):
        town.api.pay(till_of(BOOKS), code.text, 1)


def test_what_a_till_signed_with_a_card_is_good_for_no_other_shop(town: Town) -> None:
    card = Card(SCHEME, coupons(3)[0])
    code = spend_from_card(town.api.domain, card, BICYCLES, 1_500, town.now())
    with town.refusing("code_for_other_shop"):
        town.api.pay(till_of(BOOKS), code.text, 1_500)


def test_what_a_till_signed_with_a_card_is_good_for_five_minutes(town: Town) -> None:
    card = Card(SCHEME, coupons(3)[0])
    code = spend_from_card(town.api.domain, card, BICYCLES, 1_500, town.now())
    town.clock.time += 301
    with town.refusing("code_expired"):
        town.api.pay(till_of(BICYCLES), code.text, 1_500)


def test_a_cards_secret_is_no_code(town: Town) -> None:
    body = {
        "code": Card(SCHEME, coupons(3)[0]).text,
        "shop": BICYCLES,
        "amount": 1_500,
        "rest": False,
        "reference": 1,
        "till": "0x" + "11" * 20,
        "signature": "0x" + "11" * 64,
    }
    with town.refusing("code_unreadable"):
        town.api.post("/payments", body)
