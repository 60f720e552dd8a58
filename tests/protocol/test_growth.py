"""Complexity of readers: time is proportional to size, for any bytes.

Processor time is compared within one run, for the same kind of bytes at two sizes far apart. With
quadratic time, the larger takes 1,024 times as long as the smaller.
"""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kindpakket.actors import API
from kindpakket.main import build_app
from kindpakket.services.base import sessions
from kindpakket.settings import Settings
from scripts.bench.bytes import Reader, plain_readers
from scripts.bench.examples import MESSAGE
from tests.support.town import FREELY, SITE, Town

SMALL, FACTOR = 2_000, 32
LARGE = FACTOR * SMALL
MOST = 4 * FACTOR
"""Upper bound on the ratio of the times."""
LEAST_SECONDS = 50e-6
"""Shorter times count as this: they are below what can be measured."""
TRIES = 3

FILLERS = (b"0", b"A9", b" ", b"\r\n", b",", b"-", b".", b":", b"\\", b'"', b"\xc3\xa9", b"\xff")
NESTED = (b"[", b'{"a":', b"0x", b'"a\nb",', b"1.", b"a: b\n", b"\xcc\x81\xcc\xa3")


def seconds(
    read: Callable[[Any], object], data: bytes | str, enough: float = LEAST_SECONDS
) -> float:
    """The minimum of several measurements, without garbage collection, whose cost depends on other
    tests; of fewer when one is below what is enough."""
    found = []
    gc.disable()
    try:
        for _ in range(TRIES):
            start = time.process_time()
            with suppress(Exception):
                read(data)
            found.append(time.process_time() - start)
            if found[-1] < enough:
                break
    finally:
        gc.enable()
    return max(min(found), LEAST_SECONDS)


def grown(example: bytes) -> Iterator[Callable[[int], bytes]]:
    """Ways to make hostile bytes of a given size from an example."""
    middle = len(example) // 2
    around = [(b"", b""), (example[:4], b""), (example[:middle], example[middle:]), (example, b"")]
    for filler in (*FILLERS, *NESTED, example[middle : middle + 1], example):
        for start, end in around:
            yield lambda size, f=filler, s=start, e=end: s + f * (size // len(f)) + e


READERS = {reader.name: reader for reader in plain_readers()}


@pytest.mark.parametrize("name", READERS)
def test_what_reading_costs_grows_with_the_size_and_no_faster(name: str) -> None:
    reader: Reader = READERS[name]
    for number, way in enumerate(grown(reader.examples[0])):
        large = seconds(reader.read, way(LARGE), MOST * LEAST_SECONDS)
        if large > MOST * LEAST_SECONDS:
            ratio = large / seconds(reader.read, way(SMALL))
            assert ratio < MOST, f"way {number}: {way(60)!r} is {ratio:.0f} times as slow"


def test_a_reader_with_quadratic_time_is_detected() -> None:
    def square(data: bytes) -> int:
        return sum(data[: number // 8].count(0) for number in range(len(data)))

    ratio = seconds(square, b"1" * LARGE) / seconds(square, b"1" * SMALL)
    assert ratio > MOST


def test_a_sign_in_message_is_measured_before_it_is_read(town: Town) -> None:
    context, origin = town.workspace.context, sessions.Origin("town.test", "https://town.test")

    def read(message: str) -> object:
        return sessions.sign_in(context, message, b"\x11" * 64, origin)

    with suppress(Exception):
        read("")  # which imports the reader
    for way in (
        lambda size: MESSAGE[:100] + "a" * size + MESSAGE,
        lambda size: MESSAGE + "\n- https://town.test/a" * size,
        lambda size: "a" * size + " wants you to sign in",
        lambda size: "\n" * size,
    ):
        for size in (601, 64 * LARGE):
            assert seconds(read, way(size)) == LEAST_SECONDS


@pytest.fixture
def http(town: Town) -> TestClient:
    app = build_app(town.workspace, Settings(data=town.directory, app_address=SITE, **FREELY))
    headers = {"Origin": SITE}
    return TestClient(app, base_url=SITE, headers=headers, raise_server_exceptions=False)


HEADERS = ("Cookie", "Accept-Language", "Authorization", "If-None-Match", "Accept-Encoding")
HEADER_FILLERS = ("a", ";", "a=b;", "a=b; ", '"', '\\"', "=", ",", "a,", " ", "en;q=0.1,", "\\073")
FORM_FILLERS = (b"a", b"&", b"=", b"a=1&", b"%", b"%41", b"+", b";", b"a=%&")
PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
PART_FILLERS = (
    PART,
    b"--x\r\n",
    b"--x\r\nA: b\r\n",
    b"--",
    b"\r\n",
    b"\r\n--",
    b"\r\n--y",
    b"A: b\r\n",
    b'; a="b"',
    b'; a="\\"',
    b";",
)


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("path", [f"{API}/categories", "/gemeente/nieuw", "/"])
def test_what_a_header_costs_grows_with_its_size(http: TestClient, path: str, name: str) -> None:
    for filler in map(str.encode, HEADER_FILLERS):

        def ask(data: bytes) -> object:
            return http.get(path, headers={name: data.decode()})

        within(ask, lambda size, f=filler: f * (size // 2 // len(f)))


def test_what_a_query_costs_grows_with_its_size(http: TestClient) -> None:
    for path in (f"{API}/shops", "/gemeente/nieuw", "/bewijs"):
        for filler in FORM_FILLERS:

            def ask(data: bytes, path: str = path) -> object:
                return http.get(f"{path}?{data.decode()}")

            within(ask, lambda size, f=filler: f * (size // 2 // len(f)))


@pytest.mark.parametrize("path", ["/gemeente/aanmelden", "/gemeente/nieuw"])
def test_what_a_form_costs_grows_with_its_size(http: TestClient, path: str) -> None:
    for kind, fillers, start in (
        ("application/x-www-form-urlencoded", FORM_FILLERS, b""),
        ("application/x-www-form-urlencoded", FORM_FILLERS, b"message="),
        ("multipart/form-data; boundary=x", PART_FILLERS, b""),
        ("multipart/form-data; boundary=x", PART_FILLERS, b"--x\r\nContent-Disposition: form-data"),
        ("multipart/form-data; boundary=x", PART_FILLERS, PART[:-3]),
    ):
        for filler in fillers:

            def post(data: bytes, kind: str = kind) -> object:
                return http.post(path, content=data, headers={"Content-Type": kind})

            within(post, lambda size, f=filler, s=start: s + f * (size // len(f)))


def within(ask: Callable[[bytes], object], way: Callable[[int], bytes]) -> None:
    small = seconds(ask, way(SMALL))
    ratio = seconds(ask, way(LARGE), MOST * small) / small
    assert ratio < MOST, f"{way(60)!r} is {ratio:.0f} times as slow"
