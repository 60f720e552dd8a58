"""Python's protocol, tested with the vectors shared with TypeScript and Solidity."""

import importlib
import json
from pathlib import Path

import pytest

from kindpakket.domain.bank_accounts import compact_iban
from kindpakket.domain.letters import Letter, LetterUnreadable, read_letter
from kindpakket.protocol import messages
from kindpakket.protocol.codes import (
    Card,
    CodeUnreadable,
    PaymentCode,
    make_code,
    read_card,
    read_code,
)
from kindpakket.protocol.keys import coupon_address, coupon_key
from kindpakket.protocol.messages import Domain, Spend
from kindpakket.protocol.signatures import SignatureMalformed, address_of, recover
from kindpakket.services.shops.bank_accounts import read_holder

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests/vectors"
CODE_BYTES = {1: 106, 2: 190, 3: 274, 6: 526}


def vectors(name):
    return json.loads((VECTORS / f"{name}.json").read_text())


def raw(text):
    return bytes.fromhex(text.removeprefix("0x"))


def domain_of(vector):
    domain = vector["domain"]
    assert (domain["name"], domain["version"]) == ("Kindpakket", "1")
    return Domain(domain["chainId"], domain["verifyingContract"])


def message_of(vector):
    types = dict(reversed(part.split()) for part in vector["type"][:-1].split("(")[1].split(","))
    values = []
    for name, value in vector["fields"].items():
        if types[name] == "bytes":
            values.append(raw(value))
        else:
            values.append(tuple(value) if types[name] == "address[]" else value)
    return getattr(messages, vector["message"])(*values)


def letter_of(vector):
    return Letter(vector["scheme"], raw(vector["secret"]))


def code_of(vector):
    spend = Spend(*list(vector["fields"].values())[:-1], tuple(vector["fields"]["coupons"]))
    return PaymentCode(spend, tuple(raw(signature) for signature in vector["signatures"]))


def name_of(vector):
    return f"{vector['message']}: {vector['about']}"


def test_the_files_are_what_the_script_makes(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    made = importlib.import_module("make_vectors").make()
    assert made == {name: (VECTORS / name).read_text() for name in made}


def test_the_vectors_are_made_without_the_product():
    for name in (
        "bank_vectors",
        "make_vectors",
        "enrolment_vectors",
        "keystore_vectors",
        "malformed_vectors",
        "change_vectors",
        "wallet_vectors",
        "vector_parts",
    ):
        lines = (ROOT / f"scripts/{name}.py").read_text().splitlines()
        assert not [line for line in lines if "import" in line.split() and "kindpakket" in line]


@pytest.mark.parametrize("vector", vectors("letters"), ids=lambda vector: vector["text"])
def test_a_letter_is_written_one_way_and_read_in_many(vector):
    letter = letter_of(vector)
    assert letter.text == vector["text"]
    assert letter.grouped == vector["grouped"]
    assert letter.link(vector["app"]) == vector["link"]
    for spelling in [vector["text"], *vector["spellings"]]:
        assert read_letter(spelling) == letter


def test_the_spellings_cover_what_a_reader_forgives():
    spellings = "".join(text for vector in vectors("letters") for text in vector["spellings"])
    assert set("OILoil -\t\r\n") <= set(spellings)


@pytest.mark.parametrize("vector", vectors("derivation"))
def test_a_coupon_key_follows_from_the_letter(vector):
    place = (letter_of(vector), vector["generation"], vector["index"])
    assert coupon_key(*place) == raw(vector["key"])
    assert coupon_address(*place) == vector["address"]


@pytest.mark.parametrize(("generation", "index"), [(-1, 0), (256, 0), (0, -1), (0, 32)])
def test_there_is_no_coupon_outside_its_generations_and_numbers(generation, index):
    with pytest.raises(ValueError, match="out of range"):
        coupon_key(Letter(1, bytes(16)), generation, index)


@pytest.mark.parametrize("vector", vectors("messages"), ids=name_of)
def test_a_message_has_this_hash_and_digest(vector):
    message, domain = message_of(vector), domain_of(vector)
    assert message.hash == vector["structHash"]
    assert domain.separator == raw(vector["domainSeparator"])
    assert message.digest(domain) == raw(vector["digest"])


@pytest.mark.parametrize("vector", vectors("messages"), ids=name_of)
def test_a_key_makes_this_signature_of_a_message_and_no_other(vector):
    message, domain = message_of(vector), domain_of(vector)
    for key, signature in zip(vector["keys"], vector["signatures"], strict=True):
        assert message.sign(domain, raw(key)) == raw(signature)
        assert message.signer(domain, raw(signature)) == address_of(raw(key))


def test_there_is_a_vector_for_each_message():
    assert {vector["message"] for vector in vectors("messages")} == {
        kind.__name__ for kind in messages.Message.__subclasses__()
    }


@pytest.mark.parametrize("vector", vectors("accounts"), ids=lambda vector: repr(vector["typed"]))
def test_an_account_is_signed_in_one_spelling(vector):
    write = compact_iban if vector["what"] == "iban" else read_holder
    assert write(vector["typed"]) == vector["signed"]
    assert write(vector["signed"]) == vector["signed"]


@pytest.mark.parametrize("vector", vectors("codes"), ids=lambda vector: vector["text"][:24])
def test_a_code_is_this_text(vector):
    code = code_of(vector)
    keys = [raw(key) for key in vector["keys"]]
    assert make_code(code.spend, domain_of(vector), keys) == code
    assert code.text == vector["text"]
    assert read_code(vector["text"]) == code


def test_codes_are_as_long_as_the_protocol_says():
    for vector in vectors("codes"):
        size = CODE_BYTES[len(vector["keys"])]
        assert len(vector["text"]) == len("KP1:") + size // 2 * 3
    assert {len(vector["keys"]) for vector in vectors("codes")} == {1, 2, 3, 6}


def test_a_coupon_does_not_sign_for_another():
    vector = vectors("codes")[1]
    keys = [raw(key) for key in reversed(vector["keys"])]
    with pytest.raises(ValueError, match="its own key"):
        make_code(code_of(vector).spend, domain_of(vector), keys)


@pytest.mark.parametrize("vector", vectors("cards"), ids=lambda vector: vector["text"])
def test_a_card_is_this_text(vector):
    card = Card(vector["scheme"], raw(vector["key"]))
    assert card.text == vector["text"]
    assert read_card(vector["text"]) == card
    assert address_of(card.key) == vector["address"]


READERS = {
    "letter": (read_letter, LetterUnreadable),
    "code": (read_code, CodeUnreadable),
    "card": (read_card, CodeUnreadable),
    "signature": (lambda text: recover(bytes(32), raw(text)), SignatureMalformed),
}


@pytest.mark.parametrize(
    "vector", vectors("malformed"), ids=lambda vector: f"{vector['kind']}: {vector['why']}"
)
def test_every_malformed_vector_is_refused(vector):
    read, error = READERS[vector["kind"]]
    with pytest.raises(error):
        read(vector["input"])


def test_malformed_vectors_are_all_different():
    cases = [(vector["kind"], vector["input"]) for vector in vectors("malformed")]
    assert len(set(cases)) == len(cases) >= 40


def test_a_secret_shows_in_no_log():
    letter, card = Letter(1, b"sixteen letters!"), Card(1, b"\x55" * 32)
    assert "sixteen" not in repr(letter)
    assert "UUUU" not in repr(card)
