"""Test vectors of encrypted coupon states: ECIES as in eciespy, on a pure-Python curve."""

import hmac
import json

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eth_keys.backends.native.jacobian import fast_multiply
from eth_keys.constants import SECPK1_G
from vector_parts import OTHER_SECRET, SECRET, Vector, coupon_key, named_key

_PAID = {"shop": 7, "amount": 4250, "refunded": 0, "time": "2026-11-21T10:00:00Z"}
_STATES = [
    (SECRET, 0, {"remaining": 750, "lastNonce": 1790000000, "history": [_PAID]}),
    (SECRET, 31, {"remaining": 0, "lastNonce": 2**40 - 1, "history": []}),
    (
        OTHER_SECRET,
        1,
        {
            "remaining": 10000,
            "lastNonce": 1,
            "history": [_PAID | {"refunded": 4250}, _PAID | {"shop": 2**32 - 1, "amount": 0}],
        },
    ),
    (
        OTHER_SECRET,
        2,
        {
            "remaining": 5750,
            "lastNonce": 1790000001,
            "history": [_PAID | {"refunded": 250, "proof": "000G4-0R40M"}],
        },
    ),
]


def states() -> list[Vector]:
    vectors = []
    for place, (secret, index, state) in enumerate(_STATES):
        key = coupon_key(secret, 1, 0, index)
        ephemeral = named_key(f"ephemeral {place}")
        sealed = _seal(key, ephemeral, named_key(f"nonce {place}")[:16], json.dumps(state).encode())
        vectors.append({"key": "0x" + key.hex(), "state": state, "sealed": "0x" + sealed.hex()})
    return vectors


def _seal(key: bytes, ephemeral: bytes, nonce: bytes, plain: bytes) -> bytes:
    sender = _uncompressed(fast_multiply(SECPK1_G, int.from_bytes(ephemeral)))
    shared = fast_multiply(fast_multiply(SECPK1_G, int.from_bytes(key)), int.from_bytes(ephemeral))
    extracted = hmac.digest(bytes(32), sender + _uncompressed(shared), "sha256")
    encrypted = AESGCM(hmac.digest(extracted, b"\x01", "sha256")).encrypt(nonce, plain, None)
    return sender + nonce + encrypted[-16:] + encrypted[:-16]


def _uncompressed(point: tuple[int, int]) -> bytes:
    return b"\x04" + point[0].to_bytes(32) + point[1].to_bytes(32)
