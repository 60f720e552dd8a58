"""A town with half a year of history, for the benchmark of the desk.

Built with the engine in process, without syncing to disk, on a simulated clock, by the services of
the desk; payments are sent to the ledger directly.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from random import Random

from kindpakket.actors import Till, show_code
from kindpakket.demo.founding import PastClock
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.categories import TABLE, table_sha256
from kindpakket.domain.ids import Address, Hash, SchemeId, ShopId
from kindpakket.domain.letters import LETTER_VALUES, Letter
from kindpakket.domain.refusals import Refusal
from kindpakket.follow import run_follower
from kindpakket.ledger.abi import encode_call
from kindpakket.ledger.port import Settled
from kindpakket.protocol.keys import coupon_address, coupon_key
from kindpakket.protocol.messages import BankAccount, Claim, Domain, Refund, TillChange
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.acts import hash_bytes
from kindpakket.services.base.context import Context
from kindpakket.services.base.limits import Caller
from kindpakket.services.base.names import name_scheme
from kindpakket.services.decisions.prepare import Preparer, prepare_set
from kindpakket.services.letters.coupon_lists import CouponList
from kindpakket.services.letters.runs import prepare_run
from kindpakket.services.payments.change_till import change_till
from kindpakket.services.payouts.prepare import prepare_payout
from kindpakket.services.shops.bank_accounts import set_account
from kindpakket.services.shops.new_shop import register_shop
from kindpakket.services.shops.register import ShopDetails
from kindpakket.services.signing.decision_sets import find_waiting, sign_set
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace

Tell = Callable[[str], None]

OFFICIALS = [Key(bytes([n]) * 32) for n in (1, 2, 3)]
SCHEME = SchemeId(1)
SHOPS = range(1, 61)
RUN, RUNS = 250, 16
"""Letters in a run, and the number of runs: one a week."""
WEEKS = 26

_DAY, _WEEK = 24 * 3600, 7 * 24 * 3600
_MORNING, _OPEN_SECONDS = 8 * 3600, 9 * 3600
_REFUND_EVERY = 25
_LARGE = 3
"""Coupons of a letter, enough for all its purchases."""
_SPENT = 10
"""Number of permitted categories: the first of the table."""


@dataclass(frozen=True)
class Purchase:
    """A planned payment: coupon, shop, and amount in cents."""

    letter: Letter
    coupon: int
    shop: ShopId
    amount: int

    @property
    def till(self) -> Till:
        """The till that claims it."""
        return Till(self.shop, Key(bytes([5]) * 30 + self.shop.to_bytes(2)))

    def code(self, domain: Domain, now: int) -> str:
        """Return the code that the phone shows."""
        key = coupon_key(self.letter, 0, self.coupon)
        return show_code(domain, SCHEME, [key], self.amount, now).text


def purchase(number: int, letters: int = RUN * RUNS) -> Purchase:
    """Return the purchase with a number, from one of the first ``letters`` letters."""
    draw = Random(number)  # noqa: S311
    letter, coupon = letter_of(draw.randrange(letters)), draw.randrange(_LARGE)
    return Purchase(letter, coupon, ShopId(draw.choice(SHOPS)), draw.randrange(150, 500))


def letter_of(number: int) -> Letter:
    """Return one of the letters."""
    return Letter(SCHEME, (1 + number).to_bytes(16))


def live(settings: Settings, payments: int, tell: Tell) -> None:
    """Build a town with half a year of history up to now, with waiting decisions."""
    clock = PastClock(time.time() // _DAY * _DAY - WEEKS * _WEEK + _MORNING)
    start = int(clock())
    officials = {address_of(key): sum(Capacity) for key in OFFICIALS}
    with (
        Workspace.create(settings, officials, clock=clock, sync=False) as workspace,
        run_follower(settings),
    ):
        town = _Town(workspace.context, clock)
        town.begin()
        for week in range(WEEKS):
            clock.time = max(clock.time + 1, start + week * _WEEK)
            if week < RUNS:
                town.issue(week)
            first, last = (payments * each // WEEKS for each in (week, week + 1))
            town.sell(start + week * _WEEK, range(first, last), RUN * min(week + 1, RUNS))
            town.pay_out()
            tell(f"week {week + 1} of {WEEKS}: {last:,} payments")
        town.leave_waiting()
        workspace.context.projection.catch_up()


@dataclass
class _Town:
    context: Context
    clock: PastClock

    @property
    def now(self) -> int:
        return int(self.clock())

    @property
    def by(self) -> Preparer:
        return Preparer(address_of(OFFICIALS[0]))

    def begin(self) -> None:
        name_scheme(self.context.store, SCHEME, "Kindpakket")
        self.decide(encode_call("setCategories", table_sha256()))
        permitted, excluded = 2**_SPENT - 1, 1 << len(TABLE) - 1
        closes = self.now + 2 * WEEKS * _WEEK
        self.decide(encode_call("openScheme", SCHEME, self.now, closes, permitted, excluded))
        self.decide(encode_call("fund", SCHEME, 2 * RUN * RUNS * sum(LETTER_VALUES)))
        for number in SHOPS:
            self.admit(number)

    def admit(self, number: int) -> None:
        bits, owner = 1 << number % _SPENT, Key(bytes([6]) * 30 + number.to_bytes(2))
        details = ShopDetails(f"De Winkel {number}", f"Marktstraat {number}", kvk=f"{number:08}")
        shop = register_shop(self.context, details, bits)
        self.decide(encode_call("setShop", shop, bits, address_of(owner), True))
        account = BankAccount(shop, "NL91ABNA0417164300", f"Winkel {number}", self.now)
        set_account(self.context, account, [account.sign(self.context.ledger.domain, owner)])
        till = Purchase(letter_of(0), 0, shop, 0).till.key
        domain, message = self.context.ledger.domain, TillChange(shop, address_of(till), True, 1)
        change_till(
            self.context,
            Caller(self.context.limits, "bench"),
            message,
            message.sign(domain, owner),
            message.sign(domain, till),
            "Kassa 1",
        )

    def issue(self, run: int) -> None:
        self.sign(prepare_run(self.context, _listed(run), RUN, 0, self.by))

    def sell(self, monday: int, numbers: range, letters: int) -> None:
        """Spread purchases over the opening hours of a week."""
        for place, number in enumerate(numbers):
            day, second = divmod(place * 7 * _OPEN_SECONDS // len(numbers), _OPEN_SECONDS)
            self.clock.time = max(self.clock.time + 1, monday + day * _DAY + second)
            self.pay(number, letters)

    def pay(self, number: int, letters: int) -> None:
        domain, ledger, bought = (
            self.context.ledger.domain,
            self.context.ledger,
            purchase(number, letters),
        )
        key = coupon_key(bought.letter, 0, bought.coupon)
        code = show_code(domain, SCHEME, [key], bought.amount, self.now)
        made = Claim(code.spend.hash, bought.shop, bought.amount, False, number)
        values = (hash_bytes(made.spend), *made.values[1:])
        signature = made.sign(domain, bought.till.key)
        _settled(
            ledger.submit(
                encode_call("pay", (*code.spend.values,), code.signatures, values, signature)
            )
        )
        if number % _REFUND_EVERY == 0:
            back = Refund(made.hash, bought.shop, bought.amount // 2, self.now + 300, number)
            values = (hash_bytes(back.payment), *back.values[1:])
            _settled(
                ledger.submit(encode_call("refund", values, back.sign(domain, bought.till.key)))
            )

    def pay_out(self) -> None:
        self.context.projection.catch_up()
        _, prepared = prepare_payout(self.context, minimum=1, hold_days=0, by=self.by)
        self.sign(prepared.decision_set)

    def leave_waiting(self) -> None:
        """Create waiting decisions: a run of letters, and some single ones."""
        prepare_run(self.context, _listed(RUNS), RUN, 0, self.by)
        for amount in range(1, 6):
            prepare_set(self.context, [encode_call("fund", SCHEME, amount * 100_000)], self.by)

    def decide(self, call: bytes) -> None:
        self.sign(prepare_set(self.context, [call], self.by)[0].decision_set)

    def sign(self, bundle: Hash) -> None:
        self.clock.time += 1
        for key in OFFICIALS[:2]:
            waiting = find_waiting(self.context, bundle)
            if waiting is None:
                raise LookupError(bundle)
            domain = self.context.ledger.domain
            signatures = [each.message.sign(domain, key) for each in waiting.decisions]
            for sent in sign_set(self.context, waiting, signatures):
                if isinstance(sent.outcome, Refusal):
                    raise sent.outcome


def _listed(run: int) -> CouponList:
    letters = [letter_of(number) for number in range(run * RUN, (run + 1) * RUN)]
    coupons: dict[int, list[Address]] = {}
    for letter, (index, value) in chain.from_iterable(
        ((letter, each) for each in enumerate(LETTER_VALUES)) for letter in letters
    ):
        coupons.setdefault(value, []).append(coupon_address(letter, 0, index))
    return CouponList(
        SCHEME, {value: sorted(coupons[value]) for value in sorted(coupons, reverse=True)}
    )


def _settled(outcome: object) -> None:
    if not isinstance(outcome, Settled):
        raise RuntimeError(outcome)
