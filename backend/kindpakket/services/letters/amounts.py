"""Total of a run beside the budget of its scheme."""

from dataclasses import dataclass

from kindpakket.domain.ids import SchemeId
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.messages import subject_of
from kindpakket.services.base.context import Context
from kindpakket.services.decisions.describe_runs import worth
from kindpakket.services.decisions.prepare import list_prepared
from kindpakket.services.letters.coupon_lists import CouponList
from kindpakket.services.letters.orders import BegunRun


@dataclass(frozen=True)
class Amounts:
    """Total of a list and budget of its scheme, in cents."""

    funded: int
    issued: int
    waiting: int
    """Total of other runs that wait for a decision."""
    listed: int

    @property
    def left(self) -> int:
        """What is left of the budget after all that; negative when it does not suffice."""
        return self.funded - self.issued - self.waiting - self.listed


def weigh(context: Context, listed: CouponList) -> Amounts:
    """Return the total of a list and the budget as it is on the ledger now.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    return _weigh(context, listed.scheme, listed.total, set(listed.issue_calls))


def weigh_begun(context: Context, begun: BegunRun) -> Amounts:
    """Return the total of a run that is not made yet, and the budget.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    total = begun.letters * sum(begun.letter_values) + begun.cards * sum(begun.card_values)
    return _weigh(context, begun.scheme, total, set())


def _weigh(context: Context, scheme: SchemeId, total: int, own: set[bytes]) -> Amounts:
    now = context.ledger.view("schemes", scheme)
    subject = subject_of(encode_call("issue", scheme, 1, []))
    waiting = (each.message.call for each in list_prepared(context))
    others = sum(worth(call) for call in waiting if subject_of(call) == subject and call not in own)
    return Amounts(now["funded"], now["issued"], others, total)
