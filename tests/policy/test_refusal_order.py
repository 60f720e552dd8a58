"""When several rules refuse, the answer is the one that comes first in the protocol."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from kindpakket.actors import fields, hexed
from kindpakket.domain.categories import bits_of
from kindpakket.protocol.codes import PaymentCode
from kindpakket.protocol.messages import Claim
from kindpakket.protocol.signatures import Key, address_of
from tests.support.messages import DAY, addresses, coupons, spend
from tests.support.town import BICYCLES, BOOKS, SCHEME, START, Town, owner_of, till_of

STRANGER = Key(b"\x99" * 32)


class Attempt:
    """A claim that is valid, unless a fault is added."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.keys = coupons(0)
        self.spend = dict(vars(spend(town, self.keys, 1_000)))
        self.claim: dict[str, Any] = {"shop": BICYCLES, "amount": 1_000}
        self.till = self.claim_signer = till_of(BICYCLES).key
        self.forged = False

    def send(self) -> httpx2.Response:
        domain = self.town.api.domain
        meant = spend(self.town, self.keys, 0, **(self.spend | {"coupons": addresses(self.keys)}))
        signers = [STRANGER] * len(self.keys) if self.forged else self.keys
        code = PaymentCode(meant, tuple(meant.sign(domain, key) for key in signers))
        claim = Claim(spend=meant.hash, rest=False, reference=1, **self.claim)
        body = fields(claim) | {
            "code": code.text,
            "till": address_of(self.till),
            "signature": hexed(claim.sign(domain, self.claim_signer)),
        }
        del body["spend"]
        return self.town.post("/payments", body)


Wrong = Callable[[Attempt], None]


def claim_signed_by_another(attempt: Attempt) -> None:
    attempt.claim_signer = STRANGER


def forged_code(attempt: Attempt) -> None:
    attempt.forged = True


def unknown_shop(attempt: Attempt) -> None:
    attempt.claim["shop"] = 99


def never_its_till(attempt: Attempt) -> None:
    attempt.till = attempt.claim_signer = STRANGER


def paid_already(attempt: Attempt) -> None:
    assert attempt.send().status_code == 201


def unknown_scheme(attempt: Attempt) -> None:
    attempt.spend["scheme"] = 9


def paused(attempt: Attempt) -> None:
    attempt.town.decide("setPaused", SCHEME, True)


def over(attempt: Attempt) -> None:
    rules = (START, START + 1, bits_of(["bicycles"]), 0)
    attempt.town.decide("setRules", SCHEME, *rules)


def suspended(attempt: Attempt) -> None:
    attempt.town.decide("setSuspended", BICYCLES, True)


def not_admitted(attempt: Attempt) -> None:
    owner = address_of(owner_of(BICYCLES))
    attempt.town.decide("setShop", BICYCLES, bits_of(["bicycles"]), owner, False)


def blocked_till(attempt: Attempt) -> None:
    till, now = address_of(till_of(BICYCLES).key), attempt.town.now()
    attempt.town.api.change_till(owner_of(BICYCLES), BICYCLES, till, now, active=False)


def wrong_category(attempt: Attempt) -> None:
    owner = address_of(owner_of(BICYCLES))
    attempt.town.decide("setShop", BICYCLES, bits_of(["off_licences"]), owner, True)


def for_another_shop(attempt: Attempt) -> None:
    attempt.spend["shop"] = BOOKS


def expired(attempt: Attempt) -> None:
    attempt.spend["valid_until"] = attempt.town.now() - 1


def above_the_maximum(attempt: Attempt) -> None:
    attempt.spend["max_amount"] = 999


def unknown_coupon(attempt: Attempt) -> None:
    attempt.keys = [*attempt.keys, *coupons(30)]


def far_nonce(attempt: Attempt) -> None:
    attempt.spend["nonce"] = attempt.town.now() + 10 * DAY


def used_already(attempt: Attempt) -> None:
    attempt.town.api.pay(till_of(BOOKS), attempt.town.code(1), 1)


def too_low(attempt: Attempt) -> None:
    attempt.spend["max_amount"] = attempt.claim["amount"] = 10_001


# Two that exclude each other have no order; the next possible one takes the second's place.
ORDER = [
    (claim_signed_by_another, unknown_shop, "signature_invalid"),
    (forged_code, unknown_shop, "signature_invalid"),
    (unknown_shop, never_its_till, "shop_not_admitted"),
    (never_its_till, paid_already, "till_not_active"),
    (never_its_till, unknown_scheme, "till_not_active"),
    (paid_already, paused, None),
    (unknown_scheme, suspended, "scheme_unknown"),
    (paused, over, "scheme_paused"),
    (over, suspended, "scheme_not_open"),
    (suspended, blocked_till, "shop_not_admitted"),
    (not_admitted, blocked_till, "shop_not_admitted"),
    (blocked_till, wrong_category, "till_not_active"),
    (wrong_category, for_another_shop, "category_not_permitted"),
    (for_another_shop, expired, "code_for_other_shop"),
    (expired, above_the_maximum, "code_expired"),
    (above_the_maximum, unknown_coupon, "amount_above_maximum"),
    (unknown_coupon, far_nonce, "coupon_unknown"),
    (unknown_coupon, used_already, "coupon_unknown"),
    (far_nonce, too_low, "nonce_too_far_ahead"),
    (used_already, too_low, "code_already_used"),
]

ALONE = [
    (claim_signed_by_another, "signature_invalid"),
    (forged_code, "signature_invalid"),
    (unknown_shop, "shop_not_admitted"),
    (never_its_till, "till_not_active"),
    (paid_already, None),
    (unknown_scheme, "scheme_unknown"),
    (paused, "scheme_paused"),
    (over, "scheme_not_open"),
    (suspended, "shop_not_admitted"),
    (not_admitted, "shop_not_admitted"),
    (blocked_till, "till_not_active"),
    (wrong_category, "category_not_permitted"),
    (for_another_shop, "code_for_other_shop"),
    (expired, "code_expired"),
    (above_the_maximum, "amount_above_maximum"),
    (unknown_coupon, "coupon_unknown"),
    (far_nonce, "nonce_too_far_ahead"),
    (used_already, "code_already_used"),
    (too_low, "budget_too_low"),
]


def name(value: object) -> str:
    return getattr(value, "__name__", "")


def test_an_attempt_without_faults_is_paid(town: Town) -> None:
    assert Attempt(town).send().status_code == 201


@pytest.mark.parametrize(("wrong", "code"), ALONE, ids=name)
def test_each_reason_alone_is_the_answer(town: Town, wrong: Wrong, code: str | None) -> None:
    attempt = Attempt(town)
    wrong(attempt)
    answered(attempt, code)


@pytest.mark.parametrize(("first", "second", "code"), ORDER, ids=name)
def test_of_two_reasons_the_first_is_the_answer(
    town: Town, first: Wrong, second: Wrong, code: str | None
) -> None:
    attempt = Attempt(town)
    # What is paid already was good when it was paid.
    for wrong in sorted((first, second), key=lambda each: each is not paid_already):
        wrong(attempt)
    answered(attempt, code)


def answered(attempt: Attempt, code: str | None) -> None:
    """Check the refusal code; None: it is paid already."""
    answer = attempt.send()
    assert answer.status_code == (200 if code is None else 409)
    assert answer.json().get("code") == code
