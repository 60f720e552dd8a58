"""Files of age (https://age-encryption.org/v1) in two steps: a file's key, and what it opens."""

import base64
import hmac
from itertools import pairwise

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def file_key(sealed: bytes, identity: str) -> bytes:
    """Return the key with which a file for one X25519 recipient was encrypted.

    Args:
        identity: the private key, ``AGE-SECRET-KEY-1…``.

    Raises:
        InvalidTag: it was sealed to another key.
    """
    stanza, body = sealed.split(b"\n")[1:3]
    share = _decoded(stanza.removeprefix(b"-> X25519 "))
    private = X25519PrivateKey.from_private_bytes(_secret_of(identity))
    public = private.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw
    )
    shared = private.exchange(X25519PublicKey.from_public_bytes(share))
    wrapping = _derived(shared, share + public, b"age-encryption.org/v1/X25519")
    return ChaCha20Poly1305(wrapping).decrypt(bytes(12), _decoded(body), None)


def opened_with(sealed: bytes, key: bytes) -> bytes:
    """Decrypt a file of at most 64 KiB with its own key.

    Raises:
        ValueError: it is the key of another file.
    """
    end = sealed.index(b"\n---") + 4
    mac, payload = sealed[end + 1 :].split(b"\n", 1)
    expected = hmac.digest(_derived(key, None, b"header"), sealed[:end], "sha256")
    if not hmac.compare_digest(expected, _decoded(mac)):
        raise ValueError("the key of another file")
    stream = ChaCha20Poly1305(_derived(key, payload[:16], b"payload"))
    return stream.decrypt(bytes(11) + b"\x01", payload[16:], None)


def _derived(key: bytes, salt: bytes | None, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _decoded(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4))


def _secret_of(identity: str) -> bytes:
    """The 32 bytes of a private key in bech32, without its checksum of 6 characters."""
    characters = identity.lower().rpartition("1")[2][:-6]
    bits = "".join(f"{BECH32.index(each):05b}" for each in characters)
    return bytes(int(bits[at:to], 2) for at, to in pairwise(range(0, 257, 8)))
