"""Checks on changes of keys: tills, and moves of coupons."""

from collections.abc import Iterator, Sequence

from kindpakket.domain.ids import ZERO, Address
from kindpakket.protocol.messages import MAX_MOVE, Move, TillChange
from kindpakket.services.audit.scene import (
    Scene,
    euros,
    known,
    nonce_ahead,
    same,
    signed_by,
)


def till_changed(scene: Scene) -> Iterator[str]:
    """The owner signed, and a till that becomes active too; a till belongs to one shop for ever."""
    e, model = scene.event, scene.model
    shop, till = model.shops[e["shop"]], model.tills[e["till"]]
    if not shop.known:
        yield f"winkel {e['shop']} bestaat niet"
    if till.shop not in (0, e["shop"]):
        yield f"kassa {e['till']} is van winkel {till.shop}"
    if till.shop == 0 and not e["active"]:
        yield f"kassa {e['till']} was nooit aangemeld en is toch afgemeld"
    if e["nonce"] <= shop.till_nonce:
        yield f"volgnummer {e['nonce']} van winkel {e['shop']} was al gebruikt"
    yield from nonce_ahead(scene, e["nonce"])
    if scene.call is not None:
        yield from _till_as_signed(scene, shop.owner)


def moved(scene: Scene) -> Iterator[str]:
    """Each balance moved whole to one new address; every key signed."""
    e, model = scene.event, scene.model
    if model.schemes[e["scheme"]].closes == 0:
        yield f"regeling {e['scheme']} bestaat niet"
    if not 0 < len(e["from"]) == len(e["to"]) == len(e["amounts"]) <= MAX_MOVE:
        yield f"er zijn niet evenveel oude coupons, nieuwe coupons en bedragen, 1 tot {MAX_MOVE}"
    yield from nonce_ahead(scene, e["nonce"])
    for origin, amount in zip(e["from"], e["amounts"], strict=False):
        yield from _gone_from(scene, origin, amount)
    fresh = [target for target in e["to"] if target != ZERO]
    for target in fresh:
        if model.coupons[target].scheme or fresh.count(target) > 1:
            yield f"coupon {target} bestond al"
    if scene.call is not None:
        yield from _moved_as_signed(scene)


def _till_as_signed(scene: Scene, owner: Address) -> Iterator[str]:
    e, call = scene.event, known(scene)
    message = TillChange(*call["change"])
    yield from signed_by(scene, message, call["ownerSignature"], owner, "eigenaar")
    if message.active:
        yield from signed_by(scene, message, call["tillSignature"], message.till, "kassa")
    yield from same(
        ("winkel", "kassa", "aangemeld", "volgnummer"),
        message.values,
        (e["shop"], e["till"], e["active"], e["nonce"]),
    )


def _gone_from(scene: Scene, origin: Address, amount: int) -> Iterator[str]:
    e, coupon = scene.event, scene.model.coupons[origin]
    if coupon.scheme != e["scheme"]:
        yield f"coupon {origin} is niet van regeling {e['scheme']}"
    if coupon.moved or e["from"].count(origin) > 1:
        yield f"coupon {origin} was al verplaatst"
    if e["nonce"] <= coupon.last_nonce:
        yield f"volgnummer {e['nonce']} van coupon {origin} was al gebruikt"
    if amount != coupon.remaining:
        yield (
            f"van coupon {origin} ging {euros(amount)} over, er stond {euros(coupon.remaining)} op"
        )


def _moved_as_signed(scene: Scene) -> Iterator[str]:
    e, call = scene.event, known(scene)
    message = Move(*call["message"])
    signers: Sequence[Address] = [*message.from_, *(to for to in message.to if to != ZERO)]
    if len(signers) != len(call["signatures"]):
        yield "niet elke oude en nieuwe coupon heeft getekend"
    for signer, signature in zip(signers, call["signatures"], strict=False):
        yield from signed_by(scene, message, signature, signer, "coupon")
    yield from same(
        ("regeling", "volgnummer", "van", "naar"),
        message.values,
        (e["scheme"], e["nonce"], tuple(e["from"]), tuple(e["to"])),
    )
