"""Checks on the effects of decisions: limits that hold for any two officials."""

from collections.abc import Iterator, Sequence

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import ZERO
from kindpakket.services.audit.model import NO_HASH, Model, Scheme
from kindpakket.services.audit.scene import Scene, euros

MAX_ISSUE = 500
MAX_LINES = 500
ALL_CAPACITIES = sum(Capacity)


def scheme_opened(scene: Scene) -> Iterator[str]:
    """The number is new."""
    e = scene.event
    if e["scheme"] == 0 or scene.model.schemes[e["scheme"]].closes:
        yield f"regeling {e['scheme']} bestond al of mag niet bestaan"
    yield from _period(scene)


def rules_set(scene: Scene) -> Iterator[str]:
    """The scheme is not closed for good."""
    yield from _exists(scene)
    yield from _not_closed(scene)
    yield from _period(scene)


def scheme_closed(scene: Scene) -> Iterator[str]:
    """It closes for good, now or at an earlier end."""
    e = scene.event
    yield from _exists(scene)
    yield from _not_closed(scene)
    closes = min(scene.time, _scheme(scene).closes)
    if e["closes"] != closes:
        yield f"de regeling sluit op {e['closes']}, dat hoort {closes} te zijn"


def paused_set(scene: Scene) -> Iterator[str]:
    """The scheme exists."""
    yield from _exists(scene)


def categories_set(_scene: Scene) -> Iterator[str]:
    """Any table may be decided; whether it equals ours is compared at the end."""
    yield from ()


def shop_set(scene: Scene) -> Iterator[str]:
    """The shop has a number and an owner."""
    e = scene.event
    if e["shop"] == 0 or e["owner"] == ZERO:
        yield "een winkel heeft een nummer en een eigenaar"


def suspended_set(scene: Scene) -> Iterator[str]:
    """The shop exists."""
    if not scene.model.shops[scene.event["shop"]].known:
        yield f"winkel {scene.event['shop']} bestaat niet"


def funded(scene: Scene) -> Iterator[str]:
    """The budget is at least what was issued."""
    yield from _exists(scene)
    scheme = _scheme(scene)
    budget = scheme.funded + scene.event["amount"]
    if budget < scheme.issued:
        yield f"het budget werd {euros(budget)}, toegekend is {euros(scheme.issued)}"


def issued(scene: Scene) -> Iterator[str]:
    """The addresses are new, and the total is within the budget."""
    yield from _exists(scene)
    e, scheme, coupons = scene.event, _scheme(scene), scene.event["coupons"]
    if e["value"] == 0 or not 1 <= len(coupons) <= MAX_ISSUE:
        yield f"een uitgifte telt 1 tot {MAX_ISSUE} coupons met een waarde"
    total = scheme.issued + e["value"] * len(coupons)
    if total > scheme.funded:
        yield f"toegekend is {euros(total)}, het budget is {euros(scheme.funded)}"
    if len(set(coupons)) != len(coupons):
        yield "een coupon staat dubbel in de uitgifte"
    for coupon in coupons:
        if coupon == ZERO or scene.model.coupons[coupon].scheme:
            yield f"coupon {coupon} bestond al of mag niet bestaan"


def settled(scene: Scene) -> Iterator[str]:
    """The batch is new; at most what is owed is paid out, and at most what was paid comes back."""
    e = scene.event
    if e["batch"] == 0 or e["sha256OfLines"] == NO_HASH or not 1 <= len(e["shops"]) <= MAX_LINES:
        yield f"een uitbetaling heeft een nummer, een controlegetal en 1 tot {MAX_LINES} regels"
    if e["batch"] in scene.model.batches:
        yield f"uitbetaling {e['batch']} was al vastgelegd"
    if len(e["shops"]) != len(e["amounts"]):
        yield "er zijn niet evenveel winkels als bedragen"
    so_far: dict[int, int] = {}
    for shop, amount in zip(e["shops"], e["amounts"], strict=False):
        state = scene.model.shops[shop]
        done = so_far.get(shop, 0)
        most, least = state.owed - done, -state.settled - done
        if not state.known:
            yield f"winkel {shop} bestaat niet"
        if amount > max(most, 0) or amount < least:
            yield (
                f"winkel {shop} kreeg {euros(amount)}, te goed was {euros(most)}"
                f" en uitbetaald {euros(-least)}"
            )
        so_far[shop] = done + amount


def lesser(model: Model, shops: Sequence[int], amounts: Sequence[int]) -> tuple[int, ...]:
    """Return the settled amount of each line: for a positive one at most what is owed when its turn
    comes."""
    owed = {shop: model.shops[shop].owed for shop in shops}
    settled = []
    for shop, amount in zip(shops, amounts, strict=False):
        settled.append(min(amount, max(owed[shop], 0)))
        owed[shop] -= settled[-1]
    return tuple(settled)


def official_set(scene: Scene) -> Iterator[str]:
    """Every capacity keeps enough holders."""
    e, model = scene.event, scene.model
    if e["official"] == ZERO or e["capacities"] > ALL_CAPACITIES:
        yield "deze ambtenaar of bevoegdheid kan niet bestaan"
    lost = model.officials[e["official"]] & ~e["capacities"]
    for capacity in Capacity:
        if lost & capacity and model.holders(capacity) - 1 < holders_needed(capacity):
            yield f"te weinig ambtenaren houden de bevoegdheid {capacity.name}"


def founded(model: Model) -> Iterator[str]:
    """The contract starts with enough holders of every capacity."""
    for capacity in Capacity:
        if model.holders(capacity) < holders_needed(capacity):
            yield f"te weinig ambtenaren hebben de bevoegdheid {capacity.name}"


def holders_needed(capacity: Capacity) -> int:
    """Return the minimum number of officials with a capacity."""
    return 3 if capacity == Capacity.OFFICIALS else 2


def _scheme(scene: Scene) -> Scheme:
    return scene.model.schemes[scene.event["scheme"]]


def _exists(scene: Scene) -> Iterator[str]:
    if _scheme(scene).closes == 0:
        yield f"regeling {scene.event['scheme']} bestaat niet"


def _not_closed(scene: Scene) -> Iterator[str]:
    if _scheme(scene).closed:
        yield f"regeling {scene.event['scheme']} was al voorgoed gesloten"


def _period(scene: Scene) -> Iterator[str]:
    if scene.event["opens"] >= scene.event["closes"]:
        yield "de regeling sluit voor zij opent"
