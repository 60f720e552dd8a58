"""Sequence numbers of the bank statements of an account.

A number that does not follow the one before is looked at by an official who read neither
statement: only a person can tell whether the bank began anew or a statement is missing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import update

from kindpakket.domain.ids import Address
from kindpakket.domain.language import say
from kindpakket.services.bank.camt import STATEMENT
from kindpakket.services.bank.statements import KeptStatement, list_statements, say_day
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t


@dataclass(frozen=True)
class OddNumber:
    """A statement whose number does not follow that of the one before."""

    statement: KeptStatement
    before: KeptStatement
    """The last one with a number."""

    @property
    def seen(self) -> bool:
        """Whether an official looked at it after this same statement."""
        return self.statement.seen_after == self.before.statement

    def may_be_seen_by(self, official: Address) -> bool:
        """Whether an official may mark it as seen: who read neither statement."""
        return not self.seen and official not in (self.statement.read_by, self.before.read_by)

    @property
    def what(self) -> str:
        """What is odd, in words."""
        number, day = self.statement.number, say_day(self.before.day)
        if number is None:
            return say("heeft geen nummer, en dat van %(day)s wel", day=day)
        if number == self.before.number:
            return say("heeft hetzelfde nummer als dat van %(day)s", day=day)
        return say(
            "heeft nummer %(number)s, en dat van %(day)s nummer %(before)s: er ontbreekt een "
            "afschrift, er is er een te veel, of de bank telt opnieuw",
            number=str(number),
            day=day,
            before=str(self.before.number),
        )


def list_compared(context: Context) -> list[KeptStatement]:
    """Return the statements that were not removed; without a number where the bank does not count:
    when those of an account are all the same, or each the day of the year."""
    kept = [each for each in list_statements(context) if each.removed_at is None]
    numbered = defaultdict[str, list[KeptStatement]](list)
    for each in kept:
        if each.number is not None:
            numbered[each.account].append(each)
    no_count = {account for account, own in numbered.items() if not _is_count(own)}
    return [replace(each, number=None) if each.account in no_count else each for each in kept]


def find_odd_numbers(statements: Sequence[KeptStatement]) -> Iterator[OddNumber]:
    """Find the numbers that do not follow the one before, also those that were seen."""
    last: dict[str, KeptStatement] = {}
    for each in sorted(statements, key=_by_number):
        if each.kind != STATEMENT:
            continue
        before = last.get(each.account)
        if before is not None and each.number != (before.number or 0) + 1:
            yield OddNumber(each, before)
        if each.number is not None:
            last[each.account] = each


def mark_number_seen(context: Context, statement: str, by: Address) -> bool:
    """Record that an official looked at the number of a statement; return whether this official
    may, and has to."""
    table = t.bank_statements
    for each in find_odd_numbers(list_compared(context)):
        if each.statement.statement == statement and each.may_be_seen_by(by):
            seen = {
                "seen_after": each.before.statement,
                "seen_at": context.now(),
                "seen_by": by,
            }
            with context.store.write() as db:
                db.execute(update(table).where(table.c.statement == statement).values(seen))
            return True
    return False


def _is_count(own: Sequence[KeptStatement]) -> bool:
    """Whether the numbers of an account can be a count; a single one can."""
    same = len({each.number for each in own}) == 1
    days = all(each.number == date.fromisoformat(each.day).timetuple().tm_yday for each in own)
    return len(own) == 1 or not (same or days)


def _by_number(each: KeptStatement) -> tuple[str, bool, int]:
    """By day and number; those of a day without a number last."""
    return each.day, each.number is None, each.number or 0
