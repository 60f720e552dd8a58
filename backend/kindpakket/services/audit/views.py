"""Comparison of the totals recomputed from events with those of the contract."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from eth_utils.crypto import keccak

from kindpakket.domain import categories
from kindpakket.domain.capacities import Capacity
from kindpakket.services.audit.model import (
    NO_HASH,
    Coupon,
    Model,
    Payment,
    Scheme,
    Shop,
    Till,
)
from kindpakket.services.audit.scene import euros, hexed, text

Difference = tuple[str, str]
"""Subject, and the difference."""

View = Callable[..., Any]
"""Calls a view of the contract as of the last block of the audit."""


def answers(view: View, model: Model) -> Model:
    """Return the contract's state for everything in the model.

    Raises:
        LedgerUnavailable: no answer.
    """
    told = Model(categories_sha256=view("categoriesSha256"))
    told.schemes.update({key: Scheme(*_values(view("schemes", key))) for key in model.schemes})
    told.shops.update({key: Shop(*_values(view("shops", key))) for key in model.shops})
    told.tills.update({key: Till(*_values(view("tills", key))) for key in model.tills})
    told.coupons.update({key: Coupon(*_values(view("coupons", key))) for key in model.coupons})
    told.payments.update({key: Payment(*_values(view("payments", key))) for key in model.payments})
    told.origins.update({key: view("origins", key) for key in model.origins})
    told.moved_to.update({key: view("movedTo", key) for key in model.moved_to})
    told.refunds.update(refund for refund in model.refunds if view("refunds", refund))
    told.batches.update({key: view("batches", key) for key in model.batches})
    told.officials.update({key: view("officials", key) for key in model.officials})
    for subject in model.decision_nonces:
        told.decision_nonces[subject] = view("decisionNonces", keccak(subject))
    decisions = model.executed | model.cancelled
    told.cancelled.update(decision for decision in decisions if view("cancelled", decision))
    return told


def differences(told: Model, counted: Model) -> Iterator[Difference]:
    """Compare the contract's state with the recomputed one."""
    yield from _records("Regeling", told.schemes, counted.schemes)
    yield from _records("Winkel", told.shops, counted.shops)
    yield from _records("Kassa", told.tills, counted.tills)
    yield from _records("Coupon", told.coupons, counted.coupons)
    yield from _records("Betaling", told.payments, counted.payments)
    yield from _values_of("Coupon", "komt van", told.origins, counted.origins)
    yield from _values_of("Coupon", "verplaatst naar", told.moved_to, counted.moved_to)
    yield from _values_of("Uitbetaling", "controlegetal", told.batches, counted.batches)
    yield from _values_of("Ambtenaar", "bevoegdheden", told.officials, counted.officials)
    nonces = (told.decision_nonces, counted.decision_nonces)
    yield from _values_of("Besluiten over", "volgnummer", *nonces)
    for refund in told.refunds ^ counted.refunds:
        yield f"Terugbetaling {hexed(refund)}", "het contract zegt dat zij niet gedaan is"
    for decision in told.cancelled ^ counted.cancelled:
        here = decision in told.cancelled
        yield from _value(f"Besluit {hexed(decision)}", "ingetrokken", here, not here)
    tables = (told.categories_sha256, counted.categories_sha256)
    yield from _value("Categorieën", "tabel", *tables)


def holders(view: View, counted: Model) -> Iterator[Difference]:
    """Compare the number of officials with each capacity."""
    for capacity in Capacity:
        numbers = (view("holders", int(capacity)), counted.holders(capacity))
        yield from _value(f"Bevoegdheid {capacity.name}", "aantal ambtenaren", *numbers)


def sums(told: Model) -> Iterator[Difference]:
    """Invariants of the contract's totals: the first three of its list."""
    remaining: defaultdict[int, int] = defaultdict(int)
    for coupon in told.coupons.values():
        remaining[coupon.scheme] += coupon.remaining
    spent = 0
    for number, scheme in told.schemes.items():
        about, net = f"Regeling {number}", scheme.spent - scheme.refunded
        spent += net
        if scheme.issued > scheme.funded:
            yield (
                about,
                f"toegekend is {euros(scheme.issued)}, het budget is {euros(scheme.funded)}",
            )
        if net > scheme.issued:
            yield about, f"besteed is {euros(net)}, toegekend is {euros(scheme.issued)}"
        if remaining[number] + net != scheme.issued:
            yield (
                about,
                f"op coupons staat {euros(remaining[number])}, besteed is {euros(net)},"
                f" samen is dat niet het toegekende bedrag {euros(scheme.issued)}",
            )
    shops = sum(shop.owed + shop.settled for shop in told.shops.values())
    if shops != spent:
        yield (
            "Alle winkels",
            f"te goed en uitbetaald is samen {euros(shops)}, besteed is {euros(spent)}",
        )


def category_table(told: Model) -> Iterator[Difference]:
    """The category table equals ours, if one was decided."""
    if told.categories_sha256 not in (NO_HASH, categories.table_sha256()):
        yield (
            "Categorieën",
            f"het grootboek noemt tabel {hexed(told.categories_sha256)},"
            f" deze software kent tabel {hexed(categories.table_sha256())}",
        )


def _values(answer: Mapping[str, Any]) -> list[Any]:
    """Records of the model have the contract's fields, in its order."""
    return list(answer.values())


def _records(
    about: str, told: Mapping[Any, object], counted: Mapping[Any, object]
) -> Iterator[Difference]:
    for key, record in counted.items():
        for name, value in vars(record).items():
            yield from _value(f"{about} {text(key)}", _DUTCH[name], vars(told[key])[name], value)


def _values_of(
    about: str, name: str, told: Mapping[Any, Any], counted: Mapping[Any, Any]
) -> Iterator[Difference]:
    for key, value in counted.items():
        yield from _value(f"{about} {text(key)}", name, told[key], value)


def _value(about: str, name: str, told: Any, counted: Any) -> Iterator[Difference]:
    if told != counted:
        yield about, f"{name}: het contract zegt {text(told)}, nagerekend is {text(counted)}"


_DUTCH = {
    "opens": "opent",
    "closes": "sluit",
    "paused": "staat stil",
    "closed": "voorgoed gesloten",
    "spent": "betaald (centen)",
    "refunded": "terugbetaald (centen)",
    "permitted": "toegestane categorieën",
    "excluded": "uitgesloten categorieën",
    "funded": "budget (centen)",
    "issued": "toegekend (centen)",
    "known": "bekend",
    "admitted": "toegelaten",
    "suspended": "geschorst",
    "till_nonce": "volgnummer",
    "owed": "te goed (centen)",
    "settled": "uitbetaald (centen)",
    "owner": "eigenaar",
    "categories": "categorieën",
    "shop": "winkel",
    "active": "aangemeld",
    "scheme": "regeling",
    "remaining": "over (centen)",
    "last_nonce": "volgnummer",
    "moved": "verplaatst",
    "coupon": "eerste coupon",
    "amount": "bedrag (centen)",
}
