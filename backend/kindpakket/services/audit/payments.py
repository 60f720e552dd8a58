"""Checks on payments and refunds."""

from collections.abc import Iterator, Sequence

from kindpakket.domain.ids import Address
from kindpakket.protocol.messages import Claim, Refund, Spend
from kindpakket.services.audit.scene import (
    Scene,
    euros,
    hexed,
    known,
    nonce_ahead,
    same,
    signed_by,
)

MAX_COUPONS = 6


def paid(scene: Scene) -> Iterator[str]:
    """A payment follows the rules in force and is what parent and till signed."""
    yield from _scheme_open(scene)
    yield from _shop_allowed(scene)
    yield from _till_active(scene)
    yield from _coupons_usable(scene)
    yield from _debits_in_order(scene)
    if scene.call is not None:
        yield from _paid_as_signed(scene)


def refunded(scene: Scene) -> Iterator[str]:
    """A refund goes to the payer's own coupon; refunds are at most the payment."""
    e, model = scene.event, scene.model
    payment = model.payments[e["payment"]]
    if e["refund"] in model.refunds:
        yield "deze terugbetaling was al gedaan"
    if payment.amount == 0:
        yield "de betaling is niet bekend"
    if payment.shop != e["shop"]:
        yield "de terugbetaling komt van een andere winkel dan er betaald is"
    left = payment.amount - payment.refunded
    if not 0 < e["amount"] <= left:
        yield f"terug gaat {euros(e['amount'])}, er kan hoogstens {euros(left)} terug"
    home = model.home(payment.coupon)
    if e["coupon"] != home:
        yield f"het geld ging naar coupon {e['coupon']} en niet naar {home}, die van de betaler"
    yield from _till_active(scene)
    if scene.call is not None:
        yield from _refunded_as_signed(scene)


def _scheme_open(scene: Scene) -> Iterator[str]:
    e = scene.event
    scheme = scene.model.schemes[e["scheme"]]
    if scheme.closes == 0:
        yield f"regeling {e['scheme']} bestaat niet"
    elif not scheme.opens <= scene.time < scheme.closes:
        yield f"regeling {e['scheme']} was niet open"
    if scheme.paused:
        yield f"regeling {e['scheme']} stond stil"


def _shop_allowed(scene: Scene) -> Iterator[str]:
    e = scene.event
    scheme, shop = scene.model.schemes[e["scheme"]], scene.model.shops[e["shop"]]
    if not shop.known:
        yield f"winkel {e['shop']} bestaat niet"
    elif not shop.admitted:
        yield f"winkel {e['shop']} was niet toegelaten"
    elif shop.suspended:
        yield f"winkel {e['shop']} was geschorst"
    if not shop.categories & scheme.permitted:
        yield f"winkel {e['shop']} heeft geen categorie die regeling {e['scheme']} toestaat"
    if shop.categories & scheme.excluded:
        yield f"winkel {e['shop']} heeft een categorie die regeling {e['scheme']} uitsluit"


def _till_active(scene: Scene) -> Iterator[str]:
    e = scene.event
    till = scene.model.tills[e["till"]]
    if till.shop != e["shop"]:
        yield f"kassa {e['till']} is niet van winkel {e['shop']}"
    elif not till.active:
        yield f"kassa {e['till']} was niet aangemeld"


def _coupons_usable(scene: Scene) -> Iterator[str]:
    e = scene.event
    coupons: Sequence[Address] = e["coupons"]
    if scene.model.payments[e["payment"]].amount:
        yield "deze claim was al betaald"
    if not 1 <= len(coupons) <= MAX_COUPONS or len(set(coupons)) != len(coupons):
        yield "een code heeft één tot zes verschillende coupons"
    for coupon in coupons:
        state = scene.model.coupons[coupon]
        if state.scheme != e["scheme"]:
            yield f"coupon {coupon} is niet van regeling {e['scheme']}"
        if e["nonce"] <= state.last_nonce:
            yield f"volgnummer {e['nonce']} van coupon {coupon} was al gebruikt"
    yield from nonce_ahead(scene, e["nonce"])


def _debits_in_order(scene: Scene) -> Iterator[str]:
    e = scene.event
    coupons, debits, amount = e["coupons"], e["debits"], e["amount"]
    if len(coupons) != len(debits):
        yield "er zijn niet evenveel afschrijvingen als coupons"
    if amount == 0:
        yield "het bedrag is nul"
    if sum(debits) != amount:
        yield f"afgeschreven is samen {euros(sum(debits))}, betaald is {euros(amount)}"
    for coupon, debit in zip(coupons, debits, strict=False):
        remaining = scene.model.coupons[coupon].remaining
        if debit > remaining:
            yield (
                f"van coupon {coupon} ging {euros(debit)} af, er stond nog {euros(remaining)} op"
            )
        elif debit != min(amount, remaining):
            yield f"van coupon {coupon} is niet in de volgorde van de code afgeschreven"
        amount -= debit


def _paid_as_signed(scene: Scene) -> Iterator[str]:
    e, call = scene.event, known(scene)
    spend = Spend(*call["spend"])
    of, *rest = call["claim"]
    claim = Claim(hexed(of), *rest)
    yield from _spend_signed(scene, spend, call["couponSignatures"])
    yield from signed_by(scene, claim, call["tillSignature"], e["till"], "kassa")
    if claim.spend != spend.hash:
        yield "de kassa tekende voor een andere code"
    yield from same(
        ("betaling", "winkel", "regeling", "volgnummer", "coupons"),
        (claim.hash, claim.shop, spend.scheme, spend.nonce, spend.coupons),
        (hexed(e["payment"]), e["shop"], e["scheme"], e["nonce"], tuple(e["coupons"])),
    )
    if spend.shop not in (0, e["shop"]):
        yield f"de code was voor winkel {spend.shop} gemaakt"
    if scene.time > spend.valid_until:
        yield "de code was verlopen"
    yield from _amount_as_signed(scene, spend, claim)


def _spend_signed(scene: Scene, spend: Spend, signatures: Sequence[bytes]) -> Iterator[str]:
    if len(signatures) != len(spend.coupons):
        yield "niet elke coupon heeft de code getekend"
    for coupon, signature in zip(spend.coupons, signatures, strict=False):
        yield from signed_by(scene, spend, signature, coupon, "coupon")


def _amount_as_signed(scene: Scene, spend: Spend, claim: Claim) -> Iterator[str]:
    amount, wanted = scene.event["amount"], claim.amount
    if amount > spend.max_amount:
        yield f"betaald is {euros(amount)}, de code ging tot {euros(spend.max_amount)}"
    if claim.rest:
        available = sum(scene.model.coupons[coupon].remaining for coupon in spend.coupons)
        wanted = min(wanted, spend.max_amount, available)
    if amount != wanted:
        yield f"betaald is {euros(amount)}, volgens de kassa hoort dat {euros(wanted)} te zijn"


def _refunded_as_signed(scene: Scene) -> Iterator[str]:
    e, call = scene.event, known(scene)
    payment, *rest = call["message"]
    message = Refund(hexed(payment), *rest)
    yield from signed_by(scene, message, call["tillSignature"], e["till"], "kassa")
    yield from same(
        ("terugbetaling", "betaling", "winkel", "bedrag"),
        (message.hash, message.payment, message.shop, message.amount),
        (hexed(e["refund"]), hexed(e["payment"]), e["shop"], e["amount"]),
    )
    if scene.time > message.valid_until:
        yield "de opdracht tot terugbetaling was verlopen"
