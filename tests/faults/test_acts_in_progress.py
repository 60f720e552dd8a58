"""Several acts are in the engine's process at once, and none waits for the answer to another."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Semaphore
from typing import Any

import pytest

from kindpakket.domain.ids import Address
from kindpakket.ledger.embedded import EmbeddedChain
from kindpakket.ledger.embedded_process import SubprocessChain
from kindpakket.ledger.relay import MaybeSent, Relay
from kindpakket.ledger.rpc import Rpc, RpcError
from kindpakket.protocol.signatures import Key
from tests.faults.test_embedded_chain import RELAY, REVERT_DEADBEEF, SHOP

AT_ONCE = 4


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[SubprocessChain]:
    EmbeddedChain.create(tmp_path / "chain", relay=RELAY.address).close()
    with SubprocessChain(tmp_path / "chain") as chain:
        yield chain


@pytest.fixture
def relay(chain: SubprocessChain) -> Relay:
    return Relay(Rpc(chain), Key(bytes(RELAY.key)), "eth_sendRawTransactionSync")


def act(relay: Relay) -> Any:
    return relay.send(b"", Address(SHOP))


def refused_act(relay: Relay) -> Any:
    return relay.send(REVERT_DEADBEEF, None)


def outcome(relay: Relay, allowed: bool) -> bool:
    """Whether an act was carried out."""
    try:
        return bool((act if allowed else refused_act)(relay)["status"] == "0x1")
    except RpcError as error:
        assert "0xdeadbeef" in str(error)
        return False


@pytest.fixture
def handed_over(chain: SubprocessChain, monkeypatch: pytest.MonkeyPatch) -> Semaphore:
    """Counts what was handed to the engine."""
    counted, begin = Semaphore(0), chain.begin_request

    def begin_and_count(*request: Any) -> Any:
        wait = begin(*request)
        counted.release()
        return wait

    monkeypatch.setattr(chain, "begin_request", begin_and_count)
    return counted


def acts_at_a_stopped_engine(
    threads: ThreadPoolExecutor, chain: SubprocessChain, relay: Relay, handed_over: Semaphore
) -> list[Future[Any]]:
    """Acts that were all handed to the engine, and of which it ran none."""
    os.kill(chain._engine.pid, signal.SIGSTOP)
    acts = [threads.submit(act, relay) for _ in range(AT_ONCE)]
    for _ in acts:
        handed_over.acquire()
    return acts


def test_acts_are_handed_over_while_an_earlier_one_runs(
    chain: SubprocessChain, relay: Relay, handed_over: Semaphore
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        acts = acts_at_a_stopped_engine(threads, chain, relay, handed_over)
        assert not any(each.done() for each in acts)
        os.kill(chain._engine.pid, signal.SIGCONT)
        blocks = [each.result()["blockNumber"] for each in acts]
    assert sorted(blocks) == ["0x1", "0x2", "0x3", "0x4"]


def test_an_act_after_a_refused_one_is_carried_out(relay: Relay) -> None:
    allowed = [number % 3 != 0 for number in range(48)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        assert list(threads.map(lambda each: outcome(relay, each), allowed)) == allowed
    assert act(relay)["blockNumber"] == hex(sum(allowed) + 1)


def test_of_acts_whose_engine_ended_nothing_is_carried_out_later(
    chain: SubprocessChain, relay: Relay, handed_over: Semaphore
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        acts = acts_at_a_stopped_engine(threads, chain, relay, handed_over)
        os.kill(chain._engine.pid, signal.SIGKILL)
        for each in acts:
            with pytest.raises(MaybeSent):
                each.result()
    assert act(relay)["blockNumber"] == "0x1"
