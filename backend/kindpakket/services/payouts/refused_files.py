"""Records that the bank refused a payment file: a message signed by two officials, after which a
new file is made.

As with bank accounts the database is not trusted: a record is valid by its signatures and by the
signers' capacities on the ledger.
"""

from collections import defaultdict
from functools import partial

from sqlalchemy import Connection, insert, select

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.ledger.port import View
from kindpakket.protocol.messages import PaymentFileRefused
from kindpakket.services.base.acts import signer_of
from kindpakket.services.base.context import Context
from kindpakket.services.base.two_signatures import HANDS, held
from kindpakket.services.payouts.lists import PayoutRefused
from kindpakket.store import tables as t

_FRESH = 24 * 3600
"""Maximum distance between the first signer's nonce and the clock, in seconds."""


def refusal_of(context: Context, batch: int) -> PaymentFileRefused:
    """Return the message that records that the bank refused the newest file of a batch.

    The second official signs the same message as the first.

    Raises:
        PayoutRefused: this batch has no file, or its refusal was recorded.
        LedgerUnavailable: the ledger cannot be read.
    """
    files, payouts = t.payment_files, t.payouts
    newest = (
        select(files.c.sha256)
        .join_from(files, payouts)
        .where(payouts.c.batch == batch)
        .order_by(files.c.made_at.desc(), files.c.number.desc())
        .limit(1)
    )
    with context.store.read() as db:
        file = db.scalar(newest)
        nonce = _begun(db, file)
    if file is None:
        raise PayoutRefused(
            say("Van uitbetaling %(batch)s is nog geen bestand gemaakt.", batch=batch)
        )
    if file in list_refusals(context, batch):
        raise PayoutRefused(say("Het is al vastgelegd dat de bank dit bestand weigerde."))
    return PaymentFileRefused(batch, Hash(file), context.now() if nonce is None else nonce)


def sign_refusal(context: Context, message: PaymentFileRefused, signature: bytes) -> bool:
    """Store an official's signature of such a message; return whether it is complete.

    Raises:
        PayoutRefused: it is not about the newest file of this batch, or not what another signed.
        Refusal: it is not of an official with PAYOUT.
        LedgerUnavailable: the ledger cannot be read.
    """
    asked = refusal_of(context, message.batch)
    signer = signer_of(context.ledger, message, signature)
    if not _may_pay_out(signer, context.ledger.view):
        raise Refusal(Code.NOT_AUTHORISED)
    table, block = t.file_refusals, context.ledger.head()
    with context.store.write() as db:
        begun = _begun(db, message.sha256_of_file)
        fresh = abs(message.nonce - context.now()) <= _FRESH
        expected = message.nonce if begun is None and fresh else begun
        if (asked.sha256_of_file, expected) != (message.sha256_of_file, message.nonce):
            raise PayoutRefused(
                say("Intussen is er iets veranderd. Kijk het na en verstuur opnieuw.")
            )
        there = (table.c.sha256 == message.sha256_of_file) & (table.c.signer == signer)
        if db.execute(select(table).where(there)).first() is None:
            values = {"sha256": message.sha256_of_file, "nonce": message.nonce, "block": block}
            db.execute(insert(table).values(signer=signer, signature=signature, **values))
    return message.sha256_of_file in list_refusals(context, message.batch)


def list_refusals(context: Context, batch: int) -> dict[Hash, tuple[Address, ...]]:
    """Return the officials who recorded that the bank refused a file, by the file's hash.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    signers = list_refusing(context, batch)
    return {file: by for file, by in signers.items() if len(by) >= HANDS}


def list_refusing(context: Context, batch: int) -> dict[Hash, tuple[Address, ...]]:
    """Return the officials who signed that the bank refused a file, also when only one did.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    files, payouts, refusals = t.payment_files, t.payouts, t.file_refusals
    query = (
        select(refusals)
        .join_from(refusals, files, refusals.c.sha256 == files.c.sha256)
        .join(payouts, payouts.c.sha256 == files.c.payout)
        .where(payouts.c.batch == batch)
    )
    with context.store.read() as db:
        rows = db.execute(query).all()
    found = defaultdict[Hash, set[Address]](set)
    for row in rows:
        message = PaymentFileRefused(batch, Hash(row.sha256), row.nonce)
        try:
            signer = signer_of(context.ledger, message, row.signature)
        except Refusal:
            continue
        if held(context.ledger, row.block, partial(_may_pay_out, signer)):
            found[message.sha256_of_file].add(signer)
    return {file: tuple(sorted(by)) for file, by in found.items()}


def _may_pay_out(signer: Address, view: View) -> bool:
    return bool(view("officials", signer) & Capacity.PAYOUT)


def _begun(db: Connection, file: str | None) -> int | None:
    """The nonce of the first official's message."""
    nonces = select(t.file_refusals.c.nonce).where(t.file_refusals.c.sha256 == file)
    return db.scalar(nonces.limit(1))
