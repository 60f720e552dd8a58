"""Unknown paths and ids give 404, unknown methods 405, and unknown ids in a body 409."""

import pytest

from kindpakket.actors import API
from tests.support.bodies import bodies
from tests.support.messages import refund
from tests.support.problems import mistakes, problem
from tests.support.sessions import read, sign_in
from tests.support.town import BICYCLES, EVERYTHING, Town, till_of

NO_PAYMENT = "0x" + "11" * 32
READING = [
    "/ledger",
    "/schemes",
    "/schemes/1",
    "/categories",
    "/shops",
    "/schemes/1/coupons",
    "/schemes/1/days/2027-01-15",
    "/schemes/1/months/2027-01",
    f"/payments/{NO_PAYMENT}",
    "/shops/1/payments",
    "/shops/1/payouts",
    "/openapi.json",
]
ACTING = [
    "/refunds",
    "/tills",
    "/moves",
    "/decisions",
    "/cancellations",
    "/session-challenges",
    "/sessions",
    "/payments",
]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/schemes/9", "scheme_unknown"),
        ("/schemes/0", "scheme_unknown"),
        ("/schemes/99999999999999999999", "scheme_unknown"),
        ("/schemes/9/coupons", "scheme_unknown"),
        ("/schemes/1/coupons/-", "not_found"),
        ("/shops?scheme=9", "scheme_unknown"),
        (f"/payments/{NO_PAYMENT}", "payment_unknown"),
        ("/nowhere", "not_found"),
        ("/ledger/", "not_found"),
        ("/payments/", "not_found"),
        ("", "not_found"),
    ],
)
def test_what_there_is_not_is_not_found(still_town: Town, path: str, code: str) -> None:
    problem(still_town.http.get(API + path), 404, code)


@pytest.mark.parametrize("path", ["/api", "/api/v2/ledger", "/openapi.json", "/docs"])
def test_there_is_nothing_beside_the_api(still_town: Town, path: str) -> None:
    problem(still_town.http.get(path), 404, "not_found")


@pytest.mark.parametrize("what", ["payments", "payouts"])
def test_a_shop_that_nobody_registered_is_not_found(still_town: Town, what: str) -> None:
    token = sign_in(still_town, EVERYTHING[0])
    problem(read(still_town, f"/shops/99/{what}", token), 404, "not_found")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/schemes/one", "scheme"),
        ("/schemes/-1", "scheme"),
        ("/schemes/1.5", "scheme"),
        ("/schemes/one/coupons", "scheme"),
        ("/schemes/-1/days/2027-01-15", "scheme"),
        ("/shops?scheme=one", "scheme"),
        ("/shops?scheme=-1", "scheme"),
        ("/payments/1", "payment"),
        (f"/payments/{NO_PAYMENT}1", "payment"),
        (f"/payments/{NO_PAYMENT}%0A", "payment"),
        ("/payments/0x" + "zz" * 32, "payment"),
        ("/shops/one/payments", "shop"),
        ("/shops/-1/payments", "shop"),
        ("/shops/4294967296/payouts", "shop"),
    ],
)
def test_an_id_that_is_malformed_is_named(still_town: Town, path: str, field: str) -> None:
    assert [*mistakes(still_town.http.get(API + path))] == [field]


@pytest.mark.parametrize("path", READING)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_what_is_read_cannot_be_changed(still_town: Town, method: str, path: str) -> None:
    answer = still_town.http.request(method, API + path)
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize("path", ACTING)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_what_is_sent_is_posted(still_town: Town, method: str, path: str) -> None:
    answer = still_town.http.request(method, API + path)
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


def test_an_unknown_shop_in_a_body_is_refused_by_the_rules(still_town: Town) -> None:
    body = bodies(still_town)["/tills"] | {"shop": 99}
    problem(still_town.post("/tills", body), 409, "shop_not_admitted")


def test_an_unknown_payment_in_a_body_is_refused_by_the_rules(still_town: Town) -> None:
    body = refund(still_town, till_of(BICYCLES), NO_PAYMENT, 1_000)
    problem(still_town.post("/refunds", body), 409, "payment_unknown")
