"""What the lines of statements mean for the lines of payouts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kindpakket.domain.ids import Address, Hash, ShopId
from kindpakket.domain.language import say
from kindpakket.services.payouts.lists import reference

Place = tuple[int, ShopId]
"""A payout line: batch and shop."""


class LineVerdict(StrEnum):
    """What a line of a statement is."""

    PAID = "paid"
    """The whole amount of a payout line, or of a batch."""
    RETURNED = "returned"
    """All or part of a payout line, returned by the bank."""
    PARTIAL = "partial"
    """Less than the payout line."""
    TOO_MUCH = "too_much"
    TWICE = "twice"
    """The payout line was paid before, and did not come back."""
    OTHER_ACCOUNT = "other_account"
    """To or from another account than two officials decided on."""
    UNKNOWN = "unknown"
    """The ledger has no such payout line."""
    NOT_RETURNED = "not_returned"
    """Money with the reference of a payout line, which the bank does not mark as returned."""
    UNCLEAR = "unclear"
    """It cannot be told which payout line it is of."""


AS_DECIDED = {LineVerdict.PAID, LineVerdict.RETURNED}
"""Of the other verdicts a person has to look at the line."""


@dataclass(frozen=True)
class BankLine:
    """A stored line of a statement; the amount in cents, below zero when it was paid."""

    line: Hash
    kind: str
    """053 or 054."""
    day: str
    amount: int
    batch: int | None
    shop: ShopId | None
    """None: of a whole batch."""
    returned: bool
    other_account: bool
    bank_reference: str
    read_by: Address | None
    """Who read its statement first; None for the command line."""
    seen_by: Address | None
    """None when nobody looked at it."""
    seen_at: int | None
    """In unix seconds."""


@dataclass(frozen=True)
class Judged:
    """A line, and what it is."""

    line: BankLine
    verdict: LineVerdict

    @property
    def for_person(self) -> bool:
        """Whether a person still has to look at it."""
        if self.verdict in AS_DECIDED:
            return False
        return self.line.seen_by is None or (
            self.needs_another and self.line.seen_by == self.line.read_by
        )

    @property
    def needs_another(self) -> bool:
        """Whether another official than who read the statement has to look: money went to another
        account, or twice."""
        return self.line.amount < 0 and self.verdict in {
            LineVerdict.OTHER_ACCOUNT,
            LineVerdict.TWICE,
        }

    def may_be_seen_by(self, official: Address) -> bool:
        """Whether an official may mark it as seen, and nobody who may has yet."""
        return self.for_person and not (self.needs_another and official == self.line.read_by)

    @property
    def about(self) -> str:
        """The reference of its payout line, or of its batch; empty when that is not known."""
        line = self.line
        if line.batch is None:
            return ""
        return f"KP-{line.batch}" if line.shop is None else reference(line.batch, line.shop)


@dataclass
class Booked:
    """What the bank booked of a payout line, in positive cents."""

    paid: int = 0
    back: int = 0
    """All that came in for it."""
    returned: int = 0
    """The part of that which the bank marked as returned, from the account that was paid."""


@dataclass(frozen=True)
class Matched:
    """All lines, and what the bank booked of each payout line."""

    lines: list[Judged]
    booked: dict[Place, Booked]


def match(lines: Iterable[BankLine], settled: Mapping[Place, int]) -> Matched:
    """Match lines to payout lines, by reference and amount.

    A notification (054) and a statement (053) tell of the same money: of each payout line that
    which tells of more counts.

    Args:
        settled: of each payout line on the ledger, in cents above zero.
    """
    batches = defaultdict[int, dict[Place, int]](dict)
    for place, cents in settled.items():
        batches[place[0]][place] = cents
    kinds: dict[str, _Kind] = defaultdict(lambda: _Kind(batches))
    judged = [
        Judged(line, kinds[line.kind].judge(line))
        for line in sorted(lines, key=lambda each: (each.day, each.amount, each.line))
    ]
    booked = defaultdict[Place, Booked](Booked)
    for kind in kinds.values():
        for place, one in kind.booked.items():
            most = booked[place]
            most.paid = max(most.paid, one.paid)
            most.back = max(most.back, one.back)
            most.returned = max(most.returned, one.returned)
    return Matched(judged, dict(booked))


@dataclass
class _Kind:
    """Lines of one kind, in the order of their days."""

    settled: Mapping[int, Mapping[Place, int]]
    """By batch: of each payout line, in cents."""
    booked: dict[Place, Booked] = field(default_factory=lambda: defaultdict(Booked))

    def judge(self, line: BankLine) -> LineVerdict:
        if line.batch is None:
            return LineVerdict.UNCLEAR
        if line.shop is None:
            return self._whole(line, line.batch)
        place = line.batch, line.shop
        asked = self.settled.get(line.batch, {}).get(place, 0)
        if not asked:
            return LineVerdict.UNKNOWN
        booked = self.booked[place]
        left = booked.paid - booked.back
        if line.amount > 0:
            verdict = _of_credit(line, max(asked - booked.back, left))
        else:
            verdict = _of_debit(line, asked, left)
        booked.paid += max(-line.amount, 0)
        booked.back += max(line.amount, 0)
        booked.returned += line.amount if verdict is LineVerdict.RETURNED else 0
        return verdict

    def _whole(self, line: BankLine, batch: int) -> LineVerdict:
        """Of a batch that the bank booked as one amount."""
        parts = self.settled.get(batch)
        if not parts:
            return LineVerdict.UNKNOWN
        total = sum(parts.values())
        if abs(line.amount) != total:
            return LineVerdict.PARTIAL if abs(line.amount) < total else LineVerdict.TOO_MUCH
        twice = any(self.booked[place].paid > self.booked[place].back for place in parts)
        for place, cents in parts.items():
            self.booked[place].paid += cents if line.amount < 0 else 0
            self.booked[place].back += cents if line.amount > 0 else 0
        if line.amount > 0:
            return LineVerdict.UNCLEAR
        return LineVerdict.TWICE if twice else LineVerdict.PAID


def _of_debit(line: BankLine, asked: int, left: int) -> LineVerdict:
    if line.other_account:
        return LineVerdict.OTHER_ACCOUNT
    if left > 0:
        return LineVerdict.TWICE
    if -line.amount == asked:
        return LineVerdict.PAID
    return LineVerdict.PARTIAL if -line.amount < asked else LineVerdict.TOO_MUCH


def _of_credit(line: BankLine, most: int) -> LineVerdict:
    if not line.returned:
        return LineVerdict.NOT_RETURNED
    if line.other_account:
        return LineVerdict.OTHER_ACCOUNT
    return LineVerdict.RETURNED if line.amount <= most else LineVerdict.TOO_MUCH


def say_verdict(verdict: LineVerdict) -> str:
    """Return what a line is, in words."""
    return {
        LineVerdict.PAID: say("betaald"),
        LineVerdict.RETURNED: say("teruggekomen"),
        LineVerdict.PARTIAL: say("minder dan is vastgelegd"),
        LineVerdict.TOO_MUCH: say("meer dan is vastgelegd"),
        LineVerdict.TWICE: say("nog een keer betaald"),
        LineVerdict.OTHER_ACCOUNT: say("een andere rekening dan is vastgelegd"),
        LineVerdict.UNKNOWN: say("het grootboek kent dit kenmerk niet"),
        LineVerdict.NOT_RETURNED: say("geld met dit kenmerk dat de bank niet terugstuurde"),
        LineVerdict.UNCLEAR: say("niet te zeggen waar dit bij hoort"),
    }[verdict]
