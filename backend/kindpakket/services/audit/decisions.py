"""Checks on decisions: signers, validity, order on the subject, and effect."""

from collections.abc import Iterator

from kindpakket.domain.capacities import GOVERNED, STOPS, Capacity
from kindpakket.domain.ids import Address
from kindpakket.ledger.abi import FUNCTIONS, decode_call
from kindpakket.protocol.messages import SUBJECT_BYTES, Decision
from kindpakket.services.audit.governed import lesser
from kindpakket.services.audit.model import Args, Model
from kindpakket.services.audit.scene import (
    DAY,
    Scene,
    hexed,
    known,
    nonce_ahead,
    recovered,
    same,
    text,
)

AHEAD = 14 * DAY
"""Maximum validity of a decision, in seconds."""

STOP_BYTES = 68
"""The exact length of a call that stops payments; a longer one needs two officials."""

CONSEQUENCES: dict[str, tuple[str, tuple[str, ...]]] = {
    "openScheme": ("SchemeOpened", ("scheme", "opens", "closes", "permitted", "excluded")),
    "setRules": ("RulesSet", ("scheme", "opens", "closes", "permitted", "excluded")),
    "closeScheme": ("SchemeClosed", ("scheme",)),
    "setPaused": ("PausedSet", ("scheme", "paused")),
    "setCategories": ("CategoriesSet", ("sha256OfTable",)),
    "setShop": ("ShopSet", ("shop", "categories", "owner", "admitted")),
    "setSuspended": ("SuspendedSet", ("shop", "suspended")),
    "fund": ("Funded", ("scheme", "amount")),
    "issue": ("Issued", ("scheme", "value", "coupons")),
    "settle": ("Settled", ("batch", "shops", "amounts", "sha256OfLines")),
    "setOfficial": ("OfficialSet", ("official", "capacities")),
}
"""The event that each governed function emits, with the names of the arguments in order."""

_NAMES = {FUNCTIONS[name].id: name for name in CONSEQUENCES}

GOVERNED_EVENTS = {event for event, _ in CONSEQUENCES.values()}


def executed(scene: Scene) -> Iterator[str]:
    """A decision has two different officials who held the capacity; one that stops payments needs
    one."""
    e, model = scene.event, scene.model
    function = _function(e["call"])
    if function not in GOVERNED:
        yield "het besluit roept iets aan dat geen besluit kan zijn"
        return
    capacity, signers = GOVERNED[function], list(e["signers"])
    needed = 1 if _stops(e["call"]) else 2
    different = len(set(signers))
    if different < needed:
        yield f"nodig is {needed} keer een andere ambtenaar, getekend is {different} keer"
    if signers != sorted(set(signers)):
        yield "de ondertekenaars staan dubbel of niet op volgorde"
    for signer in signers:
        yield from _holds(scene, signer, capacity)
    if e["decision"] in model.executed:
        yield "dit besluit was al uitgevoerd"
    if not scene.time <= e["validUntil"] <= scene.time + AHEAD:
        yield "het besluit was niet geldig op dat moment"
    yield from _still_open(scene)
    if scene.call is not None:
        message = _as_signed(scene)
        yield from _fields(scene, message)
        recorded = [
            recovered(scene.domain, message, signature) for signature in known(scene)["approvals"]
        ]
        if recorded != signers:
            yield f"de handtekeningen zijn van {text(recorded)}, genoemd zijn {text(signers)}"


def cancelled(scene: Scene) -> Iterator[str]:
    """One holder of the capacity cancelled a decision that was open."""
    e = scene.event
    function = _function(e["call"])
    if function not in GOVERNED:
        yield "het ingetrokken besluit kan geen besluit zijn"
        return
    yield from _holds(scene, e["signer"], GOVERNED[function])
    yield from _still_open(scene)
    if scene.call is not None:
        message = _as_signed(scene)
        yield from _fields(scene, message)
        if recovered(scene.domain, message, known(scene)["signature"]) != e["signer"]:
            yield f"de handtekening van {e['signer']} klopt niet"


def carried_out(model: Model, call: bytes, event: str, e: Args) -> Iterator[str]:
    """The events of a decision are its exact effect on the ledger before it."""
    try:
        function, args = decode_call(call)
    except ValueError:
        yield "het besluit is onleesbaar"
        return
    consequence, names = CONSEQUENCES.get(function, ("", ()))
    if consequence != event:
        yield f"het besluit is {function}, er gebeurde {event}"
        return
    if function == "settle":
        args["amounts"] = lesser(model, args["paidShops"], args["amounts"])
    for name, decided in zip(names, args.values(), strict=True):
        if e[name] != decided:
            yield f"besloten is {name} {text(decided)}, er gebeurde {text(e[name])}"


def _function(call: bytes) -> str:
    return _NAMES.get(call[:4], "") if len(call) >= SUBJECT_BYTES else ""


def _stops(call: bytes) -> bool:
    return (
        _function(call) in STOPS
        and len(call) == STOP_BYTES
        and int.from_bytes(call[SUBJECT_BYTES:]) == 1
    )


def _holds(scene: Scene, signer: Address, capacity: Capacity) -> Iterator[str]:
    if not scene.model.officials[signer] & capacity:
        yield f"ambtenaar {signer} had de bevoegdheid {capacity.name} niet"


def _still_open(scene: Scene) -> Iterator[str]:
    e = scene.event
    if e["decision"] in scene.model.cancelled:
        yield "dit besluit was ingetrokken"
    if e["nonce"] <= scene.model.decision_nonces[e["call"][:SUBJECT_BYTES]]:
        yield f"volgnummer {e['nonce']}: over dit onderwerp was al iets nieuwers besloten"
    yield from nonce_ahead(scene, e["nonce"])
    if Decision(e["call"], e["validUntil"], e["nonce"]).hash != hexed(e["decision"]):
        yield "het kenmerk van het besluit past niet bij de inhoud"


def _as_signed(scene: Scene) -> Decision:
    return Decision(*known(scene)["decision"])


def _fields(scene: Scene, message: Decision) -> Iterator[str]:
    e = scene.event
    yield from same(
        ("besluit", "geldig tot", "volgnummer"),
        message.values,
        (e["call"], e["validUntil"], e["nonce"]),
    )
