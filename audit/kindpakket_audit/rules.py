"""The rules of the contract for whom it concerns: payments, refunds, tills, moves.

Each function plays one act on the expected storage. It yields a Dutch sentence for each rule that
the act breaks, changes the storage as the contract would, and returns the events that the
contract must have recorded. Times in unix seconds, amounts in cents.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

from kindpakket_audit.acts import Move, Order, Pay, Refund, TillChange
from kindpakket_audit.contract import Event
from kindpakket_audit.findings import euros
from kindpakket_audit.hashing import ZERO
from kindpakket_audit.storage import Storage

DAY = 24 * 3600
"""How far a nonce may lie ahead of the block's time."""
MAX_BUNDLE = 6
MAX_MOVE = 32

Played = Generator[str, None, list[Event]]


@dataclass(frozen=True)
class Scene:
    """The expected storage, and the time of the block."""

    storage: Storage
    time: int

    def scheme(self, number: int) -> dict[str, Any]:
        """Return a scheme."""
        return self.storage.record("schemes", number)

    def shop(self, number: int) -> dict[str, Any]:
        """Return a shop."""
        return self.storage.record("shops", number)

    def coupon(self, address: str) -> dict[str, Any]:
        """Return a coupon."""
        return self.storage.record("coupons", address)

    def add(self, variable: str, key: Any, **amounts: int) -> None:
        """Add amounts to members of a record."""
        record = self.storage.record(variable, key)
        sums = {name: record[name] + amount for name, amount in amounts.items()}
        self.storage.set(variable, key, **sums)

    def nonce_ahead(self, nonce: int) -> Iterator[str]:
        """A nonce far in the future would make all lower ones unusable."""
        if nonce > self.time + DAY:
            yield f"het volgnummer {nonce} ligt meer dan een dag vooruit"


def pay(scene: Scene, act: Pay) -> Played:
    """Play a payment."""
    yield from act.faults
    yield from _scheme_open(scene, act.scheme)
    yield from _shop_allowed(scene, act)
    yield from _till_active(scene, act.shop, act.till)
    yield from _coupons_usable(scene, act)
    available = sum(scene.coupon(each)["remaining"] for each in act.coupons)
    amount = act.amount
    if act.order:
        yield from _as_ordered(scene, act, act.order)
        amount = act.order.wanted
        if act.order.rest:
            amount = min(amount, act.order.max_amount, available)
    if amount == 0:
        yield "het bedrag is nul"
    if amount > available:
        yield f"betaald is {euros(amount)}, op de coupons stond {euros(available)}"
    debits = []
    rest = amount
    for coupon in act.coupons:
        debits.append(min(rest, scene.coupon(coupon)["remaining"]))
        rest -= debits[-1]
        scene.add("coupons", coupon, remaining=-debits[-1])
        scene.storage.set("coupons", coupon, scheme=act.scheme, lastNonce=act.nonce)
    first = act.coupons[0] if act.coupons else ZERO
    scene.storage.set("payments", act.payment, coupon=first, shop=act.shop, amount=amount)
    scene.add("schemes", act.scheme, spent=amount)
    scene.add("shops", act.shop, owed=amount)
    told = {
        "payment": act.payment,
        "shop": act.shop,
        "scheme": act.scheme,
        "till": act.till,
        "amount": amount,
        "nonce": act.nonce,
        "coupons": act.coupons,
        "debits": tuple(debits),
    }
    return [Event("Paid", told)]


def refund(scene: Scene, act: Refund) -> Played:
    """Play a refund: to the payer's own coupon, or to where its money is now."""
    yield from act.faults
    payment = scene.storage.record("payments", act.payment)
    if scene.storage.value("refunds", act.refund):
        yield "deze terugbetaling was al gedaan"
    if payment["amount"] == 0:
        yield "de betaling is niet bekend"
    elif payment["shop"] != act.shop:
        yield "de terugbetaling komt van een andere winkel dan er betaald is"
    left = payment["amount"] - payment["refunded"]
    if not 0 < act.amount <= left:
        yield f"terug gaat {euros(act.amount)}, er kan hoogstens {euros(left)} terug"
    yield from _till_active(scene, act.shop, act.till)
    if act.valid_until is not None and scene.time > act.valid_until:
        yield "de opdracht tot terugbetaling was verlopen"
    coupon = payment["coupon"]
    scheme = scene.coupon(coupon)["scheme"]
    if scene.coupon(coupon)["moved"]:
        coupon = scene.storage.value("movedTo", _origin(scene, coupon))
    scene.storage.set("refunds", act.refund, value=True)
    scene.add("payments", act.payment, refunded=act.amount)
    scene.add("shops", act.shop, owed=-act.amount)
    scene.add("schemes", scheme, refunded=act.amount)
    if coupon == ZERO:
        scene.add("schemes", scheme, issued=-act.amount)
    else:
        scene.add("coupons", coupon, remaining=act.amount)
    told = {
        "refund": act.refund,
        "payment": act.payment,
        "shop": act.shop,
        "till": act.till,
        "coupon": coupon,
        "amount": act.amount,
    }
    return [Event("Refunded", told)]


def change_till(scene: Scene, act: TillChange) -> Played:
    """Play a change of a till, which belongs to one shop for ever."""
    yield from act.faults
    shop, till = scene.shop(act.shop), scene.storage.record("tills", act.till)
    if not shop["known"]:
        yield f"winkel {act.shop} bestaat niet"
    if act.owner not in (None, shop["owner"]):
        yield f"de handtekening van eigenaar {shop['owner']} klopt niet"
    if till["shop"] not in (0, act.shop):
        yield f"kassa {act.till} is van winkel {till['shop']}"
    if till["shop"] == 0 and not act.active:
        yield f"kassa {act.till} was nooit aangemeld en is toch afgemeld"
    if act.nonce <= shop["tillNonce"]:
        yield f"volgnummer {act.nonce} van winkel {act.shop} was al gebruikt"
    yield from scene.nonce_ahead(act.nonce)
    scene.storage.set("shops", act.shop, tillNonce=act.nonce)
    scene.storage.set("tills", act.till, shop=act.shop, active=act.active)
    told = {"shop": act.shop, "till": act.till, "active": act.active, "nonce": act.nonce}
    return [Event("TillChanged", told)]


def move(scene: Scene, act: Move) -> Played:
    """Play a move: every old coupon is emptied before any new one is made."""
    yield from act.faults
    if scene.scheme(act.scheme)["closes"] == 0:
        yield f"regeling {act.scheme} bestaat niet"
    if not 0 < len(act.from_) == len(act.to) <= MAX_MOVE:
        yield f"er zijn niet evenveel oude en nieuwe coupons, 1 tot {MAX_MOVE}"
    yield from scene.nonce_ahead(act.nonce)
    amounts = []
    for coupon in act.from_:
        state = scene.coupon(coupon)
        if state["scheme"] != act.scheme:
            yield f"coupon {coupon} is niet van regeling {act.scheme}"
        if state["moved"]:
            yield f"coupon {coupon} was al verplaatst"
        if act.nonce <= state["lastNonce"]:
            yield f"volgnummer {act.nonce} van coupon {coupon} was al gebruikt"
        amounts.append(state["remaining"])
        scene.storage.set("coupons", coupon, remaining=0, lastNonce=act.nonce, moved=True)
    for coupon, to, amount in zip(act.from_, act.to, amounts, strict=False):
        if scene.coupon(to)["scheme"]:
            yield f"coupon {to} bestond al"
        origin = _origin(scene, coupon)
        scene.storage.set("movedTo", origin, value=to)
        if to == ZERO:
            scene.add("schemes", act.scheme, issued=-amount)
            continue
        scene.storage.set("origins", to, value=origin)
        new = {"scheme": act.scheme, "remaining": amount, "lastNonce": 0, "moved": False}
        scene.storage.set("coupons", to, **new)
    told = {
        "scheme": act.scheme,
        "nonce": act.nonce,
        "from": act.from_,
        "to": act.to,
        "amounts": tuple(amounts),
    }
    return [Event("Moved", told)]


def _scheme_open(scene: Scene, number: int) -> Iterator[str]:
    scheme = scene.scheme(number)
    if scheme["closes"] == 0:
        yield f"regeling {number} bestaat niet"
    elif not scheme["opens"] <= scene.time < scheme["closes"]:
        yield f"regeling {number} was niet open"
    if scheme["paused"]:
        yield f"regeling {number} stond stil"


def _shop_allowed(scene: Scene, act: Pay) -> Iterator[str]:
    scheme, shop = scene.scheme(act.scheme), scene.shop(act.shop)
    if not shop["known"]:
        yield f"winkel {act.shop} bestaat niet"
    elif not shop["admitted"]:
        yield f"winkel {act.shop} was niet toegelaten"
    elif shop["suspended"]:
        yield f"winkel {act.shop} was geschorst"
    if not shop["categories"] & scheme["permitted"]:
        yield f"winkel {act.shop} heeft geen categorie die regeling {act.scheme} toestaat"
    if shop["categories"] & scheme["excluded"]:
        yield f"winkel {act.shop} heeft een categorie die regeling {act.scheme} uitsluit"


def _till_active(scene: Scene, shop: int, address: str) -> Iterator[str]:
    till = scene.storage.record("tills", address)
    if till["shop"] != shop:
        yield f"kassa {address} is niet van winkel {shop}"
    elif not till["active"]:
        yield f"kassa {address} was niet aangemeld"


def _coupons_usable(scene: Scene, act: Pay) -> Iterator[str]:
    if scene.storage.record("payments", act.payment)["amount"]:
        yield "deze claim was al betaald"
    if not 1 <= len(act.coupons) <= MAX_BUNDLE or len(set(act.coupons)) != len(act.coupons):
        yield "een code heeft één tot zes verschillende coupons"
    for coupon in act.coupons:
        state = scene.coupon(coupon)
        if state["scheme"] != act.scheme:
            yield f"coupon {coupon} is niet van regeling {act.scheme}"
        if act.nonce <= state["lastNonce"]:
            yield f"volgnummer {act.nonce} van coupon {coupon} was al gebruikt"
    yield from scene.nonce_ahead(act.nonce)


def _as_ordered(scene: Scene, act: Pay, order: Order) -> Iterator[str]:
    if order.shop not in (0, act.shop):
        yield f"de code was voor winkel {order.shop} gemaakt"
    if scene.time > order.valid_until:
        yield "de code was verlopen"
    if order.wanted > order.max_amount and not order.rest:
        yield f"betaald is {euros(order.wanted)}, de code ging tot {euros(order.max_amount)}"


def _origin(scene: Scene, coupon: str) -> str:
    """The issued coupon from which a coupon's money came."""
    origin: str = scene.storage.value("origins", coupon)
    return coupon if origin == ZERO else origin
