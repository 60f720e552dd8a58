"""Effect of a decision: values on the ledger now, and after it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kindpakket.domain.language import say, say_end, say_moment
from kindpakket.domain.money import format_euros
from kindpakket.ledger.abi import decode_call, decode_issue, function_of
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import Names, read_names
from kindpakket.services.decisions.describe import say_capacities, say_categories

Args = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One value in words, before and after."""

    what: str
    before: str
    after: str

    @property
    def same(self) -> bool:
        """Whether the value stays the same."""
        return self.before == self.after


def compare(context: Context, calls: Sequence[bytes]) -> list[Change]:
    """Return the combined effect of governed calls on the ledger as it is now.

    Raises:
        ValueError: one is no call of the contract.
        LedgerUnavailable: the ledger cannot be read.
    """
    names = read_names(context)
    if all(function_of(call) == "issue" for call in calls):
        return _issued(context, [decode_issue(call) for call in calls])
    return [
        change
        for function, args in map(decode_call, calls)
        if function in _COMPARED
        for change in _COMPARED[function](context, names, args)
    ]


def _rules(context: Context, _names: Names, args: Args) -> list[Change]:
    now = context.ledger.view("schemes", args["scheme"])
    there = now["opens"] < now["closes"]
    fields: list[tuple[str, str, Callable[[int], str]]] = [
        (say("Open vanaf"), "opens", say_moment),
        (say("Einde"), "closes", say_end),
        (say("Winkels die mogen"), "permitted", say_categories),
        (say("Winkels die nooit mogen"), "excluded", say_categories),
    ]
    return [
        Change(what, tell(now[field]) if there else "–", tell(args[field]))
        for what, field, tell in fields
    ]


def _closed(context: Context, _names: Names, args: Args) -> list[Change]:
    closes = context.ledger.view("schemes", args["scheme"])["closes"]
    return [Change(say("Einde"), say_end(closes), say("gesloten op het moment van uitvoeren"))]


def _paused(context: Context, _names: Names, args: Args) -> list[Change]:
    now = context.ledger.view("schemes", args["scheme"])["paused"]
    return [Change(say("Betalen"), _paying(now), _paying(args["paused"]))]


def _paying(paused: bool) -> str:
    return say("staat stil") if paused else say("kan")


def _shop(context: Context, _names: Names, args: Args) -> list[Change]:
    now = context.ledger.view("shops", args["shop"])
    there = now["known"]
    return [
        Change(say("Doet mee"), _yes(now["admitted"]) if there else "–", _yes(args["admitted"])),
        Change(
            say("Soort winkel"),
            say_categories(now["categories"]) if there else "–",
            say_categories(args["categories"]),
        ),
        Change(say("Sleutel van de eigenaar"), now["owner"] if there else "–", args["owner"]),
    ]


def _suspended(context: Context, _names: Names, args: Args) -> list[Change]:
    now = context.ledger.view("shops", args["shop"])["suspended"]
    return [Change(say("Geschorst"), _yes(now), _yes(args["suspended"]))]


def _yes(value: bool) -> str:
    return say("ja") if value else say("nee")


def _funded(context: Context, _names: Names, args: Args) -> list[Change]:
    now = context.ledger.view("schemes", args["scheme"])
    after = now["funded"] + args["amount"]
    return [
        Change(say("Budget"), format_euros(now["funded"]), format_euros(after)),
        Change(
            say("Nog niet toegekend"),
            format_euros(now["funded"] - now["issued"]),
            format_euros(after - now["issued"]),
        ),
    ]


def _issued(context: Context, parts: Sequence[tuple[int, int, int]]) -> list[Change]:
    """Calls of one letter run: they have the same scheme."""
    now = context.ledger.view("schemes", parts[0][0])
    added = sum(value * count for _, value, count in parts)
    issued, free = now["issued"], now["funded"] - now["issued"]
    return [
        Change(say("Toegekend, met voorraad"), format_euros(issued), format_euros(issued + added)),
        Change(say("Nog niet toegekend"), format_euros(free), format_euros(free - added)),
    ]


def _settled(context: Context, names: Names, args: Args) -> list[Change]:
    changes = []
    for shop, amount in zip(args["paidShops"], args["amounts"], strict=True):
        owed = context.ledger.view("shops", shop)["owed"]
        what = say("Te goed: %(shop)s", shop=names.shop(shop))
        after = owed - min(amount, max(owed, 0))
        changes.append(Change(what, format_euros(owed), format_euros(after)))
    return changes


def _official(context: Context, _names: Names, args: Args) -> list[Change]:
    now = context.ledger.view("officials", args["official"])
    return [Change(say("Bevoegdheden"), say_capacities(now), say_capacities(args["capacities"]))]


_COMPARED: dict[str, Callable[[Context, Names, Args], list[Change]]] = {
    "openScheme": _rules,
    "setRules": _rules,
    "closeScheme": _closed,
    "setPaused": _paused,
    "setShop": _shop,
    "setSuspended": _suspended,
    "fund": _funded,
    "settle": _settled,
    "setOfficial": _official,
}
