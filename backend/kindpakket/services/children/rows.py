"""Reading what was typed about a child, in a form or a row of a list."""

import re
from collections.abc import Callable, Mapping, MutableMapping
from datetime import date

from kindpakket.domain.children import NAME_LONGEST, STREET_LONGEST, TOWN_LONGEST, Person
from kindpakket.domain.language import say
from kindpakket.domain.telephones import PhoneInvalid, read_phone
from kindpakket.domain.texts import TextInvalid, plain_digits, read_line

FIELDS = ("name", "born", "street", "postcode", "town", "phone", "secret")
"""What is typed about a child, by the names of :class:`Person`."""
YES = ("ja", "j", "x", "1", "waar", "yes", "true")
NO = ("", "nee", "n", "0", "onwaar", "no", "false")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", re.ASCII)
_POSTCODE = re.compile(r"([1-9]\d{3})\s*([A-Z]{2})", re.ASCII)

Errors = MutableMapping[str, str]
"""Messages by field."""


def read_person(typed: Mapping[str, str], errors: Errors) -> Person | None:
    """Parse what was typed; None if it is invalid, with the messages in ``errors``.

    A child with a secret address needs no address, and one that is given is not returned.
    """
    before = len(errors)
    secret = typed["secret"].strip().lower() in YES
    if not secret and typed["secret"].strip().lower() not in NO:
        errors["secret"] = say("Vul ja of nee in.")
    name = _read(_name, "name", typed, errors)
    born = read_day(typed["born"])
    if born is None:
        errors["born"] = say("Dit is geen geboortedatum. Schrijf hem als 31-01-2015.")
    street = postcode = town = ""
    if not secret:
        street = _read(lambda text: read_line(text, STREET_LONGEST), "street", typed, errors)
        postcode = _read(_postcode, "postcode", typed, errors)
        town = _read(lambda text: read_line(text, TOWN_LONGEST), "town", typed, errors)
    phone = _read(read_phone, "phone", typed, errors) if typed["phone"].strip() else ""
    if born is None or len(errors) > before:
        return None
    return Person(name, born, street, postcode, town, phone, secret)


def read_day(text: str) -> date | None:
    """Parse a day such as ``31-01-2015`` or ``2015-01-31``; None when it is none."""
    plain = plain_digits(text.strip())
    if found := _DAY_FIRST.fullmatch(plain):
        plain = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    try:
        return date.fromisoformat(plain) if re.fullmatch(r"\d{4}-\d\d-\d\d", plain) else None
    except ValueError:
        return None


def is_postcode(text: str) -> bool:
    """Whether it is a postcode such as ``1234 AB``."""
    return _POSTCODE.fullmatch(_plain_postcode(text)) is not None


def say_day(day: date) -> str:
    """Format a day as :func:`read_day` parses it: ``31-01-2015``."""
    return f"{day:%d-%m-%Y}"


def typed_of(person: Person) -> dict[str, str]:
    """Return what would be typed about a child, by field."""
    return vars(person) | {
        "born": say_day(person.born),
        "secret": say("ja") if person.secret else "",
    }


def _name(text: str) -> str:
    name = read_line(text, NAME_LONGEST)
    if any(each.isdigit() for each in name):
        raise TextInvalid(say("In een naam staan geen cijfers."))
    return name


def _postcode(text: str) -> str:
    found = _POSTCODE.fullmatch(_plain_postcode(text))
    if found is None:
        raise TextInvalid(say("Dit is geen postcode. Schrijf hem als 1234 AB."))
    return f"{found[1]} {found[2]}"


def _plain_postcode(text: str) -> str:
    return plain_digits(text).strip().upper()


def _read(
    reader: Callable[[str], str], field: str, typed: Mapping[str, str], errors: Errors
) -> str:
    try:
        return reader(typed[field])
    except (TextInvalid, PhoneInvalid) as error:
        errors[field] = str(error)
        return ""
