"""Whatever people do, in whatever order, the protocol's list stays true: in contract and store."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from kindpakket.actors import Till
from kindpakket.domain.categories import bits_of
from kindpakket.domain.ids import Hash, ShopId
from kindpakket.protocol.codes import Code
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.messages import Claim
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.store import tables as t
from kindpakket.store import views
from tests.support.hands import Hands, Reverted
from tests.support.town import (
    EVERYTHING,
    LETTERS,
    SAFE,
    START,
    VALUES,
    Clock,
    copied,
    opened,
    owner_of,
    till_of,
)

SHOPS = [ShopId(number) for number in range(1, 6)]
CATEGORIES = ["bicycles", "books", "off_licences"]
NEWCOMER = Key(b"\x05" * 32)
YEAR = 365 * 24 * 3600

amounts = st.integers(1, 12_000)
shops = st.sampled_from(SHOPS)
sets_of_categories = st.sets(st.sampled_from(CATEGORIES), min_size=1).map(bits_of)
indexes = st.integers(0, 10**6)


class Ledger(RuleBasedStateMachine):
    """Everyone's acts, allowed or not; what the contract refuses changes nothing."""

    founded: Path

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        clock = Clock()
        clock.time += 3600
        self.stack = ExitStack()
        town = self.stack.enter_context(opened(copied(self.founded, self.directory / "t"), clock))
        self.context = town.workspace.context
        self.hands = Hands(self.context.ledger, clock)
        self.coupons = [coupon_key(letter, 0, i) for letter in LETTERS[:2] for i in range(6)]
        self.elsewhere = [coupon_key(LETTERS[2], 0, i) for i in range(len(VALUES))]
        self.drawn = 0
        self.batch = 0
        self.claims: list[tuple[Code, Claim, Till]] = []
        self.paid: dict[Hash, tuple[ShopId, int]] = {}
        self.tills = {shop: [till_of(shop)] for shop in SHOPS}
        self.last_nonces: dict[str, int] = {}
        self.seen: tuple[int, dict[Any, Any]] = (-1, {})

    def teardown(self) -> None:
        self.stack.close()
        shutil.rmtree(self.directory)

    # ------------------------------------------------------------------ acts

    @rule(
        first=indexes,
        count=st.integers(1, 3),
        amount=amounts,
        less=st.integers(0, 2_000),
        shop=shops,
        bound=st.sampled_from([0, 0, 0, 1, 4]),
        rest=st.booleans(),
        till=indexes,
    )
    def pay(
        self,
        first: int,
        count: int,
        amount: int,
        less: int,
        shop: ShopId,
        bound: int,
        rest: bool,
        till: int,
    ) -> None:
        keys = [self.coupons[(first + i) % len(self.coupons)] for i in range(count)]
        code = self.hands.code(keys, max(1, amount - less), shop=bound)
        chosen = pick([each for tills in self.tills.values() for each in tills], till)
        chosen = Till(shop, chosen.key)
        claim = self.hands.claim(code, shop, amount, rest=rest)
        self.claims.append((code, claim, chosen))
        if self._tried(lambda: self.hands.pay(code, chosen, amount, claim=claim)):
            self._check_allowed(shop)
            payment = self.hands.view("payments", as_bytes(claim.hash))
            assert 0 < payment["amount"] <= min(amount, code.spend.max_amount)
            assert rest or payment["amount"] == amount
            self.paid[claim.hash] = (shop, payment["amount"])

    @rule(which=indexes)
    def pay_again(self, which: int) -> None:
        if self.claims:
            code, claim, till = pick(self.claims, which)
            before = self.hands.view("payments", as_bytes(claim.hash))["amount"]
            done = self._tried(lambda: self.hands.pay(code, till, claim.amount, claim=claim))
            assert not (done and before), "a claim was paid twice"
            if done:
                amount = self.hands.view("payments", as_bytes(claim.hash))["amount"]
                self.paid[claim.hash] = (claim.shop, amount)

    @rule(which=indexes, amount=amounts, shop=st.none() | shops)
    def refund(self, which: int, amount: int, shop: ShopId | None) -> None:
        if self.paid:
            payment = pick(list(self.paid), which)
            till = till_of(shop or self.paid[payment][0])
            self._tried(lambda: self.hands.refund(payment, till, amount))

    @rule(shop=shops, active=st.booleans(), fresh=st.booleans())
    def change_till(self, shop: ShopId, active: bool, fresh: bool) -> None:
        till = Till(shop, self._draw()) if fresh else till_of(shop)
        if self._tried(lambda: self.hands.change_till(till, owner_of(shop), active=active)):
            self.tills[shop] = [*self.tills[shop], till]

    @rule(first=indexes, count=st.integers(1, 2), give_back=st.booleans())
    def move(self, first: int, count: int, give_back: bool) -> None:
        keys = [self.coupons[(first + i) % len(self.coupons)] for i in range(count)]
        targets = [] if give_back else [self._draw() for _ in keys]
        if self._tried(lambda: self.hands.move(keys, targets)):
            self.coupons += targets

    @rule(amount=st.integers(-50_000, 50_000))
    def fund(self, amount: int) -> None:
        self._decide("fund", 1, amount)

    @rule(value=st.sampled_from([1_000, 20_000, 2_000_000]), again=st.booleans())
    def issue(self, value: int, again: bool) -> None:
        key = self.coupons[0] if again else self._draw()
        if self._decide("issue", 1, value, [address_of(key)]):
            self.coupons.append(key)

    @rule(permitted=sets_of_categories, excluded=st.sampled_from([0, 4, bits_of(["books"])]))
    def change_rules(self, permitted: int, excluded: int) -> None:
        self._decide("setRules", 1, START, START + YEAR, permitted, excluded)

    @rule(over=st.booleans())
    def change_period(self, over: bool) -> None:
        opens, closes = (START, START + 10) if over else (START, START + YEAR)
        self._decide("setRules", 1, opens, closes, bits_of(CATEGORIES), 0)

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        self._decide("setPaused", 1, paused)

    @rule(shop=shops, categories=sets_of_categories, admitted=st.booleans())
    def change_shop(self, shop: ShopId, categories: int, admitted: bool) -> None:
        self._decide("setShop", shop, categories, address_of(owner_of(shop)), admitted)

    @rule(shop=shops, amount=st.integers(-3_000, 6_000))
    def settle(self, shop: ShopId, amount: int) -> None:
        self.batch += 1
        self._decide("settle", self.batch, [shop], [amount], b"\x01" * 32)

    @rule(capacities=st.integers(0, 63), who=st.sampled_from([SAFE, NEWCOMER]))
    def change_official(self, capacities: int, who: Key) -> None:
        self._decide("setOfficial", address_of(who), capacities)

    @rule(seconds=st.sampled_from([1, 400, 90_000]))
    def wait(self, seconds: int) -> None:
        self.hands.clock.time += seconds

    # ------------------------------------------------------------------ always true

    @invariant()
    def sums_hold(self) -> None:
        scheme = self._view("schemes", 1)
        spent = scheme["spent"] - scheme["refunded"]
        assert scheme["issued"] <= scheme["funded"]
        assert 0 <= spent <= scheme["issued"]
        known = [*self.coupons, *self.elsewhere]
        remaining = sum(self._coupon(key)["remaining"] for key in set(known))
        assert remaining + spent == scheme["issued"]
        all_shops = [self._view("shops", shop) for shop in SHOPS]
        assert sum(shop["owed"] + shop["settled"] for shop in all_shops) == spent

    @invariant()
    def nonces_never_go_down(self) -> None:
        for key in self.coupons:
            coupon, address = self._coupon(key), address_of(key)
            assert coupon["scheme"] == 1
            assert coupon["lastNonce"] >= self.last_nonces.get(address, 0)
            self.last_nonces[address] = coupon["lastNonce"]

    @invariant()
    def payments_stand(self) -> None:
        for payment, (shop, amount) in self.paid.items():
            found = self._view("payments", as_bytes(payment))
            assert (found["shop"], found["amount"]) == (shop, amount)
            assert found["refunded"] <= amount

    @invariant()
    def enough_officials(self) -> None:
        held = [self._view("officials", address_of(key)) for key in (*EVERYTHING, SAFE)]
        held.append(self._view("officials", address_of(NEWCOMER)))
        for capacity, needed in {1: 2, 2: 2, 4: 2, 8: 2, 16: 2, 32: 3}.items():
            assert sum(bool(each & capacity) for each in held) >= needed

    @invariant()
    def the_store_agrees(self) -> None:
        self.context.projection.catch_up()
        with self.context.store.read() as db:
            scheme = db.execute(select(t.schemes)).one()._asdict()
            shops = {row.shop: row for row in db.execute(select(t.shops))}
            coupons = {row.coupon: row for row in db.execute(select(t.coupons))}
            refunded = dict(db.execute(select(t.payments.c.payment, t.payments.c.refunded)).all())
        found = self._view("schemes", 1)
        for name in ("opens", "closes", "paused", "funded", "issued", "spent", "refunded"):
            assert scheme[name] == found[name]
        assert (int(scheme["permitted"], 16), int(scheme["excluded"], 16)) == (
            found["permitted"],
            found["excluded"],
        )
        for shop in SHOPS:
            view, row = self._view("shops", shop), shops[shop]
            assert (row.owed, row.settled) == (view["owed"], view["settled"])
            assert (row.admitted, int(row.categories, 16)) == (view["admitted"], view["categories"])
        for key in self.coupons:
            view, row = self._coupon(key), coupons[address_of(key)]
            assert (row.remaining, row.last_nonce) == (view["remaining"], view["lastNonce"])
            assert (row.moved, row.moved_to or views.ZERO) == (
                view["moved"],
                self._view("movedTo", address_of(key)),
            )
        assert set(refunded) == set(self.paid)
        for payment, amount in refunded.items():
            assert self._view("payments", as_bytes(payment))["refunded"] == amount

    # ------------------------------------------------------------------ helpers

    def _tried(self, act: Callable[[], Any]) -> bool:
        head = self.hands.ledger.head()
        try:
            act()
        except Reverted:
            assert self.hands.ledger.head() == head
            return False
        return True

    def _decide(self, function: str, *args: Any) -> bool:
        return self._tried(lambda: self.hands.decide(function, *args))

    def _check_allowed(self, number: ShopId) -> None:
        """Spelled out once more: who may be paid, and when."""
        shop, scheme = self._view("shops", number), self._view("schemes", 1)
        assert shop["admitted"]
        assert shop["categories"] & scheme["permitted"]
        assert not shop["categories"] & scheme["excluded"]
        assert not scheme["paused"]
        assert scheme["opens"] <= self.hands.now < scheme["closes"]

    def _coupon(self, key: Key) -> dict[str, Any]:
        found: dict[str, Any] = self._view("coupons", address_of(key))
        return found

    def _view(self, function: str, *args: Any) -> Any:
        """Ask the contract once a block: between two blocks nothing changes."""
        head = self.hands.ledger.head()
        if self.seen[0] != head:
            self.seen = (head, {})
        if (function, *args) not in self.seen[1]:
            self.seen[1][function, *args] = self.hands.view(function, *args)
        return self.seen[1][function, *args]

    def _draw(self) -> Key:
        self.drawn += 1
        return Key(b"\x77" * 28 + self.drawn.to_bytes(4))


def pick(items: list[Any], index: int) -> Any:
    return items[index % len(items)]


def as_bytes(value: str) -> bytes:
    return bytes.fromhex(value[2:])


@pytest.mark.parametrize("seed", range(4))
def test_the_list_stays_true(founded: Path, seed: int) -> None:
    """Four machines, so that workers share them; each walks its own way."""

    class Seeded(Ledger):
        """Hypothesis derives a machine's walk from its name."""

    Seeded.founded = founded
    Seeded.__qualname__ = f"Ledger{seed}"
    run_state_machine_as_test(
        Seeded,
        settings=settings(
            max_examples=3,
            stateful_step_count=25,
            deadline=None,
            derandomize=False,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
