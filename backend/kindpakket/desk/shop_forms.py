"""Forms of a shop: values as typed, and validation that reports all mistakes at once."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import FormData

from kindpakket.desk.parts import Mistakes, read_text, text, texts
from kindpakket.domain import categories
from kindpakket.domain.language import say
from kindpakket.domain.locations import parse_location
from kindpakket.domain.telephones import PhoneInvalid, read_phone
from kindpakket.domain.texts import read_lines
from kindpakket.services.shops.bank_accounts import BankInvalid, read_holder, read_iban, read_kvk
from kindpakket.services.shops.register import ShopDetails, ShopFile

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_REASON = 100, 200, 400
LONGEST_HOURS, LONGEST_EXAMPLES = 300, 200


def given_of(file: ShopFile | None) -> dict[str, Any]:
    """Return the initial values of the forms."""
    details = file.details if file else ShopDetails("", "")
    place = details.location
    return vars(details) | {
        "location": f"{place.latitude},{place.longitude}" if place else "",
        "categories": categories.names_of(file.categories) if file else [],
        "search": "",
        "reason": "",
    }


def typed(form: FormData) -> dict[str, Any]:
    """Return the values as typed; missing fields are empty."""
    fields = [each.name for each in dataclasses.fields(ShopDetails)]
    given: dict[str, Any] = {name: text(form, name) for name in (*fields, "reason", "search")}
    return given | {"categories": texts(form, "category")}


def read_details(given: Mapping[str, Any], errors: Mistakes) -> ShopDetails | None:
    """Parse the details of a shop; None when they are invalid."""
    before = len(errors)
    called = read_text("name", given["name"], LONGEST_NAME, errors)
    address = read_text("address", given["address"], LONGEST_ADDRESS, errors)
    kvk = _read(read_kvk, "kvk", given, errors)
    place = None
    if given["location"]:
        try:
            place = parse_location(given["location"])
        except ValueError:
            errors["location"] = say("Dit is geen plek op de kaart. Schrijf hem als 53.247,6.402.")
    phone = _read(read_phone, "phone", given, errors) if given["phone"] else ""
    hours, examples = (
        read_text(name, given[name], most, errors, read_lines)
        for name, most in (("opening_hours", LONGEST_HOURS), ("examples", LONGEST_EXAMPLES))
    )
    details = ShopDetails(called, address, place, kvk, phone, hours, examples)
    return details if len(errors) == before else None


def read_account(given: Mapping[str, Any], errors: Mistakes) -> tuple[str, str] | None:
    """Parse an account and its holder; None when they are invalid."""
    account = _read(read_iban, "iban", given, errors), _read(read_holder, "holder", given, errors)
    return None if errors else account


def read_categories(given: Mapping[str, Any], errors: Mistakes) -> int:
    """Parse the selected categories into bits; zero when they are invalid."""
    known = {category.name for category in categories.TABLE}
    chosen = [name for name in given["categories"] if name in known]
    if not chosen:
        errors["category"] = say("Kies minstens één soort winkel.")
    return categories.bits_of(chosen)


def read_reason(given: Mapping[str, Any], errors: Mistakes) -> str:
    """Parse a reason of one line."""
    return read_text("reason", given["reason"], LONGEST_REASON, errors)


def _read(
    reader: Callable[[str], str], name: str, given: Mapping[str, Any], errors: Mistakes
) -> str:
    try:
        return reader(given[name])
    except (BankInvalid, PhoneInvalid) as error:
        errors[name] = str(error)
        return ""
