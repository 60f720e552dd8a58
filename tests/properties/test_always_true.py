"""Invariants under random acts in random order: totals agree, and the store equals the ledger."""

import os
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kindpakket.ledger.port import Refused, Settled
from kindpakket.protocol.signatures import address_of
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from tests.properties.acts import BOOKS, DAY, KEYS, OTHER_COUPONS, Act, People
from tests.properties.always_true import Watch
from tests.support import books
from tests.support.hands import Hands
from tests.support.model import Model, RuleBroken
from tests.support.snapshot import Snapshot, ask, everything
from tests.support.town import START, Clock, Town, copied

SETTINGS = settings(
    max_examples=12,
    stateful_step_count=40,
    deadline=None,
    derandomize="CI" in os.environ,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


What = Callable[[People], Any]

MONEY = (People.payout, People.payout, People.budget, People.issue)
RULES = (People.rules, People.pause, People.pause, People.opening, People.end)
ROLES = (People.shop, People.suspension, People.office)


class TownLife(RuleBasedStateMachine):
    """The history of one town, with its own chain and store."""

    origin: Path
    lives: Path

    @initialize(data=st.data())
    def a_town_lives(self, data: st.DataObject) -> None:
        directory = copied(self.origin, Path(mkdtemp(dir=self.lives)) / "town")
        self.clock = Clock()
        self.clock.time += DAY
        self.workspace = Workspace.open(Settings(data=directory), clock=self.clock, sync=False)
        self.ledger, self.store = self.workspace.context.ledger, self.workspace.context.store
        self.seen = everything(self.ledger, self.workspace.provider)
        self.model, self.watch = Model.of(self.seen), Watch()
        self.tried: list[Act] = []
        self.held_back: list[Any] = []
        for _ in range(3):
            self.do(self.people(data).payment())

    def people(self, data: st.DataObject) -> People:
        self.clock.time += data.draw(st.integers(0, 1))
        return People(self.ledger.domain, self.model, int(self.clock.time), data.draw)

    def do(self, act: Act) -> None:
        """Send an act; the ledger's outcome is that of the rules, and a refused act changes
        nothing."""
        self.tried.append(act)
        expected, refused = deepcopy(self.model), None
        try:
            act.by_the_rules(expected, int(self.clock.time))
        except RuleBroken as broken:
            refused = str(broken)
        head, outcome = self.ledger.head(), self.ledger.submit(act.call)
        if refused:
            assert isinstance(outcome, Refused), refused
            assert outcome.revert.error == refused
            assert self.ledger.head() == head
        else:
            assert isinstance(outcome, Settled), outcome
            before, self.model = self.seen, expected
            self.seen = self.look()
            self.watch.look(before, self.seen, outcome.events, outcome.time)

    def look(self) -> Snapshot:
        """The contract's answers about all ids that it or the rules ever used."""
        questions = list(dict.fromkeys((*self.seen, *self.model.tell())))
        return ask(self.workspace.provider, self.ledger.domain.contract, questions)

    # ------------------------------------------------------------------ what happens

    @rule(data=st.data())
    def parents_pay(self, data: st.DataObject) -> None:
        self.do(self.people(data).payment())

    @precondition(lambda self: self.model.payments)
    @rule(data=st.data())
    def a_till_gives_back(self, data: st.DataObject) -> None:
        self.do(self.people(data).refund())

    @rule(data=st.data())
    def an_owner_changes_a_till(self, data: st.DataObject) -> None:
        self.do(self.people(data).till_change())

    @rule(data=st.data())
    def coupons_move(self, data: st.DataObject) -> None:
        self.do(self.people(data).move())
        if self.model.payments and self.people(data).one_of(True, False):
            self.do(self.people(data).refund())

    @rule(data=st.data(), what=st.sampled_from(MONEY))
    def officials_decide_on_money(self, data: st.DataObject, what: What) -> None:
        self.decide(data, what)

    @rule(data=st.data(), what=st.sampled_from(RULES))
    def officials_decide_on_rules(self, data: st.DataObject, what: What) -> None:
        self.decide(data, what)

    @rule(data=st.data(), what=st.sampled_from(ROLES))
    def officials_decide_on_roles(self, data: st.DataObject, what: What) -> None:
        self.decide(data, what)

    def decide(self, data: st.DataObject, what: What) -> None:
        people = self.people(data)
        decided = people.decision(*what(people))
        if people.one_of(False, False, False, True):
            self.held_back.append(decided)
        else:
            self.do(people.execution(*decided))

    @precondition(lambda self: self.held_back)
    @rule(data=st.data())
    def a_decision_that_was_held_back_comes(self, data: st.DataObject) -> None:
        people = self.people(data)
        message, signers = data.draw(st.sampled_from(self.held_back))
        if people.one_of(False, False, True):
            self.do(people.cancellation(message))
        self.do(people.execution(message, signers))

    @precondition(lambda self: self.tried)
    @rule(data=st.data())
    def something_is_sent_again(self, data: st.DataObject) -> None:
        self.do(data.draw(st.sampled_from(self.tried)))

    @rule(data=st.data())
    def somebody_tampers(self, data: st.DataObject) -> None:
        head, call = self.ledger.head(), self.people(data).tampered_payment()
        assert isinstance(self.ledger.submit(call), Refused)
        assert self.ledger.head() == head

    @rule(seconds=st.sampled_from((1, 60, 299, 301, 3_600, DAY, 20 * DAY)))
    def time_passes(self, seconds: int) -> None:
        self.clock.time += seconds

    # ------------------------------------------------------------------ what is always true

    @invariant()
    def the_contract_tells_what_the_rules_say(self) -> None:
        told = self.model.tell()
        assert {question: self.seen[question] for question in told} == told
        for bit in range(7):
            holders = [held for held in self.model.officials.values() if held >> bit & 1]
            assert self.seen["holders", 1 << bit] == len(holders)

    @invariant()
    def the_store_tells_what_the_contract_tells(self) -> None:
        self.workspace.context.projection.catch_up()
        told = books.tell(self.store)
        for question, says in told.items():
            answer = self.seen[question]
            assert says == (
                {word: answer[word] for word in says} if isinstance(says, dict) else answer
            )
        assert set(told) == {each for each in self.model.tell() if each[0] != "decisionNonces"}

    def teardown(self) -> None:
        if hasattr(self, "workspace"):
            try:
                self.the_store_can_be_built_again()
            finally:
                self.workspace.close()

    def the_store_can_be_built_again(self) -> None:
        context = self.workspace.context
        context.projection.catch_up()
        before = books.rows(self.store)
        books.throw_away(self.store)
        context.projection.catch_up()
        assert books.rows(self.store) == before
        for coupon, held in books.read_by_holders(context, KEYS).items():
            row = self.seen["coupons", coupon]
            assert (held.remaining, held.last_nonce) == (row["remaining"], row["lastNonce"])


@pytest.fixture
def two_schemes(town: Town) -> Path:
    """The town with a second scheme, for books only."""
    hands = Hands(town.workspace.context.ledger, town.clock)
    hands.decide("openScheme", 2, START, START + 300 * DAY, BOOKS, 0)
    hands.decide("fund", 2, 5_000)
    hands.decide("issue", 2, 1_000, list(map(address_of, OTHER_COUPONS)))
    return town.directory


def test_what_is_always_true(
    two_schemes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TownLife, "origin", two_schemes, raising=False)
    monkeypatch.setattr(TownLife, "lives", tmp_path, raising=False)
    run_state_machine_as_test(TownLife, settings=SETTINGS)
