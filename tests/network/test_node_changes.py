"""Parties decide about their network, on real processes: what they do, and what each sees."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest
from eth_account import Account
from web3 import HTTPProvider

from kindpakket.ledger.rpc import Rpc, RpcError
from kindpakket.protocol.signatures import Key, address_of
from scripts.validators import CHAIN_ID, PROGRAM, Validator, Validators, found, free_ports, run

pytestmark = pytest.mark.needs_four("one node is the whole network")

RELAYS = [Key(bytes([0xB0, number]) * 16) for number in range(6)]
PATIENCE_SECONDS = 120
STOPPED_FOR_VERSION = 3
"""The exit code of a node that cannot run the version that the parties decided."""


@pytest.fixture
def four(tmp_path: Path) -> Iterator[Validators]:
    """A network of four parties, and its running nodes."""
    nodes = [Validator(tmp_path / str(number), free_ports()) for number in range(4)]
    names = ["Zeist", "Bunnik", "Houten", "Provincie"]
    found(
        tmp_path / "founding.json",
        nodes,
        names,
        [address(node) for node in nodes],
        [address_of(key) for key in RELAYS[:4]],
    )
    network = Validators(nodes)
    try:
        network.start(0, 1, 2, 3)
        network.await_all()
        for node in nodes:  # which take transactions from their second block on
            goes_on(node)
        yield network
    finally:
        network.kill(*range(len(network.nodes)))


def address(node: Validator) -> str:
    return f"127.0.0.1:{node.ports['p2p']}"


def decide(network: Validators, *words: object, by: Sequence[int] = (0, 1, 2)) -> list[str]:
    """Parties approve a change, each at its own node; what each command says."""
    said = [
        run("change", "--home", node.home, "--node", node.url, *words)
        for node in (network.nodes[number] for number in by)
    ]
    goes_on(network.nodes[0])
    return said


def status(node: Validator) -> str:
    return run("status", "--node", node.url)


def refusal(*words: object) -> str:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        run(*words)
    return str(refused.value.stderr)


def until(what: Callable[[], Any]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def goes_on(node: Validator) -> None:
    """Wait for three more blocks."""
    until(lambda: node.head() is not None)
    start = node.head() or 0
    until(lambda: (node.head() or 0) >= start + 3)


def account(node: Validator) -> str:
    return address_of(Key(bytes.fromhex((node.home / "keys/account.key").read_text())))


def send(node: Validator, key: Key, nonce: int) -> str:
    """Offer a transaction; its hash."""
    transaction = {"to": "0x" + "11" * 20, "value": 0, "gas": 21_000, "gasPrice": 0}
    signed = Account.sign_transaction(transaction | {"nonce": nonce, "chainId": CHAIN_ID}, key)
    return str(
        Rpc(HTTPProvider(node.url))("eth_sendRawTransaction", signed.raw_transaction.to_0x_hex())
    )


def test_a_fifth_party_joins_and_its_vote_counts(four: Validators, tmp_path: Path) -> None:
    fifth = Validator(tmp_path / "4", free_ports())
    run("init", "--home", fifth.home, "--name", "Soest", "--address", address(fifth))
    shutil.copy(tmp_path / "founding.json", fifth.home)
    node_id = (fifth.home / "party.json").read_text().split('"node_id": "')[1][:40]
    for node in four.nodes:
        (node.home / "peers").write_text(f"{node_id}@{address(fifth)}\n")
    said = decide(four, "add", fifth.home / "party.json")
    assert "1 of 4 parties approve, more than two thirds (3) carry it out" in said[0]
    assert "Carried out" in said[2]
    four.nodes.append(fifth)
    four.start(4)
    four.await_all()
    assert "party Soest" in status(fifth)
    four.kill(0)  # four of five votes are left, and four are needed
    goes_on(fifth)


def test_one_leaves_and_its_vote_and_its_account_count_no_longer(four: Validators) -> None:
    leaving = four.nodes[3]
    said = decide(four, "remove", account(leaving))
    assert "Carried out" in said[2]
    assert "party Provincie" not in status(four.nodes[0])
    with pytest.raises(RpcError, match="may not send transactions"):
        send(four.nodes[0], RELAYS[3], 0)
    assert "NotParty" in refusal(
        "change",
        "--home",
        leaving.home,
        "--node",
        four.nodes[0].url,
        "rotate",
        account(four.nodes[0]),
        "0x" + "77" * 32,
    )
    four.kill(3)
    goes_on(four.nodes[0])


def test_two_of_four_decide_nothing(four: Validators) -> None:
    decide(four, "remove", account(four.nodes[3]), by=[0, 1])
    waiting = run("change", "list", "--node", four.nodes[2].url)
    assert "removeParty" in waiting
    assert "approved by Zeist\n  approved by Bunnik\n" in waiting
    assert "AlreadyApproved" in refusal(
        "change",
        "--home",
        four.nodes[0].home,
        "--node",
        four.nodes[0].url,
        "remove",
        account(four.nodes[3]),
    )
    assert "party Provincie" in status(four.nodes[0])


def test_a_key_is_rotated_and_the_new_one_votes(four: Validators) -> None:
    rotating = four.nodes[3]
    key = run("key", "new", "--home", rotating.home).strip()
    decide(four, "rotate", account(rotating), key)
    assert f"key {key}" in status(four.nodes[0])
    run("key", "use", "--home", rotating.home)
    four.kill(3)
    four.start(3)
    four.await_all()
    four.kill(0)  # three votes are left, and three are needed
    goes_on(rotating)


def test_relays_are_replaced(four: Validators) -> None:
    ours = four.nodes[0]
    decide(four, "relays", account(ours), address_of(RELAYS[4]), address_of(RELAYS[5]))
    with pytest.raises(RpcError, match="may not send transactions"):
        send(ours, RELAYS[0], 0)
    sent = send(ours, RELAYS[4], 0)
    rpc = Rpc(HTTPProvider(four.nodes[3].url))
    until(lambda: (rpc("eth_getTransactionByHash", sent) or {}).get("blockNumber"))


def test_the_software_is_upgraded_at_a_block_and_who_refuses_stops_there(
    four: Validators, second_version: Path
) -> None:
    for number in (0, 1, 2):  # one after the other, before the block
        replace_program(four, number, second_version)
    refusing = four.nodes[3]
    height = planned_upgrade(four)
    assert f"version 2 from block {height} on" in status(refusing)
    assert_stopped_for_version(refusing, height)
    goes_on(four.nodes[0])
    assert "version 2\n" in status(four.nodes[0])
    refusing.program = second_version
    four.start(3)
    four.await_all()


def test_an_upgrade_that_two_of_four_refuse_stops_the_network_until_one_accepts(
    four: Validators, second_version: Path
) -> None:
    accepting, refusing = four.nodes[:2], four.nodes[2:]
    for number in (0, 1):
        replace_program(four, number, second_version)
    height = planned_upgrade(four)
    for node in refusing:
        assert_stopped_for_version(node, height)
    for node in accepting:
        until(lambda node=node: "no block for" in status(node))
        assert f"3 of 4 parties have to run version 2 to agree on block {height + 1}" in status(
            node
        )
        assert node.head() == height  # all had agreed on it, and two could not carry it out
    refusing[0].program = second_version
    four.start(2)
    goes_on(accepting[0])
    assert "version 2\n" in status(refusing[0])
    assert "no block for" not in status(accepting[0])
    refusing[1].program = second_version
    four.start(3)
    four.await_all()


@pytest.fixture(scope="module")
def second_version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that can run versions 1 and 2."""
    program = tmp_path_factory.mktemp("second") / "node"
    flags = "-s -w -X main.versions=1,2"
    build = ["go", "build", "-p", "2", "-trimpath", "-buildvcs=false", "-ldflags", flags]
    subprocess.run([*build, "-o", program, "."], cwd=PROGRAM.parent, check=True)
    return program


def replace_program(network: Validators, number: int, program: Path) -> None:
    """Restart a node with another program, and wait until it takes part."""
    network.kill(number)
    network.nodes[number].program = program
    network.start(number)
    network.await_all()
    goes_on(network.nodes[number])


def planned_upgrade(network: Validators) -> int:
    """Three parties plan version 2; from which block."""
    height = (network.nodes[0].head() or 0) + 15
    decide(network, "upgrade", "2", height)
    return height


def assert_stopped_for_version(node: Validator, height: int) -> None:
    """Wait for the end of a node that has version 1 only, and read what it says."""
    pid, ended = os.waitpid(node.pid, 0)
    assert (pid, os.waitstatus_to_exitcode(ended)) == (node.pid, STOPPED_FOR_VERSION)
    assert (
        f'Stopped before block {height}: the parties run version "2" from there on, and this node '
        'runs ["1"]. Start a node of that version on the same directory.'
    ) in (node.home / "log").read_text()


def test_a_node_that_lost_its_blocks_gets_them_from_the_others(four: Validators) -> None:
    lost = four.nodes[3]
    goes_on(lost)
    four.kill(3)
    shutil.rmtree(lost.home / "data")
    four.start(3)
    four.await_all()
    assert Rpc(HTTPProvider(lost.url))("eth_getBlockByNumber", "0x1", False)
    four.kill(0)  # three votes are left, and three are needed
    goes_on(lost)


def test_a_node_that_lost_its_signing_record_does_not_start(four: Validators) -> None:
    lost = four.nodes[3]
    four.kill(3)
    shutil.rmtree(lost.home / "signed")
    said = refusal("start", "--home", lost.home)
    assert "no record of what it signed" in said
    assert "`change rotate`" in said


def test_a_founding_that_was_changed_is_refused(four: Validators) -> None:
    changed = four.nodes[3].home / "founding.json"
    changed.write_text(changed.read_text().replace('"Houten"', '"Utrecht"'))
    assert "was changed after it signed" in refusal("start", "--home", four.nodes[3].home)
    assert "was changed after it signed" in refusal("verify", changed)


def test_a_validator_that_votes_for_two_blocks_is_seen_by_all(
    four: Validators, tmp_path: Path
) -> None:
    honest, twin = four.nodes[3], Validator(tmp_path / "twin", free_ports())
    four.kill(3)
    shutil.copytree(honest.home, twin.home)  # with its consensus key and its signing record
    other = Validator(tmp_path / "other", free_ports())
    run("init", "--home", other.home, "--name", "Other", "--address", address(twin))
    shutil.copy(other.home / "keys/node.json", twin.home / "keys/node.json")
    node_id = (other.home / "party.json").read_text().split('"node_id": "')[1][:40]
    for node in four.nodes[:3]:
        (node.home / "peers").write_text(f"{node_id}@{address(twin)}\n")
    four.nodes.append(twin)
    four.start(3, 4)
    for node in four.nodes[:3]:
        until(lambda node=node: "  Provincie at block " in status(node))
        metrics = httpx2.get(f"http://127.0.0.1:{node.ports['metrics']}/metrics").text
        assert "cometbft_consensus_byzantine_validators" in metrics
    goes_on(four.nodes[0])
