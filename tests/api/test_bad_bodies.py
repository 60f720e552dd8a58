"""A body that is not a JSON object is malformed, in any encoding and transfer."""

import json
from collections.abc import Iterator
from itertools import product

import httpx2
import pytest
from pytest import Subtests

from kindpakket.actors import API
from tests.support.bodies import bodies
from tests.support.problems import mistakes, problem
from tests.support.town import Town

JSON = {"Content-Type": "application/json"}
LIMIT = 1024 * 1024
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


def send(
    town: Town, path: str, content: bytes | Iterator[bytes], headers: dict[str, str] = JSON
) -> httpx2.Response:
    return town.http.post(API + path, content=content, headers=headers)


def test_anything_but_an_object_is_malformed(still_town: Town, subtests: Subtests) -> None:
    for path, content in product(
        PATHS, [b"", b"null", b"[]", b"{}", b'""', b"1", b"true", b"[{}]"]
    ):
        with subtests.test(path, content=content):
            assert mistakes(send(still_town, path, content))


NO_JSON = [b"{", b"{]", b'{"shop":1,}', b"{'shop':1}", b"shop=1", b'{"shop":1} {}', b"\x00", b'{"a']


def test_what_is_no_json_is_malformed(still_town: Town, subtests: Subtests) -> None:
    for path, content in product(PATHS, NO_JSON):
        with subtests.test(path, content=content):
            assert mistakes(send(still_town, path, content)) == {"body": "json_invalid"}


UNREADABLE = {
    "another encoding": b"\xff\xfe{}",
    "half a character": b'{"shop": "\xc3"}',
    "a long number": b'{"shop": ' + b"9" * 5_000 + b"}",
    "lists": b"[" * 100_000,
    "objects": b'{"shop":' * 100_000,
    "both": b'[{"shop":' * 100_000,
}


def test_json_that_cannot_be_parsed_is_malformed(still_town: Town, subtests: Subtests) -> None:
    for path, what in product(PATHS, UNREADABLE):
        with subtests.test(path, what=what):
            problem(send(still_town, path, UNREADABLE[what]), 400, "request_invalid")


def test_half_a_surrogate_pair_is_malformed(still_town: Town, subtests: Subtests) -> None:
    for path, content in product(PATHS, [b'{"\\ud800": 1}', b'{"shop": "\\ud800"}']):
        with subtests.test(path, content=content):
            assert mistakes(send(still_town, path, content))


OTHER_TYPES = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "",
]


def test_another_content_type_is_malformed(still_town: Town, subtests: Subtests) -> None:
    good = bodies(still_town)
    for path, kind in product(PATHS, OTHER_TYPES):
        content = json.dumps(good[path]).encode()
        with subtests.test(path, kind=kind):
            answer = send(still_town, path, content, {"Content-Type": kind})
            assert mistakes(answer) == {"body": "model_attributes_type"}


def test_a_content_type_with_a_charset_is_json(still_town: Town) -> None:
    content = json.dumps(bodies(still_town)["/refunds"]).encode()
    answer = send(
        still_town, "/refunds", content, {"Content-Type": "application/json; charset=utf-8"}
    )
    problem(answer, 409, "payment_unknown")


# size


def padded(town: Town, size: int) -> bytes:
    return json.dumps(bodies(town)["/refunds"]).encode().ljust(size)


def test_a_body_of_a_mebibyte_is_read(still_town: Town) -> None:
    problem(send(still_town, "/refunds", padded(still_town, LIMIT)), 409, "payment_unknown")


def test_a_body_of_one_byte_more_is_too_large(still_town: Town) -> None:
    answer = send(still_town, "/refunds", padded(still_town, LIMIT + 1))
    problem(answer, 413, "request_invalid")


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_does_not_tell_its_size_is_cut_off(still_town: Town, path: str) -> None:
    sent = 0

    def without_end() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(10_000):
            sent += 10_000
            yield b" " * 10_000

    problem(send(still_town, path, without_end()), 413, "request_invalid")
    assert sent >= LIMIT
