"""The answer to any input is a success, a refusal or a correction, and never a server error."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kindpakket.actors import API, decision_body
from kindpakket.ledger.abi import FUNCTIONS
from kindpakket.protocol.messages import Decision
from tests.support.bodies import bodies
from tests.support.problems import problem
from tests.support.town import EVERYTHING, Town

JSON = {"Content-Type": "application/json"}
PATHS = [
    "/payments",
    "/refunds",
    "/tills",
    "/moves",
    "/decisions",
    "/cancellations",
    "/enrolments",
    "/sessions",
]

modest = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

hex_texts = st.from_regex(r"0x[0-9a-f]*")
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | hex_texts
values = st.recursive(
    scalars, lambda each: st.lists(each) | st.dictionaries(st.text(), each), max_leaves=6
)
byte_strings = st.sampled_from([0, 4, 20, 32, 36, 64, 68]).flatmap(
    lambda size: st.binary(min_size=size, max_size=size).map(lambda data: "0x" + data.hex())
)
fitting = byte_strings | st.integers(0, 2**53) | st.booleans() | st.lists(byte_strings, max_size=4)


def check(town: Town, path: str, content: bytes) -> None:
    answer = town.http.post(API + path, content=content, headers=JSON)
    if answer.status_code not in (201, 200):  # 200: the same act was sent before
        problem(answer, answer.status_code, answer.json()["code"])
        assert answer.status_code in (400, 401, 409)


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize("path", PATHS)
def test_any_json_is_answered(town: Town, path: str) -> None:
    @modest
    @given(values)
    def holds(value: Any) -> None:
        check(town, path, encoded(value))

    holds()


@pytest.mark.parametrize("path", PATHS)
def test_any_bytes_are_answered(town: Town, path: str) -> None:
    @modest
    @given(st.binary())
    def holds(content: bytes) -> None:
        check(town, path, content)

    holds()


@pytest.mark.parametrize("path", PATHS)
def test_any_value_in_any_field_is_answered(town: Town, path: str) -> None:
    good = bodies(town)[path]

    @modest
    @given(st.dictionaries(st.sampled_from(sorted(good)), fitting | values, min_size=1))
    def holds(changes: dict[str, Any]) -> None:
        check(town, path, encoded(good | changes))

    holds()


def test_any_text_is_read_as_a_code_or_refused(town: Town) -> None:
    good = bodies(town)["/payments"]
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

    @modest
    @given(st.text(alphabet).map("KP1:".__add__) | st.text())
    def holds(code: str) -> None:
        check(town, "/payments", encoded(good | {"code": code}))

    holds()


def test_any_call_that_officials_sign_is_answered(town: Town) -> None:
    selectors = st.sampled_from([entry.id for entry in FUNCTIONS.values()])

    @modest
    @given(selectors, st.binary(max_size=31) | st.just(b""))
    def holds(selector: bytes, arguments: bytes) -> None:
        message = Decision(selector + arguments, town.now() + 1, town.now())
        body = decision_body(town.api.domain, message, EVERYTHING[:2])
        check(town, "/decisions", encoded(body))

    holds()
