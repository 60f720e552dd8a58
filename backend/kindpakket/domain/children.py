"""A child in the register: only what handing out a letter needs."""

import json
from dataclasses import dataclass, replace
from datetime import date

NAME_LONGEST = 70
STREET_LONGEST = 60
TOWN_LONGEST = 40


@dataclass(frozen=True)
class Person:
    """A child. When the address is secret, none is stored, and the letter is collected at the
    counter.

    ``repr`` shows nothing of it, so that no log or error does.
    """

    name: str
    born: date
    street: str = ""
    """With the number of the house."""
    postcode: str = ""
    """Such as ``1234 AB``."""
    town: str = ""
    phone: str = ""
    """Of a parent, to call when the letter was not collected; may be empty."""
    secret: bool = False
    """The address is secret."""

    def __repr__(self) -> str:
        return "Person(…)"

    @property
    def address(self) -> tuple[str, ...]:
        """The lines of the address; none of one that is secret."""
        return (self.street, f"{self.postcode}  {self.town}") if self.street else ()

    @property
    def kept(self) -> "Person":
        """What may be stored: without the address if it is secret."""
        return replace(self, street="", postcode="", town="") if self.secret else self

    def age_on(self, day: date) -> int:
        """Return the age in whole years; below 0 before birth."""
        had_birthday = (day.month, day.day) >= (self.born.month, self.born.day)
        return day.year - self.born.year - (not had_birthday)

    def as_json(self) -> str:
        """Return it as it is stored."""
        return json.dumps(vars(self) | {"born": self.born.isoformat()}, ensure_ascii=False)


def person_from_json(stored: str) -> Person:
    """Return what :meth:`Person.as_json` made."""
    fields = json.loads(stored)
    return Person(**fields | {"born": date.fromisoformat(fields["born"])})
