"""Five attempts to cheat, each sent to the ledger by someone with all the keys that it takes.

The server can try these only because the demo has everybody's keys.
"""

from collections.abc import Callable
from dataclasses import replace

from kindpakket.actors import DECISION_SECONDS
from kindpakket.demo import places
from kindpakket.demo.town_file import TownFile
from kindpakket.demo.wallet import Wallet
from kindpakket.demo.witness import Answer, ask, claim_call
from kindpakket.domain.ids import ShopId
from kindpakket.domain.letters import read_letter
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.codes import PaymentCode
from kindpakket.protocol.messages import Decision
from kindpakket.services.base.context import Context

Cheat = Callable[[Context, TownFile], list[Answer]]

_PRICE = 1_000
_GREED = 25_000
_ONE_EURO = 100


def off_licence(context: Context, town: TownFile) -> list[Answer]:
    """Spend the budget at the off-licence."""
    return [_pay(context, town, _code(context, town, _PRICE), places.OFF_LICENCE, _PRICE)]


def used_code(context: Context, town: TownFile) -> list[Answer]:
    """Pay with a code, and again with the same code at another shop."""
    code = _code(context, town, _ONE_EURO)
    shops = (places.BICYCLES, places.BOOKS)
    return [_pay(context, town, code, shop, _ONE_EURO) for shop in shops]


def changed_amount(context: Context, town: TownFile) -> list[Answer]:
    """Raise the amount that the parent signed."""
    honest = _code(context, town, _PRICE)
    forged = PaymentCode(replace(honest.spend, max_amount=_GREED), honest.signatures)
    return [_pay(context, town, forged, places.BICYCLES, _GREED)]


def one_official(context: Context, town: TownFile) -> list[Answer]:
    """Add to the scheme's budget with the signature of one official."""
    now = context.ledger_time()
    call = encode_call("fund", town.scheme, 10_000_000)
    decision = Decision(call, now + DECISION_SECONDS, now)
    signature = decision.sign(context.ledger.domain, town.holders("BUDGET")[0])
    return [ask(context, encode_call("execute", decision.values, [signature]))]


def server_itself(context: Context, town: TownFile) -> list[Answer]:
    """Have the server issue itself a coupon of € 100, with the relay key only."""
    return [ask(context, encode_call("issue", town.scheme, 10_000, [context.ledger.relay]))]


CHEATS: dict[str, Cheat] = {
    "off-licence": off_licence,
    "used-code": used_code,
    "changed-amount": changed_amount,
    "one-official": one_official,
    "server-itself": server_itself,
}


def _code(context: Context, town: TownFile, amount: int) -> PaymentCode:
    """A code from the first letter of the demo of which one code still holds the amount."""
    wallets = [Wallet(context, read_letter(text)) for text in town.own.letters]
    rich = (each for each in wallets if each.most >= amount)
    return next(rich, wallets[0]).code(amount, context.ledger_time())


def _pay(context: Context, town: TownFile, code: PaymentCode, shop: ShopId, amount: int) -> Answer:
    till = town.shop(shop).till
    return ask(context, claim_call(context.ledger.domain, till, code, amount))
