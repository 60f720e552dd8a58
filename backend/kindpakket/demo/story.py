"""A story of a few payments, printed in Dutch."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from kindpakket.actors import Api, spend_from_card
from kindpakket.demo import places
from kindpakket.demo.town_file import TownFile
from kindpakket.demo.wallet import Wallet
from kindpakket.domain.ids import Hash, ShopId
from kindpakket.domain.letters import read_letter
from kindpakket.domain.money import format_euros
from kindpakket.domain.refusals import DUTCH, Refusal
from kindpakket.protocol.codes import read_card
from kindpakket.services.base.context import Context
from kindpakket.services.schemes.look_up import find_scheme
from kindpakket.store import tables as t

Say = Callable[[str], None]


@dataclass(frozen=True)
class Storyteller:
    """Runs the story over HTTP with the town's keys; payments are sent to the ledger directly."""

    town: TownFile
    context: Context
    api: Api
    say: Say

    def tell(self) -> None:
        """Run the story once."""
        self.say("")
        self.say("Een dag in het dorp")
        paid = self._payments()
        self._refund(paid, 1_000)
        self._card()
        self._other_schemes()
        self.say("")
        self._where_the_money_went()

    def _payments(self) -> Hash:
        code = self._code(self.town.own.letters[0], 4_250)
        paid = self._pay(places.BICYCLES, code, 4_250)
        fresh = self._code(self.town.own.letters[0], 1_895)
        self._pay(places.OFF_LICENCE, fresh, 1_895)
        self._pay(places.BICYCLES_AND_SPIRITS, fresh, 1_895, "verkoopt ook sterke drank")
        self._pay(places.INVITED, fresh, 1_895, "uitgenodigd, nog niet toegelaten")
        self._pay(places.BOOKS, code, 1_895, "met de code van daarnet")
        self._pay(places.BOOKS, fresh, 1_895, "met een nieuwe code")
        if paid is None:
            raise RuntimeError("the bicycle shop was not paid")
        return paid

    def _refund(self, payment: Hash, amount: int) -> None:
        shop = self.town.shop(places.BICYCLES)
        done = self.api.refund(shop.till, payment, amount, self.context.ledger_time())
        name, back = shop.name, format_euros(done["refunded"])
        self.say(f"  {name}: {back} terug ✓, op hetzelfde budget")

    def _card(self) -> None:
        card = read_card(self.town.own.cards[0])
        now, domain = self.context.ledger_time(), self.api.domain
        code = spend_from_card(domain, card, places.POOL, 550, now).text
        self._pay(places.POOL, code, 550, "met een kaart, zonder telefoon")

    def _other_schemes(self) -> None:
        for letter in (self.town.paused_letters[-1], self.town.closed_letters[-1]):
            scheme = find_scheme(self.context, read_letter(letter).scheme)
            code = self._code(letter, 2_500)
            self._pay(places.POOL, code, 2_500, f"uit de regeling {scheme.name}")

    def _code(self, letter: str, amount: int) -> str:
        wallet = Wallet(self.context, read_letter(letter))
        return wallet.code(amount, self.context.ledger_time()).text

    def _pay(self, shop: ShopId, code: str, amount: int, how: str = "") -> Hash | None:
        """Claim a code at a till; print the outcome, and return the payment."""
        found = self.town.shop(shop)
        who = f"{found.name} ({how})" if how else found.name
        try:
            payment = self.api.pay(found.till, code, amount)
        except Refusal as refusal:
            sentence = DUTCH[refusal.code].title
            self.say(f"  {who}: geweigerd, {sentence[0].lower()}{sentence[1:]}")
            return None
        self.say(f"  {who}: {format_euros(amount)} ✓ in blok {payment['block']}")
        return Hash(payment["id"])

    def _where_the_money_went(self) -> None:
        scheme = find_scheme(self.context, self.town.scheme)
        self.say(f"Waar het geld van de regeling {scheme.name} bleef")
        for shop, amount in received(self.context, self.town.scheme).items():
            self._line(self.town.shop(shop).name, amount)
        self._line("nog te besteden", scheme.left)
        self._line("toegekend op brieven en kaarten", scheme.issued)

    def _line(self, name: str, amount: int) -> None:
        self.say(f"  {name:<34}{format_euros(amount):>14}")


def received(context: Context, scheme: int) -> dict[ShopId, int]:
    """Return what each shop was paid from a scheme, less refunds, in cents; largest first."""
    payments = t.payments.c
    total = func.sum(payments.amount - payments.refunded)
    query = select(payments.shop, total).where(payments.scheme == scheme).group_by(payments.shop)
    with context.read_views() as db:
        rows = db.execute(query.order_by(total.desc(), payments.shop)).all()
    return {ShopId(shop): amount for shop, amount in rows}
