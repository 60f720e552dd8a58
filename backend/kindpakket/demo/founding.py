"""A town that is being built: its people with their keys, its past, and its clock."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kindpakket.actors import DECISION_SECONDS, Api, Till, decision_body
from kindpakket.demo import places
from kindpakket.demo.wallet import Wallet
from kindpakket.domain.capacities import GOVERNED, Capacity
from kindpakket.domain.ids import Hash, SchemeId, ShopId
from kindpakket.domain.letters import Letter
from kindpakket.domain.money import format_euros
from kindpakket.ledger.abi import encode_call, function_of
from kindpakket.protocol.messages import Decision, Message
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.context import Context
from kindpakket.services.decisions.prepare import Preparer, list_prepared, prepare
from kindpakket.services.letters.generate import Run
from kindpakket.services.payouts.give_file import give_payment_file
from kindpakket.services.payouts.prepare import prepare_payout, read_account
from kindpakket.settings import Settings

Tell = Callable[[str], None]


class PastClock:
    """A clock that is set explicitly."""

    def __init__(self, start: float) -> None:
        self.time = start

    def __call__(self) -> float:
        return self.time

    def tick(self) -> None:
        """Advance by a second."""
        self.time += 1

    def advance_to(self, moment: float) -> None:
        """Advance to a moment, unless it has passed."""
        self.time = max(self.time, moment)


class PresentClock:
    """The clock of a town on a node. It starts some minutes behind, so that it can tick."""

    def __init__(self) -> None:
        self._behind = 120

    def __call__(self) -> float:
        return time.time() - self._behind

    def tick(self) -> None:
        """Advance by a second."""
        self._behind -= 1

    def advance_to(self, moment: float) -> None:
        """Do nothing: the node has its own clock."""


@dataclass(frozen=True)
class ShopOwner:
    """A shop with the keys of its owner and its till."""

    shop: places.Shop
    owner: Key
    till: Till


@dataclass
class Founding:
    """A town that is being built. All that is done gets the time of its clock."""

    clock: PastClock | PresentClock
    settings: Settings
    context: Context
    api: Api
    officials: list[tuple[places.Official, Key]]
    shops: dict[ShopId, ShopOwner]
    tell: Tell

    @property
    def now(self) -> int:
        """In unix seconds."""
        return int(self.clock())

    def holders(self, capacity: Capacity) -> list[Key]:
        """Return the keys of the officials who hold a capacity."""
        return [key for official, key in self.officials if capacity in official.capacities]

    def by(self, capacity: Capacity, reason: str | None = None) -> Preparer:
        """Return the author of decisions that need a capacity."""
        return Preparer(address_of(self.holders(capacity)[0]), reason)

    def decide(self, function: str, *args: Any) -> None:
        """Execute a call with the signatures of two officials, a second after the previous one."""
        self.clock.tick()
        call = encode_call(function, *args)
        self._execute(Decision(call, self.now + DECISION_SECONDS, self.now))

    def decide_why(self, reason: str, call: bytes) -> None:
        """Prepare a call with a reason, and have two officials decide on it."""
        prepare(self.context, call, self.by(GOVERNED[function_of(call)], reason))
        self.decide_prepared()

    def decide_prepared(self) -> None:
        """Execute all waiting decisions with the signatures of two officials."""
        for each in list_prepared(self.context):
            self.clock.tick()
            self._execute(each.message)

    def sign(self, message: Message, keys: list[Key]) -> list[bytes]:
        """Return signatures of a message, signers ascending."""
        return [message.sign(self.api.domain, key) for key in sorted(keys, key=address_of)]

    def may_spend(self, letter: Letter, amount: int) -> bool:
        """Return whether one code of a letter holds an amount, in cents."""
        return Wallet(self.context, letter).most >= amount

    def sell(self, shop: ShopId, amount: int, letter: Letter) -> Hash:
        """Pay from a letter at a shop, in cents; return the payment.

        Raises:
            Refusal: it was refused.
        """
        code = Wallet(self.context, letter).code(amount, self.now).text
        return Hash(self.api.pay(self.shops[shop].till, code, amount)["id"])

    def refund(self, shop: ShopId, payment: Hash, amount: int) -> None:
        """Give back an amount in cents."""
        self.api.refund(self.shops[shop].till, payment, amount, self.now)

    def pay_out(self) -> str:
        """Pay the shops for sales older than a week, with a file for the bank; return how much, in
        words."""
        official = self.by(Capacity.PAYOUT)
        payout, _ = prepare_payout(self.context, by=official)
        self.decide_prepared()
        payer = read_account(self.settings.model_copy(update=places.PAYER))
        give_payment_file(self.context, payer, payout.batch, official.official)
        return f"{payout.shops} winkels, samen {format_euros(payout.amount)}"

    def _execute(self, message: Decision) -> None:
        keys = self.holders(GOVERNED[function_of(message.call)])[:2]
        self.api.post("/decisions", decision_body(self.api.domain, message, keys))


@dataclass(frozen=True)
class Past:
    """What a town went through before it opens."""

    start: float
    """When it is founded, in unix seconds."""
    days: int
    """The number of days that its schemes are open from then on."""
    letters: int
    """Of the first run."""
    budget: int
    """Of its scheme, in cents."""
    permitted: tuple[str, ...]
    """Categories of its scheme at first."""
    play: Callable[[Founding, Mapping[SchemeId, Run]], None]
    """Has letters pay and officials decide, up to now."""
