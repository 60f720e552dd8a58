"""Builds the town with signed acts over HTTP, like a real one.

The first ten weeks are simulated with a clock that is advanced up to yesterday, so that there are
months to report on and a scheme that has ended. On a node, whose clock cannot be advanced, it all
happens now, and nothing is paid out yet.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, zip_longest
from typing import Any

from schwifty import IBAN

from kindpakket.actors import ALL_RIGHTS, DECISION_SECONDS, Api, Till, decision_body, hexed
from kindpakket.demo import places, town_file
from kindpakket.demo.client import PatientApi, open_client
from kindpakket.demo.wallet import Wallet
from kindpakket.domain.capacities import GOVERNED, Capacity, names
from kindpakket.domain.categories import bits_of, table_sha256
from kindpakket.domain.ids import Hash, SchemeId, ShopId
from kindpakket.domain.letters import Letter
from kindpakket.domain.money import format_euros
from kindpakket.domain.times import day_of
from kindpakket.ledger.abi import encode_call, function_of
from kindpakket.main import build_app, serving
from kindpakket.protocol.messages import Decision
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.context import Context
from kindpakket.services.base.keyring import new_key
from kindpakket.services.base.names import name_founder, name_scheme
from kindpakket.services.decisions.prepare import Preparer, list_prepared, prepare
from kindpakket.services.letters.generate import FEWEST_LETTERS, Run, make_run
from kindpakket.services.letters.runs import prepare_run
from kindpakket.services.oversight.inspections import open_inspection
from kindpakket.services.oversight.requested_audits import ask_audit, run_audits
from kindpakket.services.payouts.files import give_payment_file
from kindpakket.services.payouts.prepare import prepare_payout, read_account
from kindpakket.services.schemes.changes import closes_after
from kindpakket.services.shops.register import invite
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace

Tell = Callable[[str], None]

_DAY = 24 * 3600
_PAST_DAYS = 70
_QUIET_DAYS = 2  # before the first sale and after the last
WHY_INSPECTED = "De winkel belde: een klant zegt twee keer betaald te hebben."
_OPENING, _OPEN_HOURS = 8 * 3600, 9 * 3600
_OTHERS_LISTED = 5
_OTHERS_SPENT = 10  # fewer would be suppressed in reports, and other schemes with them
_FUNDS = {
    places.SCHEME: 7_500_000,
    places.CLOSED_SCHEME: 1_500_000,
    places.PAUSED_SCHEME: 1_500_000,
}
_PERIODS = {  # days before and after the founding
    places.SCHEME: (0, 365 + 2 * _PAST_DAYS),
    places.CLOSED_SCHEME: (-300, 28),
    places.PAUSED_SCHEME: (0, 365 + 2 * _PAST_DAYS),
}


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
        """Advance to a moment."""
        self.time = moment


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
class _Founding:
    clock: PastClock | PresentClock
    context: Context
    api: Api
    officials: list[tuple[places.Official, Key]]
    shops: dict[ShopId, ShopOwner]
    tell: Tell

    @property
    def now(self) -> int:
        return int(self.clock())

    def decide(self, function: str, *args: Any) -> None:
        """Execute a call with the signatures of two officials, a second after the previous one."""
        self.clock.tick()
        call = encode_call(function, *args)
        self._sign(Decision(call, self.now + DECISION_SECONDS, self.now))

    def decide_prepared(self) -> None:
        """Execute all waiting decisions with the signatures of two officials."""
        for each in list_prepared(self.context):
            self.clock.tick()
            self._sign(each.message)

    def _sign(self, message: Decision) -> None:
        keys = self.holders(GOVERNED[function_of(message.call)])[:2]
        self.api.post("/decisions", decision_body(self.api.domain, message, keys))

    def holders(self, capacity: Capacity) -> list[Key]:
        """Return the keys of the officials who hold a capacity."""
        return [key for official, key in self.officials if capacity in official.capacities]

    def by(self, capacity: Capacity) -> Preparer:
        """Return the author of decisions that need a capacity."""
        return Preparer(address_of(self.holders(capacity)[0]))

    def may_spend(self, letter: Letter, amount: int) -> bool:
        """Return whether one code of a letter holds an amount."""
        return Wallet(self.context, letter).most >= amount

    def sell(self, shop: ShopId, amount: int, letter: Letter) -> Hash:
        """Pay from a letter at a shop; return the payment."""
        wallet = Wallet(self.context, letter)
        code = wallet.code(amount, self.now).text
        return Hash(self.api.pay(self.shops[shop].till, code, amount)["id"])


def build(settings: Settings, *, port: int = 0, tell: Tell = lambda _line: None) -> None:
    """Build the town in a new data directory.

    Args:
        port: of the server while it is built, 0 for a free one.
        tell: called with a line after each step.

    Raises:
        FileExistsError: the directory already has a chain.
        OSError: the port is taken.
    """
    past = settings.node_url is None
    start = (time.time() // _DAY - _PAST_DAYS) * _DAY + _OPENING
    clock = PastClock(start) if past else PresentClock()
    officials = [(official, new_key()) for official in places.OFFICIALS]
    shops = {shop.id: ShopOwner(shop, new_key(), Till(shop.id, new_key())) for shop in places.SHOPS}
    capacities = {address_of(key): int(official.capacities) for official, key in officials}
    with (
        Workspace.create(settings, capacities, clock=clock) as workspace,
        serving(build_app(workspace, settings), None, port=port) as base_url,
        open_client(base_url) as http,
    ):
        context = workspace.context
        founding = _Founding(clock, context, PatientApi(http), officials, shops, tell)
        _give_names(founding)
        _open_schemes(founding)
        _admit_shops(founding)
        runs = {
            places.SCHEME: make_run(places.SCHEME, places.LETTERS, cards=places.CARDS),
            places.CLOSED_SCHEME: make_run(places.CLOSED_SCHEME, FEWEST_LETTERS),
            places.PAUSED_SCHEME: make_run(places.PAUSED_SCHEME, FEWEST_LETTERS),
        }
        _issue(founding, runs)
        _simulate_sales(founding, {scheme: run.letters for scheme, run in runs.items()})
        if past:
            _pay_out(founding, settings)
        else:
            founding.decide("closeScheme", places.CLOSED_SCHEME)
        founding.decide("setPaused", places.PAUSED_SCHEME, True)
        _add_desk_data(founding)
        if past:  # on a node, where reading takes long, the follower does it
            run_audits(founding.context)
        relay_key = (settings.data / "relay.key").read_text()
        town_file.write(settings.data, _file(founding, runs, base_url, relay_key))


def _give_names(founding: _Founding) -> None:
    store = founding.context.store
    for scheme, name in places.SCHEME_NAMES.items():
        name_scheme(store, scheme, name)
    for official, key in founding.officials:
        name_founder(store, address_of(key), official.name)


def _open_schemes(founding: _Founding) -> None:
    founding.decide("setCategories", table_sha256())
    founded, excluded = founding.now, bits_of(places.EXCLUDED)
    for scheme, (before, after) in _PERIODS.items():
        period = (founded + before * _DAY, closes_after(day_of(founded + after * _DAY)))
        permitted = places.SWIMMING if scheme == places.PAUSED_SCHEME else places.PERMITTED
        founding.decide("openScheme", scheme, *period, bits_of(permitted), excluded)
        founding.decide("fund", scheme, _FUNDS[scheme])
    founding.tell(f"{len(_PERIODS)} regelingen geopend, telkens door twee ambtenaren")


def _admit_shops(founding: _Founding) -> None:
    for each in founding.shops.values():
        shop = each.shop
        bits, owner = bits_of(shop.categories), address_of(each.owner)
        number = invite(founding.context, shop.details, owner, bits)
        founding.decide("setShop", number, bits, owner, shop.admitted)
        founding.api.change_till(
            each.owner, shop.id, each.till.key, founding.now, active=True, rights=ALL_RIGHTS
        )
        account = IBAN.generate("NL", places.TEST_BANK, f"{shop.id:010}")
        founding.api.set_account(each.owner, shop.id, account, shop.name, founding.now)
    admitted = sum(each.shop.admitted for each in founding.shops.values())
    founding.tell(
        f"{admitted} winkels toegelaten, elk met een kassa en een rekening; nog 1 uitgenodigd"
    )


def _issue(founding: _Founding, runs: dict[SchemeId, Run]) -> None:
    for run in runs.values():
        letters = len(run.letters)
        cards = len(run.sheets) - letters
        prepare_run(founding.context, run, letters, cards, founding.by(Capacity.ISSUE))
        founding.decide_prepared()
    founding.tell(f"{places.LETTERS} brieven en {places.CARDS} kaarten gemaakt en toegekend")


def _simulate_sales(founding: _Founding, letters: dict[SchemeId, list[Letter]]) -> None:
    """Simulate ten weeks of sales: a third of the families, a few times each, with some refunds."""
    founded = founding.now
    for letter in letters[places.CLOSED_SCHEME][-_OTHERS_SPENT:]:
        founding.sell(places.BOOKS, 2_495, letter)
    for letter in letters[places.PAUSED_SCHEME][-_OTHERS_SPENT:]:
        founding.sell(places.POOL, 4_500, letter)
    shoppers = letters[places.SCHEME][places.LISTED + places.OWN :: 3]
    sales = list(_sales())
    step = (_PAST_DAYS - 2 * _QUIET_DAYS) * _OPEN_HOURS // len(sales)
    for number, (shop, amount) in enumerate(sales):
        day, second = divmod(number * step, _OPEN_HOURS)
        midnight = (founded // _DAY + _QUIET_DAYS + day) * _DAY
        founding.clock.advance_to(midnight + _OPENING + second)
        turn = number % len(shoppers)
        in_turn = chain(shoppers[turn:], shoppers)
        shopper = next(each for each in in_turn if founding.may_spend(each, amount))
        payment = founding.sell(shop, amount, shopper)
        if number % 25 == 24:
            founding.api.refund(founding.shops[shop].till, payment, amount // 2, founding.now)
    count = len(sales) + 2 * _OTHERS_SPENT
    founding.tell(f"{count} aankopen nagespeeld")


def _pay_out(founding: _Founding, settings: Settings) -> None:
    """Pay the shops once, for sales up to a week before the last sale."""
    official = founding.by(Capacity.PAYOUT)
    payout, _ = prepare_payout(founding.context, by=official)
    founding.decide_prepared()
    payer = read_account(settings.model_copy(update=places.PAYER))
    give_payment_file(founding.context, payer, payout.batch, official.official)
    founding.tell(f"1 uitbetaling aan {payout.shops} winkels, samen {format_euros(payout.amount)}")


def _add_desk_data(founding: _Founding) -> None:
    """Create data for the desk: a waiting decision, an audit and an inspection."""
    invited = founding.shops[places.INVITED]
    bits, owner = bits_of(invited.shop.categories), address_of(invited.owner)
    call = encode_call("setShop", places.INVITED, bits, owner, True)
    prepare(founding.context, call, founding.by(Capacity.SHOPS))
    reader = founding.by(Capacity.REGISTER).official
    today = day_of(founding.now)
    week = timedelta(days=7)
    open_inspection(founding.context, reader, places.BICYCLES, today - week, today, WHY_INSPECTED)
    ask_audit(founding.context, reader)


def _sales() -> Iterable[tuple[ShopId, int]]:
    """Sales in round-robin order of the shops."""
    by_shop = ([(shop.id, amount) for amount in shop.sales] for shop in places.SHOPS)
    return filter(None, chain.from_iterable(zip_longest(*by_shop)))


def _file(
    founding: _Founding, runs: dict[SchemeId, Run], base_url: str, relay_key: str
) -> town_file.TownFile:
    texts = {scheme: [letter.text for letter in run.letters] for scheme, run in runs.items()}
    codes = [sheet.card_codes[0] for sheet in runs[places.SCHEME].sheets if sheet.is_card]
    listed, own = places.LISTED, places.LISTED + places.OWN
    domain = founding.context.ledger.domain
    return town_file.TownFile(
        base_url=base_url,
        ledger=town_file.LedgerPlace(chain_id=domain.chain_id, address=domain.contract),
        scheme=places.SCHEME,
        closed_scheme=places.CLOSED_SCHEME,
        paused_scheme=places.PAUSED_SCHEME,
        letters=texts[places.SCHEME][:listed],
        closed_letters=texts[places.CLOSED_SCHEME][:_OTHERS_LISTED],
        paused_letters=texts[places.PAUSED_SCHEME][:_OTHERS_LISTED],
        cards=codes[1:],
        shops=[_shop_keys(each) for each in founding.shops.values()],
        officials=[
            town_file.OfficialKey(name=each.name, capacities=names(each.capacities), key=hexed(key))
            for each, key in founding.officials
        ],
        relay_key=relay_key,
        own=town_file.OwnPurse(letters=texts[places.SCHEME][listed:own], cards=codes[:1]),
    )


def _shop_keys(each: ShopOwner) -> town_file.ShopKeys:
    return town_file.ShopKeys(
        id=each.shop.id,
        name=each.shop.name,
        categories=list(each.shop.categories),
        admitted=each.shop.admitted,
        permitted=places.permitted(each.shop),
        owner_key=hexed(each.owner),
        till_key=hexed(each.till.key),
    )
