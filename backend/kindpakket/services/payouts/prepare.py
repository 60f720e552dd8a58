"""Preparation of payouts: lines for what shops are owed, which two officials decide on.

The contract enforces that a batch is settled once, and no shop is paid more than it is owed. Here
the amount requested and the account are determined.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException
from sqlalchemy import Connection, func, select

from kindpakket.domain.examples import explain_examples
from kindpakket.domain.ids import ShopId
from kindpakket.domain.language import say
from kindpakket.domain.tables import Column, Unit
from kindpakket.ledger.abi import decode_call, encode_call
from kindpakket.protocol.payout_lines import SALT_BYTES, PayoutLine, lines_sha256
from kindpakket.services.base.acts import hash_bytes
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_public_names
from kindpakket.services.decisions.prepare import Prepared, Preparer, list_prepared, prepare_with
from kindpakket.services.payouts.lists import (
    PayoutRefused,
    PreparedPayout,
    State,
    keep_payout,
    read_payouts,
    reference,
)
from kindpakket.services.payouts.payment_file import Payer
from kindpakket.services.shops.balances import Balance, read_balances
from kindpakket.services.shops.bank_accounts import (
    AccountValidity,
    BankInvalid,
    SignedAccount,
    read_accounts,
    read_iban,
    sepa_text,
    verify,
)
from kindpakket.store import tables as t

MINIMUM_PAYOUT = 5_00
"""In cents."""
HOLD_DAYS = 7
MOST_SHOPS = 500
"""Maximum number of lines in a batch, which is the contract's; the others are in the next one."""
_DAY = 24 * 3600


class Verdict(StrEnum):
    """Whether a shop is paid in a payout, or why not."""

    PAID = "paid"
    LEDGER_DIFFERS = "ledger_differs"
    """The views differ from the ledger for this shop."""
    BELOW_ZERO = "below_zero"
    """It is owed less than zero, after refunds of payments that were paid out; later sales make up
    for it."""
    NO_ACCOUNT = "no_account"
    ACCOUNT_NOT_SIGNED = "account_not_signed"
    """Nobody with the authority signed its account: it is not trusted."""
    ON_HOLD = "on_hold"
    """Nothing that it is owed is old enough."""
    BELOW_MINIMUM = "below_minimum"


@dataclass(frozen=True)
class PreviewLine:
    """One shop in a payout. Amounts in cents."""

    shop: ShopId
    name: str
    owed: int
    """Owed on the ledger now."""
    held: int
    """Held of that: payments that are too young, less refunds of them."""
    account: SignedAccount | None
    verdict: Verdict

    @property
    def amount(self) -> int:
        """What it would be paid; zero unless the verdict is to pay."""
        return self.owed - self.held if self.verdict is Verdict.PAID else 0


def amount_columns() -> list[Column[PreviewLine]]:
    """Return the columns of a preview's amounts."""
    return [
        Column(say("Te goed"), lambda line: line.owed, Unit.CENTS, "owed"),
        Column(say("In wachttijd"), lambda line: line.held, Unit.CENTS, "held"),
        Column(say("Uit te betalen"), lambda line: line.amount, Unit.CENTS, "amount"),
    ]


def preview(
    context: Context, *, minimum: int = MINIMUM_PAYOUT, hold_days: int = HOLD_DAYS
) -> list[PreviewLine]:
    """Return a line for each shop whose owed amount is not zero, by number.

    A shop is paid what it is owed now, less what payments younger than ``hold_days`` add to that. A
    refund counts with its payment: of a young one it lowers what is held, of an old one what is
    paid. So the amount is at most what is owed, and at most what old payments alone amount to.

    Nothing is paid below zero or below the minimum, or without an account signed by who may: it
    stays owed and carries over. Owed amounts are read from the ledger; a shop for which the views
    differ is not paid.

    Args:
        minimum: in cents; a shop gets this much or nothing.
        hold_days: of 24 hours; a payment counts from the second that it is so old.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    balances, accounts = read_balances(context), read_accounts(context)
    names = read_public_names(context.store).shops
    young = t.payments.c.time > context.now() - hold_days * _DAY
    kept = func.sum(t.payments.c.amount - t.payments.c.refunded)
    holds = select(t.payments.c.shop, kept).where(young).group_by(t.payments.c.shop)
    with context.read_views() as db:
        held = {shop: int(amount) for shop, amount in db.execute(holds)}
    return [
        PreviewLine(
            shop,
            names.get(shop, say("Winkel %(number)s", number=shop)),
            balance.owed,
            held.get(shop, 0),
            accounts.get(shop),
            _verdict(context, balance, held.get(shop, 0), minimum, accounts.get(shop)),
        )
        for shop, balance in balances.items()
        if balance.owed or balance.differs
    ]


def prepare_payout(
    context: Context,
    *,
    batch: int | None = None,
    minimum: int = MINIMUM_PAYOUT,
    hold_days: int = HOLD_DAYS,
    by: Preparer | None = None,
) -> tuple[PreparedPayout, Prepared]:
    """Store the lines of a payout, and prepare the decision that commits to them.

    The payment file is made of what the ledger then settles
    (:mod:`kindpakket.services.payouts.give_file`).

    Args:
        batch: its number; None for the next.
        minimum: in cents, as for :func:`preview`; ``hold_days`` too.
        by: None on the command line, where no official is signed in.

    Raises:
        PayoutRefused: there is nothing to pay, another payout waits for the officials, or this
            batch was made or is on the ledger.
        LedgerUnavailable: the ledger cannot be read.
    """
    previewed = preview(context, minimum=minimum, hold_days=hold_days)
    number = next_batch(context) if batch is None else batch
    lines = _lines(previewed, number)
    if not lines:
        raise PayoutRefused(say("Er is niets uit te betalen."))
    salt = secrets.token_bytes(SALT_BYTES)
    digest = lines_sha256(salt, lines)
    shops, amounts = [line.shop for line in lines], [line.amount for line in lines]
    call = encode_call("settle", number, shops, amounts, hash_bytes(digest))
    with context.write_with_views() as db:
        # Looked at within the transaction: who prepares at the same moment waits for it to end.
        _check_free(db, number, context.ledger_time())
        prepared = prepare_with(db, context, call, by)
        keep_payout(db, (number, digest, prepared.id), salt, lines, context.now())
        made = next(
            each for each in read_payouts(db, context.ledger_time()) if each.sha256 == digest
        )
    return made, prepared


def _lines(previewed: Sequence[PreviewLine], batch: int) -> list[PayoutLine]:
    lines = [
        PayoutLine(
            each.shop,
            each.account.holder,
            each.account.iban,
            each.amount,
            reference(batch, each.shop),
        )
        for each in previewed
        if each.amount and each.account
    ]
    return lines[:MOST_SHOPS]


def next_batch(context: Context) -> int:
    """Return the lowest batch number above all that are on the ledger, stored, or waiting."""
    with context.read_views() as db:
        recorded = db.scalar(select(func.max(t.settlements.c.batch))) or 0
        payouts = read_payouts(db, context.ledger_time())
    made = [each.batch for each in payouts if each.state is not State.WITHDRAWN]
    calls = [decode_call(each.message.call) for each in list_prepared(context)]
    waiting = [args["batch"] for function, args in calls if function == "settle"]
    last: int = max([recorded, *made, *waiting])
    return last + 1


class PayerSettings(Protocol):
    """A municipality's settings of the account that payouts are paid from."""

    @property
    def municipality(self) -> str: ...
    @property
    def payer_name(self) -> str | None: ...
    @property
    def payer_iban(self) -> str | None: ...
    @property
    def payer_bic(self) -> str | None: ...
    @property
    def examples(self) -> tuple[str, ...]: ...


def payer_of(settings: PayerSettings) -> Payer:
    """Return the account that payouts are paid from; in the municipality's name by default.

    Raises:
        BankInvalid: as for :func:`refuse_examples` and :func:`read_payer`.
    """
    refuse_examples(settings)
    return read_account(settings)


def refuse_examples(settings: PayerSettings) -> None:
    """Check that a payout would be a municipality's own.

    Raises:
        BankInvalid: settings have example values.
    """
    if settings.examples:
        raise BankInvalid(explain_examples(settings.examples))


def read_account(settings: PayerSettings) -> Payer:
    """Return the account of the settings.

    Raises:
        BankInvalid: as for :func:`read_payer`.
    """
    name = settings.municipality if settings.payer_name is None else settings.payer_name
    return read_payer(name, settings.payer_iban, settings.payer_bic)


def read_payer(name: str, iban: str | None, bic: str | None) -> Payer:
    """Validate the account that payouts are paid from.

    Args:
        bic: None to find the bank by the account.

    Raises:
        BankInvalid: there is none, it cannot be right, or its bank is not known; or the name has
            nothing that banks can write.
    """
    if not sepa_text(name):
        raise BankInvalid(say("Op wiens naam staat die rekening? Stel KINDPAKKET_PAYER_NAME in."))
    if iban is None:
        raise BankInvalid(say("Van welke rekening wordt betaald? Stel KINDPAKKET_PAYER_IBAN in."))
    account = read_iban(iban)
    try:
        bank = IBAN(account).bic if bic is None else BIC(bic)
    except SchwiftyException as error:
        raise BankInvalid(say("Dit is geen BIC van een bank: %(bic)s.", bic=bic)) from error
    if bank is None:
        raise BankInvalid(say("Van welke bank is de rekening? Stel KINDPAKKET_PAYER_BIC in."))
    return Payer(name, account, str(bank))


def _verdict(
    context: Context, balance: Balance, held: int, minimum: int, account: SignedAccount | None
) -> Verdict:
    payable = balance.owed - held
    if balance.differs:
        return Verdict.LEDGER_DIFFERS
    if balance.owed < 0:
        return Verdict.BELOW_ZERO
    if account is None:
        return Verdict.NO_ACCOUNT
    if verify(context, account) is AccountValidity.NOT_SIGNED:
        return Verdict.ACCOUNT_NOT_SIGNED
    if payable <= 0:
        return Verdict.ON_HOLD
    return Verdict.PAID if payable >= minimum else Verdict.BELOW_MINIMUM


def _check_free(db: Connection, batch: int, now: int) -> None:
    for each in read_payouts(db, now):
        if each.state is State.WAITS:
            raise PayoutRefused(
                say("Uitbetaling %(batch)s wacht nog op de ambtenaren.", batch=each.batch)
            )
        if each.batch == batch and each.state is not State.WITHDRAWN:
            raise PayoutRefused(say("Uitbetaling %(batch)s is al gemaakt.", batch=batch))
    if db.execute(select(t.settlements).where(t.settlements.c.batch == batch)).first():
        raise PayoutRefused(say("Uitbetaling %(batch)s staat al in het grootboek.", batch=batch))
