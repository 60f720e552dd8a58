"""Schemes: state, and the calls that open, change, fund, pause and close one."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, func, insert, select

from kindpakket.domain.ids import Hash
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.tables import Column, Unit
from kindpakket.domain.times import day_of, midnight
from kindpakket.ledger.abi import decode_call, encode_call, function_of
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_public_names
from kindpakket.services.decisions.prepare import Preparer, list_prepared, prepare_with
from kindpakket.services.schemes.details import SchemeDetails, change_details, keep_details
from kindpakket.services.schemes.look_up import Scheme
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Coming:
    """A scheme whose opening waits for a decision."""

    name: str
    decision_set: Hash


class PeriodInvalid(ValueError):
    """The period is not allowed; the message says why."""


class NumberTaken(Exception):
    """Another scheme got this number meanwhile."""


@dataclass(frozen=True)
class Rules:
    """A scheme's rules: unix seconds, where ``closes`` is exclusive; categories as bits."""

    opens: int
    closes: int
    permitted: int
    excluded: int


def opens_on(first_day: date) -> int:
    """Return the first second of a day in the Netherlands."""
    return midnight(first_day)


def closes_after(last_day: date) -> int:
    """Return the first second after a day in the Netherlands."""
    return midnight(last_day + timedelta(days=1))


def check_period(opens: int, closes: int) -> None:
    """Check that a period is not empty and ends at the end of a day in the Netherlands.

    Letters, cards and the app show the last day. Only a scheme that is closed for good ends at
    another second.

    Raises:
        PeriodInvalid: it does not.
    """
    if opens >= closes:
        raise PeriodInvalid(say("De laatste dag ligt voor de eerste."))
    if closes != midnight(day_of(closes)):
        raise PeriodInvalid(
            say("Een regeling eindigt aan het eind van een dag. Geef haar een laatste dag.")
        )


def is_open(scheme: Scheme, now: int) -> bool:
    """Whether the scheme accepts payments."""
    return not scheme.paused and not is_over(scheme, now) and now >= scheme.opens


def is_over(scheme: Scheme, now: int) -> bool:
    """Whether the scheme accepts no payments any more."""
    return scheme.closed or now >= scheme.closes


def say_state(scheme: Scheme, now: int) -> str:
    """Return a scheme's state in a word or two."""
    if is_over(scheme, now):
        return say("voorbij")
    if scheme.paused:
        return say("stilgezet")
    return say("open") if is_open(scheme, now) else say("nog niet open")


def say_money(scheme: Scheme, now: int) -> list[tuple[str, int]]:
    """Return the amounts of a scheme's budget, in cents, each with its word."""
    return [
        (say("Budget"), scheme.funded),
        (say("Toegekend"), scheme.granted),
        *([(say("In voorraad"), scheme.stock)] if scheme.stock else []),
        (say("Besteed"), scheme.net),
        (say("Vervallen") if is_over(scheme, now) else say("Nog te besteden"), scheme.left),
    ]


def say_final_account(scheme: Scheme) -> list[tuple[str, int]]:
    """Return what became of the budget of a scheme that is over, in cents."""
    return [
        (say("Budget"), scheme.funded),
        (say("Betaald"), scheme.spent),
        (say("Terugbetaald"), scheme.refunded),
        (say("Besteed"), scheme.net),
        (say("Vervallen"), scheme.left),
        *([(say("In voorraad"), scheme.stock)] if scheme.stock else []),
        (say("Niet toegekend"), scheme.not_granted),
    ]


def money_columns(now: int) -> list[Column[Scheme]]:
    """Return the columns of the amounts of a scheme's budget, in a list of schemes."""
    return [
        Column(say("Budget"), lambda each: each.funded, Unit.CENTS, "funded"),
        Column(say("Toegekend"), lambda each: each.granted, Unit.CENTS, "issued"),
        Column(say("In voorraad"), lambda each: each.stock, Unit.CENTS, "stock"),
        Column(say("Besteed"), lambda each: each.net, Unit.CENTS, "net"),
        Column(
            say("Nog te besteden"),
            lambda each: 0 if is_over(each, now) else each.left,
            Unit.CENTS,
            "left",
        ),
        Column(
            say("Vervallen"),
            lambda each: each.left if is_over(each, now) else 0,
            Unit.CENTS,
            "lapsed",
        ),
    ]


def rules_of(context: Context, scheme: int) -> Rules:
    """Return a scheme's rules as they are on the ledger now.

    Raises:
        Refusal: there is no such scheme.
        LedgerUnavailable: the ledger cannot be read.
    """
    now = context.ledger.view("schemes", scheme)
    if now["closes"] == 0:
        raise Refusal(Code.SCHEME_UNKNOWN)
    return Rules(now["opens"], now["closes"], now["permitted"], now["excluded"])


def next_number(context: Context) -> int:
    """Return a number that no scheme has, on the ledger or prepared."""
    with context.read_views() as db:
        return _next_number(db)


def open_scheme(
    context: Context, number: int, name: str, rules: Rules, details: SchemeDetails, by: Preparer
) -> Hash:
    """Prepare the opening of a scheme and store its name and details, in one transaction. While
    the same opening waits under this name, only the details are stored.

    Returns:
        the set of decisions.

    Raises:
        NumberTaken: meanwhile this number went to another.
        LedgerUnavailable: the ledger cannot be read.
    """
    call = open_call(number, rules)
    for waiting in list_prepared(context):
        if (
            waiting.message.call == call
            and read_public_names(context.store).schemes.get(number) == name
        ):
            change_details(context.store, number, details)
            return waiting.decision_set
    with context.write_with_views() as db:
        if number != _next_number(db):
            raise NumberTaken
        db.execute(insert(t.scheme_names).values(scheme=number, name=name))
        keep_details(db, number, details)
        return prepare_with(db, context, call, by).decision_set


def list_coming(context: Context) -> list[Coming]:
    """Return the schemes whose opening waits for a decision, oldest first."""
    names, coming = read_public_names(context.store), []
    for each in list_prepared(context):
        if function_of(each.message.call) == "openScheme":
            _, args = decode_call(each.message.call)
            coming.append(Coming(names.scheme(args["scheme"]), each.decision_set))
    return coming


def has_coupons(context: Context, scheme: int) -> bool:
    """Whether coupons were issued or listed, so that the coupons of a letter can no longer change.

    Figures derive a lower bound on the number of letters from them.
    """
    queries = (
        select(t.coupons.c.coupon).where(t.coupons.c.scheme == scheme).limit(1),
        select(t.letter_runs.c.run)
        .where(t.letter_runs.c.scheme == scheme, t.letter_runs.c.coupons > 0)
        .limit(1),
    )
    with context.read_views() as db:
        return any(db.execute(query).first() is not None for query in queries)


def open_call(scheme: int, rules: Rules) -> bytes:
    """Return the call that opens a scheme.

    Raises:
        PeriodInvalid: as for :func:`check_period`.
    """
    return _ruled("openScheme", scheme, rules)


def rules_call(scheme: int, rules: Rules) -> bytes:
    """Return the call that gives a scheme other rules.

    Raises:
        PeriodInvalid: as for :func:`check_period`.
    """
    return _ruled("setRules", scheme, rules)


def fund_call(scheme: int, amount: int) -> bytes:
    """Return the call that adds to a scheme's budget, in cents; negative to lower it."""
    return encode_call("fund", scheme, amount)


def pause_call(scheme: int, *, paused: bool) -> bytes:
    """Return the call that pauses or resumes payments."""
    return encode_call("setPaused", scheme, paused)


def close_call(scheme: int) -> bytes:
    """Return the call that closes a scheme for good."""
    return encode_call("closeScheme", scheme)


def _ruled(function: str, scheme: int, rules: Rules) -> bytes:
    check_period(rules.opens, rules.closes)
    return encode_call(function, scheme, rules.opens, rules.closes, rules.permitted, rules.excluded)


def _next_number(db: Connection) -> int:
    numbers = (t.schemes.c.scheme, t.scheme_names.c.scheme)
    return max(db.scalar(select(func.max(column))) or 0 for column in numbers) + 1
