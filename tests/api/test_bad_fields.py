"""A malformed field is named in the answer, and nothing is sent to the ledger."""

import json
from typing import Any

import pytest

from kindpakket.actors import API
from tests.support.bodies import bodies
from tests.support.problems import mistakes, problem
from tests.support.town import Town

NAN, INFINITY = float("nan"), float("inf")
NOT_NUMBERS = (1.0, 1.5, "1", "", True, False, None, NAN, INFINITY, -INFINITY, 10**400, [1], {})
NOT_TEXTS = (None, 1, 1.5, True, [], {}, ["0x"])

AMOUNT = (0, -1, 2**32, *NOT_NUMBERS)
NUMBER_FROM_ONE_OF_16_BITS = (0, -1, 2**16, *NOT_NUMBERS)
NUMBER_FROM_ONE_OF_32_BITS = (0, -1, 2**32, *NOT_NUMBERS)
TIME = (-1, 2**40, *NOT_NUMBERS)
REFERENCE = (-1, 2**53, 2**64, *NOT_NUMBERS)
BOOLEAN = (0, 1, "true", "false", "", None, [], {})


def hex_of(size: int) -> tuple[object, ...]:
    """Values that are not 0x-hex of ``size`` bytes."""
    good = "11" * size
    texts = ("", "0x", good, f"0x{good[:-2]}", f"0x{good}11", f"0x{good}1", f"0x{good[:-1]}")
    texts += (f"0x{good[:-1]}g", f"0x{good}\n", f" 0x{good}", f"1x{good}", f"0x{good[:-2]}１１")
    return (*texts, *NOT_TEXTS)


ADDRESS, HASH, SIGNATURE, SECRET = hex_of(20), hex_of(32), hex_of(64), hex_of(16)
NAME = ("", "k" * 41, "Kassa\n1", "\0", "\x7f", "\x85", 1, 1.5, True, [], {}, ["Kassa"])
CALL = ("", "0x1", "11", "0x1g", "0x11\n", "0x" + "11" * (64 * 1024 + 1), *NOT_TEXTS)
MESSAGE = ("x" * 4097, *NOT_TEXTS)

ONE_ADDRESS, ONE_SIGNATURE = "0x" + "11" * 20, "0x" + "11" * 64
NOT_LISTS = (None, 1, "", ONE_ADDRESS, {}, {"0": ONE_ADDRESS}, True)
ADDRESSES = ([], [ONE_ADDRESS] * 33, [None], ["0x"], [ONE_ADDRESS, "0x"], [[]], *NOT_LISTS)
SIGNATURES = ([ONE_SIGNATURE] * 65, [None], ["0x"], [ONE_SIGNATURE, 1], [ONE_ADDRESS], *NOT_LISTS)

FIELDS = {
    "/payments": {
        "shop": NUMBER_FROM_ONE_OF_32_BITS,
        "amount": AMOUNT,
        "rest": BOOLEAN,
        "reference": REFERENCE,
        "till": ADDRESS,
        "signature": SIGNATURE,
    },
    "/refunds": {
        "payment": HASH,
        "shop": NUMBER_FROM_ONE_OF_32_BITS,
        "amount": AMOUNT,
        "validUntil": TIME,
        "reference": REFERENCE,
        "signature": SIGNATURE,
    },
    "/enrolments": {
        "shop": NUMBER_FROM_ONE_OF_32_BITS,
        "secret": SECRET,
        "owner": ADDRESS,
    },
    "/bank-accounts": {
        "shop": NUMBER_FROM_ONE_OF_32_BITS,
        "iban": ("", "NL20", "nl20INGB0001234567", "NL20 INGB 0001 2345 67", *NOT_TEXTS),
        "holder": ("", "x" * 71, *NOT_TEXTS),
        "nonce": TIME,
        "signature": SIGNATURE,
    },
    "/tills": {
        "shop": NUMBER_FROM_ONE_OF_32_BITS,
        "till": ADDRESS,
        "active": BOOLEAN,
        "nonce": TIME,
        "signature": SIGNATURE,
        "tillSignature": tuple(value for value in SIGNATURE if value is not None),
    },
    "/moves": {
        "scheme": NUMBER_FROM_ONE_OF_16_BITS,
        "nonce": TIME,
        "from": ADDRESSES,
        "to": ADDRESSES,
        "signatures": ([], *SIGNATURES),
    },
    "/decisions": {
        "call": CALL,
        "validUntil": TIME,
        "nonce": TIME,
        "signatures": ([ONE_SIGNATURE] * 33, *SIGNATURES),
    },
    "/cancellations": {"call": CALL, "validUntil": TIME, "nonce": TIME, "signature": SIGNATURE},
    "/sessions": {"message": MESSAGE, "signature": SIGNATURE},
}
EACH_FIELD = [(path, field) for path, fields in FIELDS.items() for field in fields]
OPTIONAL = {("/tills", "tillSignature")}

CODES = ("", "KP1:", "KP1", "KP1:A", "KP1:??", "KP1:0000", "KP2:", "KC1:", "KL1:", "é", "KP1:é")


def send(town: Town, path: str, body: object) -> Any:
    """Send JSON with numbers that Python's encoder accepts and JSON does not have."""
    content = json.dumps(body).encode()
    return town.http.post(API + path, content=content, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(("path", "field"), EACH_FIELD)
def test_a_malformed_field_is_named(still_town: Town, path: str, field: str) -> None:
    good = bodies(still_town)[path]
    for value in FIELDS[path][field]:
        wrong = mistakes(send(still_town, path, good | {field: value}))
        named = {name.partition(".")[0] for name in wrong}
        assert named == {field}, (value, wrong)


@pytest.mark.parametrize(("path", "field"), [*EACH_FIELD, ("/payments", "code")])
def test_a_missing_field_is_named(still_town: Town, path: str, field: str) -> None:
    body = bodies(still_town)[path]
    del body[field]
    answer = still_town.post(path, body)
    if (path, field) in OPTIONAL:
        problem(answer, 409, "signature_invalid")
    else:
        assert mistakes(answer) == {field: "missing"}


@pytest.mark.parametrize("path", [*FIELDS])
@pytest.mark.parametrize("extra", ["remark", "", "Amount", "from_", "valid_until", "é"])
def test_a_field_too_many_is_named(still_town: Town, path: str, extra: str) -> None:
    body = bodies(still_town)[path] | {extra: 1}
    assert mistakes(still_town.post(path, body)) == {extra or "body": "extra_forbidden"}


@pytest.mark.parametrize("name", NAME)
def test_a_tills_name_is_one_to_forty_characters_that_can_be_shown(
    still_town: Town, name: object
) -> None:
    body = bodies(still_town)["/tills"] | {"name": name}
    assert set(mistakes(still_town.post("/tills", body))) == {"name"}


def test_fields_have_no_second_name(still_town: Town) -> None:
    body = bodies(still_town)["/refunds"]
    body["valid_until"] = body.pop("validUntil")
    assert mistakes(still_town.post("/refunds", body)) == {
        "validUntil": "missing",
        "valid_until": "extra_forbidden",
    }


@pytest.mark.parametrize("text", CODES)
def test_a_code_that_cannot_be_read_is_said_to_be_unreadable(still_town: Town, text: str) -> None:
    body = bodies(still_town)["/payments"] | {"code": text}
    wrong = mistakes(still_town.post("/payments", body), "code_unreadable")
    assert wrong == {"code": "code_unreadable"}


@pytest.mark.parametrize(
    "spoil",
    [str.lower, lambda code: code + "0", lambda code: code[:-1], lambda code: " " + code],
    ids=["in lower case", "longer", "shorter", "after a space"],
)
def test_a_code_that_is_not_exactly_a_code_is_unreadable(still_town: Town, spoil: Any) -> None:
    body = bodies(still_town)["/payments"]
    answer = still_town.post("/payments", body | {"code": spoil(body["code"])})
    assert mistakes(answer, "code_unreadable") == {"code": "code_unreadable"}


@pytest.mark.parametrize("value", NOT_TEXTS)
def test_a_code_that_is_no_text_is_malformed(still_town: Town, value: object) -> None:
    body = bodies(still_town)["/payments"] | {"code": value}
    assert mistakes(still_town.post("/payments", body)) == {"code": "string_type"}


def test_all_mistakes_are_told_at_once(still_town: Town) -> None:
    body = {"code": "KP1:", "shop": 0, "amount": 1.5, "rest": "yes", "till": "0x", "tip": 1}
    assert mistakes(still_town.post("/payments", body)) == {
        "code": "code_unreadable",
        "shop": "greater_than_equal",
        "amount": "int_type",
        "rest": "bool_type",
        "reference": "missing",
        "till": "string_pattern_mismatch",
        "signature": "missing",
        "tip": "extra_forbidden",
    }


def test_mistakes_in_lists_tell_where(still_town: Town) -> None:
    body = bodies(still_town)["/moves"] | {"from": [ONE_ADDRESS, "0x"], "signatures": ["", 1]}
    assert mistakes(still_town.post("/moves", body)) == {
        "from.1": "string_pattern_mismatch",
        "signatures.0": "string_pattern_mismatch",
        "signatures.1": "string_type",
    }


def test_the_answer_repeats_nothing_that_was_sent(still_town: Town) -> None:
    body = bodies(still_town)["/payments"] | {"amount": "KP1:SECRET", "code": "KP1:SECRET"}
    assert "SECRET" not in still_town.post("/payments", body).text


@pytest.mark.parametrize("amount", [1, 2**32 - 1])
def test_the_least_and_the_most_that_an_amount_can_be_are_not_malformed(
    still_town: Town, amount: int
) -> None:
    body = bodies(still_town)["/refunds"] | {"amount": amount}
    problem(still_town.post("/refunds", body), 409, "payment_unknown")


def test_hex_may_be_in_upper_case(still_town: Town) -> None:
    body = bodies(still_town)["/refunds"]
    upper = {name: "0X" + body[name][2:].upper() for name in ("payment", "signature")}
    problem(still_town.post("/refunds", body | upper), 409, "payment_unknown")
