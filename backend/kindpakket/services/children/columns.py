"""The field of each column of a list: by its heading, or as an official chose now or before."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from kindpakket.services.children.people import fold
from kindpakket.services.children.rows import FIELDS, is_postcode, read_day
from kindpakket.store.register_tables import column_names


class ColumnField(StrEnum):
    """What a column of a list may be. A name or a street may be in several."""

    NAME = "name"
    FIRST = "first"
    INFIX = "infix"
    LAST = "last"
    BORN = "born"
    STREET = "street"
    HOUSE = "house"
    POSTCODE = "postcode"
    TOWN = "town"
    PHONE = "phone"
    SECRET = "secret"  # noqa: S105 (a secret address)


REQUIRED = (ColumnField.BORN, ColumnField.STREET, ColumnField.POSTCODE, ColumnField.TOWN)
TEMPLATE = (
    ("Naam", ColumnField.NAME),
    ("Geboortedatum", ColumnField.BORN),
    ("Straat en huisnummer", ColumnField.STREET),
    ("Postcode", ColumnField.POSTCODE),
    ("Plaats", ColumnField.TOWN),
    ("Telefoon van een ouder", ColumnField.PHONE),
    ("Geheim adres", ColumnField.SECRET),
)
"""The headings of the template, in order."""
_PARTS = {
    "name": (ColumnField.NAME, ColumnField.FIRST, ColumnField.INFIX, ColumnField.LAST),
    "street": (ColumnField.STREET, ColumnField.HOUSE),
}
"""The columns that are together one text, in this order."""
_USUAL = {fold(heading): field for heading, field in TEMPLATE} | {
    "naam kind": ColumnField.NAME,
    "voornaam": ColumnField.FIRST,
    "voornamen": ColumnField.FIRST,
    "roepnaam": ColumnField.FIRST,
    "tussenvoegsel": ColumnField.INFIX,
    "voorvoegsel": ColumnField.INFIX,
    "achternaam": ColumnField.LAST,
    "geslachtsnaam": ColumnField.LAST,
    "geboren": ColumnField.BORN,
    "straat": ColumnField.STREET,
    "adres": ColumnField.STREET,
    "huisnummer": ColumnField.HOUSE,
    "woonplaats": ColumnField.TOWN,
    "telefoon": ColumnField.PHONE,
    "telefoonnummer": ColumnField.PHONE,
    "geheim": ColumnField.SECRET,
}


def map_columns(
    db: Connection, headings: Sequence[str], chosen: Mapping[int, str]
) -> dict[int, ColumnField]:
    """Return the field of each column by its position from 0; columns without one are left out.

    Args:
        chosen: by position, the field that an official chose; empty for none.
    """
    rows = db.execute(select(column_names)).all()
    known = _USUAL | {row.heading: ColumnField(row.field) for row in rows}
    mapped: dict[int, ColumnField] = {}
    for at, heading in enumerate(headings):
        usual = known.get(_key(heading))
        field = chosen.get(at, usual if usual not in mapped.values() else None)
        if field in list(ColumnField):
            mapped[at] = ColumnField(field)
    return mapped


def are_headings(row: Sequence[str]) -> bool:
    """Whether a row can be headings: no cell is a day or a postcode, as of a child."""
    return not any(read_day(each) or is_postcode(each) for each in row)


def list_missing_fields(mapped: Mapping[int, ColumnField]) -> list[ColumnField]:
    """Return the required fields that no column has."""
    has = set(mapped.values())
    missing = [each for each in REQUIRED if each not in has]
    named = has & {ColumnField.NAME, ColumnField.LAST}
    return missing if named else [ColumnField.NAME, *missing]


def list_chosen(
    db: Connection, headings: Sequence[str], mapped: Mapping[int, ColumnField]
) -> dict[int, ColumnField | None]:
    """Return the columns with another field than their headings say; None for no field."""
    usual = map_columns(db, headings, {})
    places = usual.keys() | mapped.keys()
    return {at: mapped.get(at) for at in places if mapped.get(at) != usual.get(at)}


def remember_columns(
    db: Connection, headings: Sequence[str], chosen: Mapping[int, ColumnField | None]
) -> None:
    """Store the fields that an official chose for columns, for the next list; None deletes what was
    stored."""
    for at, field in chosen.items():
        if key := _key(headings[at]):
            db.execute(delete(column_names).where(column_names.c.heading == key))
            if field:
                db.execute(insert(column_names).values(heading=key, field=field))


def find_places(row: Sequence[str], mapped: Mapping[int, ColumnField]) -> dict[str, int]:
    """Return the column of each field in a row: of several, the first that is filled."""
    places: dict[str, int] = {}
    for at, field in sorted(mapped.items()):
        if field not in places or not row[places[field]]:
            places[field] = at
    return places


def typed_in(row: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    """Return what a row says about a child, by the fields of a person.

    Args:
        places: as :func:`find_places` returned them.
    """
    cells = {field: row[at] for field, at in places.items()}
    return {
        field: " ".join(filter(None, (cells.get(part, "") for part in _PARTS.get(field, ()))))
        or cells.get(field, "")
        for field in FIELDS
    }


def _key(heading: str) -> str:
    return fold(heading)[:100]
