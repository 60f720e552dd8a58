"""Review of a payout's decision before it is signed, and conditions under which it cannot be."""

from typing import Any

from kindpakket.domain.language import say
from kindpakket.ledger.abi import FUNCTIONS, decode_call
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import Names
from kindpakket.services.decisions.describe import say_call
from kindpakket.services.payouts.lists import (
    PayoutRefused,
    PreparedPayout,
    State,
    read_lines,
    reference,
)
from kindpakket.services.payouts.marks import (
    Mark,
    MarkedLine,
    mark_lines,
    say_mark,
    say_marks,
    unmarked_lines,
)
from kindpakket.services.payouts.returns import find_origin

_SETTLE = FUNCTIONS["settle"].id


def say_waiting(context: Context, names: Names, call: bytes) -> str:
    """Return what a waiting decision does, with its marks.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    return f"{say_call(names, call)} {remark_on(context, call)}".rstrip()


def remark_on(context: Context, call: bytes) -> str:
    """Return the marks of a decision in a sentence or two; empty without marks.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    if call[:4] != _SETTLE:
        return ""
    try:
        return _review(context, call)
    except PayoutRefused as refused:
        return say("Teken dit niet. %(why)s", why=refused)


def check_signable(context: Context, call: bytes) -> None:
    """Check that a payout's lines are those of the decision, and that their accounts are signed.

    Raises:
        PayoutRefused: it is not.
        LedgerUnavailable: the ledger cannot be read.
    """
    if call[:4] == _SETTLE:
        _review(context, call)


def review(context: Context, payout: PreparedPayout) -> list[MarkedLine]:
    """Return the lines of a payout with the signers of their accounts; with marks while it waits.

    Raises:
        PayoutRefused: what is kept here is not what its decision commits to.
        LedgerUnavailable: the ledger cannot be read.
    """
    lines = read_lines(context, payout.call)
    waits = payout.state is State.WAITS
    return mark_lines(context, lines) if waits else unmarked_lines(context, lines)


def _review(context: Context, call: bytes) -> str:
    try:
        _, args = decode_call(call)
    except ValueError as error:
        raise PayoutRefused(say("Dit is geen besluit dat het grootboek kent.")) from error
    if any(amount < 0 for amount in args["amounts"]):
        return _review_return(context, args)
    marked = mark_lines(context, read_lines(context, call))
    if any(Mark.NOT_SIGNED in each.marks for each in marked):
        raise PayoutRefused(
            say(
                "Uitbetaling %(batch)s: %(mark)s.",
                batch=args["batch"],
                mark=say_mark(Mark.NOT_SIGNED),
            )
        )
    return say_marks(marked)


def _review_return(context: Context, args: dict[str, Any]) -> str:
    sha256 = "0x" + args["sha256OfLines"].hex()
    if len(args["amounts"]) == 1:
        (shop,), (amount,) = args["paidShops"], args["amounts"]
        with context.read_views() as db:
            origin = find_origin(db, shop, -amount, sha256)
        if origin is not None:
            return say("Dit kwam terug van %(reference)s.", reference=reference(origin, shop))
    raise PayoutRefused(say("Dit geld hoort bij geen uitbetaling die hier is vastgelegd."))
