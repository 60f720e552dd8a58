"""Problems (RFC 9457): in the reader's language, with a stable code, and without a balance."""

import re

import pytest

from kindpakket.actors import API, claim
from kindpakket.domain.ids import Hash
from kindpakket.ledger.client import Web3Ledger
from kindpakket.ledger.port import LedgerUnavailable, Pending, Unknown
from kindpakket.protocol.codes import read_code
from kindpakket.protocol.messages import Claim
from kindpakket.services.base.project import Projection
from tests.support.bodies import bodies
from tests.support.problems import problem
from tests.support.town import BICYCLES, OFF_LICENCE, Town, till_of

TRANSACTION = Hash("0x" + "22" * 32)


def too_much(town: Town) -> dict[str, object]:
    """A claim of more than is on the coupon of 100.00."""
    return claim(town.api.domain, till_of(BICYCLES), town.code(20_000), 10_001)


@pytest.mark.parametrize(
    ("asked", "language", "title"),
    [
        ({}, "nl", "Er staat niet genoeg op deze code."),
        ({"Accept-Language": "nl"}, "nl", "Er staat niet genoeg op deze code."),
        ({"Accept-Language": "nl-NL,en;q=0.8"}, "nl", "Er staat niet genoeg op deze code."),
        ({"Accept-Language": "de"}, "nl", "Er staat niet genoeg op deze code."),
        ({"Accept-Language": "en"}, "en", "There is not enough on this code."),
        ({"Accept-Language": "EN-gb,nl;q=0.5"}, "en", "There is not enough on this code."),
    ],
)
def test_a_refusal_is_in_dutch_unless_english_is_asked_for(
    still_town: Town, asked: dict[str, str], language: str, title: str
) -> None:
    answer = still_town.http.post(API + "/payments", json=too_much(still_town), headers=asked)
    assert problem(answer, 409, "budget_too_low")["title"] == title
    assert answer.headers["content-language"] == language


def test_a_refusal_has_the_text_of_the_municipality(still_town: Town) -> None:
    body = claim(still_town.api.domain, till_of(OFF_LICENCE), still_town.code(1_000), 1_000)
    answer = problem(still_town.post("/payments", body), 409, "category_not_permitted")
    assert answer == {
        "type": "urn:kindpakket:problem:category_not_permitted",
        "title": "Dit budget kan niet in dit soort winkel worden gebruikt.",
        "status": 409,
        "detail": "De klant kan anders betalen. Vragen? Bel de gemeente.",
        "code": "category_not_permitted",
    }


def test_a_refusal_tells_no_balance(still_town: Town) -> None:
    answer = problem(still_town.post("/payments", too_much(still_town)), 409, "budget_too_low")
    assert set(answer) == {"type", "title", "status", "detail", "code"}
    assert re.findall(r"\d+", still_town.post("/payments", too_much(still_town)).text) == ["409"]


def test_an_act_that_is_not_decided_yet_is_accepted(
    still_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Web3Ledger, "submit", lambda _self, _call: Pending(TRANSACTION))
    code = still_town.code(1_000)
    body = claim(still_town.api.domain, till_of(BICYCLES), code, 1_000)
    answer = still_town.post("/payments", body)
    made = Claim(read_code(code).spend.hash, BICYCLES, 1_000, False, body["reference"])
    assert answer.status_code == 202
    assert answer.json() == {
        "id": made.hash,
        "status": "pending",
        "shop": 1,
        "amount": 1_000,
        "refunded": 0,
        "time": None,
        "transaction": TRANSACTION,
        "block": None,
    }


def test_an_act_of_which_nothing_is_known_is_accepted_too(
    still_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Web3Ledger, "submit", lambda _self, _call: Unknown())
    body = claim(still_town.api.domain, till_of(BICYCLES), still_town.code(1_000), 1_000)
    answer = still_town.post("/payments", body)
    assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    assert answer.json()["transaction"] is None


@pytest.mark.parametrize("path", ["/payments", "/refunds", "/tills", "/moves", "/decisions"])
def test_a_ledger_out_of_reach_is_neither_yes_nor_no(
    still_town: Town, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(Web3Ledger, "submit", out_of_reach)
    problem(still_town.post(path, bodies(still_town)[path]), 503, "ledger_unavailable")


def test_facts_cannot_be_read_while_the_ledger_is_out_of_reach(
    still_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Web3Ledger, "head", out_of_reach)
    for path in ("/schemes", "/shops", "/schemes/1/coupons"):
        problem(still_town.http.get(API + path), 503, "ledger_unavailable")


def test_an_error_that_nobody_foresaw_tells_nothing_of_the_inside(
    still_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: Projection) -> int:
        raise RuntimeError("password=secret")

    monkeypatch.setattr(Projection, "catch_up", fail)
    answer = still_town.http.get(API + "/schemes")
    problem(answer, 500, "server_error")
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text


def out_of_reach(*_args: object) -> None:
    raise LedgerUnavailable("connection refused by 10.0.0.1")
