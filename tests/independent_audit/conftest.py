"""One town with a history per worker, copied, and read once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import rlp
from trie.hexary import HexaryTrie
from web3.types import RPCEndpoint

from kindpakket.ledger.embedded import EmbeddedChain
from kindpakket_audit.directory import ChainDirectory
from kindpakket_audit.hashing import hexed, keccak
from kindpakket_audit.node import Ask, Json
from kindpakket_audit.storage import Slot
from tests.independent_audit.tampered import Tampered, slots_of
from tests.support.lived import live
from tests.support.town import Clock, copied, opened


@pytest.fixture(scope="session")
def chain(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the directory of a chain on which every kind of act was carried out."""
    clock = Clock()
    clock.time += 3600
    place = tmp_path_factory.mktemp("independent")
    with opened(copied(founded, place / "town"), clock) as town:
        live(town)
    return place / "town" / "chain"


@pytest.fixture(scope="session")
def truth(chain: Path) -> Tampered:
    """It is read from a copy, since a process opens a directory once."""
    copy = Path(shutil.copytree(chain, chain.parent / "read"))
    return Tampered.of(ChainDirectory(copy))


@pytest.fixture(scope="session")
def slots(truth: Tampered, tmp_path_factory: pytest.TempPathFactory) -> list[Slot]:
    """All slots that the history wrote."""
    return slots_of(truth, tmp_path_factory.mktemp("slots") / "state.sqlite3")


@pytest.fixture(scope="session")
def ask(chain: Path, truth: Tampered) -> Iterator[Ask]:
    """A node in this process with the same chain, and with proofs of accounts."""
    states = {hex(block.number): block.state_root for block in truth.told}

    def proof(contract: str, _slots: list[str], number: str) -> Json:
        state = HexaryTrie(truth.source._by_hash, states[number])
        nodes = state.get_proof(keccak(bytes.fromhex(contract[2:])))
        return {"accountProof": [hexed(rlp.encode(node)) for node in nodes]}

    with EmbeddedChain(chain, read_only=True) as node:

        def answers(requests: list[Json]) -> list[Json]:
            def answer(method: str, params: list[object]) -> Json:
                if method == "eth_getProof":
                    return {"result": proof(*params)}
                return dict(node.provider.make_request(RPCEndpoint(method), params))

            return [
                {**answer(each["method"], each["params"]), "id": each["id"]} for each in requests
            ]

        yield answers
