"""Test vectors of enrolment: valid and malformed texts, by `kind`.

A malformed row has a `why` and an `input`, as in malformed.json.
"""

import hashlib
from collections.abc import Iterator

from eth_account.messages import encode_defunct
from eth_utils.crypto import keccak
from malformed_vectors import texts
from vector_parts import (
    BASE32,
    ELSEWHERE,
    LEDGER,
    OTHER_SECRET,
    SECRET,
    N,
    Vector,
    address,
    base32,
    base45,
    checked,
    compact,
    coupon_key,
    grouped,
    named_key,
    raw,
    signed_message,
    spellings,
)

Cases = Iterator[tuple[str, str]]

APP = "https://kindpakket.gemeente.example"
NOON = 1_790_000_000
OWNER, TILL = named_key("owner of shop 7"), named_key("till 2 of shop 7")
PAYMENT = "0x" + "".join(f"{byte:02x}" for byte in range(32))


def enrolment() -> list[Vector]:
    """Return every row, valid ones first."""
    wrong = {
        "invitation": [*slips("KI1.", invitation_body()), *invitations()],
        "official invitation": [*slips("KO1.", official_body()), *official_invitations()],
        "recovery sheet": [*slips("KR1.", recovery_body()), *recovery_sheets()],
        "till request": [*texts("KT1:", request_bytes(request_of())), *requests()],
        "proof code": proof_codes(),
    }
    return [
        *good_invitations(),
        *owner_codes(),
        *good_official_invitations(),
        *official_codes(),
        *good_requests(),
        *good_recovery_sheets(),
        *good_proof_codes(),
        *(
            {"kind": kind, "why": why, "input": text}
            | ({"domain": LEDGER} if kind == "till request" else {})
            for kind, cases in wrong.items()
            for why, text in cases
        ),
    ]


def invitation_body(shop: int = 7, secret: bytes = SECRET, version: int = 1) -> bytes:
    return version.to_bytes(1) + shop.to_bytes(4) + secret


def official_body(secret: bytes = SECRET, version: int = 1) -> bytes:
    return version.to_bytes(1) + secret


def recovery_body(shop: int = 7, key: bytes = OWNER, version: int = 1) -> bytes:
    return version.to_bytes(1) + shop.to_bytes(4) + key


def good_invitations() -> Iterator[Vector]:
    for shop, secret in (
        (7, SECRET),
        (258, OTHER_SECRET),
        (2**32 - 1, bytes(16)),
        (1, b"\xff" * 16),
    ):
        text = base32(checked(invitation_body(shop, secret)))
        yield {
            "kind": "invitation",
            "shop": shop,
            "secret": "0x" + secret.hex(),
            "sha256OfSecret": "0x" + hashlib.sha256(secret).hexdigest(),
            "text": text,
            "app": APP,
            "link": f"{APP}/winkel/#KI1.{text}",
            "spellings": spellings(text),
        }


def owner_codes() -> Iterator[Vector]:
    for shop, owner in (
        (7, address(OWNER)),
        (8, address(OWNER)),
        (2**32 - 1, "0x" + "ff" * 20),
        (1, address(named_key("owner of shop 1"))),
    ):
        body = b"kindpakket/v1 owner" + shop.to_bytes(4) + raw(owner)
        text = base32(hashlib.sha256(body).digest())[:12]
        yield {"kind": "owner code", "shop": shop, "owner": owner, "code": grouped(text, "-")}


def good_official_invitations() -> Iterator[Vector]:
    for secret in (SECRET, OTHER_SECRET, bytes(16), b"\xff" * 16):
        text = base32(checked(official_body(secret)))
        yield {
            "kind": "official invitation",
            "secret": "0x" + secret.hex(),
            "text": text,
            "app": APP,
            "link": f"{APP}/gemeente/nieuw#KO1.{text}",
            "spellings": spellings(text),
        }


def official_codes() -> Iterator[Vector]:
    for name in ("official Anna", "official Bram", "official Chris", "the safe"):
        key = named_key(name)
        text = base32(hashlib.sha256(b"kindpakket/v1 official" + raw(address(key))).digest())[:12]
        yield {
            "kind": "official code",
            "key": "0x" + key.hex(),
            "official": address(key),
            "code": grouped(text, "-"),
            "proof": "0x" + compact(proof_digest(address(key)), key).hex(),
        }


def proof_digest(official: str) -> bytes:
    signed = encode_defunct(text=f"Kindpakket: {official} is mijn sleutel")
    return bytes(keccak(b"\x19" + signed.version + signed.header + signed.body))


def request_of(
    shop: int = 7, till: bytes = TILL, nonce: int = NOON, domain: Vector = LEDGER
) -> Vector:
    change = (shop, address(till), True, nonce)
    return signed_message("TillChange", "", [till], *change, domain=domain)


def request_bytes(request: Vector, signature: bytes | None = None) -> bytes:
    shop, till, _, nonce = request["fields"].values()
    signature = signature or raw(request["signatures"][0])
    return b"\1" + shop.to_bytes(4) + raw(till) + nonce.to_bytes(5) + signature


def good_requests() -> Iterator[Vector]:
    for request in (
        request_of(),
        request_of(258, named_key("till of shop 258"), NOON + 60),
        request_of(2**32 - 1, (N - 1).to_bytes(32), 2**40 - 1, ELSEWHERE),
        request_of(1, (1).to_bytes(32), 0),
    ):
        shop, till, _, nonce = request["fields"].values()
        yield {
            "kind": "till request",
            "domain": request["domain"],
            "shop": shop,
            "till": till,
            "nonce": nonce,
            "key": request["keys"][0],
            "signature": request["signatures"][0],
            "text": "KT1:" + base45(request_bytes(request)),
        }


def good_recovery_sheets() -> Iterator[Vector]:
    for shop, key in (
        (7, OWNER),
        (258, coupon_key(OTHER_SECRET, 258, 0, 31)),
        (1, (1).to_bytes(32)),
        (2**32 - 1, (N - 1).to_bytes(32)),
    ):
        text = base32(checked(recovery_body(shop, key)))
        yield {
            "kind": "recovery sheet",
            "shop": shop,
            "key": "0x" + key.hex(),
            "owner": address(key),
            "text": text,
            "grouped": grouped(text, "-"),
            "app": APP,
            "link": f"{APP}/winkel/#KR1.{text}",
            "spellings": spellings(text),
        }


def good_proof_codes() -> Iterator[Vector]:
    for payment in (
        PAYMENT,
        request_of()["structHash"],
        "0x" + "00" * 32,
        "0x" + "ff" * 32,
        "0x0844210842108421" + "00" * 24,
    ):
        text = base32(raw(payment))[:10]
        shown = grouped(text, "-", 5)
        yield {
            "kind": "proof code",
            "payment": payment,
            "proof": shown,
            "spellings": [text, f" {shown.lower()}\n", *spellings(text)],
        }


def slips(prefix: str, body: bytes) -> Cases:
    """Malformed variants of a base32 text with a checksum."""
    text, size = base32(checked(body)), len(body)
    yield "empty", ""
    yield "dashes only", "-" * len(text)
    yield "one character less", text[:-1]
    yield "one character more", text + "0"
    yield "twice", text * 2
    yield "the prefix of the QR", prefix + text
    yield "the link", f"{APP}/winkel/#{prefix}{text}"
    yield "letter U", text[:7] + "U" + text[8:]
    yield "an exclamation mark", text[:7] + "!" + text[8:]
    yield "NUL at the end", text + "\0"
    yield "a control character between groups", grouped(text, "\x1f")
    yield "a no-break space between groups", grouped(text, "\xa0")
    yield "superscript zero", text.replace("0", "\u2070", 1)
    for place in sorted({0, 3, 17, 30, len(text) - 2}):
        other = BASE32[BASE32.index(text[place]) ^ 16]
        yield f"character {place + 1} changed", text[:place] + other + text[place + 1 :]
    yield "two groups swapped", text[:8] + text[12:16] + text[8:12] + text[16:]
    for bit in (1, 23):
        check = int.from_bytes(checked(body)[size:]) ^ 1 << bit
        yield f"bit {bit} of the check bytes flipped", base32(body + check.to_bytes(3))
    end = hashlib.sha256(body).digest()[-3:]
    yield "check bytes from the end of the hash", base32(body + end)
    yield "a byte less, with its check", base32(checked(body[:-1]))
    yield "a byte more, with its check", base32(checked(body + b"\0"))


def invitations() -> Cases:
    for padding in (1, 4, 7):
        text = base32(checked(invitation_body()), padding)
        yield f"padding bits {padding:03b}", text
    yield "shop 0", base32(checked(invitation_body(0)))
    for version in (0, 2, 255):
        yield f"version {version}", base32(checked(invitation_body(version=version)))
    yield "a recovery sheet", base32(checked(recovery_body()))


def official_invitations() -> Cases:
    for version in (0, 2, 255):
        yield f"version {version}", base32(checked(official_body(version=version)))
    yield "a shop's invitation", base32(checked(invitation_body()))


def recovery_sheets() -> Cases:
    yield "shop 0", base32(checked(recovery_body(0)))
    for name, key in (("0", 0), ("n", N), ("n + 1", N + 1), ("all ones", 2**256 - 1)):
        yield f"key {name}", base32(checked(recovery_body(key=key.to_bytes(32))))
    for version in (0, 2, 255):
        yield f"version {version}", base32(checked(recovery_body(version=version)))
    yield "an invitation", base32(checked(invitation_body()))


def requests() -> Cases:
    request = request_of()
    good = request_bytes(request)
    digest = raw(request["digest"])
    r, s = good[30:62], good[62:]
    wrong = {
        "shop 0": request_bytes(request_of(0)),
        "the shop changed after signing": good[:4] + b"\x08" + good[5:],
        "the nonce changed after signing": good[:29] + b"\x01" + good[30:],
        "another till than the one that signed": good[:5] + raw(address(OWNER)) + good[25:],
        "signed by the owner": request_bytes(request, compact(digest, OWNER)),
        "signed for another ledger": request_bytes(request_of(domain=ELSEWHERE)),
        "signed to be blocked": request_bytes(request, signed_to_be_blocked()),
        "the other parity": good[:62] + bytes([s[0] ^ 0x80]) + s[1:],
        "high s": good[:62] + (N - (int.from_bytes(s) & (1 << 255) - 1)).to_bytes(32),
        "r 0": good[:30] + bytes(32) + s,
        "s 0": good[:30] + r + bytes(32),
        "no point of the curve has r as its x": good[:30] + (5).to_bytes(32) + s,
        "65 bytes of signature": good + b"\x1b",
    }
    yield from ((why, "KT1:" + base45(data)) for why, data in wrong.items())


def signed_to_be_blocked() -> bytes:
    blocked = signed_message("TillChange", "", [TILL], 7, address(TILL), False, NOON)
    return raw(blocked["signatures"][0])


def proof_codes() -> Cases:
    text = base32(raw(PAYMENT))[:10]
    yield "empty", ""
    yield "a dash", "-"
    yield "nine characters", text[:-1]
    yield "eleven characters", text + "0"
    yield "letter U", text[:-1] + "U"
    yield "a full stop between groups", grouped(text, ".", 5)
    yield "an en dash between groups", grouped(text, "\u2013", 5)
    yield "superscript zero", text.replace("0", "\u2070", 1)
    yield "a slash", text[:-1] + "/"
    yield "NUL at the end", text[:-1] + "\0"
    yield "the payment's id", PAYMENT
