"""Acts stop when the clock jumps by an hour or more, until it is corrected or confirmed."""

import json
import time
from pathlib import Path

import pytest

from kindpakket.actors import claim
from kindpakket.domain.ids import Hash
from kindpakket.domain.refusals import Refusal
from kindpakket.ledger.client import Web3Ledger
from kindpakket.ledger.clock_guard import CONFIRMED, ClockGuard
from kindpakket.protocol.messages import Refund
from tests.support.shell import Shell
from tests.support.town import BICYCLES, Town, till_of

HOUR = 3600


class Machine:
    """A clock, and the seconds since the machine started."""

    def __init__(self) -> None:
        self.clock, self.count = 1_800_000_000.0, 5_000.0

    def pass_time(self, seconds: float) -> None:
        self.clock += seconds
        self.count += seconds


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path)
    shell.ok("init")
    return shell


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def guard(machine: Machine, tmp_path: Path) -> ClockGuard:
    return ClockGuard(tmp_path, clock=lambda: machine.clock, count=lambda: machine.count)


@pytest.mark.parametrize("jump", [HOUR, -HOUR, 400 * 24 * HOUR])
def test_a_clock_that_is_set_by_an_hour_stops_acts_until_it_is_back(
    guard: ClockGuard, machine: Machine, jump: int
) -> None:
    machine.pass_time(10)
    machine.clock += jump
    for _ in range(2):
        with pytest.raises(Refusal, match="clock_jumped"):
            guard.check()
    machine.clock -= jump
    guard.check()


@pytest.mark.parametrize("jump", [HOUR - 1, 1 - HOUR])
def test_less_than_an_hour_stops_nothing(guard: ClockGuard, machine: Machine, jump: int) -> None:
    machine.clock += jump
    guard.check()


def test_time_asleep_is_no_jump(guard: ClockGuard, machine: Machine) -> None:
    machine.pass_time(3 * 24 * HOUR)
    guard.check()


def test_acts_go_on_once_the_clock_is_confirmed(
    guard: ClockGuard, machine: Machine, tmp_path: Path
) -> None:
    machine.clock += HOUR
    started_at = machine.clock - machine.count
    (tmp_path / CONFIRMED).write_text(json.dumps({"started_at": started_at}))
    guard.check()
    (tmp_path / CONFIRMED).unlink()
    guard.check()
    machine.clock += HOUR
    with pytest.raises(Refusal):
        guard.check()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"started_at": null}', '{"started_at": 1}'])
def test_what_confirms_nothing_lets_no_act_through(
    guard: ClockGuard, machine: Machine, tmp_path: Path, content: str
) -> None:
    machine.clock += HOUR
    (tmp_path / CONFIRMED).write_text(content)
    with pytest.raises(Refusal):
        guard.check()


def test_the_operator_confirms_the_clock_by_a_command(shell: Shell) -> None:
    wrong_by = [-2 * HOUR]
    guard = ClockGuard(shell.data, clock=lambda: time.time() + wrong_by[0])
    wrong_by[0] = 0
    with pytest.raises(Refusal):
        guard.check()
    shell.ok("confirm-clock")
    guard.check()


def test_an_act_is_answered_with_503_and_reading_goes_on(
    town: Town, guard: ClockGuard, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = town.workspace.context.ledger
    assert isinstance(ledger, Web3Ledger)
    monkeypatch.setattr(ledger, "_checks", [guard.check])
    code = town.code(100)
    machine.clock += HOUR
    with town.refusing("clock_jumped"):
        town.api.pay(till_of(BICYCLES), code, 100)
    assert town.http.get("/api/v1/ledger").status_code == 200
    machine.clock -= HOUR
    assert town.api.pay(till_of(BICYCLES), code, 100)["amount"] == 100


def test_what_was_paid_or_refunded_before_is_told_while_acts_stop(
    town: Town, guard: ClockGuard, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, domain = till_of(BICYCLES), town.api.domain
    body = claim(domain, till, town.code(100), 100)
    paid = town.post("/payments", body).json()
    message = Refund(Hash(paid["id"]), till.shop, 40, town.now() + 300, 7)
    back = {
        "payment": paid["id"],
        "shop": till.shop,
        "amount": 40,
        "validUntil": town.now() + 300,
        "reference": 7,
        "signature": "0x" + message.sign(domain, till.key).hex(),
    }
    refunded = town.post("/refunds", back).json()
    monkeypatch.setattr(town.workspace.context.ledger, "_checks", [guard.check])
    machine.clock += HOUR
    again = town.post("/payments", body)
    assert (again.status_code, again.json()["id"]) == (200, paid["id"])
    again = town.post("/refunds", back)
    assert (again.status_code, again.json()["id"]) == (200, refunded["id"])
    other = town.post("/payments", claim(domain, till, town.code(100), 100))
    assert other.status_code == 503
