"""Decisions of officials: who must sign, how long they are valid, and what cannot be executed."""

import pytest

from kindpakket.actors import decision_body, fields
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.categories import bits_of
from kindpakket.ledger.abi import FUNCTIONS, encode_call
from kindpakket.ledger.port import Refused
from kindpakket.protocol.messages import Decision
from kindpakket.protocol.signatures import Key, address_of
from tests.support.messages import DAY, decision, sign, signed
from tests.support.town import ALL, BOOKS, EVERYTHING, SAFE, SCHEME, START, Town

FIRST, SECOND, THIRD = sorted(EVERYTHING, key=address_of)
STRANGER = Key(b"\x99" * 32)
RULES = (START, START + DAY, 1, 0)


def execute(town: Town, message: Decision, by: list[Key]) -> None:
    """Send a decision with signatures in the order given."""
    signatures = [sign(town, message, key) for key in by]
    town.api.post("/decisions", fields(message) | {"signatures": signatures})


def funded(town: Town, scheme: int = SCHEME) -> int:
    amount: int = town.view("schemes", scheme)["funded"]
    return amount


def fund(town: Town, amount: int = 1, **changes: int) -> Decision:
    return decision(town, "fund", SCHEME, amount, **changes)


# who must sign


def test_two_officials_decide(town: Town) -> None:
    execute(town, fund(town, 500), [FIRST, SECOND])
    assert funded(town) == 1_000_500


def test_three_officials_decide(town: Town) -> None:
    execute(town, fund(town, 500), [FIRST, SECOND, THIRD])
    assert funded(town) == 1_000_500


def test_one_official_does_not_decide(town: Town) -> None:
    with town.refusing("approvals_missing"):
        execute(town, fund(town), [FIRST])


def test_a_decision_without_signatures_is_refused(town: Town) -> None:
    with town.refusing("approvals_missing"):
        execute(town, fund(town), [])


def test_the_same_official_twice_does_not_decide(town: Town) -> None:
    with town.refusing("approvals_missing"):
        execute(town, fund(town), [FIRST, FIRST])


def test_signers_in_the_wrong_order_do_not_decide(town: Town) -> None:
    with town.refusing("approvals_missing"):
        execute(town, fund(town), [SECOND, FIRST])
    with town.refusing("approvals_missing"):
        execute(town, fund(town), [FIRST, THIRD, SECOND])


def test_an_official_and_a_stranger_do_not_decide(town: Town) -> None:
    with town.refusing("not_authorised"):
        execute(town, fund(town), sorted([FIRST, STRANGER], key=address_of))


def test_an_official_without_the_capacity_does_not_count(town: Town) -> None:
    with town.refusing("not_authorised"):
        execute(town, fund(town), sorted([FIRST, SAFE], key=address_of))


def test_a_decision_that_was_changed_after_signing_is_refused(town: Town) -> None:
    body = decision_body(town.api.domain, fund(town, 1), [FIRST, SECOND])
    other = encode_call("fund", SCHEME, 2)
    changes = [
        {"call": "0x" + other.hex()},
        {"validUntil": body["validUntil"] + 1},
        {"nonce": body["nonce"] + 1},
    ]
    for change in changes:
        with town.refusing("not_authorised"):
            town.api.post("/decisions", body | change)


# pausing


def test_one_official_may_pause(town: Town) -> None:
    execute(town, decision(town, "setPaused", SCHEME, True), [FIRST])
    assert town.view("schemes", SCHEME)["paused"] is True


def test_one_official_may_not_resume(town: Town) -> None:
    execute(town, decision(town, "setPaused", SCHEME, True), [FIRST])
    town.clock.time += 1
    with town.refusing("approvals_missing"):
        execute(town, decision(town, "setPaused", SCHEME, False), [FIRST])
    execute(town, decision(town, "setPaused", SCHEME, False), [FIRST, SECOND])
    assert town.view("schemes", SCHEME)["paused"] is False


def test_an_official_without_the_capacity_may_not_pause(town: Town) -> None:
    with town.refusing("not_authorised"):
        execute(town, decision(town, "setPaused", SCHEME, True), [SAFE])


def test_a_pause_without_signatures_is_refused(town: Town) -> None:
    with town.refusing("approvals_missing"):
        execute(town, decision(town, "setPaused", SCHEME, True), [])


# suspending


def test_one_official_may_suspend_a_shop_and_may_not_lift_it(town: Town) -> None:
    execute(town, decision(town, "setSuspended", BOOKS, True), [FIRST])
    assert town.view("shops", BOOKS)["suspended"] is True
    town.clock.time += 1
    with town.refusing("approvals_missing"):
        execute(town, decision(town, "setSuspended", BOOKS, False), [FIRST])
    execute(town, decision(town, "setSuspended", BOOKS, False), [FIRST, SECOND])
    assert town.view("shops", BOOKS)["suspended"] is False


def test_an_older_decision_on_a_shop_does_not_lift_its_suspension(town: Town) -> None:
    owner = address_of(STRANGER)
    admission = decision(town, "setShop", BOOKS, bits_of(["books"]), owner, True)
    town.clock.time += 1
    execute(town, decision(town, "setSuspended", BOOKS, True), [FIRST])
    execute(town, admission, [FIRST, SECOND])
    shop = town.view("shops", BOOKS)
    assert (shop["owner"], shop["admitted"], shop["suspended"]) == (owner, True, True)


def test_a_call_with_more_behind_it_suspends_nobody_alone(town: Town) -> None:
    call = encode_call("setSuspended", BOOKS, True) + b"\0"
    message = Decision(call, town.now() + DAY, town.now())
    with town.refusing("approvals_missing"):
        execute(town, message, [FIRST])


# for how long


def test_a_decision_holds_in_its_last_second(town: Town) -> None:
    message = fund(town, 500)
    town.clock.time += DAY
    execute(town, message, [FIRST, SECOND])
    assert funded(town) == 1_000_500


def test_a_decision_is_expired_in_the_second_after(town: Town) -> None:
    message = fund(town)
    town.clock.time += DAY + 1
    with town.refusing("decision_expired"):
        execute(town, message, [FIRST, SECOND])


def test_a_decision_holds_for_fourteen_days_at_most(town: Town) -> None:
    with town.refusing("decision_expired"):
        execute(town, fund(town, valid_until=town.now() + 14 * DAY + 1), [FIRST, SECOND])
    execute(town, fund(town, valid_until=town.now() + 14 * DAY), [FIRST, SECOND])
    assert funded(town) == 1_000_001


def test_a_decision_for_longer_is_good_once_its_end_is_near_enough(town: Town) -> None:
    message = fund(town, valid_until=town.now() + 15 * DAY)
    with town.refusing("decision_expired"):
        execute(town, message, [FIRST, SECOND])
    town.clock.time += DAY
    execute(town, message, [FIRST, SECOND])
    assert funded(town) == 1_000_001


# what cannot be executed


def test_a_decision_is_carried_out_once(town: Town) -> None:
    message = fund(town, 500)
    execute(town, message, [FIRST, SECOND])
    with town.refusing("nonce_too_old"):
        execute(town, message, [FIRST, SECOND])
    with town.refusing("nonce_too_old"):
        execute(town, message, [SECOND, THIRD])
    assert funded(town) == 1_000_500


def test_a_decision_held_back_is_dead_once_a_newer_one_on_its_subject_was_taken(
    town: Town,
) -> None:
    held_back = fund(town, 500)
    town.clock.time += 1
    execute(town, fund(town, 1), [FIRST, SECOND])
    with town.refusing("nonce_too_old"):
        execute(town, held_back, [FIRST, SECOND])
    assert funded(town) == 1_000_001


def test_two_decisions_of_one_moment_on_one_subject_are_not_both_taken(town: Town) -> None:
    one, other = fund(town, 500), fund(town, 1)
    execute(town, one, [FIRST, SECOND])
    with town.refusing("nonce_too_old"):
        execute(town, other, [FIRST, SECOND])


def test_a_decision_held_back_lives_when_only_other_subjects_were_decided_on(town: Town) -> None:
    town.decide("openScheme", 2, START, START + DAY, 1, 0)
    held_back = fund(town, 500)
    town.clock.time += 1
    execute(town, decision(town, "fund", 2, 7), [FIRST, SECOND])
    execute(town, decision(town, "setRules", SCHEME, *RULES), [FIRST, SECOND])
    execute(town, held_back, [FIRST, SECOND])
    assert (funded(town), funded(town, 2)) == (1_000_500, 7)


def test_a_decisions_nonce_is_at_most_a_day_ahead(town: Town) -> None:
    with town.refusing("nonce_too_far_ahead"):
        execute(town, fund(town, nonce=town.now() + DAY + 1), [FIRST, SECOND])
    execute(town, fund(town, nonce=town.now() + DAY), [FIRST, SECOND])
    assert funded(town) == 1_000_001


def test_a_decision_that_could_not_be_carried_out_can_be_later(town: Town) -> None:
    message = decision(town, "issue", SCHEME, 1_000_000, [address_of(STRANGER)])
    with town.refusing("funds_too_low"):
        execute(town, message, [FIRST, SECOND])
    town.decide("fund", SCHEME, 1_000_000)
    execute(town, message, [FIRST, SECOND])
    assert town.view("coupons", address_of(STRANGER))["remaining"] == 1_000_000


# cancelled


def test_one_official_cancels_a_decision_for_good(town: Town) -> None:
    message = fund(town)
    town.api.post("/cancellations", signed(town, message, THIRD))
    with town.refusing("decision_cancelled"):
        execute(town, message, [FIRST, SECOND])
    with town.refusing("decision_cancelled"):
        town.api.post("/cancellations", signed(town, message, FIRST))


def test_cancelling_one_decision_leaves_the_next_on_its_subject(town: Town) -> None:
    message = fund(town, 500)
    town.api.post("/cancellations", signed(town, message, THIRD))
    execute(town, fund(town, 1), [FIRST, SECOND])
    assert funded(town) == 1_000_001


@pytest.mark.parametrize("signer", [SAFE, STRANGER], ids=["the safe's", "a stranger"])
def test_an_official_without_the_capacity_cancels_nothing(town: Town, signer: Key) -> None:
    message = fund(town, 500)
    with town.refusing("not_authorised"):
        town.api.post("/cancellations", signed(town, message, signer))
    execute(town, message, [FIRST, SECOND])
    assert funded(town) == 1_000_500


def test_a_decision_that_was_carried_out_cannot_be_cancelled(town: Town) -> None:
    message = fund(town)
    execute(town, message, [FIRST, SECOND])
    with town.refusing("nonce_too_old"):
        town.api.post("/cancellations", signed(town, message, FIRST))


# what can be decided


@pytest.mark.parametrize(
    "function", ["pay", "refund", "changeTill", "move", "execute", "cancel", "schemes"]
)
def test_nothing_else_can_be_decided(town: Town, function: str) -> None:
    call = FUNCTIONS[function].id + bytes(64)
    message = Decision(call, town.now() + DAY, town.now())
    with town.refusing("not_authorised"):
        execute(town, message, [FIRST, SECOND])


@pytest.mark.parametrize("length", [0, 3, 4, 35])
def test_a_call_without_a_subject_is_refused(town: Town, length: int) -> None:
    call = encode_call("fund", SCHEME, 1)[:length]
    with town.refusing("call_invalid"):
        execute(town, Decision(call, town.now() + DAY, town.now()), [FIRST, SECOND])


def test_a_call_without_all_its_arguments_is_refused(town: Town) -> None:
    call = encode_call("fund", SCHEME, 1)[:36]
    with town.refusing("call_invalid"):
        execute(town, Decision(call, town.now() + DAY, town.now()), [FIRST, SECOND])


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("openScheme", (2, START, START + DAY, 1, 0)),
        ("setRules", (SCHEME, *RULES)),
        ("closeScheme", (SCHEME,)),
        ("setPaused", (SCHEME, True)),
        ("setCategories", (b"\x11" * 32,)),
        ("setShop", (BOOKS, bits_of(["books"]), address_of(STRANGER), True)),
        ("setSuspended", (BOOKS, True)),
        ("fund", (SCHEME, 1)),
        ("issue", (SCHEME, 1, [address_of(STRANGER)])),
        ("settle", (1, [BOOKS], [1], b"\x11" * 32)),
        ("setOfficial", (address_of(STRANGER), ALL)),
    ],
)
def test_whoever_sends_the_transaction_decides_nothing(
    town: Town, function: str, args: tuple[object, ...]
) -> None:
    outcome = town.workspace.context.ledger.submit(encode_call(function, *args))
    assert isinstance(outcome, Refused)
    assert outcome.revert.error == "NotAuthorised"
    assert outcome.revert.args["signer"] == town.workspace.context.ledger.relay


def test_who_is_made_an_official_counts_and_who_is_not_any_more_does_not(town: Town) -> None:
    town.decide("setOfficial", address_of(STRANGER), int(Capacity.BUDGET))
    by = sorted([FIRST, STRANGER], key=address_of)
    execute(town, fund(town, 500), by)
    assert funded(town) == 1_000_500
    town.decide("setOfficial", address_of(STRANGER), 0)
    with town.refusing("not_authorised"):
        execute(town, fund(town), by)
