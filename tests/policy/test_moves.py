"""What is left moves to fresh keys, or back to the scheme, and refunds follow it."""

import pytest

from kindpakket.domain.categories import bits_of
from kindpakket.domain.letters import Letter
from kindpakket.ledger.port import Refused
from kindpakket.protocol.messages import Move
from kindpakket.protocol.signatures import Key, address_of
from tests.support import calls
from tests.support.messages import DAY, addresses, coupons, move
from tests.support.town import BICYCLES, LETTERS, SCHEME, START, Town, till_of

ZERO = "0x" + "00" * 20
STRANGER = Key(b"\x99" * 32)
FULL = [10_000, 10_000, 5_000, 2_000, 2_000, 1_000]
FRESH = 1


def fresh(*indices: int) -> list[Key]:
    """The keys of the letter's next generation."""
    return coupons(*indices, generation=FRESH)


def move_all(town: Town) -> None:
    town.clock.time += 1
    everything = range(6)
    town.api.move(SCHEME, coupons(*everything), fresh(*everything), town.now())


def give_back(town: Town, *indices: int) -> None:
    town.clock.time += 1
    town.api.move(SCHEME, coupons(*indices), [], town.now())


# to fresh keys


def test_what_is_left_moves_one_to_one(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(11_000, coupons=(0, 1)), 11_000)
    move_all(town)
    assert town.remaining() == [0, 0, 0, 0, 0, 0]
    assert town.remaining(generation=FRESH) == [0, 9_000, 5_000, 2_000, 2_000, 1_000]
    assert town.view("schemes", SCHEME)["issued"] == 90_000


def test_the_lost_phones_codes_die(town: Town) -> None:
    shown_before = town.code(1_000)
    move_all(town)
    with town.refusing("code_already_used"):
        town.api.pay(till_of(BICYCLES), shown_before, 1_000)
    with town.refusing("budget_too_low"):
        town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)


def test_the_fresh_keys_pay(town: Town) -> None:
    move_all(town)
    code = town.code(1_000, generation=FRESH)
    assert town.api.pay(till_of(BICYCLES), code, 1_000)["amount"] == 1_000
    assert town.remaining(generation=FRESH) == [9_000, 10_000, 5_000, 2_000, 2_000, 1_000]


def test_fresh_keys_of_another_letter_pay(town: Town) -> None:
    letter = Letter(SCHEME, b"\x09" * 16)
    town.api.move(SCHEME, coupons(0), coupons(0, letter=letter), town.now())
    assert (
        town.api.pay(till_of(BICYCLES), town.code(1_000, letter=letter), 1_000)["amount"] == 1_000
    )


def test_fresh_keys_move_on(town: Town) -> None:
    move_all(town)
    town.api.move(SCHEME, fresh(0), coupons(0, generation=2), town.now())
    assert town.remaining(generation=FRESH)[0] == 0
    assert town.remaining(generation=2)[0] == 10_000


def test_an_empty_coupon_moves_too(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(10_000), 10_000)
    move_all(town)
    assert town.remaining(generation=FRESH)[0] == 0
    assert town.view("coupons", addresses(fresh(0))[0])["scheme"] == SCHEME


def test_coupons_move_after_the_end(town: Town) -> None:
    town.clock.time = START + 400 * DAY
    move_all(town)
    assert town.remaining(generation=FRESH) == FULL


# given back


def test_what_is_given_back_is_no_longer_issued(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    give_back(town, 0, 2)
    assert town.remaining() == [0, 10_000, 0, 2_000, 2_000, 1_000]
    scheme = town.view("schemes", SCHEME)
    assert (scheme["issued"], scheme["spent"], scheme["funded"]) == (76_000, 1_000, 1_000_000)


def test_some_may_move_and_some_be_given_back_at_once(town: Town) -> None:
    to = (*addresses(fresh(0)), ZERO, *addresses(fresh(2)))
    signers = coupons(0, 1, 2) + fresh(0, 2)
    answer = town.post("/moves", move(town, coupons(0, 1, 2), to, by=signers))
    assert answer.status_code == 201
    assert town.remaining() == [0, 0, 0, 2_000, 2_000, 1_000]
    assert town.remaining(generation=FRESH) == [10_000, 0, 5_000, 0, 0, 0]
    assert town.view("schemes", SCHEME)["issued"] == 80_000


# refunds follow


def test_a_refund_follows_a_move(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(4_000), 4_000)
    move_all(town)
    town.api.refund(till_of(BICYCLES), payment["id"], 1_500, town.now())
    assert town.remaining() == [0, 0, 0, 0, 0, 0]
    assert town.remaining(generation=FRESH)[0] == 7_500


def test_a_refund_follows_two_moves(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(4_000), 4_000)
    move_all(town)
    town.api.move(SCHEME, fresh(0), coupons(0, generation=2), town.now())
    town.api.refund(till_of(BICYCLES), payment["id"], 1_500, town.now())
    assert town.remaining(generation=FRESH)[0] == 0
    assert town.remaining(generation=2)[0] == 7_500


def test_a_refund_to_a_coupon_that_was_given_back_is_no_longer_issued(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(4_000), 4_000)
    give_back(town, 0)
    assert town.view("schemes", SCHEME)["issued"] == 84_000
    answer = town.api.refund(till_of(BICYCLES), payment["id"], 1_500, town.now())
    assert answer["refunded"] == 1_500
    scheme = town.view("schemes", SCHEME)
    assert (scheme["issued"], scheme["spent"], scheme["refunded"]) == (82_500, 4_000, 1_500)
    assert town.remaining() == [0, 10_000, 5_000, 2_000, 2_000, 1_000]
    assert town.view("shops", BICYCLES)["owed"] == 2_500


def test_a_refund_to_a_coupon_that_moved_and_was_given_back_is_no_longer_issued(
    town: Town,
) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(4_000), 4_000)
    move_all(town)
    town.api.move(SCHEME, fresh(0), [], town.now())
    town.api.refund(till_of(BICYCLES), payment["id"], 4_000, town.now())
    assert town.view("schemes", SCHEME)["issued"] == 80_000


# refused


def test_a_moved_coupon_does_not_move_again(town: Town) -> None:
    move_all(town)
    town.clock.time += 1
    with town.refusing("coupon_moved"):
        town.api.move(SCHEME, coupons(0), coupons(0, generation=2), town.now())


def test_a_coupon_that_was_given_back_does_not_move(town: Town) -> None:
    give_back(town, 0)
    town.clock.time += 1
    with town.refusing("coupon_moved"):
        town.api.move(SCHEME, coupons(0), fresh(0), town.now())


@pytest.mark.parametrize(
    "target",
    [coupons(0), coupons(1), coupons(0, letter=LETTERS[1])],
    ids=["itself", "another of the letter", "another letter's"],
)
def test_a_move_to_an_address_that_is_a_coupon_is_refused(town: Town, target: list[Key]) -> None:
    with town.refusing("coupon_exists"):
        town.api.move(SCHEME, coupons(0), target, town.now())


def test_two_coupons_do_not_move_to_one_address(town: Town) -> None:
    with town.refusing("coupon_exists"):
        town.api.move(SCHEME, coupons(0, 1), fresh(0, 0), town.now())
    assert town.remaining() == FULL


def test_one_coupon_does_not_move_twice_at_once(town: Town) -> None:
    with town.refusing("coupon_moved"):
        town.api.move(SCHEME, coupons(0, 0), fresh(0, 1), town.now())
    assert town.remaining() == FULL


@pytest.mark.parametrize(
    "signers",
    [
        [STRANGER, *coupons(1), *fresh(0, 1)],
        [*coupons(0), STRANGER, *fresh(0, 1)],
        [*coupons(0, 1), STRANGER, *fresh(1)],
        [*coupons(0, 1), *fresh(0), STRANGER],
        [*coupons(0, 1), *fresh(1, 0)],
        [*coupons(1, 0), *fresh(0, 1)],
    ],
    ids=["first from", "second from", "first to", "second to", "to in order", "from in order"],
)
def test_every_from_and_every_to_signs_a_move(town: Town, signers: list[Key]) -> None:
    body = move(town, coupons(0, 1), addresses(fresh(0, 1)), by=signers)
    with town.refusing("signature_invalid"):
        town.api.post("/moves", body)
    assert town.remaining() == FULL


@pytest.mark.parametrize(
    ("origins", "to", "signers"),
    [
        (coupons(0, 1), addresses(fresh(0, 1)), coupons(0, 1) + fresh(0)),
        (coupons(0, 1), addresses(fresh(0, 1)), coupons(0)),
        (coupons(0), addresses(fresh(0)), coupons(0) + fresh(0, 0)),
        (coupons(0, 1), addresses(fresh(0)), coupons(0, 1) + fresh(0)),
        (coupons(0), addresses(fresh(0, 1)), coupons(0) + fresh(0, 1)),
    ],
    ids=["a to missing", "a from missing", "one more", "more from than to", "more to than from"],
)
def test_a_move_has_a_signature_for_each_of_its_pairs(
    town: Town, origins: list[Key], to: tuple[str, ...], signers: list[Key]
) -> None:
    with town.refusing("code_unreadable"):
        town.api.post("/moves", move(town, origins, to, by=signers))


def test_what_a_move_makes_is_not_moved_in_the_same_message(town: Town) -> None:
    chain = [*coupons(0), *fresh(0, 1, 2)]
    with town.refusing("coupon_unknown"):
        town.api.move(SCHEME, chain[:-1], chain[1:], town.now())
    assert town.remaining() == FULL


def test_a_move_of_thirty_three_coupons_is_refused(town: Town) -> None:
    everything = range(32)
    with town.refusing("request_invalid"):
        town.api.move(SCHEME, [*coupons(*everything), STRANGER], fresh(*everything, 0), town.now())
    message = Move(SCHEME, town.now(), addresses(coupons(0)) * 33, (ZERO,) * 33)
    outcome = town.workspace.context.ledger.submit(calls.move(message, [bytes(64)] * 33))
    assert isinstance(outcome, Refused)
    assert outcome.code == "code_unreadable"


def test_a_move_to_other_addresses_than_were_signed_is_refused(town: Town) -> None:
    body = move(town, coupons(0), addresses(fresh(0)), by=coupons(0) + fresh(0))
    with town.refusing("signature_invalid"):
        town.api.post("/moves", body | {"to": [address_of(STRANGER)]})


def test_a_coupon_that_was_never_issued_does_not_move(town: Town) -> None:
    with town.refusing("coupon_unknown"):
        town.api.move(SCHEME, coupons(30), fresh(30), town.now())


def test_a_coupon_does_not_move_to_another_scheme(town: Town) -> None:
    town.decide("openScheme", 2, START, START + DAY, bits_of(["bicycles"]), 0)
    with town.refusing("coupon_unknown"):
        town.api.move(2, coupons(0), fresh(0), town.now())


def test_a_move_of_an_unknown_scheme_is_refused(town: Town) -> None:
    with town.refusing("scheme_unknown"):
        town.api.move(9, coupons(0), fresh(0), town.now())


def test_a_move_that_is_older_than_a_payment_is_refused(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    with town.refusing("code_already_used"):
        town.api.move(SCHEME, coupons(0), fresh(0), town.now())
    town.api.move(SCHEME, coupons(0), fresh(0), town.now() + 1)
    assert town.remaining(generation=FRESH)[0] == 9_000


def test_a_moves_nonce_is_at_most_a_day_ahead(town: Town) -> None:
    with town.refusing("nonce_too_far_ahead"):
        town.api.move(SCHEME, coupons(0), fresh(0), town.now() + DAY + 1)
    town.api.move(SCHEME, coupons(0), fresh(0), town.now() + DAY)
    assert town.remaining(generation=FRESH)[0] == 10_000
