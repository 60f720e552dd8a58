"""Descriptions of decisions, derived from the signed call and names only."""

from collections.abc import Callable, Mapping
from typing import Any

from kindpakket.domain import capacities, categories
from kindpakket.domain.language import current_catalogue, say, say_end, say_moment
from kindpakket.domain.money import format_euros
from kindpakket.ledger.abi import decode_call, decode_issue, function_of
from kindpakket.protocol.enrolment import owner_code
from kindpakket.services.base.names import Names

Args = Mapping[str, Any]


def say_call(names: Names, call: bytes) -> str:
    """Return one or two sentences that describe a governed call completely."""
    try:
        if function_of(call) == "issue":
            return _issued(names, *decode_issue(call))
        function, args = decode_call(call)
    except ValueError:
        function, args = "", {}
    if function not in _WORDS:
        return say("Dit is geen besluit dat het grootboek kent.")
    return _WORDS[function](names, args)


def say_without_shops(call: bytes) -> str:
    """Return the description of a payout without its sums by shop; empty for other calls."""
    try:
        function, args = decode_call(call)
    except ValueError:
        return ""
    if function != "settle":
        return ""
    total = sum(args["amounts"])
    return say(
        "Uitbetaling %(batch)s wordt vastgelegd. Aantal winkels: %(shops)s. Samen hoogstens: "
        "%(total)s. Controlegetal van de regels: %(sha256)s.",
        batch=args["batch"],
        shops=len(set(args["paidShops"])),
        total=format_euros(total) + (" " + say("(teruggekomen)") if total < 0 else ""),
        sha256=f"0x{args['sha256OfLines'].hex()}",
    )


def say_categories(bits: int) -> str:
    """Return a set of categories in words, with the number of unknown ones."""
    english = current_catalogue().language == "en"
    listed = [
        category.english if english else category.short
        for category in categories.TABLE
        if bits >> category.bit & 1
    ]
    unknown = bin(bits).count("1") - len(listed)
    if unknown:
        listed.append(say("%(count)s onbekende", count=unknown))
    return "; ".join(listed) or say("geen enkele")


def say_capacities(held: int) -> str:
    """Return capacities in words."""
    english = current_catalogue().language == "en"
    called = [words[english] for each, words in capacities.DISPLAY_NAMES.items() if held & each]
    return ", ".join(called) or say("geen")


def _opened(names: Names, args: Args) -> str:
    return say(
        "%(scheme)s gaat open %(rules)s",
        scheme=_capital(names.scheme(args["scheme"])),
        rules=_rules(args),
    )


def _ruled(names: Names, args: Args) -> str:
    return say(
        "%(scheme)s krijgt nieuwe regels: open %(rules)s",
        scheme=_capital(names.scheme(args["scheme"])),
        rules=_rules(args),
    )


def _rules(args: Args) -> str:
    text = say(
        "van %(opens)s %(end)s. Winkels die mogen: %(permitted)s.",
        opens=say_moment(args["opens"]),
        end=say_end(args["closes"]),
        permitted=say_categories(args["permitted"]),
    )
    if args["excluded"]:
        excluded = say_categories(args["excluded"])
        text += " " + say("Winkels die nooit mogen: %(excluded)s.", excluded=excluded)
    return text


def _closed(names: Names, args: Args) -> str:
    return say("%(scheme)s sluit voorgoed.", scheme=_capital(names.scheme(args["scheme"])))


def _paused(names: Names, args: Args) -> str:
    scheme = _capital(names.scheme(args["scheme"]))
    if args["paused"]:
        return say("%(scheme)s staat tijdelijk stil: er kan niet worden betaald.", scheme=scheme)
    return say("%(scheme)s gaat weer verder: er kan weer worden betaald.", scheme=scheme)


def _categorised(_names: Names, args: Args) -> str:
    digest = args["sha256OfTable"]
    if digest != categories.table_sha256():
        return say(
            "De lijst van categorieën wordt een die dit programma niet kent. "
            "Controlegetal: %(sha256)s.",
            sha256=f"0x{digest.hex()}",
        )
    return say(
        "De lijst van categorieën wordt die van dit programma (%(edition)s, %(count)s regels). "
        "Controlegetal: %(sha256)s.",
        edition=categories.EDITION,
        count=len(categories.TABLE),
        sha256=f"0x{digest.hex()}",
    )


def _shop(names: Names, args: Args) -> str:
    what = {
        "shop": _capital(names.shop(args["shop"])),
        "categories": say_categories(args["categories"]),
    }
    owner = say(
        "Sleutel van de eigenaar: %(owner)s, eigenaarscode %(code)s.",
        owner=args["owner"],
        code=owner_code(args["shop"], args["owner"]),
    )
    if args["admitted"]:
        return say("%(shop)s mag meedoen, als winkel in: %(categories)s.", **what) + " " + owner
    return say("%(shop)s mag niet (langer) meedoen, als winkel in: %(categories)s.", **what) + (
        " " + owner
    )


def _suspended(names: Names, args: Args) -> str:
    shop = _capital(names.shop(args["shop"]))
    if args["suspended"]:
        return say("%(shop)s is geschorst: er kan niet worden betaald.", shop=shop)
    return say("De schorsing van %(shop)s eindigt.", shop=names.shop(args["shop"]))


def _funded(names: Names, args: Args) -> str:
    scheme, amount = names.scheme(args["scheme"]), format_euros(abs(args["amount"]))
    if args["amount"] < 0:
        return say(
            "Van het budget van %(scheme)s gaat %(amount)s af.", scheme=scheme, amount=amount
        )
    return say("Bij het budget van %(scheme)s komt %(amount)s.", scheme=scheme, amount=amount)


def _issued(names: Names, scheme: int, value: int, count: int) -> str:
    return say(
        "Voor %(scheme)s worden %(count)s tegoeden van %(value)s toegekend, samen %(total)s.",
        scheme=names.scheme(scheme),
        count=count,
        value=format_euros(value),
        total=format_euros(count * value),
    )


def _settled(names: Names, args: Args) -> str:
    returned = " " + say("(teruggekomen)")
    lines = [
        f"{names.shop(shop)} {format_euros(amount)}" + (returned if amount < 0 else "")
        for shop, amount in zip(args["paidShops"], args["amounts"], strict=False)
    ]
    shops = len(set(args["paidShops"]))
    what = {
        "batch": args["batch"],
        "shops": shops,
        "total": format_euros(sum(args["amounts"])),
        "lines": "; ".join(lines),
        "sha256": f"0x{args['sha256OfLines'].hex()}",
    }
    if shops == 1:
        text = say("Uitbetaling %(batch)s wordt vastgelegd, aan 1 winkel: %(lines)s.", **what)
    else:
        text = say(
            "Uitbetaling %(batch)s wordt vastgelegd, aan %(shops)s winkels, samen hoogstens "
            "%(total)s: %(lines)s.",
            **what,
        )
    return text + " " + say("Controlegetal van de regels: %(sha256)s.", **what)


def _official(names: Names, args: Args) -> str:
    official, held = _capital(names.official(args["official"])), args["capacities"]
    if not held:
        return say("%(official)s is geen bevoegde ambtenaar meer.", official=official)
    return say(
        "%(official)s heeft dan de bevoegdheden: %(capacities)s.",
        official=official,
        capacities=say_capacities(held),
    )


_WORDS: dict[str, Callable[[Names, Args], str]] = {
    "openScheme": _opened,
    "setRules": _ruled,
    "closeScheme": _closed,
    "setPaused": _paused,
    "setCategories": _categorised,
    "setShop": _shop,
    "setSuspended": _suspended,
    "fund": _funded,
    "settle": _settled,
    "setOfficial": _official,
}


def _capital(text: str) -> str:
    return text if text.startswith("0x") else text[:1].upper() + text[1:]
