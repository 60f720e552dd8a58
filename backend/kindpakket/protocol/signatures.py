"""Signatures over secp256k1 in EIP-2098 compact form: ``r ‖ yParityAndS``, 64 bytes, low-s only."""

from typing import NewType

from coincurve import PrivateKey, PublicKey
from eth_utils.crypto import keccak

from kindpakket.domain.ids import Address

Key = NewType("Key", bytes)
"""A private key, 32 bytes."""

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""The group order n of secp256k1."""

SIGNATURE_BYTES = 64

_PARITY = 1 << 255


class SignatureMalformed(ValueError):
    """Not 64 bytes, a high s, or no point on the curve."""


def sign(digest: bytes, key: Key) -> bytes:
    """Sign a 32-byte digest; return 64 bytes."""
    signature = PrivateKey(key).sign_recoverable(digest, hasher=None)
    s = int.from_bytes(signature[32:64]) | (_PARITY if signature[64] else 0)
    return signature[:32] + s.to_bytes(32)


def check_form(signature: bytes) -> None:
    """Check the form of a signature, without the message.

    Raises:
        SignatureMalformed: not 64 bytes, or r or s zero or out of range, or s in the upper half.
    """
    if len(signature) != SIGNATURE_BYTES:
        raise SignatureMalformed("a signature has 64 bytes")
    r = int.from_bytes(signature[:32])
    s = int.from_bytes(signature[32:]) & ~_PARITY
    if not (0 < r < ORDER and 0 < s <= ORDER // 2):
        raise SignatureMalformed("r or s is out of range")


def recover_public_key(digest: bytes, signature: bytes) -> PublicKey:
    """Return the public key that signed this 32-byte digest.

    Raises:
        SignatureMalformed: no key could have made this signature.
    """
    check_form(signature)
    try:
        return PublicKey.from_signature_and_message(expand(signature), digest, hasher=None)
    except Exception as error:  # coincurve raises Exception
        raise SignatureMalformed("no key made this signature") from error


def recover(digest: bytes, signature: bytes) -> Address:
    """Return the address whose key signed this digest.

    Raises:
        SignatureMalformed: no key could have made this signature.
    """
    return address_of_public_key(recover_public_key(digest, signature))


def recover_text(text: str, signature: bytes) -> Address:
    """Return the address whose key signed a text (EIP-191, version 0x45).

    Raises:
        SignatureMalformed: no key could have made this signature.
    """
    data = text.encode()
    return recover(keccak(b"\x19Ethereum Signed Message:\n%d" % len(data) + data), signature)


def expand(signature: bytes) -> bytes:
    """Expand a signature to 65 bytes, ``r ‖ s ‖ yParity``, as libraries expect."""
    value = int.from_bytes(signature[32:])
    return signature[:32] + (value & ~_PARITY).to_bytes(32) + bytes([value >> 255])


def address_of(key: Key) -> Address:
    """Return the address of a private key."""
    return address_of_public_key(PrivateKey(key).public_key)


def address_of_public_key(public_key: PublicKey) -> Address:
    """Return the last 20 bytes of the hash of an uncompressed public key."""
    return Address("0x" + keccak(public_key.format(compressed=False)[1:])[-20:].hex())
