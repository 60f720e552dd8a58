"""Forms of a scheme: values as typed, and their validation."""

import re
from dataclasses import dataclass, field, replace
from datetime import date

from starlette.datastructures import FormData

from kindpakket.desk.category_search import find_categories
from kindpakket.desk.parts import Mistakes, read_text, text, texts
from kindpakket.domain import categories
from kindpakket.domain.language import say
from kindpakket.domain.money import format_euros, parse_euros
from kindpakket.domain.texts import read_lines
from kindpakket.domain.times import day_of
from kindpakket.services.schemes.changes import (
    PeriodInvalid,
    Rules,
    check_period,
    closes_after,
    opens_on,
)
from kindpakket.services.schemes.details import (
    TEXT_LONGEST,
    SchemeDetails,
    SplitInvalid,
    check_amount,
    check_card,
    check_letter,
    propose_card,
    propose_letter,
    read_split,
    say_split,
)

_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_THOUSANDS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+(,[0-9]{2})?")


@dataclass(frozen=True)
class TypedRules:
    """The form of the rules, as typed: days as ``2027-01-31``, categories by name."""

    first: str = ""
    last: str = ""
    permitted: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    search: str = ""

    @classmethod
    def of(cls, rules: Rules) -> "TypedRules":
        """Return the form of rules that are in force."""
        return cls(
            day_of(rules.opens).isoformat(),
            day_of(rules.closes - 1).isoformat(),
            categories.names_of(rules.permitted),
            categories.names_of(rules.excluded),
        )

    @classmethod
    def sent(cls, form: FormData) -> "TypedRules":
        """Return what was typed."""
        known = {category.name for category in categories.TABLE}
        permitted, excluded = (
            sorted(known.intersection(texts(form, name))) for name in ("permitted", "excluded")
        )
        return cls(text(form, "first"), text(form, "last"), permitted, excluded, text(form, "zoek"))

    @property
    def found(self) -> list[tuple[str, str]]:
        """The categories that match the search, with their texts."""
        return find_categories(self.search)

    def out_of_sight(self, ticked: list[str]) -> list[str]:
        """Return the selected categories that the search leaves out."""
        shown = {name for name, _ in self.found}
        return [name for name in ticked if name not in shown]

    def read(self, mistakes: Mistakes, before: Rules | None = None) -> Rules | None:
        """Parse the rules; if invalid, return None with messages in ``mistakes``.

        Args:
            before: rules in force. An unchanged first day keeps its exact second.
        """
        first, last = _read_day(self.first), _read_day(self.last)
        for name, day in (("first", first), ("last", last)):
            if day is None:
                mistakes[name] = say("Vul een datum in, zoals 2027-01-31.")
        if not self.permitted:
            mistakes["permitted"] = say("Kies minstens één soort winkel die mag.")
        if set(self.permitted) & set(self.excluded):
            mistakes["excluded"] = say("U koos hier een soort winkel die volgens u ook mag.")
        if first is None or last is None:
            return None
        opens, closes = opens_on(first), closes_after(last)
        if before and self.first == TypedRules.of(before).first:
            opens = before.opens
        try:
            check_period(opens, closes)
        except PeriodInvalid as error:
            mistakes["last"] = str(error)
        permitted, excluded = map(categories.bits_of, (self.permitted, self.excluded))
        if mistakes:
            return None
        rules = Rules(opens, closes, permitted, excluded)
        if before and self.last == TypedRules.of(before).last:
            return before if rules == replace(before, closes=closes) else rules
        return rules


@dataclass(frozen=True)
class TypedDetails:
    """The form of the details, as typed: the split of a letter, in euros, and texts."""

    per_letter: str
    letter_split: str
    card_split: str
    parent_text: str
    shop_text: str

    @classmethod
    def of(cls, details: SchemeDetails) -> "TypedDetails":
        """Return the form of stored details."""
        return cls(
            format_euros(details.per_letter).removeprefix("€ "),
            say_split(details.letter_values),
            say_split(details.card_values),
            details.parent_text,
            details.shop_text,
        )

    @classmethod
    def sent(cls, form: FormData) -> "TypedDetails":
        """Return what was typed."""
        names = ("per_letter", "letter_split", "card_split", "parent_text", "shop_text")
        return cls(*(text(form, name).replace("\r\n", "\n") for name in names))

    def proposed(self, mistakes: Mistakes) -> "TypedDetails":
        """Return the same form with a proposed split for the value of a letter."""
        amount = self._read_amount(mistakes)
        if amount is None:
            return self
        return replace(
            self,
            letter_split=say_split(propose_letter(amount)),
            card_split=say_split(propose_card(amount)),
        )

    def read(self, mistakes: Mistakes) -> SchemeDetails | None:
        """Parse the details; if invalid, return None with messages in ``mistakes``."""
        parent_text, shop_text = self.read_texts(mistakes)
        amount = self._read_amount(mistakes)
        values = {}
        for name, check in (("letter_split", check_letter), ("card_split", check_card)):
            try:
                values[name] = read_split(getattr(self, name))
                if amount is not None:
                    check(values[name], amount)
            except SplitInvalid as error:
                mistakes[name] = str(error)
        if mistakes:
            return None
        return SchemeDetails(values["letter_split"], values["card_split"], parent_text, shop_text)

    def read_texts(self, mistakes: Mistakes) -> tuple[str, str]:
        """Parse the texts for parents and for shops only."""
        return (
            read_text("parent_text", self.parent_text, TEXT_LONGEST, mistakes, read_lines),
            read_text("shop_text", self.shop_text, TEXT_LONGEST, mistakes, read_lines),
        )

    def _read_amount(self, mistakes: Mistakes) -> int | None:
        amount = read_amount("per_letter", self.per_letter, mistakes)
        try:
            check_amount(amount or 0)
        except SplitInvalid as error:
            mistakes["per_letter"] = str(error)
            return None
        return amount


def read_amount(name: str, typed: str, mistakes: Mistakes) -> int | None:
    """Parse an amount into cents, up to millions of euros; messages go into ``mistakes``."""
    if _THOUSANDS.fullmatch(typed):
        typed = typed.replace(".", "")
    try:
        return parse_euros(typed)
    except ValueError:
        mistakes[name] = say("Vul een bedrag in euro's in, zoals 300 of 42,50.")
        return None


def _read_day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if _DAY.fullmatch(typed) else None
    except ValueError:
        return None
