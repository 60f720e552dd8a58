"""The tables of bank statements: what the bank booked of payouts, without names and accounts."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table

from kindpakket.store.columns import ADDRESS, CENTS, HASH, TIME, facts
from kindpakket.store.personal import Personal

bank_statements = Table(
    "bank_statements",
    facts,
    Column("statement", HASH, primary_key=True),  # of its kind, account, identification and day
    Column("kind", String(3), nullable=False),  # 053: a statement; 054: a notification
    Column("content_sha256", HASH, nullable=False),  # of all its lines and balances
    Column("number", BigInteger),  # sequence number; None without one
    Column("account", Personal(), nullable=False),  # the municipality's own
    Column("day", String(10), nullable=False),  # of its last line or closing balance: 2027-01-31
    Column("opening", CENTS),  # None for a notification, which has no balances
    Column("closing", CENTS),
    Column("others", Integer, nullable=False),  # lines that are not about payouts: only counted
    Column("others_amount", CENTS, nullable=False),
    Column("read_at", TIME, nullable=False),
    Column("read_by", ADDRESS),  # None: on the command line
    Column("removed_at", TIME),  # then it has no lines, until it is read again
    Column("removed_by", ADDRESS),
    Column("seen_after", HASH),  # the statement before, when a person looked at its number
    Column("seen_at", TIME),
    Column("seen_by", ADDRESS),
)

bank_lines = Table(  # what a statement says of a payout, or seems to
    "bank_lines",
    facts,
    Column("statement", ForeignKey("bank_statements.statement"), primary_key=True),
    Column("line", HASH, primary_key=True),  # the same in each statement that has it
    Column("day", String(10), nullable=False),
    Column("amount", CENTS, nullable=False),  # below zero: paid from the account
    Column("batch", BigInteger),  # None: it cannot be told of which
    Column("shop", BigInteger),  # None: of a whole batch
    Column("returned", Boolean, nullable=False),  # marked by the bank as a return
    Column("other_account", Boolean, nullable=False),  # paid to or from another than was decided
    Column("bank_reference", Personal(), nullable=False),  # by which it is found at the bank
    Column("seen_at", TIME),  # by a person
    Column("seen_by", ADDRESS),
)
