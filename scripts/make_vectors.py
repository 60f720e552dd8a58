"""Generate the test vectors in tests/vectors: `python scripts/make_vectors.py`.

They are an oracle for the Python, TypeScript and Solidity code, so this script and its
modules share no code with the package (see vector_parts). Inputs are written by hand or drawn
with a fixed seed, and signatures are deterministic (RFC 6979), so the output is reproducible byte
for byte.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bank_vectors import accounts, spellings_of_accounts
from change_vectors import change_files, changes, coupon_files
from enrolment_vectors import enrolment
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from keystore_vectors import keystores
from malformed_vectors import malformed
from run_vectors import runs, sealed
from vector_parts import (
    ELSEWHERE,
    OTHER_SECRET,
    SECRET,
    ZERO,
    N,
    Vector,
    address,
    addresses,
    base32,
    base45,
    card_bytes,
    code_bytes,
    coupon_key,
    grouped,
    letter_body,
    named_key,
    signed_message,
    spellings,
    spend_of,
)
from wallet_vectors import wallet

VECTORS = Path(__file__).parent.parent / "tests/vectors"

AGE_KEY = "age1arfww78cpnlpexq46tdzgzrkgw2trhu0cua96l77qus3mwldrdfszgswr9"
START = 4_000_000_000
"""Start of the story, in the future, so that eth-tester's clock advances a second per block."""


def make() -> dict[str, str]:
    """Return the content of each file by name."""
    made = {
        "letters.json": letters(),
        "derivation.json": derivations(),
        "messages.json": [*story(), *limits(), *accounts()],
        "accounts.json": spellings_of_accounts(),
        "codes.json": codes(),
        "cards.json": cards(),
        "enrolment.json": enrolment(),
        "keystore.json": keystores(),
        "changes.json": changes(),
        "change_files.json": change_files(),
        "coupon_files.json": coupon_files(),
        "wallet.json": wallet(),
        "letter_runs.json": runs(),
        "sealed_letters.json": sealed(),
        "malformed.json": [
            {"kind": kind, "why": why, "input": text} for kind, why, text in malformed()
        ],
    }
    return {
        name: "[\n" + ",\n".join(json.dumps(vector) for vector in vectors) + "\n]\n"
        for name, vectors in made.items()
    }


def letters() -> list[Vector]:
    app = "https://ouder.gemeente.example"
    vectors = []
    for scheme, secret in (
        (1, SECRET),
        (258, OTHER_SECRET),
        (65535, bytes(16)),
        (1, b"\xff" * 16),
        (7, bytes.fromhex("08421084210842108421084210842108")),
    ):
        text = base32(letter_body(scheme, secret))
        vectors.append(
            {
                "scheme": scheme,
                "secret": "0x" + secret.hex(),
                "text": text,
                "grouped": grouped(text, "-"),
                "app": app,
                "link": f"{app}/#KL1.{text}",
                "spellings": spellings(text),
            }
        )
    return vectors


def derivations() -> list[Vector]:
    vectors = []
    for secret, scheme, generation, index in (
        (SECRET, 1, 0, 0),
        (SECRET, 1, 0, 1),
        (SECRET, 1, 1, 0),
        (SECRET, 2, 0, 0),
        (SECRET, 256, 0, 0),
        (OTHER_SECRET, 1, 0, 0),
        (OTHER_SECRET, 258, 3, 17),
        (bytes(16), 1, 0, 31),
        (b"\xff" * 16, 65535, 255, 31),
    ):
        key = coupon_key(secret, scheme, generation, index)
        vectors.append(
            {
                "secret": "0x" + secret.hex(),
                "scheme": scheme,
                "generation": generation,
                "index": index,
                "key": "0x" + key.hex(),
                "address": address(key),
            }
        )
    return vectors


def decision(about: str, signers: int, function: str, *values: object) -> Vector:
    officials = sorted((named_key("official Anna"), named_key("official Bram")), key=address)
    kinds = function.partition("(")[2].rstrip(")").split(",")
    call = "0x" + (keccak(text=function)[:4] + encode(kinds, values)).hex()
    # 14 days: the maximum in the contract
    return signed_message("Decision", about, officials[:signers], call, START + 1_209_600, START)


def story() -> Iterator[Vector]:
    """Acts that a ledger with officials Anna and Bram can execute in this order."""
    owner, till = named_key("owner of shop 7"), named_key("till 1 of shop 7")
    old = [coupon_key(SECRET, 1, 0, index) for index in range(3)]
    new = [coupon_key(SECRET, 1, 1, index) for index in range(2)]
    a, b, c = addresses(old)

    opening = "openScheme(uint16,uint40,uint40,uint256,uint256)"
    rules = (1, START - 3600, START + 31_536_000, 0b0011, 0b0100)
    yield decision("the scheme opens", 2, opening, *rules)
    yield decision("it has 200 euros", 2, "fund(uint16,int64)", 1, 20_000)
    shop = (7, 0b0010, address(owner), True)
    yield decision("shop 7 is admitted", 2, "setShop(uint32,uint256,address,bool)", *shop)
    issuing = "issue(uint16,uint32,address[])"
    yield decision("three coupons of 50 euros", 2, issuing, 1, 5_000, [a, b, c])

    change = ("TillChange", "the owner and the till open the till", [owner, till])
    yield signed_message(*change, 7, address(till), True, START + 1)
    about = "two coupons, at shop 7, at most 80 euros"
    limit = (7, 8_000, START + 300, START + 2)
    spend = signed_message("Spend", about, old[:2], 1, *limit, [a, b])
    yield spend
    claim = ("Claim", "75 euros", [till], spend["structHash"])
    payment = signed_message(*claim, 7, 7_500, False, 1234567890123456)
    yield payment
    refund = ("Refund", "25 euros back", [till], payment["structHash"])
    yield signed_message(*refund, 7, 2_500, START + 300, 6543210987654321)
    about = "to the next generation, and the third coupon back to the scheme"
    to = [*addresses(new), ZERO]
    yield signed_message("Move", about, [*old, *new], 1, START + 3, [a, b, c], to)
    refund = ("Refund", "5 euros back, to where the first coupon moved", [till])
    yield signed_message(*refund, payment["structHash"], 7, 500, START + 300, 1)
    change = ("TillChange", "the owner alone closes the till", [owner])
    yield signed_message(*change, 7, address(till), False, START + 4)
    yield decision("one official stops payments", 1, "setPaused(uint16,bool)", 1, True)
    yield decision("one official suspends shop 7", 1, "setSuspended(uint32,bool)", 7, True)
    about = "shop 7 is paid what it is owed, and no more"
    lines = (1, [7, 7], [4_000, 1_000], keccak(text="the lines"))
    yield decision(about, 2, "settle(uint32,uint32[],int64[],bytes32)", *lines)


def limits() -> list[Vector]:
    """Messages with minimum and maximum values, in another domain."""
    u16, u32, u40, u53, u256 = (2**bits - 1 for bits in (16, 32, 40, 53, 256))
    owner, till = named_key("owner at the limits"), named_key("till at the limits")
    six = [coupon_key(OTHER_SECRET, u16, 255, index) for index in range(26, 32)]
    one, first = six[:1], addresses(six[:1])
    most, least, nothing = "the most of everything", "the least of everything", "0x" + "00" * 32
    messages: list[tuple[Any, ...]] = [
        ("Spend", most, six, u16, u32, u32, u40, u40, addresses(six)),
        ("Spend", least, one, 0, 0, 0, 0, 0, first),
        ("Claim", most, [till], f"0x{u256:x}", u32, u32, True, u53),
        ("Claim", least, [till], nothing, 0, 0, False, 0),
        ("Refund", most, [till], f"0x{u256:x}", u32, u32, u40, u53),
        ("Refund", least, [till], nothing, 0, 0, 0, 0),
        ("TillChange", most, [owner, till], u32, address(till), True, u40),
        ("TillChange", least, [owner], 0, ZERO, False, 0),
        ("Move", "one coupon, given back", one, u16, u40, first, [ZERO]),
        ("Decision", "a call of no bytes", [owner], "0x", u40, u40),
        ("PaymentFileRefused", most, [owner], u32, f"0x{u256:x}", u40),
        ("PaymentFileRefused", least, [owner], 0, nothing, 0),
        ("PrivacyOfficer", most, [owner], 255, address(till), AGE_KEY, u40),
        ("PrivacyOfficer", least, [owner], 0, ZERO, "", 0),
        ("LetterReplacement", "not ASCII", [owner], u32, u16, u32, u16, "çağ", u40),
        ("LetterReplacement", least, [owner], 0, 0, 0, 0, "", 0),
        ("WorkAccount", "not ASCII", [owner], "https://login.town.test/a", "çağ", u40),
        ("WorkAccount", least, [owner], "", "", 0),
    ]
    return [signed_message(*message, domain=ELSEWHERE) for message in messages]


def codes() -> list[Vector]:
    ours = [coupon_key(SECRET, 1, 0, index) for index in range(3)]
    six = [coupon_key(OTHER_SECRET, 65535, 255, index) for index in range(26, 32)]
    spends = [
        spend_of(ours[:1], 1, 0, 2_500, 1_790_000_300, 1_790_000_000),
        spend_of(ours[:2], 1, 7, 10_000, 1_790_000_300, 1_790_000_000),
        spend_of(ours, 1, 7, 12_345, 1_790_000_600, 1_790_000_001),
        spend_of(six, 65535, 2**32 - 1, 2**32 - 1, 2**40 - 1, 2**40 - 1),
        spend_of(ours[:1], 0, 0, 0, 0, 0),
    ]
    names = ("domain", "fields", "keys", "signatures")
    return [
        {name: spend[name] for name in names} | {"text": "KP1:" + base45(code_bytes(spend))}
        for spend in spends
    ]


def cards() -> list[Vector]:
    return [
        {
            "scheme": scheme,
            "key": "0x" + key.hex(),
            "address": address(key),
            "text": "KC1:" + base45(card_bytes(scheme, key)),
        }
        for scheme, key in (
            (1, coupon_key(SECRET, 1, 0, 0)),
            (258, coupon_key(OTHER_SECRET, 258, 0, 31)),
            (1, (1).to_bytes(32)),
            (65535, (N - 1).to_bytes(32)),
        )
    ]


if __name__ == "__main__":
    for name, text in make().items():
        (VECTORS / name).write_text(text)
        print(f"{name}: {text.count(chr(10)) - 2} vectors")
