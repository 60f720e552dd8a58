"""Faults of which only several validators can tell: who is away, and who signs what."""

import pytest

from kindpakket.workspace import open_ledger
from scripts.bench.processes import served
from tests.network.chains import FourValidators
from tests.network.municipality import OTHERS, PATIENCE_SECONDS, Municipality

OURS, OTHER, THIRD, LAST = range(4)

pytestmark = pytest.mark.needs_four("one node is the whole network")


@pytest.fixture(autouse=True)
def _all_are_there_again(chain: FourValidators) -> None:
    chain.await_all()


def test_one_of_four_is_killed_and_payments_go_on(
    chain: FourValidators, municipality: Municipality
) -> None:
    settings = municipality.settings(OURS)
    with served(settings), municipality.paying(settings) as paying:
        chain.kill(LAST)
        paying.await_more(40, PATIENCE_SECONDS)
        chain.start(LAST)
        chain.await_all()


def test_two_of_four_are_killed_and_payments_wait_until_one_is_back(
    chain: FourValidators, municipality: Municipality
) -> None:
    """First two others, so that our node takes acts and tells no outcome; then ours and another, so
    that none can be sent."""
    settings = municipality.settings(OURS)
    with served(settings) as server, municipality.paying(settings) as paying:
        chain.kill(THIRD, LAST)
        paying.await_answer(202, PATIENCE_SECONDS)
        before = paying.paid()
        paying.await_answer(202, PATIENCE_SECONDS)
        chain.kill(OURS)
        chain.start(THIRD)
        refused = municipality.pay(server, OTHERS[0])
        assert (refused.status_code, refused.json()["code"]) == (503, "ledger_unavailable")
        paying.await_answer(202, PATIENCE_SECONDS)  # those that were sent
        assert paying.paid() == before
        chain.start(OURS)
        paying.await_more(20, PATIENCE_SECONDS)
        chain.start(LAST)
        chain.await_all()


def test_our_own_node_is_killed_and_another_takes_over(
    chain: FourValidators, municipality: Municipality
) -> None:
    settings = municipality.settings(OURS, OTHER)
    with served(settings), municipality.paying(settings) as paying:
        chain.kill(OURS)
        paying.await_more(20, PATIENCE_SECONDS)
        chain.start(OURS)
        chain.await_all()


def test_all_four_are_restarted_one_after_the_other(
    chain: FourValidators, municipality: Municipality
) -> None:
    settings = municipality.settings(OURS, OTHER)
    with served(settings), municipality.paying(settings) as paying:
        for node in range(4):
            chain.kill(node)
            chain.start(node)
            chain.await_all()
            paying.await_more(10, PATIENCE_SECONDS)


def test_one_that_is_cut_off_catches_up_when_the_line_heals(
    chain: FourValidators, municipality: Municipality
) -> None:
    settings = municipality.settings(OURS)
    with served(settings), municipality.paying(settings) as paying:
        chain.cut_off(LAST)
        paying.await_more(20, PATIENCE_SECONDS)
        with open_ledger(municipality.settings(LAST)) as ledger:
            cut = ledger.head()
            paying.await_more(20, PATIENCE_SECONDS)
            assert ledger.head() <= cut + 1
        chain.heal()
        chain.await_all()
