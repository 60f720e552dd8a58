"""A wrong clock stops no payment, and codes still expire."""

from datetime import UTC, datetime

from kindpakket.actors import CODE_SECONDS
from tests.support.town import BICYCLES, Town, till_of

DAY = 24 * 3600


def a_block_a_day_ahead(town: Town) -> None:
    town.clock.time += DAY
    town.api.pay(till_of(BICYCLES), town.code(100), 100)
    town.clock.time -= DAY


def ledger_time(town: Town) -> int:
    """The ledger's time as phones and tills get it."""
    told = datetime.fromisoformat(town.http.get("/api/v1/ledger").json()["time"])
    return int(told.timestamp())


def test_payments_go_on_after_a_block_made_while_the_clock_was_ahead(town: Town) -> None:
    a_block_a_day_ahead(town)
    town.clock.time += 60
    code = town.code_at(100, ledger_time(town), coupons=(1,))
    assert town.api.pay(till_of(BICYCLES), code, 100)["amount"] == 100


def test_a_code_still_expires_at_half_speed(town: Town) -> None:
    a_block_a_day_ahead(town)
    town.api.pay(till_of(BICYCLES), town.code_at(100, ledger_time(town), coupons=(1,)), 100)
    code = town.code_at(100, ledger_time(town), coupons=(2,))
    town.clock.time += 2 * CODE_SECONDS
    assert town.api.pay(till_of(BICYCLES), code, 100)["amount"] == 100
    code = town.code_at(100, ledger_time(town), coupons=(3,))
    town.clock.time += 2 * CODE_SECONDS + 2
    with town.refusing("code_expired"):
        town.api.pay(till_of(BICYCLES), code, 100)


def test_officials_decide_while_the_head_lies_ahead(town: Town) -> None:
    a_block_a_day_ahead(town)
    town.decide_at(ledger_time(town), "setPaused", 1, True)
    assert town.view("schemes", 1)["paused"]


def test_sessions_follow_the_clock_and_not_the_ledger(town: Town) -> None:
    a_block_a_day_ahead(town)
    challenge = town.post("/session-challenges", {}).json()
    expires = datetime.fromisoformat(challenge["expiresAt"])
    assert expires == datetime.fromtimestamp(town.now() + 5 * 60, UTC)
