"""Test vectors of malformed input, with reasons; each with a single defect where possible."""

import hashlib
from collections.abc import Iterator

from vector_parts import (
    BASE32,
    SECRET,
    N,
    base32,
    base45,
    card_bytes,
    code_bytes,
    coupon_key,
    grouped,
    letter_body,
    raw,
    spend_of,
)

Cases = Iterator[tuple[str, str]]

TERMS = (1, 7, 2_500, 1_790_000_300, 1_790_000_000)
KEYS = [coupon_key(SECRET, 1, 0, index) for index in range(7)]
SPEND = spend_of(KEYS[:1], *TERMS)
ITEMS = [code_bytes(spend_of([key], *TERMS))[22:] for key in KEYS]

LETTER = base32(letter_body(1, SECRET))
LETTER_WITH_K_AND_S = base32(letter_body(1, b"zestien letters!"))
CODE = "KP1:" + base45(code_bytes(SPEND))
CARD = "KC1:" + base45(card_bytes(1, KEYS[0]))


def malformed() -> Iterator[tuple[str, str, str]]:
    """Yield (kind, why, input)."""
    cases = {
        "letter": [*letters(), ("a code", CODE), ("a card", CARD)],
        "code": [*texts("KP1:", code_bytes(SPEND)), *codes(), ("a card", CARD)],
        "card": [*texts("KC1:", card_bytes(1, KEYS[0])), *cards(), ("a code", CODE)],
        "signature": [
            *((why, "0x" + data.hex()) for why, data in signatures()),
            # detected by key recovery only, so a reader of codes accepts it
            ("no point of the curve has r as its x", f"0x{5:064x}{SPEND['signatures'][0][66:]}"),
        ],
    }
    for kind, found in cases.items():
        yield from ((kind, why, text) for why, text in found)


def letters() -> Cases:
    yield "empty", ""
    yield "dashes only", "-" * 36
    yield "35 characters", LETTER[:-1]
    yield "37 characters", LETTER + "0"
    yield "twice", LETTER * 2
    yield "the prefix of the QR", f"KL1.{LETTER}"
    yield "the link", f"https://ouder.gemeente.example/#KL1.{LETTER}"
    yield "letter U", LETTER[:7] + "U" + LETTER[8:]
    yield "letter u", LETTER[:7] + "u" + LETTER[8:]
    yield "an exclamation mark", LETTER[:7] + "!" + LETTER[8:]
    yield "NUL at the end", LETTER + "\0"
    for name, mark in (
        ("a full stop", "."),
        ("an underscore", "_"),
        ("a control character", "\x1f"),
        ("an en dash", "\u2013"),
        ("a no-break space", "\xa0"),
        ("a zero-width space", "\u200b"),
    ):
        yield f"{name} between groups", grouped(LETTER, mark)
    yield "superscript zero", LETTER.replace("0", "\u2070", 1)
    yield "Cyrillic O", LETTER.replace("0", "\u041e", 1)
    yield "dotless i", LETTER.replace("1", "\u0131", 1)
    # characters whose lower or upper case is a valid K or S
    yield "Kelvin sign", LETTER_WITH_K_AND_S.replace("K", "\u212a", 1)
    yield "long s", LETTER_WITH_K_AND_S.replace("S", "\u017f", 1)
    for place in (0, 3, 17, 30, 35):
        other = BASE32[BASE32.index(LETTER[place]) ^ 16]
        yield f"character {place + 1} changed", LETTER[:place] + other + LETTER[place + 1 :]
    yield "two characters swapped", LETTER[:9] + LETTER[10] + LETTER[9] + LETTER[11:]
    yield "two groups swapped", LETTER[:8] + LETTER[12:16] + LETTER[8:12] + LETTER[16:]
    data = letter_body(1, SECRET)
    for bit in (1, 12, 23):
        check = int.from_bytes(data[19:]) ^ 1 << bit
        yield f"bit {bit} of the check bytes flipped", base32(data[:19] + check.to_bytes(3))
    end = hashlib.sha256(data[:19]).digest()[-3:]
    yield "check bytes from the end of the hash", base32(data[:19] + end)
    for padding in (1, 8, 15):
        yield f"padding bits {padding:04b}", base32(data, padding)
    yield "scheme 0", base32(letter_body(0, SECRET))
    for version in (0, 2, 255):
        yield f"version {version}", base32(letter_body(1, SECRET, version))


def texts(prefix: str, data: bytes) -> Cases:
    """Malformed variants of a base45 text with a prefix."""
    body = base45(data)
    text = prefix + body
    yield "empty", ""
    yield "the prefix only", prefix
    yield "no prefix", body
    yield "the prefix in lower case", prefix.lower() + body
    yield "all in lower case", text.lower()
    yield "a later prefix", prefix.replace("1", "2") + body
    yield "no colon", prefix.rstrip(":") + body
    yield "the prefix twice", prefix + text
    yield "full-width K in the prefix", "\uff2b" + text[1:]
    yield "Kelvin sign in the prefix", "\u212a" + text[1:]
    yield "a letter", LETTER
    yield "what a letter's QR holds", f"KL1.{LETTER}"
    yield "a space in front", " " + text
    yield "a byte order mark in front", "\ufeff" + text
    yield "a space at the end", text + " "
    yield "a newline at the end", text + "\n"
    yield "NUL at the end", text + "\0"
    yield "one character less", text[:-1]
    yield "one character more", text + "0"
    yield "half", text[: len(text) // 2]
    yield "written twice", text + body
    for name, character in (
        ("a lower-case letter", "a"),
        ("an equals sign", "="),
        ("full-width zero", "\uff10"),
        ("Arabic-Indic zero", "\u0660"),
    ):
        yield f"{name}, not of base45", text[:12] + character + text[13:]
    yield "base45 overflow: GGW is 65536", prefix + "GGW" + body[3:]
    yield "base45 overflow: ::: is the greatest", prefix + ":::" + body[3:]
    yield "only :::", prefix + ":::"
    yield "base45 overflow: the right bytes and 65536", prefix + base45(data, wrap=0)
    yield "one byte less", prefix + base45(data[:-1])
    yield "a trailing zero byte", prefix + base45(data + b"\0")
    yield "two trailing zero bytes", prefix + base45(data + b"\0\0")
    yield "a zero byte in front", prefix + base45(b"\0" + data)
    for version in (0, 2, 255):
        yield f"version {version}", prefix + base45(version.to_bytes(1) + data[1:])


def codes() -> Cases:
    head, item, other = code_bytes(SPEND)[:21], ITEMS[0], ITEMS[1]
    data = {
        "no n": head,
        "n 0": head + b"\0",
        "n 0 and a coupon": head + b"\0" + item,
        "n 1 and no coupon": head + b"\1",
        "n 1 and two coupons": head + b"\1" + item + other,
        "n 2 and one coupon": head + b"\2" + item,
        "n 7": head + b"\7" + b"".join(ITEMS),
        "n 255 and one coupon": head + b"\xff" + item,
        "a coupon twice": head + b"\2" + item * 2,
        "a coupon twice, apart": head + b"\3" + item + other + item,
        "a coupon twice, signed differently": head + b"\2" + item + item[:20] + other[20:],
        "the second signature is zero": head + b"\2" + item + other[:20] + bytes(64),
    }
    yield from ((why, "KP1:" + base45(wrong)) for why, wrong in data.items())
    for why, signature in signatures():
        if len(signature) == 64:
            yield f"signature: {why}", "KP1:" + base45(head + b"\1" + item[:20] + signature)
    yield "base45 overflow: :: at the end", CODE + "::"


def cards() -> Cases:
    yield "scheme 0", "KC1:" + base45(card_bytes(0, KEYS[0]))
    yield "key 0", "KC1:" + base45(card_bytes(1, bytes(32)))
    for name, key in (("n", N), ("n + 1", N + 1), ("all ones", 2**256 - 1)):
        yield f"key {name}", "KC1:" + base45(card_bytes(1, key.to_bytes(32)))
    yield (
        "base45 overflow: the right last byte and 256",
        "KC1:" + base45(card_bytes(1, KEYS[0]), wrap=34),
    )
    yield "base45 overflow: :: at the end", CARD[:-2] + "::"


def signatures() -> Iterator[tuple[str, bytes]]:
    """Signatures that are invalid for any digest."""
    good = raw(SPEND["signatures"][0])
    r, s = good[:32], good[32:]
    odd = 1 << 255
    yield "empty", b""
    yield "63 bytes", good[:-1]
    yield "65 bytes: r, s and a parity", good + b"\0"
    yield "65 bytes: r, s and 27", good + b"\x1b"
    yield "only r", r
    yield "all zero", bytes(64)
    yield "r 0", bytes(32) + s
    yield "r is n", N.to_bytes(32) + s
    yield "r above n", b"\xff" * 32 + s
    yield "s 0", r + bytes(32)
    yield "s 0 with odd parity", r + odd.to_bytes(32)
    yield "high s: the first, n // 2 + 1", r + (N // 2 + 1).to_bytes(32)
    yield "high s with odd parity", r + (N // 2 + 1 | odd).to_bytes(32)
    yield "high s: all ones", r + b"\xff" * 32
