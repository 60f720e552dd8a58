"""The rules of the contract for officials: two signatures for each decision, and what it may
change.

Functions play an act, as in ``rules``.
"""

from collections.abc import Callable, Iterator

from kindpakket_audit.acts import Cancel, Decide
from kindpakket_audit.contract import FUNCTIONS, Args, Event, decode_call
from kindpakket_audit.findings import euros
from kindpakket_audit.hashing import ZERO, keccak
from kindpakket_audit.rules import DAY, Played, Scene

CAPACITIES = {
    "RULES": 1,
    "SHOPS": 2,
    "BUDGET": 4,
    "ISSUE": 8,
    "PAYOUT": 16,
    "OFFICIALS": 32,
    "REGISTER": 64,
}
AHEAD = 14 * DAY
"""Maximum validity of a decision."""
SUBJECT_BYTES = 36
STOP_BYTES = 68
"""The exact length of a call that stops payments, for which one official is enough."""
MAX_ISSUE = 500
MAX_LINES = 500
MAX_FUNDED = 2**64 - 1

Governed = Callable[[Scene, Args], Played]


def decide(scene: Scene, act: Decide) -> Played:
    """Play a decision: its signers, its validity, its order on the subject, and its effect."""
    yield from act.faults
    function = _function(act.call)
    needed = 1 if _stops(function, act.call) else 2
    different = len(set(act.signers))
    if different < needed:
        yield f"nodig is {needed} keer een andere ambtenaar, getekend is {different} keer"
    if list(act.signers) != sorted(set(act.signers)):
        yield "de ondertekenaars staan dubbel of niet op volgorde"
    if function in GOVERNED:
        for signer in act.signers:
            yield from _holds(scene, signer, GOVERNED[function][0])
    if not scene.time <= act.valid_until <= scene.time + AHEAD:
        yield "het besluit was niet geldig op dat moment"
    yield from _still_open(scene, act)
    scene.storage.set("decisionNonces", _subject(act.call), value=act.nonce)
    told = {
        "decision": act.decision,
        "call": act.call,
        "validUntil": act.valid_until,
        "nonce": act.nonce,
        "signers": act.signers,
    }
    effect = yield from _carry_out(scene, function, act.call)
    return [Event("DecisionExecuted", told), *effect]


def cancel(scene: Scene, act: Cancel) -> Played:
    """Play a cancellation, by one official who holds the capacity."""
    yield from act.faults
    function = _function(act.call)
    if function in GOVERNED:
        yield from _holds(scene, act.signer, GOVERNED[function][0])
    else:
        yield "het ingetrokken besluit kan geen besluit zijn"
    yield from _still_open(scene, act)
    scene.storage.set("cancelled", act.decision, value=True)
    told = {
        "decision": act.decision,
        "call": act.call,
        "validUntil": act.valid_until,
        "nonce": act.nonce,
        "signer": act.signer,
    }
    return [Event("DecisionCancelled", told)]


def found(scene: Scene, first: list[str], capacities: list[int]) -> Played:
    """Play the creation of the contract, with its first officials."""
    events = []
    if len(first) != len(capacities):
        yield "er zijn niet evenveel eerste ambtenaren als bevoegdheden"
    for official, held in zip(first, capacities, strict=False):
        yield from _official_valid(official, held)
        events.append(_set_capacities(scene, official, held))
    for name, bit in CAPACITIES.items():
        if scene.storage.value("holders", bit) < _holders_needed(bit):
            yield f"te weinig ambtenaren hebben de bevoegdheid {name}"
    return events


def _carry_out(scene: Scene, function: str, call: bytes) -> Played:
    if function not in GOVERNED:
        yield "het besluit roept iets aan dat geen besluit kan zijn"
        return []
    try:
        _, args = decode_call(call)
    except ValueError:
        yield "het besluit is onleesbaar"
        return []
    return (yield from GOVERNED[function][1](scene, args))


def _function(call: bytes) -> str:
    return _NAMES.get(call[:4], "") if len(call) >= SUBJECT_BYTES else ""


def _stops(function: str, call: bytes) -> bool:
    return (
        function in ("setPaused", "setSuspended")
        and len(call) == STOP_BYTES
        and int.from_bytes(call[SUBJECT_BYTES:]) == 1
    )


def _subject(call: bytes) -> bytes:
    return keccak(call[:SUBJECT_BYTES])


def _holds(scene: Scene, signer: str, capacity: str) -> Iterator[str]:
    if not scene.storage.value("officials", signer) & CAPACITIES[capacity]:
        yield f"ambtenaar {signer} had de bevoegdheid {capacity} niet"


def _still_open(scene: Scene, act: Decide | Cancel) -> Iterator[str]:
    if scene.storage.value("cancelled", act.decision):
        yield "dit besluit was ingetrokken"
    if act.nonce <= scene.storage.value("decisionNonces", _subject(act.call)):
        yield f"volgnummer {act.nonce}: over dit onderwerp was al iets nieuwers besloten"
    yield from scene.nonce_ahead(act.nonce)


# governed functions


def _open_scheme(scene: Scene, args: Args) -> Played:
    if args["scheme"] == 0 or scene.scheme(args["scheme"])["closes"]:
        yield f"regeling {args['scheme']} bestond al of mag niet bestaan"
    return (yield from _rules(scene, args, "SchemeOpened"))


def _set_rules(scene: Scene, args: Args) -> Played:
    yield from _exists(scene, args["scheme"])
    yield from _not_closed(scene, args["scheme"])
    return (yield from _rules(scene, args, "RulesSet"))


def _rules(scene: Scene, args: Args, event: str) -> Played:
    if args["opens"] >= args["closes"]:
        yield "de regeling sluit voor zij opent"
    names = ("opens", "closes", "permitted", "excluded")
    scene.storage.set("schemes", args["scheme"], **{name: args[name] for name in names})
    return [Event(event, args)]


def _close_scheme(scene: Scene, args: Args) -> Played:
    yield from _exists(scene, args["scheme"])
    yield from _not_closed(scene, args["scheme"])
    closes = min(scene.time, scene.scheme(args["scheme"])["closes"])
    scene.storage.set("schemes", args["scheme"], closed=True, closes=closes)
    return [Event("SchemeClosed", args | {"closes": closes})]


def _set_paused(scene: Scene, args: Args) -> Played:
    yield from _exists(scene, args["scheme"])
    scene.storage.set("schemes", args["scheme"], paused=args["paused"])
    return [Event("PausedSet", args)]


def _set_categories(scene: Scene, args: Args) -> Played:
    yield from ()
    scene.storage.set("categoriesSha256", value=args["sha256OfTable"])
    return [Event("CategoriesSet", args)]


def _set_shop(scene: Scene, args: Args) -> Played:
    if args["shop"] == 0 or args["owner"] == ZERO:
        yield "een winkel heeft een nummer en een eigenaar"
    names = ("categories", "owner", "admitted")
    members = {name: args[name] for name in names}
    scene.storage.set("shops", args["shop"], known=True, **members)
    return [Event("ShopSet", args)]


def _set_suspended(scene: Scene, args: Args) -> Played:
    if not scene.shop(args["shop"])["known"]:
        yield f"winkel {args['shop']} bestaat niet"
    scene.storage.set("shops", args["shop"], suspended=args["suspended"])
    return [Event("SuspendedSet", args)]


def _fund(scene: Scene, args: Args) -> Played:
    yield from _exists(scene, args["scheme"])
    scheme = scene.scheme(args["scheme"])
    budget = scheme["funded"] + args["amount"]
    if budget < scheme["issued"]:
        yield f"het budget werd {euros(budget)}, toegekend is {euros(scheme['issued'])}"
    if budget > MAX_FUNDED:
        yield f"het budget werd {euros(budget)}, dat is te groot"
    scene.storage.set("schemes", args["scheme"], funded=budget)
    return [Event("Funded", args)]


def _issue(scene: Scene, args: Args) -> Played:
    number, value, coupons = args["scheme"], args["value"], args["newCoupons"]
    yield from _exists(scene, number)
    if value == 0 or not 1 <= len(coupons) <= MAX_ISSUE:
        yield f"een uitgifte telt 1 tot {MAX_ISSUE} coupons met een waarde"
    scheme = scene.scheme(number)
    total = scheme["issued"] + value * len(coupons)
    if total > scheme["funded"]:
        yield f"toegekend is {euros(total)}, het budget is {euros(scheme['funded'])}"
    scene.storage.set("schemes", number, issued=total)
    for coupon in coupons:
        if coupon == ZERO or scene.coupon(coupon)["scheme"]:
            yield f"coupon {coupon} bestond al of mag niet bestaan"
        new = {"scheme": number, "remaining": value, "lastNonce": 0, "moved": False}
        scene.storage.set("coupons", coupon, **new)
    return [Event("Issued", {"scheme": number, "value": value, "coupons": coupons})]


def _settle(scene: Scene, args: Args) -> Played:
    batch, shops, amounts = args["batch"], args["paidShops"], args["amounts"]
    lines = args["sha256OfLines"]
    if batch == 0 or not any(lines) or not 1 <= len(shops) <= MAX_LINES:
        yield f"een uitbetaling heeft een nummer, een controlegetal en 1 tot {MAX_LINES} regels"
    if any(scene.storage.value("batches", batch)):
        yield f"uitbetaling {batch} was al vastgelegd"
    if len(shops) != len(amounts):
        yield "er zijn niet evenveel winkels als bedragen"
    scene.storage.set("batches", batch, value=lines)
    settled = []
    for number, amount in zip(shops, amounts, strict=False):
        shop = scene.shop(number)
        if not shop["known"]:
            yield f"winkel {number} bestaat niet"
        if amount == 0:
            yield f"de regel van winkel {number} is nul"
        if amount < -shop["settled"]:
            yield (
                f"van winkel {number} kwam {euros(-amount)} terug,"
                f" uitbetaald was {euros(shop['settled'])}"
            )
        settled.append(min(amount, max(shop["owed"], 0)))
        scene.add("shops", number, owed=-settled[-1], settled=settled[-1])
    told = {"batch": batch, "shops": shops, "amounts": tuple(settled), "sha256OfLines": lines}
    return [Event("Settled", told)]


def _set_official(scene: Scene, args: Args) -> Played:
    official, held = args["official"], args["capacities"]
    yield from _official_valid(official, held)
    lost = scene.storage.value("officials", official) & ~held
    event = _set_capacities(scene, official, held)
    for name, bit in CAPACITIES.items():
        if lost & bit and scene.storage.value("holders", bit) < _holders_needed(bit):
            yield f"te weinig ambtenaren houden de bevoegdheid {name}"
    return [event]


GOVERNED: dict[str, tuple[str, Governed]] = {
    "openScheme": ("RULES", _open_scheme),
    "setRules": ("RULES", _set_rules),
    "closeScheme": ("RULES", _close_scheme),
    "setPaused": ("RULES", _set_paused),
    "setCategories": ("RULES", _set_categories),
    "setShop": ("SHOPS", _set_shop),
    "setSuspended": ("SHOPS", _set_suspended),
    "fund": ("BUDGET", _fund),
    "issue": ("ISSUE", _issue),
    "settle": ("PAYOUT", _settle),
    "setOfficial": ("OFFICIALS", _set_official),
}
"""The capacity that each governed function requires, and how it is played."""

GOVERNED_EVENTS = {
    "SchemeOpened",
    "RulesSet",
    "SchemeClosed",
    "PausedSet",
    "CategoriesSet",
    "ShopSet",
    "SuspendedSet",
    "Funded",
    "Issued",
    "Settled",
    "OfficialSet",
}

_NAMES = {FUNCTIONS[name].id: name for name in GOVERNED}


def _exists(scene: Scene, number: int) -> Iterator[str]:
    if scene.scheme(number)["closes"] == 0:
        yield f"regeling {number} bestaat niet"


def _not_closed(scene: Scene, number: int) -> Iterator[str]:
    if scene.scheme(number)["closed"]:
        yield f"regeling {number} was al voorgoed gesloten"


def _official_valid(official: str, held: int) -> Iterator[str]:
    if official == ZERO or held > sum(CAPACITIES.values()):
        yield "deze ambtenaar of bevoegdheid kan niet bestaan"


def _set_capacities(scene: Scene, official: str, held: int) -> Event:
    before = scene.storage.value("officials", official)
    scene.storage.set("officials", official, value=held)
    for bit in CAPACITIES.values():
        change = bool(held & bit) - bool(before & bit)
        if change:
            scene.add("holders", bit, value=change)
    return Event("OfficialSet", {"official": official, "capacities": held})


def _holders_needed(bit: int) -> int:
    return 3 if bit == CAPACITIES["OFFICIALS"] else 2
