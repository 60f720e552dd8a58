"""Parts of the test vectors: keys, letters, codes and signed messages, in plain arithmetic.

Nothing here imports kindpakket: typed data and signatures come from eth_account on its
pure-Python curve, derived keys from hmac and hashlib, base32 and base45 from division.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keys.backends.native.main import NativeECCBackend
from eth_utils.crypto import keccak

N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
ZERO = "0x" + "00" * 20

TYPES = {
    "Spend": "Spend(uint16 scheme,uint32 shop,uint32 maxAmount,uint40 validUntil,uint40 nonce,"
    "address[] coupons)",
    "Claim": "Claim(bytes32 spend,uint32 shop,uint32 amount,bool rest,uint64 reference)",
    "Refund": "Refund(bytes32 payment,uint32 shop,uint32 amount,uint40 validUntil,"
    "uint64 reference)",
    "TillChange": "TillChange(uint32 shop,address till,bool active,uint40 nonce)",
    "Move": "Move(uint16 scheme,uint40 nonce,address[] from,address[] to)",
    "Decision": "Decision(bytes call,uint40 validUntil,uint40 nonce)",
    "BankAccount": "BankAccount(uint32 shop,string iban,string holder,uint40 nonce)",
    "PaymentFileRefused": "PaymentFileRefused(uint32 batch,bytes32 sha256OfFile,uint40 nonce)",
    "PrivacyOfficer": "PrivacyOfficer(uint8 place,address official,string recipient,uint40 nonce)",
    "LetterReplacement": (
        "LetterReplacement(uint32 run,uint16 number,uint32 blankRun,uint16 blankNumber,"
        "string reason,uint40 nonce)"
    ),
    "WorkAccount": "WorkAccount(string issuer,string subject,uint40 nonce)",
}

LEDGER = {
    "name": "Kindpakket",
    "version": "1",
    "chainId": 131277322940537,
    "verifyingContract": "0xf2e246bb76df876cef8b38ae84130f4f55de395b",
}
"""The address of the first contract deployed by eth-tester's first account."""

ELSEWHERE = LEDGER | {"chainId": 2**53 - 1, "verifyingContract": "0x" + "ff" * 20}

SECRET = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
OTHER_SECRET = bytes.fromhex("f0e1d2c3b4a5968778695a4b3c2d1e0f")

Vector = dict[str, Any]

_accounts = Account()
_accounts.set_key_backend(NativeECCBackend())


def named_key(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def hkdf(secret: bytes, info: bytes, length: int) -> bytes:
    """At most 64 bytes."""
    extracted = hmac.digest(b"kindpakket/v1", secret, "sha256")
    first = hmac.digest(extracted, info + b"\x01", "sha256")
    return (first + hmac.digest(extracted, first + info + b"\x02", "sha256"))[:length]


def coupon_key(secret: bytes, scheme: int, generation: int, index: int) -> bytes:
    info = b"coupon" + scheme.to_bytes(2) + generation.to_bytes(1) + index.to_bytes(2)
    okm = hkdf(secret, info, 48)
    return (1 + int.from_bytes(okm) % (N - 1)).to_bytes(32)


def address(key: bytes) -> str:
    return str(_accounts.from_key(key).address).lower()


def addresses(keys: Sequence[bytes]) -> list[str]:
    return [address(key) for key in keys]


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def checked(body: bytes) -> bytes:
    return body + hashlib.sha256(body).digest()[:3]


def letter_body(scheme: int, secret: bytes, version: int = 1) -> bytes:
    return checked(version.to_bytes(1) + scheme.to_bytes(2) + secret)


def base32(data: bytes, padding: int = 0) -> str:
    """Encode; `padding` is the value of the padding bits."""
    places = -(-8 * len(data) // 5)
    number = int.from_bytes(data) << (5 * places - 8 * len(data)) | padding
    return "".join(BASE32[number >> 5 * place & 31] for place in reversed(range(places)))


def base45(data: bytes, wrap: int | None = None) -> str:
    """Encode; `wrap` is the first byte of a group to overflow, beyond its 8 or 16 bits."""
    text = ""
    for start in range(0, len(data), 2):
        group = data[start : start + 2]
        number = int.from_bytes(group) + (256 ** len(group) if start == wrap else 0)
        for _ in range(len(group) + 1):
            number, digit = divmod(number, 45)
            text += BASE45[digit]
        if number:
            raise ValueError("this group leaves no room to overflow")
    return text


def grouped(text: str, by: str, size: int = 4) -> str:
    return by.join(text[start : start + size] for start in range(0, len(text), size))


def spellings(text: str) -> list[str]:
    """Other spellings of a base32 text that a reader accepts."""
    alike = text.replace("0", "O").replace("1", "I")
    return [
        grouped(text, "-"),
        grouped(text, " "),
        text.lower(),
        grouped(text.lower(), "-"),
        alike,
        text.replace("0", "o").replace("1", "l"),
        text.replace("1", "L"),
        grouped(alike.lower(), " - "),
        f"\t{grouped(text, '--')}\r\n",
        " ".join(text),
        text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        grouped(text.lower().translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")), " "),
        text.replace("0", "\uff10").replace("1", "\U0001d7f7"),
    ]


def members(type_string: str) -> list[dict[str, str]]:
    inside = re.findall(r"([\w\[\]]+) (\w+)", type_string.partition("(")[2])
    return [{"type": kind, "name": name} for kind, name in inside]


def compact(digest: bytes, key: bytes) -> bytes:
    signed = _accounts.unsafe_sign_hash(digest, key)
    s: int = signed.s | (signed.v - 27) << 255
    return int(signed.r).to_bytes(32) + s.to_bytes(32)


def signed_message(
    name: str, about: str, keys: Sequence[bytes], *values: object, domain: Vector = LEDGER
) -> Vector:
    """Return a signed message; `values` in the order of the type."""
    kinds = members(TYPES[name])
    fields = {kind["name"]: value for kind, value in zip(kinds, values, strict=True)}
    typed = encode_typed_data(domain, {name: kinds}, fields)
    digest = keccak(b"\x19\x01" + typed.header + typed.body)
    return {
        "message": name,
        "about": about,
        "type": TYPES[name],
        "domain": domain,
        "fields": fields,
        "domainSeparator": "0x" + typed.header.hex(),
        "structHash": "0x" + typed.body.hex(),
        "digest": "0x" + digest.hex(),
        "keys": ["0x" + key.hex() for key in keys],
        "signatures": ["0x" + compact(digest, key).hex() for key in keys],
    }


def spend_of(keys: Sequence[bytes], *values: int) -> Vector:
    return signed_message("Spend", "", keys, *values, addresses(keys))


def code_bytes(spend: Vector) -> bytes:
    *numbers, coupons = spend["fields"].values()
    items = [raw(part) for item in zip(coupons, spend["signatures"], strict=True) for part in item]
    values = (1, *numbers, len(coupons))
    head = [value.to_bytes(size) for value, size in zip(values, (1, 2, 4, 4, 5, 5, 1), strict=True)]
    return b"".join(head + items)


def card_bytes(scheme: int, key: bytes) -> bytes:
    return b"\1" + scheme.to_bytes(2) + key
