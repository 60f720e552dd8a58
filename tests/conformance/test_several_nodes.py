"""Several nodes of one chain: one is away, behind, or tells another history."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kindpakket.ledger.client import Web3Ledger
from kindpakket.ledger.comparison import STATES, NodeState, StatesFile, compare
from kindpakket.ledger.nodes import Nodes, name_of
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.settings import Settings
from kindpakket_audit.findings import Level
from tests.support.chains import ChainUnderTest
from tests.support.node_town import Node, claim_of
from tests.support.nodes import anvil
from tests.support.problems import problem
from tests.support.slow_node import SlowNode, slow_node
from tests.support.town import START, Town, copied, opened

Three = tuple[SlowNode, SlowNode, SlowNode]


@pytest.fixture
def three(chain: ChainUnderTest) -> Iterator[Three]:
    """Three nodes of the chain; the first is ours."""
    first, second, third = (chain.urls * 3)[:3]
    with slow_node(first) as own, slow_node(second) as other, slow_node(third) as last:
        yield own, other, last


@pytest.fixture
def town(chain: ChainUnderTest, three: Three, tmp_path: Path) -> Iterator[Town]:
    with chain.town(tmp_path / "town", urls(three)) as town:
        yield town


def urls(nodes: tuple[SlowNode, ...]) -> str:
    return ",".join(node.url for node in nodes)


def nodes_of(town: Town) -> Nodes:
    nodes = town.workspace.provider
    assert isinstance(nodes, Nodes)
    return nodes


def compared(town: Town) -> list[NodeState]:
    """Compare once, as the follower does."""
    nodes = nodes_of(town)
    file = StatesFile(town.directory, [f"http://{node.name}" for node in nodes.each])
    states = compare(nodes, file.read(), clock=town.clock)
    file.write(states)
    return states


def standings(town: Town) -> list[str]:
    return [state.standing for state in compared(town)]


def heard(nodes: tuple[SlowNode, ...]) -> list[int]:
    """How many transactions each was sent."""
    return [len(node.sent) for node in nodes]


def test_all_is_asked_of_our_own_node_while_it_answers(town: Town, three: Three) -> None:
    assert town.post("/payments", claim_of(town)).status_code == 201
    assert heard(three) == [1, 0, 0]
    assert not three[1].asked


@pytest.mark.parametrize("fault", ["closes", "garbles", "names no result", "hangs up halfway"])
def test_when_our_own_node_fails_the_next_is_asked_and_gets_the_act(
    town: Town, three: Three, fault: str
) -> None:
    if fault == "closes":
        three[0].away = True
    else:
        answers = {"garbles": b"<html>", "names no result": b"{}", "hangs up halfway": b'{"id":'}
        three[0].garbled = answers[fault]
    assert town.post("/payments", claim_of(town)).status_code == 201
    assert heard(three) == [0, 1, 0]


def test_without_any_node_nothing_is_sent(town: Town, three: Three) -> None:
    for node in three:
        node.away = True
    problem(town.post("/payments", claim_of(town)), 503, "ledger_unavailable")
    for node in three:
        node.away = False
    assert heard(three) == [0, 0, 0]


def test_a_node_that_is_replaced_by_an_empty_one_is_not_asked(town: Town, three: Three) -> None:
    """It has the same chain id, and takes any transaction, which does nothing there."""
    assert town.post("/payments", claim_of(town)).status_code == 201
    with anvil("--timestamp", str(START)) as empty:
        three[0].move_to(empty)
        three[0].away = True  # as it was meanwhile
        assert town.post("/payments", claim_of(town, 1)).status_code == 201
        three[0].away = False
        nodes_of(town).each[0]._away_until = 0.0
        assert town.post("/payments", claim_of(town, 2)).status_code == 201
        assert Node(empty).rpc("eth_blockNumber") == "0x0"
    assert heard(three) == [1, 2, 0]
    assert town.view("schemes", 1)["spent"] == 300


def test_a_node_that_is_behind_what_was_told_is_not_read(town: Town, three: Three) -> None:
    """Otherwise a payment that was told as settled would be unknown a moment later."""
    ledger = town.workspace.context.ledger
    assert isinstance(ledger, Web3Ledger)
    head = ledger.head()
    three[1].lag(head - 1)
    three[0].away = three[2].away = True
    with pytest.raises(LedgerUnavailable, match="is behind"):
        ledger.head()
    three[2].away = False
    assert ledger.head() >= head


def test_a_head_that_is_not_there_does_not_keep_out_the_other_nodes_for_long(
    town: Town, three: Three
) -> None:
    ledger = town.workspace.context.ledger
    assert isinstance(ledger, Web3Ledger)
    head = ledger.head()
    three[0].instead["eth_blockNumber"] = lambda _ask, _params: hex(10**9)
    assert ledger.head() == 10**9
    three[0].away = True
    with pytest.raises(LedgerUnavailable, match="is behind"):
        ledger.head()
    nodes = nodes_of(town)
    nodes._told = nodes._told[0], nodes._told[1] - 10  # ten seconds later
    assert 10**9 > ledger.head() >= head


# compared


def test_nodes_of_one_chain_are_the_same(town: Town) -> None:
    assert standings(town) == ["same", "same", "same"]


def test_a_node_that_lags_by_blocks_and_time_is_told_and_not_read(
    town: Town, three: Three, node: Node
) -> None:
    head = town.workspace.context.ledger.head()
    three[0].lag(head)
    for _ in range(5):
        node.pass_time(2)
        node.mine()
    [own, *others] = compared(town)
    assert (own.standing, own.block, own.blocks_behind) == ("behind", head, 5)
    assert 10 <= own.seconds_behind <= 12
    assert [other.standing for other in others] == ["same", "same"]
    assert town.workspace.context.ledger.head() == head + 5


def test_a_node_that_lags_by_a_few_blocks_or_on_a_quiet_chain_is_read(
    town: Town, three: Three, node: Node
) -> None:
    head = town.workspace.context.ledger.head()
    three[0].lag(head)
    node.pass_time(3600)
    node.mine(4)
    assert standings(town) == ["same", "same", "same"]


def test_one_of_three_that_tells_a_head_from_nowhere_makes_no_other_look_behind(
    town: Town, three: Three
) -> None:
    tell_from_nowhere(three[2])
    assert standings(town) == ["same", "same", "same"]


def test_one_of_two_that_tells_a_head_from_nowhere_makes_the_other_not_look_behind(
    town: Town, three: Three
) -> None:
    """As long as the other has a block of the last seconds; a chain that was quiet shows nothing
    of who is behind."""
    tell_from_nowhere(three[1])
    three[2].away = True
    ledger = town.workspace.context.ledger
    head = next(ledger.blocks(ledger.head()))
    three[0].lag(head.number)
    town.clock.time = head.time + 4
    assert standings(town) == ["same", "same", "away"]
    town.clock.time += 1
    assert standings(town) == ["behind", "same", "away"]


def tell_from_nowhere(node: SlowNode) -> None:
    """Have it tell a head with a time in the future."""
    ahead = {"number": hex(10**9), "timestamp": hex(10**10)}
    node.instead["eth_getBlockByNumber"] = lambda ask, params: (
        ask() | (ahead if params[0] == "latest" else {})
    )


def test_a_node_that_is_away_is_told(town: Town, three: Three) -> None:
    three[1].away = True
    assert standings(town) == ["same", "away", "same"]


@pytest.mark.parametrize("liar", [0, 1, 2])
def test_another_history_at_one_node_stops_acts_until_all_are_the_same(
    town: Town, three: Three, liar: int
) -> None:
    body = claim_of(town)
    three[liar].tell_another_history()
    assert "differs" in standings(town)
    problem(town.post("/payments", body), 503, "nodes_differ")
    assert heard(three) == [0, 0, 0]
    three[liar].instead.clear()
    assert standings(town) == ["same", "same", "same"]
    assert town.post("/payments", body).status_code == 201


def test_a_node_that_differed_and_is_away_still_stops_acts(town: Town, three: Three) -> None:
    three[1].tell_another_history()
    compared(town)
    three[1].away = True
    assert standings(town) == ["same", "differs", "same"]
    problem(town.post("/payments", claim_of(town)), 503, "nodes_differ")


def test_nodes_that_differed_are_compared_again_when_nothing_did_for_a_minute(
    town: Town, three: Three
) -> None:
    """As when the follower does not start."""
    body = claim_of(town)
    three[1].tell_another_history()
    compared(town)
    let_a_minute_pass(town)
    problem(town.post("/payments", body), 503, "nodes_differ")
    three[1].instead.clear()
    problem(town.post("/payments", body), 503, "nodes_differ")
    let_a_minute_pass(town)
    assert town.post("/payments", body).status_code == 201


def let_a_minute_pass(town: Town) -> None:
    """Since the last comparison."""
    file = town.directory / STATES
    before = file.stat().st_mtime - 61
    os.utime(file, (before, before))


def test_what_was_paid_is_told_while_nodes_differ(town: Town, three: Three) -> None:
    body = claim_of(town)
    assert town.post("/payments", body).status_code == 201
    three[1].tell_another_history()
    compared(town)
    assert town.post("/payments", body).status_code == 200


def test_a_node_that_is_left_out_of_the_settings_stops_nothing(
    town: Town, three: Three, tmp_path: Path
) -> None:
    three[1].tell_another_history()
    compared(town)
    left, elsewhere = urls((three[0], three[2])), copied(town.directory, tmp_path / "elsewhere")
    with opened(elsewhere, town.clock, node_url=left) as fewer:
        assert fewer.post("/payments", claim_of(fewer)).status_code == 201


@pytest.mark.parametrize(
    "wrong", ["", "node", "ftp://a", "http://", "http://a,http://a", "http://a,,http://b"]
)
def test_addresses_of_nodes_that_cannot_be_are_refused(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="node_url"):
        Settings(data=tmp_path, node_url=wrong)


def test_the_audit_reads_every_node_that_answers_and_tells_which_differs(
    town: Town, three: Three
) -> None:
    assert town.post("/payments", claim_of(town)).status_code == 201
    three[0].away = True
    three[2].tell_another_history()
    done = town.workspace.context.ledger.audit()
    assert done.events["Paid"] == 1
    (found,) = [each for each in done.findings if each.level is Level.DIFFERENCE]
    assert found.about == f"Knoop {name_of(three[2].url)}"
    away = [each for each in done.findings if each.about == f"Knoop {name_of(three[0].url)}"]
    assert [each.level for each in away] == [Level.WARNING]
    assert away[0].difference.startswith("geen antwoord: ")


def test_without_any_node_there_is_no_audit(town: Town, three: Three) -> None:
    for node in three:
        node.away = True
    with pytest.raises(LedgerUnavailable):
        town.workspace.context.ledger.audit()
