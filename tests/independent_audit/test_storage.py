"""The root of the expected storage, compared with that of a library."""

import pytest
import rlp
from trie.hexary import HexaryTrie

from kindpakket_audit import storage as module
from kindpakket_audit.hashing import keccak
from kindpakket_audit.storage import Storage


@pytest.mark.parametrize("in_memory", [1, 20, 4096])
def test_the_root_is_that_of_a_trie_however_many_slots_are_in_memory(
    monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    """Of 300 slots every tenth is zero, and of the others some hold one byte."""
    monkeypatch.setattr(module, "_IN_MEMORY", in_memory)
    expected = HexaryTrie({})
    storage = Storage()
    try:
        for number in range(300):
            value = keccak(bytes([number % 256])) if number % 3 else (1).to_bytes(32)
            storage.set("batches", number, value=value if number % 10 else bytes(32))
        storage.commit()
        for some in storage.slots():
            for slot in some:
                if value := slot.value.lstrip(b"\0"):
                    expected[keccak(slot.slot)] = rlp.encode(value)
        assert storage.count() == 270
        assert storage.root() == expected.root_hash
    finally:
        storage.close()
