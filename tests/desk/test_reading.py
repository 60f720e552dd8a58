"""Read access: the table in the policy, the desk's pages, and the API."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from kindpakket.actors import API
from kindpakket.api import file_routes, routes, shop_routes
from kindpakket.desk.app import ROUTERS
from kindpakket.domain.capacities import Capacity
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.reading import ALLOWED, ReadPermission
from tests.desk.office import Desk, at_the_desk
from tests.desk.test_access import HOLDERS
from tests.support.problems import mistakes, problem
from tests.support.sessions import read, sign_in
from tests.support.town import BICYCLES, SAFE, Town, owner_of, till_of

POLICY = (Path(__file__).parents[2] / "docs/policy.md").read_text()
TODAY = "2027-01-15"
WHY = {"from": TODAY, "until": TODAY, "reason": "De winkel vraagt naar een betaling"}
DAY = f"/shops/1/payments?from={TODAY}&until={TODAY}"
BOTH = {"SHOPS", "PAYOUT"}
API_TABLE = {
    "/ledger": None,
    "/schemes": None,
    "/schemes/{scheme}": None,
    "/categories": None,
    "/shops": None,
    "/schemes/{scheme}/coupons": None,
    "/schemes/{scheme}/days/{day}": None,
    "/schemes/{scheme}/months/{month}": None,
    "/payments/{payment}": None,
    "/proofs/{proof}": None,
    "/shops/{shop}": BOTH,
    "/shops/{shop}/tills": BOTH,
    "/shops/{shop}/payments": BOTH,
    "/shops/{shop}/payouts": BOTH,
    "/shops/{shop}/bank-account": BOTH,
}
"""The pages that officials with one capacity may read; None: every official."""
OPEN = {
    "/aanmelden",
    "/nieuw",
    "/werkaccount",
    "/werkaccount/terug",
    "/werkaccount/koppelen",
}
"""Pages without a session."""


@pytest.fixture
def officials(town: Town) -> dict[str, Key]:
    for capacity, holder in HOLDERS.items():
        town.decide("setOfficial", address_of(holder), int(capacity))
    return {str(each.name): holder for each, holder in HOLDERS.items()}


@pytest.fixture
def shops(town: Town, officials: dict[str, Key]) -> Iterator[Desk]:
    with at_the_desk(town, officials["SHOPS"]) as (desk,):
        yield desk


def inspect(town: Town, token: str, shop: int = 1, **changes: object) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return town.http.post(f"{API}/shops/{shop}/inspections", json=WHY | changes, headers=headers)


# the table


def test_the_table_of_the_policy_is_the_one_of_the_code() -> None:
    (head,) = re.findall(r"^\| reading \| what \| (.+) \|$", POLICY, re.MULTILINE)
    names = head.split(" | ")
    assert names == [each.name for each in Capacity]
    told = {
        reading: sum(
            Capacity[name]
            for name, mark in zip(names, cells.split("|"), strict=True)
            if mark.strip() == "×"
        )
        for reading, cells in re.findall(r"^\| `(\w+)` \| [^|]+ \|(.*)\|$", POLICY, re.MULTILINE)
    }
    everyone = sum(Capacity)
    assert told == {str(each): int(held) & everyone for each, held in ALLOWED.items()}
    assert set(ALLOWED) == set(ReadPermission)


def dependencies(dependant: Dependant) -> Iterator[str]:
    for each in dependant.dependencies:
        yield getattr(each.call, "__name__", "")
        yield from dependencies(each)


def test_every_page_says_what_is_read() -> None:
    silent = {
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods
        if "_reads" not in dependencies(route.dependant)
    }
    assert silent == OPEN


def test_every_route_of_the_api_is_in_the_table() -> None:
    found = {
        route.path
        for router in (routes.router, file_routes.router, shop_routes.router)
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods
    }
    assert found == set(API_TABLE)


# through the API


def test_who_reads_what_of_a_shop_through_the_api(town: Town, officials: dict[str, Key]) -> None:
    for name, holder in officials.items():
        token = sign_in(town, holder)
        inspect(town, token)
        for path, readers in API_TABLE.items():
            asked = path.format(
                scheme=1,
                day=TODAY,
                month=TODAY[:7],
                payment="0x" + "11" * 32,
                proof="7K3QM9XW2T",
                shop=1,
            )
            asked += f"?from={TODAY}&until={TODAY}" if path.endswith("/payments") else ""
            answer = read(town, asked, token)
            let_in = answer.status_code != 403
            assert let_in == (readers is None or name in readers), (name, path)


def test_the_key_from_the_safe_reads_nothing_of_a_shop(town: Town) -> None:
    token = sign_in(town, SAFE)
    for what in ("", "/tills", "/payments", "/payouts"):
        problem(read(town, f"/shops/1{what}", token), 403, "not_authorised")
    problem(inspect(town, token), 403, "not_authorised")


def test_single_payments_take_a_reason(town: Town, officials: dict[str, Key]) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    token = sign_in(town, officials["PAYOUT"])
    problem(read(town, DAY, token), 403, "reason_missing")
    assert inspect(town, token).json() == {
        "shop": 1,
        "from": TODAY,
        "until": TODAY,
        "expiresAt": "2027-01-15T09:30:08Z",
    }
    assert [each["amount"] for each in read(town, DAY, token).json()] == [1_000]


def test_a_reason_counts_for_its_official_shop_days_and_half_an_hour(
    town: Town, officials: dict[str, Key]
) -> None:
    token, colleague = sign_in(town, officials["SHOPS"]), sign_in(town, officials["PAYOUT"])
    assert inspect(town, token).status_code == 201
    assert read(town, DAY, token).status_code == 200
    problem(read(town, DAY, colleague), 403, "reason_missing")
    for path in (
        DAY.replace("/1/", "/4/"),
        "/shops/1/payments",
        f"/shops/1/payments?from={TODAY}",
        DAY.replace(f"from={TODAY}", "from=2027-01-14"),
        DAY.replace(f"until={TODAY}", "until=2027-01-16"),
    ):
        problem(read(town, path, token), 403, "reason_missing")
    town.clock.time += 30 * 60
    assert read(town, DAY, sign_in(town, officials["SHOPS"])).status_code == 200
    town.clock.time += 1
    problem(read(town, DAY, sign_in(town, officials["SHOPS"])), 403, "reason_missing")


@pytest.mark.parametrize("reason", ["", " ", "a\nb", "a" * 401])
def test_a_reason_that_says_nothing_is_refused(
    town: Town, officials: dict[str, Key], reason: str
) -> None:
    answer = inspect(town, sign_in(town, officials["SHOPS"]), reason=reason)
    assert set(mistakes(answer)) == {"reason"}


def test_a_period_that_ends_before_it_begins_is_refused(
    town: Town, officials: dict[str, Key]
) -> None:
    token = sign_in(town, officials["SHOPS"])
    problem(inspect(town, token, until="2027-01-14"), 400, "request_invalid")
    problem(inspect(town, token, shop=77), 404, "not_found")


def test_a_shop_reads_its_own_without_a_reason(town: Town) -> None:
    for key in (owner_of(BICYCLES), till_of(BICYCLES).key):
        assert read(town, "/shops/1/payments", sign_in(town, key)).status_code == 200
        problem(inspect(town, sign_in(town, key)), 403, "not_authorised")


# at the desk


def test_reasons_are_kept_and_read_by_who_holds_officials(
    town: Town, officials: dict[str, Key], shops: Desk
) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    form = {"first": TODAY, "last": TODAY, "reason": "Vraag van <de> winkel"}
    answer = shops.post("/winkels/1/betalingen", form)
    assert answer.status_code == 303
    assert "Vraag" not in answer.headers["location"]
    there = answer.headers["location"].removeprefix("/gemeente")
    assert "10,00" in shops.get(there).text
    assert shops.get("/inzage").status_code == 403
    with at_the_desk(town, officials["OFFICIALS"], officials["PAYOUT"]) as (manager, payer):
        shown = manager.get("/inzage").text
        assert "Vraag van &lt;de&gt; winkel" in shown
        assert TODAY in shown
        assert payer.get(there).status_code == 403  # a reason is private


def test_a_form_without_a_reason_shows_nothing(shops: Desk) -> None:
    answer = shops.post(
        "/winkels/1/betalingen", {"first": TODAY, "last": "gisteren", "reason": " "}
    )
    assert answer.status_code == 400
    assert answer.text.count("form-field-error-message") == 2


def test_who_may_not_read_figures_sees_no_totals_on_the_first_page(
    town: Town, officials: dict[str, Key]
) -> None:
    with at_the_desk(town, officials["BUDGET"], officials["OFFICIALS"]) as (budget, manager):
        assert "Nog te besteden" in budget.get("/").text
        assert "Nog te besteden" not in manager.get("/").text
