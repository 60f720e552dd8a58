"""Rate limits per key and per network. In these tests the clock stands still."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from kindpakket.actors import API, Till, claim
from kindpakket.api.app import create_app
from kindpakket.domain.ids import Address
from kindpakket.domain.refusals import RateLimited
from kindpakket.main import build_app
from kindpakket.protocol.codes import make_code, read_code
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.messages import Domain, Refund
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base import limits as module
from kindpakket.services.base.housekeeping import keep_house
from kindpakket.services.base.limits import Lane, Limits, Rates, network_of
from kindpakket.settings import Settings
from kindpakket.site import Site
from kindpakket.store import tables as t
from tests.desk.office import read
from tests.support.problems import problem
from tests.support.town import (
    BICYCLES,
    BOOKS,
    LETTERS,
    SITE,
    Clock,
    Town,
    copied,
    opened,
    owner_of,
    till_of,
)

Opened = Callable[..., AbstractContextManager[Town]]
FIRST, SECOND = "192.0.2.1", "192.0.2.2"
TILL = till_of(BICYCLES)
WINDOW = 10
"""The period in seconds of the rates in these tests."""


@pytest.fixture
def limited(founded: Path, tmp_path: Path) -> Opened:
    """Opens a town with these rates; limits that are not named are off."""

    def open_town(**rates: int) -> AbstractContextManager[Town]:
        clock = Clock()
        clock.time += 3600
        texts = {f"limit_{name}": f"{rate} per {WINDOW} seconds" for name, rate in rates.items()}
        return opened(copied(founded, tmp_path / "town"), clock, **texts)

    return open_town


def from_address(town: Town, address: str) -> Town:
    """The same town, with requests from another address."""
    context = town.workspace.context
    app = create_app(context, contact_email="a@town.test", site=Site(SITE))
    http = TestClient(app, base_url=SITE, client=(address, 50_000), raise_server_exceptions=False)
    return replace(town, http=http)


def told_to_wait(answer: httpx2.Response, seconds: int = WINDOW) -> None:
    problem(answer, 429, "rate_limited")
    assert answer.headers["Retry-After"] == str(seconds)


def claim_of(town: Town, till: Till = TILL, amount: int = 1, **code: Any) -> dict[str, Any]:
    return claim(town.api.domain, till, town.code(1_00, **code), amount)


def other_till(town: Town) -> Till:
    """One more till of the same shop."""
    till = Till(BICYCLES, Key(b"\x77" * 32))
    town.api.change_till(owner_of(BICYCLES), BICYCLES, till.key, town.now(), active=True)
    return till


# networks


def test_who_reads_too_often_waits_and_others_do_not(limited: Opened) -> None:
    with limited(reads=3) as town:
        mine, other = from_address(town, FIRST), from_address(town, SECOND)
        for _ in range(3):
            assert mine.http.get(API + "/categories").status_code == 200
        told_to_wait(mine.http.get(API + "/categories"))
        assert other.http.get(API + "/categories").status_code == 200
        town.clock.time += 4
        told_to_wait(mine.http.get(API + "/categories"), WINDOW - 4)
        town.clock.time += WINDOW - 4
        assert mine.http.get(API + "/categories").status_code == 200


def test_reading_often_keeps_nobody_from_paying(limited: Opened) -> None:
    with limited(reads=1) as town:
        till = from_address(town, FIRST)
        till.http.get(API + "/categories")
        told_to_wait(till.http.get(API + "/categories"))
        assert till.post("/payments", claim_of(town)).status_code == 201


def test_acts_that_no_key_signed_count_for_their_network(limited: Opened) -> None:
    with limited(acts=2) as town:
        stranger, till = from_address(town, FIRST), from_address(town, SECOND)
        forged = claim_of(town) | {"amount": 2}
        for _ in range(2):
            problem(stranger.post("/payments", forged), 409, "signature_invalid")
        told_to_wait(stranger.post("/payments", forged))
        told_to_wait(stranger.post("/moves", {}))
        assert till.post("/payments", claim_of(town)).status_code == 201


def test_signing_in_has_a_count_of_its_own(limited: Opened) -> None:
    with limited(sign_ins=2) as town:
        mine, other = from_address(town, FIRST), from_address(town, SECOND)
        assert mine.post("/session-challenges", {}).status_code == 201
        body = {"message": "x", "signature": "0x" + "11" * 64}
        problem(mine.post("/sessions", body), 401, "session_invalid")
        for path in ("/session-challenges", "/sessions", "/enrolments"):
            told_to_wait(mine.post(path, {}))
        assert mine.http.get(API + "/ledger").status_code == 200
        assert other.post("/session-challenges", {}).status_code == 201


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_a_network_is_an_ipv4_address_or_half_an_ipv6_address(host: str, network: str) -> None:
    assert network_of(host) == network


# keys


def test_sixty_tills_behind_one_router_that_pay_every_five_seconds_pass() -> None:
    clock, usual = Clock(), Settings()
    limits = Limits(
        Rates(usual.limit_reads, usual.limit_acts, usual.limit_sign_ins, usual.limit_key),
        lambda: int(clock()),
    )
    for _ in range(12):
        for number in range(60):
            till = address_of(Key(bytes([9, number]) * 16))
            limits.count(Lane.READ, FIRST)
            limits.count(Lane.ACT, FIRST)
            limits.check(Lane.KEY, till)
            limits.move(Lane.ACT, FIRST, till)
        clock.time += 5


def test_what_a_till_signed_counts_for_the_till_and_not_for_its_network(limited: Opened) -> None:
    with limited(acts=1, key=3) as town:
        shop = from_address(town, FIRST)
        *bodies, last = [claim_of(town) for _ in range(4)]
        for body in bodies:
            assert shop.post("/payments", body).status_code == 201
        told_to_wait(shop.post("/payments", last))


def test_the_tills_of_a_shop_do_not_starve_one_another(limited: Opened) -> None:
    with limited(key=2) as town:
        second = other_till(town)
        bodies = [claim_of(town, till) for till in (TILL, TILL, TILL, second)]
        statuses = [town.post("/payments", body).status_code for body in bodies]
        assert statuses == [201, 201, 429, 201]


def test_a_claim_that_had_to_wait_is_paid_once_when_it_is_sent_again(limited: Opened) -> None:
    with limited(key=1) as town:
        first, waiting = claim_of(town), claim_of(town)
        assert town.post("/payments", first).status_code == 201
        assert town.post("/payments", waiting).status_code == 429
        town.clock.time += WINDOW
        assert town.post("/payments", waiting).status_code == 201
        town.clock.time += WINDOW
        assert town.post("/payments", waiting).status_code == 200
        assert town.remaining()[0] == 10_000 - 2


def test_a_tills_refused_claims_count_for_the_till(limited: Opened) -> None:
    with limited(acts=1, key=2) as town:
        shop = from_address(town, FIRST)
        *refused, last = [claim_of(town, amount=2_00) for _ in range(3)]
        for body in refused:
            problem(shop.post("/payments", body), 409, "amount_above_maximum")
        told_to_wait(shop.post("/payments", last))


def test_a_stranger_who_repeats_what_is_on_the_ledger_uses_up_no_tills_share(
    limited: Opened,
) -> None:
    with limited(acts=8, key=2) as town:
        stranger, paid = from_address(town, FIRST), claim_of(town)
        damaged, fresh = damage(paid), claim_of(town)
        assert town.post("/payments", paid).status_code == 201
        for _ in range(4):
            assert stranger.post("/payments", paid).status_code == 200
            problem(stranger.post("/payments", damaged), 409, "signature_invalid")
        told_to_wait(stranger.post("/payments", paid))
        assert town.post("/payments", fresh).status_code == 201


def damage(claimed: dict[str, Any]) -> dict[str, Any]:
    """The same claim on the same code, with an invalid signature of the code."""
    code = read_code(claimed["code"])
    elsewhere = Domain(1, Address("0x" + "11" * 20))
    other = make_code(code.spend, elsewhere, [coupon_key(LETTERS[0], 0, 0)])
    return claimed | {"code": other.text}


def test_who_signs_with_a_key_that_the_ledger_does_not_know_stays_its_network(
    limited: Opened,
) -> None:
    with limited(acts=2) as town:
        stranger, mine = from_address(town, FIRST), claim_of(town)
        for number in range(2):
            unknown = claim_of(town, Till(BICYCLES, Key(bytes([60 + number]) * 32)))
            problem(stranger.post("/payments", unknown), 409, "till_not_active")
        assert stranger.post("/payments", mine).status_code == 429


def test_refunds_owners_and_officials_count_by_their_keys(limited: Opened) -> None:
    with limited(acts=1, key=100) as town:
        for number in (1, 2):
            till = Key(bytes([120 + number]) * 32)
            town.api.change_till(owner_of(BOOKS), BOOKS, till, town.now() + number, active=True)
        for _ in range(3):
            town.decide("fund", 1, 100)
        paid = town.api.pay(TILL, town.code(10_00), 10_00)
        for reference in range(3):
            message = Refund(paid["id"], BICYCLES, 1, town.now() + 60, reference)
            body = {
                "payment": paid["id"],
                "shop": BICYCLES,
                "amount": 1,
                "validUntil": message.valid_until,
                "reference": reference,
                "signature": "0x" + message.sign(town.api.domain, TILL.key).hex(),
            }
            assert town.post("/refunds", body).status_code == 201


# how it is reported


def test_a_page_of_the_desk_says_to_wait(limited: Opened) -> None:
    with limited(reads=1) as town:
        app = build_app(town.workspace, Settings(data=town.directory, app_address=SITE))
        http = TestClient(app, base_url=SITE, client=(FIRST, 50_000))
        assert http.get("/gemeente/besluiten", follow_redirects=False).status_code == 303
        answer = http.get("/gemeente/besluiten")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, str(WINDOW))
        assert "Wacht even en probeer het opnieuw" in read(answer.text)
        english = read(http.get("/gemeente/besluiten?taal=en").text)
        assert "Wait a moment and try again" in english


# counting


@pytest.fixture
def counted(town: Town) -> Iterator[tuple[Town, Callable[[], Limits]]]:
    rates = Rates(*(f"3 per {WINDOW} seconds" for _ in fields(Rates)))
    yield town, lambda: Limits(rates, town.now)


def test_processes_count_together_through_the_store(
    counted: tuple[Town, Callable[[], Limits]],
) -> None:
    town, new = counted
    store, one, other = town.workspace.context.store, new(), new()
    for each in (one, other):
        each.count(Lane.READ, FIRST)
        each.share(store)
    one.count(Lane.READ, FIRST)
    one.share(store)
    other.count(Lane.READ, FIRST)
    other.share(store)
    for each in (one, other):
        with pytest.raises(RateLimited):
            each.count(Lane.READ, FIRST)
    town.clock.time += WINDOW
    one.count(Lane.READ, FIRST)


def test_old_counters_are_deleted(counted: tuple[Town, Callable[[], Limits]]) -> None:
    town, new = counted
    store, limits = town.workspace.context.store, new()
    for number in range(5):
        limits.count(Lane.READ, f"192.0.2.{number}")
    limits.share(store)
    assert rows(town, t.request_counts) == 5
    town.clock.time += WINDOW
    limits.count(Lane.READ, FIRST)
    limits.share(store)
    assert rows(town, t.request_counts) == 1


def test_beyond_a_number_of_networks_others_share_a_count_and_keys_do_not(
    counted: tuple[Town, Callable[[], Limits]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_COUNTED", 2)
    _, new = counted
    limits = new()
    for number in range(5):
        limits.count(Lane.READ, f"192.0.2.{number}")
    with pytest.raises(RateLimited):
        limits.count(Lane.READ, "192.0.2.9")
    limits.count(Lane.READ, "192.0.2.0")
    key = address_of(TILL.key)
    for _ in range(3):
        limits.check(Lane.KEY, key)
        limits.move(Lane.ACT, FIRST, key)
    with pytest.raises(RateLimited):
        limits.check(Lane.KEY, key)


def test_challenges_and_sessions_expire_from_the_store_also_when_nobody_asks(town: Town) -> None:
    for _ in range(3):
        town.post("/session-challenges", {})
    town.clock.time += 5 * 60 + 1
    rounds = iter([False, True])
    keep_house(town.workspace.context, lambda _seconds: next(rounds))
    assert rows(town, t.challenges) == 0


def rows(town: Town, table: Any) -> int:
    with town.workspace.context.store.read() as db:
        count: int = db.execute(select(func.count()).select_from(table)).scalar_one()
        return count


def test_a_rate_that_is_none_is_a_mistake_of_the_settings() -> None:
    for wrong in ("often", "10", "10 per fortnight"):
        with pytest.raises(ValueError, match="limit_key"):
            Settings(limit_key=wrong)
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings(trusted_proxies="127.0.0.1, my-proxy")
