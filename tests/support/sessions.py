"""Signing in with a key, as the till app does."""

from datetime import UTC, datetime
from typing import Any

import httpx2
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from siwe import SiweMessage

from kindpakket.actors import API, hexed
from kindpakket.protocol.signatures import Key, address_of, sign
from tests.support.town import Town


def sign_in_message(town: Town, key: Key, **changes: Any) -> str:
    """An ERC-4361 message for a new challenge, with optional changes."""
    asked = town.api.post("/session-challenges", {})
    usual = {
        "domain": asked["domain"],
        "address": to_checksum_address(address_of(key)),
        "uri": asked["uri"],
        "version": asked["version"],
        "chain_id": asked["chainId"],
        "nonce": asked["nonce"],
        "issued_at": datetime.fromtimestamp(town.now(), UTC).isoformat(),
    }
    text: str = SiweMessage(**(usual | changes)).prepare_message()
    return text


def personal_sign(text: str, key: Key) -> str:
    """The EIP-191 signature of a text, in compact form."""
    data = text.encode()
    prefix = b"\x19Ethereum Signed Message:\n" + str(len(data)).encode()
    return hexed(sign(keccak(prefix + data), key))


def open_session(town: Town, text: str, key: Key) -> httpx2.Response:
    """Send a signed message; return the answer."""
    return town.post("/sessions", {"message": text, "signature": personal_sign(text, key)})


def sign_in(town: Town, key: Key) -> str:
    """Return a bearer token."""
    answer = open_session(town, sign_in_message(town, key), key)
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


def read(town: Town, path: str, token: str | None) -> httpx2.Response:
    """Request a path with a token."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return town.http.get(API + path, headers=headers)
