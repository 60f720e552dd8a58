"""Faults in what a chain holds beside its history: code, storage, headers, other nodes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import lmdb
import pytest
import rlp

from kindpakket_audit.chains import Block, ChainUnreadable, Header, root_of
from kindpakket_audit.compare import NO_ROOTS, NO_STATE_ROOTS
from kindpakket_audit.directory import ChainDirectory
from kindpakket_audit.findings import Level, Result
from kindpakket_audit.hashing import hexed, keccak
from kindpakket_audit.node import (
    _HEADER,
    _NUMBERS,
    Ask,
    Json,
    Node,
    _bytes,
    _integer,
    _raw_receipt,
)
from kindpakket_audit.replay import audit
from kindpakket_audit.report import checked
from kindpakket_audit.storage import Slot, members_of
from tests.independent_audit.tampered import Tampered, differences, findings, lying
from tests.support.faults import Fault, event, no_event, places, reordered


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


def test_a_code_that_is_not_that_of_the_proved_state_is_found(truth: Tampered) -> None:
    class Proved(Tampered):
        def account(self, contract: str, block: Block) -> Any:
            known = super().account(contract, block)
            return known and replace(known, code_hash=b"\x07" * 32)

    told = "de knoop geeft deze code, de toestand van het blok een andere"
    assert findings(audit(Proved(truth.source, truth.told))) == [f"Code van het contract: {told}"]


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
    truth: Tampered, slots: list[Slot], name: str, member: str
) -> None:
    place = next(
        slot
        for slot in slots
        if slot.name.startswith(name) and member in members_of(slot.name, slot.value)
    )
    word = other_member(place.name, place.value, member)
    found = findings(audit(truth.with_word(place, word)))
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


OTHER_HASH = "0x" + "12" * 32


def drop_paid(topic: str) -> Callable[[Any], Any]:
    def change(receipts: list[Json]) -> list[Json]:
        return [
            each | {"logs": [log for log in each["logs"] if log["topics"][0] != topic]}
            for each in receipts
        ]

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
    def change(block: Json) -> Json:
        for transaction in block["transactions"]:
            if transaction["to"]:
                transaction["input"] += "00"
        return block

    found = findings(audit(Node("http://node", lying(ask, "eth_getBlockByNumber", change))))
    assert "Blok: de transacties zijn niet die van de kop van het blok" in found


def with_another_block(ask: Ask, head: int, told_kind: str, proved_kind: str) -> Ask:
    """The chain and one more block, with somebody's transaction to somebody else.

    Args:
        told_kind: the type that the transaction has, as the node tells it.
        proved_kind: the type in the receipt, to which the header commits.
    """
    (last,) = ask([{"id": 0, "method": "eth_getBlockByNumber", "params": [hex(head), True]}])
    (known,) = ask([{"id": 0, "method": "eth_getBlockReceipts", "params": [hex(head)]}])
    receipt = known["result"][0] | {"type": proved_kind, "logs": []}
    transaction = last["result"]["transactions"][0] | {"type": told_kind, "to": "0x" + "99" * 20}
    block = last["result"] | {
        "number": hex(head + 1),
        "parentHash": last["result"]["hash"],
        "receiptsRoot": hexed(root_of([_raw_receipt(receipt)])),
        "transactions": [transaction],
    }
    header = Header(
        [
            (_integer if name in _NUMBERS else _bytes)(block[name])
            for name in _HEADER
            if block.get(name) is not None
        ]
    )
    block["hash"] = hexed(header.hash)
    answers = {"eth_getBlockByNumber": block, "eth_getBlockReceipts": [receipt]}

    def answer(request: Json) -> Json:
        method, params = request["method"], request["params"]
        if method == "eth_blockNumber":
            return {"id": request["id"], "result": hex(head + 1)}
        if hex(head + 1) in params and method in answers:
            return {"id": request["id"], "result": answers[method]}
        earlier = [hex(head) if each == hex(head + 1) else each for each in params]
        (told,) = ask([request | {"params": earlier}])
        return told

    return lambda requests: list(map(answer, requests))


@pytest.mark.parametrize("kind", ["0x3", "0x4", "0x7e"])
def test_a_transaction_of_another_type_makes_a_chain_incomplete_and_not_unreadable(
    ask: Ask, truth: Tampered, kind: str
) -> None:
    """Anyone can send one."""
    done = audit(Node("http://node", with_another_block(ask, truth.head(), kind, kind)))
    (found,) = done.findings
    assert (found.level, found.block) == (Level.WARNING, truth.head() + 1)
    assert found.difference.startswith("er is een transactie van een onbekende soort")
    assert (done.last_block, done.result) == (truth.head() + 1, Result.INCOMPLETE)
    assert "Niet voor de transacties van sommige blokken: 1." in " ".join(checked(done))


def test_a_node_cannot_hide_a_transaction_by_telling_another_type(
    ask: Ask, truth: Tampered
) -> None:
    """Its receipt, to which the header commits, has the type too."""
    with pytest.raises(ChainUnreadable, match="a receipt of another type"):
        audit(Node("http://node", with_another_block(ask, truth.head(), "0x4", "0x2")))


def test_other_hashes_of_transactions_are_found_by_their_content(ask: Ask) -> None:
    """A block and its receipts name the same hash, of which no root is computed."""

    def block_with(block: Json) -> Json:
        told = [each | {"hash": OTHER_HASH} for each in block["transactions"]]
        return block | {"transactions": told}

    def receipts_with(receipts: list[Json]) -> list[Json]:
        return [each | {"transactionHash": OTHER_HASH} for each in receipts]

    told = lying(ask, "eth_getBlockByNumber", block_with)
    told = lying(told, "eth_getBlockReceipts", receipts_with)
    found = set(findings(audit(Node("http://node", told))))
    assert found == {"Blok: de hash van een transactie is niet die van haar inhoud"}


def uncommitted(block: Json) -> Json:
    """A block as of an engine whose hash is of another header."""
    hashes = {
        name: hexed(keccak(bytes.fromhex(block[name][2:]))) for name in ("hash", "parentHash")
    }
    return block | hashes


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
    (found,) = differences(done)
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
    (found,) = differences(audit(truth, others=[other]))
    at, _ = places(truth.told, "Paid")[0]
    assert (found.about, found.block) == ("Knoop other", truth.told[at].number)


def test_a_node_with_another_code_or_slot_is_told_with_what_differs(
    truth: Tampered, slots: list[Slot]
) -> None:
    """All blocks are the same, and so is what the first node has."""
    of_scheme = (each for each in slots if each.name.startswith("schemes[1]"))
    spent = next(each for each in of_scheme if "spent" in members_of(each.name, each.value))
    code = replace(truth, changed_code=one_opcode, name="other")
    slot = replace(truth.with_word(spent, bytes(32)), name="third")
    done = audit(truth, others=[replace(truth, name="same"), code, slot])
    assert {each.about for each in done.findings} == {"Knoop other", "Knoop third"}
    told = [each.difference for each in done.findings]
    assert told[0].startswith("Code van het contract: is niet die van deze bron: byte ")
    assert "Opslag schemes[1]: spent: het contract zegt 0, nagerekend is 18410" in told
    assert [each.partition(";")[2] for each in done.others] == [
        " de code en de opslag ook",
        " de code of de opslag is anders",
        " de code of de opslag is anders",
    ]
