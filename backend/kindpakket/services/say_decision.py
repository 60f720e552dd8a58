"""What a decision does, in Dutch, from the call that is signed and nothing else but names."""

from collections.abc import Callable, Mapping
from typing import Any

from kindpakket.domain import capacities, categories
from kindpakket.domain.money import format_euros
from kindpakket.domain.times import dutch_moment
from kindpakket.ledger.abi import decode_call
from kindpakket.protocol.enrolment import owner_code
from kindpakket.services.names import Names

Args = Mapping[str, Any]


def say_call(names: Names, call: bytes) -> str:
    """Return one or two sentences that say everything a governed call does."""
    try:
        function, args = decode_call(call)
    except ValueError:
        function, args = "", {}
    if function not in _WORDS:
        return "Dit is geen besluit dat het grootboek kent."
    return _WORDS[function](names, args)


def say_categories(bits: int) -> str:
    """Return the names of a set of categories, and how many it has that nobody knows."""
    listed = categories.names_of(bits)
    unknown = bin(bits).count("1") - len(listed)
    if unknown:
        listed.append(f"{unknown} onbekende")
    return ", ".join(listed) or "geen enkele"


def _opened(names: Names, args: Args) -> str:
    return f"{_capital(names.scheme(args['scheme']))} gaat open {_rules(args)}."


def _ruled(names: Names, args: Args) -> str:
    return f"{_capital(names.scheme(args['scheme']))} krijgt nieuwe regels: open {_rules(args)}."


def _rules(args: Args) -> str:
    text = (
        f"van {dutch_moment(args['opens'])} tot {dutch_moment(args['closes'])}, "
        f"voor winkels in: {say_categories(args['permitted'])}"
    )
    if args["excluded"]:
        text += f"; niet voor winkels in: {say_categories(args['excluded'])}"
    return text


def _closed(names: Names, args: Args) -> str:
    return f"{_capital(names.scheme(args['scheme']))} sluit voorgoed."


def _paused(names: Names, args: Args) -> str:
    scheme = _capital(names.scheme(args["scheme"]))
    if args["paused"]:
        return f"{scheme} staat tijdelijk stil: er kan niet worden betaald."
    return f"{scheme} gaat weer verder: er kan weer worden betaald."


def _categorised(_names: Names, args: Args) -> str:
    digest = args["sha256OfTable"]
    whose = (
        f"van dit programma ({categories.EDITION}, {len(categories.TABLE)} regels)"
        if digest == categories.table_sha256()
        else "die dit programma niet kent"
    )
    return f"De lijst van categorieën wordt die {whose}. Controlegetal: 0x{digest.hex()}."


def _shop(names: Names, args: Args) -> str:
    may = "mag meedoen" if args["admitted"] else "mag niet (meer) meedoen"
    return (
        f"{_capital(names.shop(args['shop']))} {may}, in: {say_categories(args['categories'])}. "
        f"Sleutel van de eigenaar: {args['owner']}, "
        f"eigenaarscode {owner_code(args['shop'], args['owner'])}."
    )


def _funded(names: Names, args: Args) -> str:
    scheme, amount = names.scheme(args["scheme"]), args["amount"]
    if amount < 0:
        return f"Van het budget van {scheme} gaat {format_euros(-amount)} af."
    return f"Bij het budget van {scheme} komt {format_euros(amount)}."


def _issued(names: Names, args: Args) -> str:
    count, value = len(args["newCoupons"]), args["value"]
    return (
        f"Voor {names.scheme(args['scheme'])} worden {count} tegoeden van {format_euros(value)} "
        f"uitgegeven, samen {format_euros(count * value)}."
    )


def _settled(names: Names, args: Args) -> str:
    lines = [
        f"{names.shop(shop)} {format_euros(amount)}" + (" (teruggekomen)" if amount < 0 else "")
        for shop, amount in zip(args["paidShops"], args["amounts"], strict=False)
    ]
    total, shops = format_euros(sum(args["amounts"])), len(set(args["paidShops"]))
    return (
        f"Uitbetaling {args['batch']} wordt vastgelegd, aan {shops} "
        f"{'winkel' if shops == 1 else 'winkels'}, samen {total}: "
        f"{'; '.join(lines)}. Controlegetal van het bestand: 0x{args['sha256OfFile'].hex()}."
    )


def _official(names: Names, args: Args) -> str:
    official, held = _capital(names.official(args["official"])), args["capacities"]
    if not held:
        return f"{official} is geen bevoegde ambtenaar meer."
    return f"{official} heeft dan de bevoegdheden: {', '.join(capacities.names(held))}."


_WORDS: dict[str, Callable[[Names, Args], str]] = {
    "openScheme": _opened,
    "setRules": _ruled,
    "closeScheme": _closed,
    "setPaused": _paused,
    "setCategories": _categorised,
    "setShop": _shop,
    "fund": _funded,
    "issue": _issued,
    "settle": _settled,
    "setOfficial": _official,
}


def _capital(text: str) -> str:
    return text if text.startswith("0x") else text[:1].upper() + text[1:]
