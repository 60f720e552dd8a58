"""Who decides, together with whom, and until when."""

from collections.abc import Callable

from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.messages import Decision
from kindpakket.protocol.signatures import Key, address_of
from tests.support.small_town import (
    BICYCLES,
    OWNER,
    SCHEME,
    SHA256,
    STRANGER,
    TILL,
    A,
    SmallTown,
    key,
)
from tests.support.town import EVERYTHING, SAFE

ANNA, BRAM, _CARLA = EVERYTHING
DAY = 24 * 3600
BITS = (1, 2, 4, 8, 16, 32, 64)


def two_officials_decide(town: SmallTown) -> None:
    with town.refusing("ApprovalsMissing"):
        town.decide("fund", SCHEME, 100, by=[ANNA])
    town.decide("fund", SCHEME, 100)
    assert town.scheme("funded") == (5_100,)


def nobody_approves_twice(town: SmallTown) -> None:
    with town.refusing("ApprovalsNotAscending"):
        town.decide("fund", SCHEME, 100, by=[ANNA, ANNA])


def only_officials_approve(town: SmallTown) -> None:
    for signers in ([ANNA, STRANGER], [STRANGER, OWNER], [ANNA, TILL.key], [ANNA, A]):
        with town.refusing("NotAuthorised"):
            town.decide("fund", SCHEME, 100, by=signers)


def _holder_of(town: SmallTown, capacity: int) -> list[Key]:
    """Two new officials with this capacity and no other."""
    keys = [key(60), key(61)]
    for each in keys:
        town.decide("setOfficial", address_of(each), capacity)
    return keys


def _asks_for(capacity: int, function: str, *args: object) -> Callable[[SmallTown], None]:
    def scenario(town: SmallTown) -> None:
        others = _holder_of(town, 127 & ~capacity)
        with town.refusing("NotAuthorised"):
            town.decide(function, *args, by=others)
        holders = _holder_of(town, capacity)
        town.decide(function, *args, by=holders)

    scenario.__name__ = f"{function}_asks_for_its_own_capacity"
    return scenario


set_rules_asks_for_rules = _asks_for(1, "setPaused", SCHEME, True)
set_shop_asks_for_shops = _asks_for(2, "setShop", 7, 1, address_of(OWNER), True)
set_suspended_asks_for_shops = _asks_for(2, "setSuspended", TILL.shop, False)
fund_asks_for_budget = _asks_for(4, "fund", SCHEME, 100)
issue_asks_for_issue = _asks_for(8, "issue", SCHEME, 100, [address_of(key(70))])
set_official_asks_for_officials = _asks_for(32, "setOfficial", address_of(key(71)), 1)


def settle_asks_for_payout(town: SmallTown) -> None:
    town.pay(town.code([A], 500), TILL, 500)
    _asks_for(16, "settle", 1, [TILL.shop], [500], SHA256)(town)


def what_is_not_governed_cannot_be_decided(town: SmallTown) -> None:
    own = Decision(b"\x12\x34\x56\x78" + bytes(32), town.now + DAY, town.now)
    with town.refusing("FunctionNotGoverned"):
        town.execute(own, EVERYTHING[:2])


def nobody_calls_a_governed_function(town: SmallTown) -> None:
    with town.refusing("NotAuthorised"):
        town.send(encode_call("fund", SCHEME, 100))
    assert town.scheme("funded") == (5_000,)


def a_decision_is_executed_once(town: SmallTown) -> None:
    decision = town.decision("fund", SCHEME, 100)
    town.execute(decision, EVERYTHING[:2])
    with town.refusing("NonceTooOld"):
        town.execute(decision, EVERYTHING[:2])
    assert town.scheme("funded") == (5_100,)


def a_decision_held_back_is_dead_after_a_newer_one(town: SmallTown) -> None:
    held_back, newer = town.decision("fund", SCHEME, 100), town.decision("fund", SCHEME, 200)
    town.execute(newer, EVERYTHING[:2])
    with town.refusing("NonceTooOld"):
        town.execute(held_back, EVERYTHING[:2])


def a_decision_on_another_subject_stays_alive(town: SmallTown) -> None:
    older = town.decision("setShop", 8, 1, address_of(OWNER), True)
    newer = town.decision("setShop", 9, 1, address_of(OWNER), True)
    town.execute(newer, EVERYTHING[:2])
    town.execute(older, EVERYTHING[:2])
    assert town.shop("admitted", shop=8) == town.shop("admitted", shop=9) == (True,)


def a_decision_lasts_until_its_last_second(town: SmallTown) -> None:
    first, second = town.decision("fund", SCHEME, 100), town.decision("setPaused", SCHEME, True)
    town.clock.time = first.valid_until
    town.execute(first, EVERYTHING[:2])
    town.clock.time = second.valid_until + 1
    with town.refusing("DecisionExpired"):
        town.execute(second, EVERYTHING[:2])


def a_decision_lasts_fourteen_days_at_most(town: SmallTown) -> None:
    at = town.now + 1 + 14 * DAY
    with town.refusing("DecisionTooLong"):
        town.execute(town.decision("fund", SCHEME, 100, valid_until=at + 1), EVERYTHING[:2])
    town.execute(town.decision("fund", SCHEME, 100, valid_until=at + 1), EVERYTHING[:2])


def a_decision_is_not_more_than_a_day_ahead(town: SmallTown) -> None:
    at = town.now + 1 + DAY
    with town.refusing("NonceTooFarAhead"):
        town.execute(town.decision("fund", SCHEME, 100, nonce=at + 1), EVERYTHING[:2])


def one_holder_ends_a_decision_for_good(town: SmallTown) -> None:
    decision = town.decision("fund", SCHEME, 100)
    town.cancel(decision, BRAM)
    with town.refusing("DecisionAlreadyCancelled"):
        town.execute(decision, EVERYTHING[:2])
    with town.refusing("DecisionAlreadyCancelled"):
        town.cancel(decision, BRAM)


def only_a_holder_of_the_capacity_cancels(town: SmallTown) -> None:
    decision = town.decision("fund", SCHEME, 100)
    for nobody in (STRANGER, SAFE):
        with town.refusing("NotAuthorised"):
            town.cancel(decision, nobody)


def one_official_pauses_and_two_resume(town: SmallTown) -> None:
    town.decide("setPaused", SCHEME, True, by=[ANNA])
    assert town.scheme("paused") == (True,)
    with town.refusing("ApprovalsMissing"):
        town.decide("setPaused", SCHEME, False, by=[ANNA])
    town.decide("setPaused", SCHEME, False)
    assert town.scheme("paused") == (False,)


def nobody_pauses_alone_without_the_capacity(town: SmallTown) -> None:
    for nobody in (STRANGER, SAFE):
        with town.refusing("NotAuthorised"):
            town.decide("setPaused", SCHEME, True, by=[nobody])


def one_official_suspends_and_two_lift_it(town: SmallTown) -> None:
    town.decide("setSuspended", TILL.shop, True, by=[ANNA])
    assert town.shop("suspended", "admitted") == (True, True)
    with town.refusing("ApprovalsMissing"):
        town.decide("setSuspended", TILL.shop, False, by=[ANNA])
    town.decide("setSuspended", TILL.shop, False)
    assert town.shop("suspended", "admitted") == (False, True)


def a_suspension_and_an_admission_leave_each_other_alone(town: SmallTown) -> None:
    admission = town.decision("setShop", TILL.shop, BICYCLES, address_of(OWNER), True)
    before = town.view("shops", TILL.shop)
    town.decide("setSuspended", TILL.shop, True)
    assert town.view("shops", TILL.shop) == before | {"suspended": True}
    town.execute(admission, EVERYTHING[:2])
    town.decide("setShop", TILL.shop, BICYCLES, address_of(OWNER), True)
    assert town.view("shops", TILL.shop) == before | {"suspended": True}


def nobody_suspends_a_shop_that_is_not_there(town: SmallTown) -> None:
    with town.refusing("ShopUnknown"):
        town.decide("setSuspended", 9, True)


def three_keep_the_officials_and_two_every_other_capacity(town: SmallTown) -> None:
    town.decide("setOfficial", address_of(ANNA), 0)
    for capacity in BITS:
        with town.refusing("HoldersTooFew"):
            town.decide("setOfficial", address_of(BRAM), 127 & ~capacity, by=EVERYTHING[1:])
    assert town.view("officials", address_of(BRAM)) == 127
    assert [town.view("holders", bit) for bit in BITS] == [2, 2, 2, 2, 2, 3, 2]


def a_new_official_counts_as_a_holder(town: SmallTown) -> None:
    town.decide("setOfficial", address_of(STRANGER), 127)
    town.decide("setOfficial", address_of(STRANGER), 127)
    assert [town.view("holders", bit) for bit in BITS] == [4, 4, 4, 4, 4, 5, 4]


def nobody_holds_a_capacity_that_does_not_exist(town: SmallTown) -> None:
    with town.refusing("CallInvalid"):
        town.decide("setOfficial", address_of(STRANGER), 128)


def a_ledger_does_not_begin_with_too_few_officials(town: SmallTown) -> None:
    for few in ((127, 127), (127, 96, 96), (127, 95, 32), (127, 63, 32)):
        with town.refusing("HoldersTooFew"):
            town.found_another(dict(zip(map(address_of, EVERYTHING), few, strict=False)))
