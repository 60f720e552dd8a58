"""Faults in what a chain holds beside its history: code, storage, headers, other nodes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import lmdb
import pytest
import rlp

from kindpakket_audit.chains import Block
from kindpakket_audit.compare import NO_ROOTS, NO_STATE_ROOTS
from kindpakket_audit.directory import ChainDirectory
from kindpakket_audit.findings import Level, Result
from kindpakket_audit.hashing import keccak
from kindpakket_audit.node import Ask, Json, Node
from kindpakket_audit.replay import audit
from kindpakket_audit.report import checked
from kindpakket_audit.storage import Storage, members_of
from tests.stranger.tampered import (
    Fault,
    Tampered,
    event,
    findings,
    no_event,
    places,
    reordered,
)


def one_opcode(code: bytes) -> bytes:
    """The code with its first LT turned into a GT."""
    at = code.index(b"\x10")
    return code[:at] + b"\x11" + code[at + 1 :]


def test_one_changed_opcode_is_found(truth: Tampered) -> None:
    (found,) = findings(audit(replace(truth, changed_code=one_opcode)))
    assert found.startswith("Code van het contract: is niet die van deze bron: byte ")
    assert found.endswith(" is 0x11, niet 0x10")


def test_another_immutable_value_is_found(truth: Tampered) -> None:
    """The domain in which signatures count is in the code."""
    separator = keccak(b"Kindpakket")
    other = replace(truth, changed_code=lambda code: code.replace(separator, keccak(b"Other")))
    (found,) = findings(audit(other))
    assert "is niet die van deze bron" in found


STORAGE: list[tuple[str, str]] = [
    ("schemes[1]", "spent"),
    ("schemes[2]", "closed"),
    ("schemes[1]", "permitted"),
    ("shops[1]", "owed"),
    ("shops[5]", "admitted"),
    ("shops[4]", "suspended"),
    ("coupons[", "remaining"),
    ("tills[", "active"),
    ("payments[", "refunded"),
    ("origins[", "value"),
    ("movedTo[", "value"),
    ("refunds[", "value"),
    ("batches[1]", "value"),
    ("officials[", "value"),
    ("holders[32]", "value"),
    ("decisionNonces[", "value"),
    ("cancelled[", "value"),
    ("categoriesSha256", "value"),
]


@pytest.mark.parametrize(("name", "member"), STORAGE)
def test_storage_that_is_not_what_follows_from_the_history_is_found(
    truth: Tampered, tmp_path: Path, name: str, member: str
) -> None:
    state = tmp_path / "state.sqlite3"
    assert audit(truth, state=state).clean
    storage = Storage(state)
    try:
        slots = [slot for some in storage.slots() for slot in some]
    finally:
        storage.close()
    place = next(
        slot
        for slot in slots
        if slot.name.startswith(name) and member in members_of(slot.name, slot.value)
    )

    def words(asked: Sequence[bytes], told: list[bytes]) -> list[bytes]:
        changed = other_member(place.name, place.value, member)
        return [
            changed if slot == place.slot else word for slot, word in zip(asked, told, strict=True)
        ]

    found = findings(audit(replace(truth, words=words)))
    assert [each for each in found if f": {member}: het contract zegt" in each], found


def other_member(name: str, word: bytes, member: str) -> bytes:
    """A word of storage in which one bit is turned that belongs to this member."""
    before = members_of(name, word)
    for at in range(32):
        changed = word[:at] + bytes([word[at] ^ 1]) + word[at + 1 :]
        after = members_of(name, changed)
        if {each for each in before if before[each] != after[each]} == {member}:
            return changed
    raise ValueError(member)


def test_something_more_in_storage_is_found(truth: Tampered) -> None:
    """The whole storage is what follows, by the root that the header commits to."""

    class More(Tampered):
        def account(self, contract: str, block: Block) -> Any:
            known = super().account(contract, block)
            return known and replace(known, storage_root=b"\x07" * 32)

    told = More(truth.source, truth.told)
    assert findings(audit(told)) == ["Opslag: er staat meer in dan uit de geschiedenis volgt"]


# a directory


@pytest.fixture
def damaged(chain: Path, tmp_path: Path) -> Callable[[Callable[[Any], None]], ChainDirectory]:
    """A copy of the directory in which something is changed."""

    def damage(change: Callable[[Any], None]) -> ChainDirectory:
        copy = tmp_path / "copy"
        copy.mkdir()
        (copy / "data.mdb").write_bytes((chain / "data.mdb").read_bytes())
        with lmdb.open(str(copy), map_size=1 << 30) as env, env.begin(write=True) as db:
            change(db)
        return ChainDirectory(copy)

    return damage


def test_a_dropped_event_in_a_directory_is_found(
    truth: Tampered, damaged: Callable[[Callable[[Any], None]], ChainDirectory]
) -> None:
    at, _ = places(truth.told, "Paid")[0]

    def drop(db: Any) -> None:
        header = rlp.decode(db.get(truth.told[at].hash))
        path, receipt = rlp.decode(db.get(header[5]))
        kind = receipt[:1] if receipt[0] < 0xC0 else b""
        fields = rlp.decode(receipt.removeprefix(kind))
        fields[3] = []
        db.put(header[5], rlp.encode([path, kind + rlp.encode(fields)]))

    found = findings(audit(damaged(drop)))
    assert "Blok: de transacties en hun uitkomst zijn niet die van de kop van het blok" in found


def test_a_reordered_block_in_a_directory_is_found(
    damaged: Callable[[Callable[[Any], None]], ChainDirectory],
) -> None:
    def exchange(db: Any) -> None:
        keys = [b"block-number-to-hash:%d" % number for number in (20, 21)]
        values = [db.get(key) for key in keys]
        for key, value in zip(keys, reversed(values), strict=True):
            db.put(key, value)

    found = findings(audit(damaged(exchange)))
    assert "Blok: sluit niet aan op blok 19" in found
    assert "Blok: heeft een ander nummer" in found


# nodes


def lying(ask: Ask, method: str, change: Callable[[Any], None]) -> Ask:
    """A node that changes its answers to a method."""

    def answers(requests: list[Json]) -> Any:
        told = ask(requests)
        for request, answer in zip(requests, told, strict=True):
            if request["method"] == method and answer.get("result"):
                change(answer["result"])
        return told

    return answers


def drop_paid(topic: str) -> Callable[[Any], None]:
    def change(receipts: list[Json]) -> None:
        for receipt in receipts:
            receipt["logs"] = [log for log in receipt["logs"] if log["topics"][0] != topic]

    return change


@pytest.fixture
def paid_topic(truth: Tampered) -> str:
    at, which = places(truth.told, "Paid")[0]
    return "0x" + truth.told[at].transactions[0].logs[which].topics[0].hex()


def test_a_dropped_event_of_a_node_is_found_by_the_receipts_root(ask: Ask, paid_topic: str) -> None:
    told = lying(ask, "eth_getBlockReceipts", drop_paid(paid_topic))
    found = findings(audit(Node("http://node", told)))
    assert "Blok: de gebeurtenissen zijn niet die van de kop van het blok" in found


def test_other_calldata_of_a_node_are_found_by_the_transactions_root(ask: Ask) -> None:
    def change(block: Json) -> None:
        for transaction in block["transactions"]:
            if isinstance(transaction, dict) and transaction["to"]:
                transaction["input"] += "00"

    found = findings(audit(Node("http://node", lying(ask, "eth_getBlockByNumber", change))))
    assert "Blok: de transacties zijn niet die van de kop van het blok" in found


def uncommitted(block: Json) -> None:
    """A block as of an engine whose hash is of another header."""
    for name in ("hash", "parentHash"):
        block[name] = "0x" + keccak(bytes.fromhex(block[name][2:])).hex()


def test_an_engine_whose_headers_commit_to_nothing_is_said_to_be_weaker(ask: Ask) -> None:
    node = Node("http://node", lying(ask, "eth_getBlockByNumber", uncommitted))
    done = audit(node)
    assert (done.findings, done.result) == ([], Result.INCOMPLETE)
    assert done.weaker == [NO_STATE_ROOTS, NO_ROOTS]
    assert "die van de koppen" not in " ".join(checked(done))


def test_where_headers_commit_to_nothing_several_nodes_tell_a_dropped_event(
    ask: Ask, paid_topic: str
) -> None:
    told = lying(ask, "eth_getBlockByNumber", uncommitted)
    other = lying(told, "eth_getBlockReceipts", drop_paid(paid_topic))
    done = audit(Node("http://first", told), others=[Node("http://second", other)])
    (found,) = done.differences
    assert found.about == "Knoop second"
    assert "is anders" in done.others[0]


def test_a_node_that_is_behind_is_a_warning(truth: Tampered) -> None:
    behind = replace(truth, told=truth.told[:-3], name="behind")
    (found,) = audit(truth, others=[behind]).findings
    assert found.level is Level.WARNING
    assert found.difference == f"heeft de blokken na {truth.head() - 3} niet"


@pytest.mark.parametrize("fault", [event("Paid", amount=1), no_event("Paid"), reordered("Paid")])
def test_nodes_that_differ_are_told_with_the_block(truth: Tampered, fault: Fault) -> None:
    other = replace(truth, told=fault(truth.told), name="other")
    (found,) = audit(truth, others=[other]).differences
    at, _ = places(truth.told, "Paid")[0]
    assert (found.about, found.block) == ("Knoop other", truth.told[at].number)
