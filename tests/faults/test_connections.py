"""Clients that send half a request, do not read the answer, or open many connections."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPResponse

import httpx2
import pytest

from kindpakket import connections
from kindpakket.actors import API
from kindpakket.main import build_app, running_server, serving
from kindpakket.settings import Settings
from scripts.bench.processes import served
from tests.support.town import HERE, Town

LEDGER = f"GET {API}/ledger HTTP/1.1\r\nHost: localhost\r\n".encode()
POST = f"POST {API}/payments HTTP/1.1\r\nHost: localhost\r\n".encode()
SOON = 0.3
"""The timeout for clients in these tests, in seconds."""
LATE = 30
"""Seconds after which a test fails when the server does not close a connection."""


@pytest.fixture
def base_url(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("HEADERS_SECONDS", "BODY_SECONDS", "ANSWER_SECONDS"):
        monkeypatch.setattr(connections, name, SOON)
    settings = Settings(data=town.directory, app_address=HERE)
    with serving(build_app(town.workspace, settings), None, trusted_proxies="127.0.0.9") as url:
        yield url


def connect(base_url: str, source: str = "127.0.0.1") -> socket.socket:
    url = httpx2.URL(base_url)
    return socket.create_connection((url.host, url.port), LATE, (source, 0))


def rest_of(line: socket.socket) -> bytes:
    """What the server sends until it closes the connection."""
    found = b""
    try:
        while part := line.recv(65536):
            found += part
    except ConnectionResetError:
        pass
    return found


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n",
        b"GET ",
        LEDGER,
        LEDGER + b"X-Slow: ",
        POST + b"Content-Length: 1000\r\n\r\n{",
        POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
    ids=["nothing", "a line end", "a word", "headers", "half a header", "a body", "a chunk"],
)
def test_half_a_request_is_ended(base_url: str, sent: bytes) -> None:
    with connect(base_url) as line:
        line.sendall(sent)
        assert rest_of(line) == b""


def test_a_request_that_follows_another_has_no_more_time(base_url: str) -> None:
    with connect(base_url) as line:
        line.sendall(LEDGER + b"\r\n" + b"GET /")
        assert rest_of(line).startswith(b"HTTP/1.1 200")


def test_a_client_that_trickles_gets_no_more_time(base_url: str) -> None:
    with connect(base_url) as line:
        line.sendall(LEDGER + b"X-Slow: ")
        line.settimeout(SOON / 10)
        for _ in range(LATE * 10):
            try:
                line.sendall(b"a")
                assert line.recv(1) == b""
                break
            except TimeoutError:
                continue
            except (BrokenPipeError, ConnectionResetError):
                break
        else:
            pytest.fail("it was never ended")


def test_headers_have_a_maximum(base_url: str) -> None:
    with connect(base_url) as line, pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "HEADERS_SECONDS", LATE)
        line.sendall(LEDGER + b"X-Long: ")
        try:
            for _ in range(100):
                line.sendall(b"a" * 1024)
        except (BrokenPipeError, ConnectionResetError):
            return
        assert rest_of(line).startswith(b"HTTP/1.1 400")


def served_once(stack: ExitStack, base_url: str, source: str) -> socket.socket:
    """A connection that got an answer and stays open."""
    line = stack.enter_context(connect(base_url, source))
    line.sendall(LEDGER + b"\r\n")
    assert answered(line) == 200
    return line


def answered(line: socket.socket) -> int:
    """Read one answer to its end; return its status."""
    with HTTPResponse(line) as response:
        response.begin()
        response.read()
        return response.status


def test_a_network_has_a_number_of_connections_and_others_still_come_in(
    base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_OF_A_NETWORK", 3)
    with ExitStack() as stack:
        for _ in range(3):
            served_once(stack, base_url, "127.0.0.2")
        one_more = stack.enter_context(connect(base_url, "127.0.0.2"))
        assert rest_of(one_more) == b""
        served_once(stack, base_url, "127.0.0.3")
        for _ in range(4):
            served_once(stack, base_url, "127.0.0.9")  # a proxy


@pytest.mark.parametrize(
    ("most", "elsewhere"), [("MOST_OF_A_NETWORK", "127.0.0.2"), ("MOST_CONNECTIONS", "127.0.0.3")]
)
def test_the_half_sent_request_that_would_time_out_first_makes_way(
    base_url: str, monkeypatch: pytest.MonkeyPatch, most: str, elsewhere: str
) -> None:
    monkeypatch.setattr(connections, "HEADERS_SECONDS", LATE)
    with ExitStack() as stack:
        till = served_once(stack, base_url, "127.0.0.2")
        halves = [stack.enter_context(connect(base_url, "127.0.0.2")) for _ in range(2)]
        for half in halves:
            half.sendall(POST)
            served_once(stack, base_url, "127.0.0.3").close()  # so that each half has arrived
        monkeypatch.setattr(connections, most, 3)
        served_once(stack, base_url, elsewhere)
        assert rest_of(halves[0]) == b""
        halves[1].sendall(b"Content-Length: 2\r\n\r\n{}")
        assert halves[1].recv(65536).startswith(b"HTTP/1.1 400")
        till.sendall(LEDGER + b"\r\n")
        assert answered(till) == 200


def test_all_together_have_a_number_of_connections(
    base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 0)
    with connect(base_url) as line:
        assert rest_of(line) == b""


def test_a_client_that_takes_no_answer_is_ended(
    base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEADERS_SECONDS", LATE)
    with connect(base_url) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = f"GET {API}/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        line.settimeout(LATE)
        try:
            for _ in range(100_000):
                line.sendall(request)
        except (BrokenPipeError, ConnectionResetError):
            return
        pytest.fail("it was never ended")


# the address of a request


def ask_from(base_url: str, source: str, **headers: str) -> None:
    """Send a request from an address, with these headers."""
    transport = httpx2.HTTPTransport(local_address=source)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with httpx2.Client(base_url=base_url, transport=transport, headers=named) as http:
        http.post(f"{API}/moves", json={})


def counted(town: Town) -> set[str]:
    counts = town.workspace.context.limits._counts._counts
    return {key.split("/")[2] for key in counts if key.startswith("LIMITER/act/")}


def test_where_a_request_comes_from_is_told_by_a_configured_proxy_only(
    town: Town, base_url: str
) -> None:
    forwarded = "203.0.113.1, 198.51.100.7"
    for source, headers, network in (
        ("127.0.0.1", {"X_Forwarded_For": forwarded}, "127.0.0.1"),
        ("127.0.0.9", {"X_Forwarded_For": forwarded}, "198.51.100.7"),
        ("127.0.0.9", {"X_Forwarded_For": "198.51.100.8, 127.0.0.9"}, "198.51.100.8"),
        ("127.0.0.8", {"Forwarded": "for=203.0.113.1"}, "127.0.0.8"),
    ):
        before = counted(town)
        ask_from(base_url, source, **headers)
        assert counted(town) - before == {network}


# the end


def test_sigterm_ends_a_server_whatever_clients_do(town: Town) -> None:
    town.workspace.close()
    with served(Settings(data=town.directory)) as server, ExitStack() as stack:
        for sent in (b"", LEDGER, POST + b"Content-Length: 1000\r\n\r\n{") * 20:
            stack.enter_context(connect(server.base_url)).sendall(sent)
        os.kill(server.pid, signal.SIGTERM)
        os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)
        assert running_server(town.directory) is None
