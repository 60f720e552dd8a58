"""What a provider's tokens must say, and a provider that misbehaves."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from kindpakket.domain.refusals import Code, Refusal
from kindpakket.oidc import provider as oidc
from kindpakket.oidc.provider import Attempt, Provider
from kindpakket.oidc.tokens import Account, Audience, read_id_token, read_logout_token

NOW = 1_800_000_000
US = Audience("https://login.town.test", "kindpakket")
KEY, OTHER = RSAKey.generate_key(2048, {"kid": "1"}), RSAKey.generate_key(2048, {"kid": "1"})
KEYS = KeySet([KEY])
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
ID: dict[str, Any] = {
    "iss": US.issuer,
    "aud": US.client_id,
    "sub": "anna",
    "sid": "s1",
    "nonce": "n",
    "iat": NOW,
    "exp": NOW + 300,
}
OUT: dict[str, Any] = {
    "iss": US.issuer,
    "aud": US.client_id,
    "sub": "anna",
    "iat": NOW,
    "exp": NOW + 120,
    "jti": "j1",
    "events": {LOGOUT: {}},
}


def signed(claims: dict[str, Any], key: Any = KEY, algorithm: str = "RS256") -> str:
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": "1"}, present, key, [algorithm])


def refused(read: Any, token: str, *more: Any) -> bool:
    try:
        read(token, KEYS, US, *more)
    except Refusal as refusal:
        return refusal.code == Code.ACCOUNT_REFUSED
    return False


def test_an_account_is_read_and_nothing_else() -> None:
    token = signed(ID | {"name": "Anna", "email": "anna@town.test"})
    confirmed = read_id_token(token, KEYS, US, "n", NOW)
    assert confirmed.account == Account(US.issuer, "anna")
    assert confirmed.session == "s1"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"aud": "another client"},
        {"aud": ["kindpakket", "another client"]},  # without azp
        {"aud": ["kindpakket", "another client"], "azp": "another client"},
        {"azp": "another client"},
        {"nonce": "of another sign-in"},
        {"exp": NOW - 61},
        {"iat": NOW + 61},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
        *({name: None} for name in ("iss", "aud", "nonce", "exp", "iat", "sub")),
    ],
    ids=str,
)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(changes: dict[str, Any]) -> None:
    assert refused(read_id_token, signed(ID | changes), "n", NOW)


def test_a_token_that_the_provider_did_not_sign_is_refused() -> None:
    header = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    unsigned = ".".join((header, signed(ID).split(".")[1], ""))
    public = OctKey.import_key(KEY.as_dict(private=False)["n"])
    for token in (
        signed(ID, OTHER),
        signed(ID)[:-8] + "AAAAAAAA",
        unsigned,
        signed(ID, public, "HS256"),
        "",
        "a.b.c",
        "Ω",
    ):
        assert refused(read_id_token, token, "n", NOW), token


def test_a_logout_token_tells_whose_sessions_end() -> None:
    told = read_logout_token(signed(OUT | {"sid": "s1"}), KEYS, US, NOW)
    assert (told.id, told.subject, told.session) == ("j1", "anna", "s1")


@pytest.mark.parametrize(
    "changes",
    [
        {"events": None},
        {"events": {}},
        {"events": {LOGOUT: "x"}},
        {"nonce": "n"},  # so an ID token is none
        {"sub": None},  # and no sid
        {"jti": None},
        {"exp": None},
        {"exp": NOW - 61},
        {"iss": "https://other.example"},
        {"aud": "another client"},
    ],
    ids=str,
)
def test_a_logout_token_that_is_not_for_this_client_is_refused(changes: dict[str, Any]) -> None:
    assert refused(read_logout_token, signed(OUT | changes), NOW)


def test_a_token_of_one_kind_does_not_serve_as_the_other() -> None:
    assert refused(read_logout_token, signed(ID), NOW)
    assert refused(read_id_token, signed(OUT), "n", NOW)


# a provider that misbehaves


@contextmanager
def answering(*parts: bytes) -> Iterator[str]:
    """A server that sends these bytes to each request, and keeps the connection open."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held = []

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection = listener.accept()[0]
                    held.append(connection)
                    connection.recv(65536)
                    for part in parts:
                        connection.sendall(part)

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            for each in held:
                with closing(each), suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            listener.shutdown(socket.SHUT_RDWR)


def answer(body: bytes, status: str = "200 OK", length: int | None = None) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {length or len(body)}\r\n\r\n"
    return head.encode() + body


def test_a_provider_that_gives_no_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc, "_SECONDS", 0.05)
    for parts in ([], [b"HTTP/1.1 200 OK\r\nContent-"], [answer(b'{"issuer"', length=1000)]):
        with answering(*parts) as issuer:
            assert unavailable(issuer)


def test_what_is_no_answer_of_a_provider_is_refused() -> None:
    long = b'{"issuer": "' + b"x" * 300_000 + b'"}'
    for body in (long, b"<html>", b"[]", b"{}", b"\xff"):
        with answering(answer(body)) as issuer:
            assert unavailable(issuer)
    with answering(answer(b"{}", "302 Found\r\nLocation: http://127.0.0.1:1/")) as issuer:
        assert unavailable(issuer)


def test_a_provider_names_itself_and_secure_addresses() -> None:
    about = {
        "issuer": "https://elsewhere.example",
        **{f"{name}_endpoint": "https://elsewhere.example" for name in ("authorization", "token")},
        "jwks_uri": "https://elsewhere.example",
    }
    with answering(answer(json.dumps(about).encode())) as issuer:
        assert unavailable(issuer)


def test_few_requests_to_a_provider_run_at_once() -> None:
    asked = Provider(Audience("http://127.0.0.1:1", "x"), lambda: None, lambda: NOW)
    for _ in range(oidc._AT_ONCE):
        asked._free.acquire()
    with pytest.raises(Refusal, match="account_provider_unavailable"):
        asked.sign_in_link(Attempt.begin(), "x")


def unavailable(issuer: str) -> bool:
    provider = Provider(Audience(issuer, "x"), lambda: None, lambda: NOW)
    try:
        provider.sign_in_link(Attempt.begin(), "https://town.test")
    except Refusal as refusal:
        return refusal.code == Code.ACCOUNT_PROVIDER_UNAVAILABLE
    return False
