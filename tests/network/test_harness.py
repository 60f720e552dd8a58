"""The harness itself: it agrees with a chain without faults, and sees each kind of difference."""

import pytest

from scripts.bench.patient import Told
from scripts.bench.processes import served
from scripts.bench.town import AMOUNT
from tests.network.municipality import PATIENCE_SECONDS, Municipality, port_of
from tests.support.proxy import proxied


def test_no_payment_is_lost_when_the_line_to_the_node_is_cut(
    municipality: Municipality,
) -> None:
    with proxied(port_of(municipality.chain.urls[0])) as line:
        settings = municipality.settings(url=f"http://127.0.0.1:{line.port}")
        with served(settings), municipality.paying(settings, tills=2) as paying:
            line.cut()
            paying.await_answer(503, PATIENCE_SECONDS)
            line.heal()
    with pytest.raises(AssertionError):
        municipality.check(Told(), 0)  # payments that nobody was told


@pytest.mark.parametrize(
    "told",
    [
        Told(cents={"0x" + "00" * 32: AMOUNT}),
        Told(wrong=["an answer that a valid code never should get"]),
        Told(unanswered=1),
    ],
    ids=["lost", "wrong", "unanswered"],
)
def test_a_difference_is_seen(municipality: Municipality, told: Told) -> None:
    with pytest.raises(AssertionError):
        municipality.check(told, municipality.head())


def test_the_longest_gap_is_the_longest_wait_between_two_payments() -> None:
    told = Told(moments=[1.0, 5.0, 5.5, 8.0])
    assert told.longest_gap(1.0) == 4.0
    assert told.longest_gap(5.0) == 2.5
    assert told.longest_gap(9.0) == 0.0
