"""Builds the town with signed acts over HTTP, like a real one.

Its past is simulated with a clock that is advanced up to yesterday, so that there are months to
report on and a scheme that has ended. On a node, whose clock cannot be advanced, it all happens
now, and nothing is paid out yet.
"""

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import chain, zip_longest

from schwifty import IBAN

from kindpakket.actors import ALL_RIGHTS, Till, hexed
from kindpakket.demo import places, town_file
from kindpakket.demo.client import PatientApi, open_client
from kindpakket.demo.founding import Founding, Past, PastClock, PresentClock, ShopOwner, Tell
from kindpakket.domain.capacities import Capacity, names
from kindpakket.domain.categories import bits_of, table_sha256
from kindpakket.domain.ids import SchemeId, ShopId
from kindpakket.domain.times import day_of
from kindpakket.ledger.abi import encode_call
from kindpakket.main import build_app, serving
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.keyring import new_key
from kindpakket.services.base.names import name_founder, name_scheme
from kindpakket.services.decisions.prepare import prepare
from kindpakket.services.letters.generate import FEWEST_LETTERS, Run, make_run
from kindpakket.services.letters.runs import prepare_run
from kindpakket.services.oversight.inspections import open_inspection
from kindpakket.services.oversight.requested_audits import ask_audit, run_audits
from kindpakket.services.schemes.changes import closes_after
from kindpakket.services.shops.register import invite
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace

_DAY = 24 * 3600
_PAST_DAYS = 70
_QUIET_DAYS = 2  # before the first sale and after the last
WHY_INSPECTED = "De winkel belde: een klant zegt twee keer betaald te hebben."
_OPENING, _OPEN_HOURS = 8 * 3600, 9 * 3600
_OTHERS_LISTED = 5
_OTHERS_SPENT = 10  # fewer would be suppressed in reports, and other schemes with them
_OTHERS_BUDGET = 1_500_000
_CLOSED_PERIOD = (-300, 28)
"""Days before and after the founding."""


def ten_weeks() -> Past:
    """Return the past of the small town: ten weeks of 200 letters, up to yesterday."""
    return Past(
        opening_time(_PAST_DAYS),
        365 + 2 * _PAST_DAYS,
        places.LETTERS,
        7_500_000,
        places.PERMITTED,
        _simulate_sales,
    )


def opening_time(days: int) -> float:
    """Return when shops opened, this many days ago, in unix seconds."""
    return (time.time() // _DAY - days) * _DAY + _OPENING


def build(
    settings: Settings,
    *,
    port: int = 0,
    tell: Tell = lambda _line: None,
    past: Past | None = None,
) -> None:
    """Build the town in a new data directory.

    Args:
        port: of the server while it is built, 0 for a free one.
        tell: called with a line after each step.
        past: by default that of the small town.

    Raises:
        FileExistsError: the directory already has a chain.
        OSError: the port is taken.
    """
    past = past or ten_weeks()
    clock = PastClock(past.start) if settings.node_url is None else PresentClock()
    officials = [(official, new_key()) for official in places.OFFICIALS]
    shops = {shop.id: ShopOwner(shop, new_key(), Till(shop.id, new_key())) for shop in places.SHOPS}
    capacities = {address_of(key): int(official.capacities) for official, key in officials}
    with (
        Workspace.create(settings, capacities, clock=clock) as workspace,
        serving(build_app(workspace, settings), None, port=port) as base_url,
        open_client(base_url) as http,
    ):
        context = workspace.context
        api = PatientApi(http)
        founding = Founding(clock, settings, context, api, officials, shops, tell)
        runs = _make_history(founding, past)
        relay_key = (settings.data / "relay.key").read_text()
        town_file.write(settings.data, _file(founding, runs, base_url, relay_key))


def _make_history(founding: Founding, past: Past) -> dict[SchemeId, Run]:
    """Do all that happened in the town, in its order; return the letters of each scheme."""
    on_a_node = founding.settings.node_url is not None
    _give_names(founding)
    _open_schemes(founding, past)
    _admit_shops(founding)
    runs = {
        places.SCHEME: make_run(places.SCHEME, past.letters, cards=places.CARDS),
        places.CLOSED_SCHEME: make_run(places.CLOSED_SCHEME, FEWEST_LETTERS),
        places.PAUSED_SCHEME: make_run(places.PAUSED_SCHEME, FEWEST_LETTERS),
    }
    _issue(founding, runs)
    _sell_in_other_schemes(founding, runs)
    past.play(founding, runs)
    if on_a_node:
        founding.decide("closeScheme", places.CLOSED_SCHEME)
    else:
        founding.tell(f"1 uitbetaling aan {founding.pay_out()}")
    founding.decide("setPaused", places.PAUSED_SCHEME, True)
    _add_desk_data(founding)
    if not on_a_node:  # there, where reading takes long, the follower does it
        run_audits(founding.context)
    return runs


def _give_names(founding: Founding) -> None:
    store = founding.context.store
    for scheme, name in places.SCHEME_NAMES.items():
        name_scheme(store, scheme, name)
    for official, key in founding.officials:
        name_founder(store, address_of(key), official.name)


def _open_schemes(founding: Founding, past: Past) -> None:
    founding.decide("setCategories", table_sha256())
    founded, excluded = founding.now, bits_of(places.EXCLUDED)
    schemes = {
        places.SCHEME: ((0, past.days), past.permitted, past.budget),
        places.CLOSED_SCHEME: (_CLOSED_PERIOD, places.PERMITTED, _OTHERS_BUDGET),
        places.PAUSED_SCHEME: ((0, past.days), places.SWIMMING, _OTHERS_BUDGET),
    }
    for scheme, ((first, last), permitted, budget) in schemes.items():
        period = (founded + first * _DAY, closes_after(day_of(founded + last * _DAY)))
        founding.decide("openScheme", scheme, *period, bits_of(permitted), excluded)
        founding.decide("fund", scheme, budget)
    founding.tell(f"{len(schemes)} regelingen geopend, telkens door twee ambtenaren")


def _admit_shops(founding: Founding) -> None:
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


def _issue(founding: Founding, runs: dict[SchemeId, Run]) -> None:
    for run in runs.values():
        letters = len(run.letters)
        cards = len(run.sheets) - letters
        prepare_run(founding.context, run, letters, cards, founding.by(Capacity.ISSUE))
        founding.decide_prepared()
    count = len(runs[places.SCHEME].letters)
    founding.tell(f"{count} brieven en {places.CARDS} kaarten gemaakt en toegekend")


def _sell_in_other_schemes(founding: Founding, runs: Mapping[SchemeId, Run]) -> None:
    for letter in runs[places.CLOSED_SCHEME].letters[-_OTHERS_SPENT:]:
        founding.sell(places.BOOKS, 2_495, letter)
    for letter in runs[places.PAUSED_SCHEME].letters[-_OTHERS_SPENT:]:
        founding.sell(places.POOL, 4_500, letter)


def _simulate_sales(founding: Founding, runs: Mapping[SchemeId, Run]) -> None:
    """Simulate ten weeks of sales: a third of the families, a few times each, with some refunds."""
    founded = founding.now
    shoppers = runs[places.SCHEME].letters[places.LISTED + places.OWN :: 3]
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
            founding.refund(shop, payment, amount // 2)
    founding.tell(f"{len(sales)} aankopen nagespeeld")


def _add_desk_data(founding: Founding) -> None:
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
    founding: Founding, runs: dict[SchemeId, Run], base_url: str, relay_key: str
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
