"""The chain and the server are separate processes: either can be killed, and payments continue."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from web3 import Web3
from web3.types import RPCEndpoint

from kindpakket.ledger.embedded import ChainInUse, ChainUnavailable, EmbeddedChain
from kindpakket.ledger.embedded_process import SubprocessChain
from tests.faults.test_embedded_chain import RELAY, REVERT_DEADBEEF, SHOP, pay, signed

SEND = RPCEndpoint("eth_sendRawTransaction")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    EmbeddedChain.create(tmp_path / "chain", relay=RELAY.address).close()
    return tmp_path / "chain"


@pytest.fixture
def chain(directory: Path) -> Iterator[SubprocessChain]:
    with SubprocessChain(directory) as chain:
        yield chain


def test_what_the_engine_runs_is_read_here(chain: SubprocessChain) -> None:
    web3 = Web3(chain)
    paid = pay(web3)
    assert web3.eth.get_transaction_receipt(paid).blockNumber == 1
    assert web3.eth.get_balance(SHOP) == 1


def test_a_refusal_comes_with_its_reason(chain: SubprocessChain) -> None:
    raw = "0x" + signed(Web3(chain), data=REVERT_DEADBEEF).hex()
    refused = chain.make_request(SEND, [raw])
    assert refused["error"]["data"] == "0xdeadbeef"
    assert Web3(chain).eth.block_number == 0


def test_one_engine_runs_a_chain(chain: SubprocessChain, directory: Path) -> None:
    with pytest.raises(ChainInUse):
        EmbeddedChain(directory)
    with pytest.raises(ChainInUse):
        SubprocessChain(directory)
    pay(Web3(chain))


def test_a_chain_is_free_when_its_server_has_closed_it(directory: Path) -> None:
    SubprocessChain(directory).close()
    EmbeddedChain(directory).close()


def test_an_engine_that_was_killed_is_started_again(chain: SubprocessChain) -> None:
    web3 = Web3(chain)
    pay(web3)
    raw = "0x" + signed(web3, to=SHOP, value=1).hex()
    os.kill(chain._engine.pid, signal.SIGKILL)
    chain._engine.wait()
    with pytest.raises(ChainUnavailable):
        chain.make_request(SEND, [raw])
    assert web3.eth.get_balance(SHOP) == 1
    assert "error" not in chain.make_request(SEND, [raw])
    assert web3.eth.get_balance(SHOP) == 2


@pytest.mark.parametrize("method", ["eth_sendRawTransaction", "eth_sendRawTransactionSync"])
def test_a_payment_whose_engine_died_before_answering_is_not_hidden(
    chain: SubprocessChain, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    web3 = Web3(chain)
    raw = signed(web3, to=SHOP, value=1)
    engine = chain._engine
    answers = chain._answer

    def answer_lost() -> object:
        monkeypatch.setattr(chain, "_answer", answers)
        answers()
        engine.kill()

    monkeypatch.setattr(chain, "_answer", answer_lost)
    told = chain.make_request(RPCEndpoint(method), ["0x" + raw.hex()])["result"]
    transaction = told if isinstance(told, str) else told["transactionHash"]
    assert transaction == "0x" + Web3.keccak(raw).hex()
    assert chain._engine is not engine
    pay(web3)
    assert web3.eth.get_balance(SHOP) == 2


def test_transactions_are_run_in_the_order_in_which_they_were_handed_over(
    chain: SubprocessChain,
) -> None:
    web3 = Web3(chain)
    first, second, third = (
        "0x" + signed(web3, to=SHOP, value=1, nonce=nonce).hex() for nonce in (0, 1, 2)
    )
    answers = [chain.begin_request(SEND, [raw]) for raw in (first, second, third)]
    told = [answer()["result"] for answer in reversed(answers)]  # whoever asks first
    assert told == ["0x" + Web3.keccak(hexstr=raw).hex() for raw in (third, second, first)]
    assert [web3.eth.get_transaction_receipt(each).blockNumber for each in told] == [3, 2, 1]


def test_a_transaction_after_a_refused_one_is_refused_for_its_nonce(
    chain: SubprocessChain,
) -> None:
    web3 = Web3(chain)
    refused = "0x" + signed(web3, data=REVERT_DEADBEEF, nonce=0).hex()
    after = "0x" + signed(web3, to=SHOP, value=1, nonce=1).hex()
    answers = [chain.begin_request(SEND, [raw]) for raw in (refused, after)]
    assert answers[0]()["error"]["data"] == "0xdeadbeef"
    assert "nonce" in answers[1]()["error"]["message"].lower()
    assert web3.eth.block_number == 0


def test_all_that_an_engine_had_not_run_when_it_was_killed_is_unavailable(
    chain: SubprocessChain,
) -> None:
    """And nothing of it is run later."""
    web3 = Web3(chain)
    raws = ["0x" + signed(web3, to=SHOP, value=1, nonce=nonce).hex() for nonce in range(3)]
    os.kill(chain._engine.pid, signal.SIGSTOP)
    answers = [chain.begin_request(SEND, [raw]) for raw in raws]
    os.kill(chain._engine.pid, signal.SIGKILL)
    for answer in answers:
        with pytest.raises(ChainUnavailable):
            answer()
    assert web3.eth.block_number == 0
    pay(web3)
    assert web3.eth.get_balance(SHOP) == 1


SERVER = """
import sys, pathlib
from kindpakket.ledger.embedded_process import SubprocessChain
with SubprocessChain(pathlib.Path(sys.argv[1])) as chain:
    print(chain._engine.pid, flush=True)
    sys.stdin.read()
"""


def test_an_engine_ends_in_order_when_nobody_takes_its_answer(directory: Path) -> None:
    with EmbeddedChain(directory) as chain:
        raw = "0x" + signed(Web3(chain.provider), to=SHOP, value=1).hex()
    command = [sys.executable, "-m", "kindpakket.ledger.embedded_process", str(directory)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as engine:
        assert json.loads(engine.stdout.readline()) == "ready"
        engine.stdout.close()
        print(json.dumps([SEND, [raw]]), file=engine.stdin, flush=True)
        assert engine.stderr.read() == ""
    assert engine.returncode == 0
    with EmbeddedChain(directory) as chain:
        assert Web3(chain.provider).eth.get_balance(SHOP) == 1


def test_an_engine_lets_go_of_the_chain_when_its_server_is_killed(directory: Path) -> None:
    command = [sys.executable, "-c", SERVER, str(directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout
        server.stdout.readline()
        server.kill()
    with SubprocessChain(directory) as chain:
        pay(Web3(chain))
