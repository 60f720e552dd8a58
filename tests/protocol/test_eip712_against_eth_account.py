"""Typed data and signatures, compared with eth_account's for random messages.

The types come from the vectors, which spell them out; eth_account has its own curve code.
"""

import json
import re
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keys.backends.native.main import NativeECCBackend
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from kindpakket.protocol import messages
from kindpakket.protocol.messages import Domain
from kindpakket.protocol.signatures import address_of, expand, recover, sign

VECTORS = Path(__file__).parents[1] / "vectors"
TYPES = {
    vector["message"]: [
        {"type": kind, "name": name}
        for kind, name in re.findall(r"([\w\[\]]+) (\w+)", vector["type"].partition("(")[2])
    ]
    for vector in json.loads((VECTORS / "messages.json").read_text())
}
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

accounts = Account()
accounts.set_key_backend(NativeECCBackend())

addresses = st.binary(min_size=20, max_size=20).map(lambda data: "0x" + data.hex())
hashes = st.binary(min_size=32, max_size=32).map(lambda data: "0x" + data.hex())
keys = st.integers(1, ORDER - 1).map(lambda key: key.to_bytes(32))
domains = st.builds(Domain, st.integers(0, 2**53 - 1), addresses)
VALUES = {
    "address": addresses,
    "address[]": st.lists(addresses, max_size=6).map(tuple),
    "bool": st.booleans(),
    "bytes": st.binary(max_size=200),
    "bytes32": hashes,
    "string": st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
} | {f"uint{bits}": st.integers(0, 2**bits - 1) for bits in (8, 16, 32, 40, 64)}


def values_of(name):
    return st.tuples(*(VALUES[member["type"]] for member in TYPES[name]))


def as_eth_account_sees_it(name, values, domain):
    fields = {
        member["name"]: list(value) if isinstance(value, tuple) else value
        for member, value in zip(TYPES[name], values, strict=True)
    }
    where = {
        "name": "Kindpakket",
        "version": "1",
        "chainId": domain.chain_id,
        "verifyingContract": domain.contract,
    }
    return encode_typed_data(where, {name: TYPES[name]}, fields)


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=40, deadline=None)
@given(data=st.data(), domain=domains)
def test_a_message_hashes_as_eth_account_says(name, data, domain):
    values = data.draw(values_of(name))
    message = getattr(messages, name)(*values)
    typed = as_eth_account_sees_it(name, values, domain)
    assert message.hash == "0x" + typed.body.hex()
    assert domain.separator == typed.header
    assert message.digest(domain) == keccak(b"\x19\x01" + typed.header + typed.body)


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32), keys)
def test_a_signature_is_eth_accounts_in_compact_form(digest, key):
    theirs = accounts.unsafe_sign_hash(digest, key)
    ours = sign(digest, key)
    assert len(ours) == 64
    assert ours[:32] == theirs.r.to_bytes(32)
    assert ours[32] >> 7 == theirs.v - 27
    assert int.from_bytes(ours[32:]) % 2**255 == theirs.s
    # the 65 bytes of libraries end in 27 or 28 where ours end in 0 or 1
    assert expand(ours)[:64] == theirs.signature[:64]
    assert expand(ours)[64] + 27 == theirs.signature[64]


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32), keys)
def test_the_signer_is_the_one_that_eth_account_recovers(digest, key):
    signature = sign(digest, key)
    signer = accounts.from_key(key).address.lower()
    assert address_of(key) == recover(digest, signature) == signer
    assert accounts._recover_hash(digest, signature=expand(signature)).lower() == signer
