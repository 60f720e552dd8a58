"""Headers of every answer."""

from collections.abc import Callable

import httpx2
import pytest

from kindpakket import __version__
from kindpakket.actors import API
from kindpakket.services.base.project import Projection
from tests.support.bodies import bodies
from tests.support.sessions import read
from tests.support.town import Town

Ask = Callable[[Town], httpx2.Response]

ANSWERS: dict[int, Ask] = {
    200: lambda town: town.http.get(API + "/ledger"),
    201: lambda town: town.post("/session-challenges", {}),
    400: lambda town: town.post("/payments", {}),
    401: lambda town: read(town, "/shops/1/payments", None),
    404: lambda town: town.http.get(API + "/payments/0x" + "11" * 32),
    405: lambda town: town.http.delete(API + "/ledger"),
    409: lambda town: town.post("/refunds", bodies(town)["/refunds"]),
    413: lambda town: town.post("/payments", {"code": "x" * 2**20}),
}


def check(answer: httpx2.Response) -> None:
    headers = answer.headers
    assert headers["api-version"] == __version__
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers
    assert "set-cookie" not in headers


@pytest.mark.parametrize("status", ANSWERS)
def test_every_answer_carries_the_headers(still_town: Town, status: int) -> None:
    answer = ANSWERS[status](still_town)
    assert answer.status_code == status
    check(answer)


def test_a_server_error_carries_the_headers_too(
    still_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: Projection) -> int:
        raise RuntimeError

    monkeypatch.setattr(Projection, "catch_up", fail)
    answer = still_town.http.get(API + "/schemes")
    assert answer.status_code == 500
    check(answer)


def test_only_the_description_of_the_api_is_for_other_sites(still_town: Town) -> None:
    asking = {"Origin": "https://elsewhere.example"}
    described = still_town.http.get(API + "/openapi.json", headers=asking)
    assert described.headers["access-control-allow-origin"] == "*"
    check(described)
    for path in ("/ledger", "/schemes", "/shops"):
        answer = still_town.http.get(API + path, headers=asking)
        assert "access-control-allow-origin" not in answer.headers
