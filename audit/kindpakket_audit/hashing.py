"""Hashes and signatures: Keccak-256, EIP-712 digests, recovery of signers (EIP-2098)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from coincurve import PublicKey
from sha3 import keccak_256

ZERO = "0x" + "00" * 20
NAME, VERSION = b"Kindpakket", b"1"
"""Of the EIP-712 domain."""
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""The group order n of secp256k1."""
_PARITY = 1 << 255
_SIGNATURE_BYTES = 64


def keccak(data: bytes) -> bytes:
    """Return Keccak-256, 32 bytes."""
    return bytes(keccak_256(data).digest())


def hexed(data: bytes) -> str:
    """Return 0x-hex."""
    return "0x" + data.hex()


@dataclass(frozen=True)
class Domain:
    """The EIP-712 domain of one contract on one chain."""

    chain_id: int
    contract: str

    @cached_property
    def separator(self) -> bytes:
        """The domain separator, 32 bytes."""
        words = keccak(NAME), keccak(VERSION), word(self.chain_id), word(self.contract)
        return keccak(_DOMAIN + b"".join(words))

    def signer(self, struct_hash: bytes, signature: bytes) -> str | None:
        """Return the address that signed a message; None for a malformed signature."""
        return _recover(keccak(b"\x19\x01" + self.separator + struct_hash), signature)


def word(value: int | str | bytes) -> bytes:
    """Encode a number, an address in hex or 32 bytes in 32 bytes."""
    match value:
        case bytes():
            return value
        case str():
            return bytes.fromhex(value[2:]).rjust(32, b"\0")
        case _:
            return int(value).to_bytes(32)


def words(addresses: Sequence[str]) -> bytes:
    """Hash a list of addresses, as EIP-712 hashes an array."""
    return keccak(b"".join(map(word, addresses)))


def struct_hash(kind: str, *values: int | str | bytes) -> bytes:
    """Hash a message. Lists and bytes are given by their own hash."""
    return keccak(_TYPES[kind] + b"".join(map(word, values)))


def _recover(digest: bytes, signature: bytes) -> str | None:
    if len(signature) != _SIGNATURE_BYTES:
        return None
    r, vs = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    s = vs & ~_PARITY
    if not (0 < r < _ORDER and 0 < s <= _ORDER // 2):
        return None
    full = signature[:32] + s.to_bytes(32) + bytes([vs >> 255])
    try:
        key = PublicKey.from_signature_and_message(full, digest, hasher=None)
    except Exception:
        return None
    return hexed(keccak(key.format(compressed=False)[1:])[-20:])


_DOMAIN = keccak(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_TYPES = {
    text.partition("(")[0]: keccak(text.encode())
    for text in (
        "Spend(uint16 scheme,uint32 shop,uint32 maxAmount,uint40 validUntil,uint40 nonce,"
        "address[] coupons)",
        "Claim(bytes32 spend,uint32 shop,uint32 amount,bool rest,uint64 reference)",
        "Refund(bytes32 payment,uint32 shop,uint32 amount,uint40 validUntil,uint64 reference)",
        "TillChange(uint32 shop,address till,bool active,uint40 nonce)",
        "Move(uint16 scheme,uint40 nonce,address[] from,address[] to)",
        "Decision(bytes call,uint40 validUntil,uint40 nonce)",
    )
}
