"""The tables. Facts are stored only here; views are copies of ledger data and can be rebuilt."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from kindpakket.store import register_tables as register_tables
from kindpakket.store.account_tables import (
    confirmed_accounts,
    figure_looks,
    logout_tokens,
    work_accounts,
)
from kindpakket.store.bank_tables import bank_lines, bank_statements
from kindpakket.store.columns import ADDRESS, CENTS, HASH, TIME, facts, views
from kindpakket.store.letter_tables import (
    begun_runs,
    letter_replacements,
    letter_runs,
    letter_stock,
    privacy_officers,
    run_numbers,
    sealed_letters,
)
from kindpakket.store.personal import Personal

__all__ = [
    "bank_lines",
    "bank_statements",
    "begun_runs",
    "confirmed_accounts",
    "facts",
    "figure_looks",
    "letter_replacements",
    "letter_runs",
    "letter_stock",
    "logout_tokens",
    "privacy_officers",
    "run_numbers",
    "sealed_letters",
    "views",
    "work_accounts",
]

# ------------------------------------------------------------------------------ facts

scheme_names = Table(
    "scheme_names",
    facts,
    Column("scheme", Integer, primary_key=True, autoincrement=False),
    Column("name", String(100), nullable=False),
)

scheme_details = Table(
    "scheme_details",
    facts,
    Column("scheme", Integer, primary_key=True, autoincrement=False),
    Column("letter_values", String(400), nullable=False),  # cents, such as 10000,10000,5000
    Column("card_values", String(400), nullable=False),
    Column("parent_text", Text, nullable=False),
    Column("shop_text", Text, nullable=False),
)

shop_details = Table(
    "shop_details",
    facts,
    Column("shop", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Personal(), nullable=False),
    Column("address", Personal(), nullable=False),
    Column("invited_at", TIME, nullable=False),
    Column("invited_owner", ADDRESS),
    Column("invited_categories", String(66)),  # bits in hex; superseded by those on the ledger
    Column("latitude", Personal(float)),  # WGS 84, decimal degrees; both or neither
    Column("longitude", Personal(float)),
    *(Column(text, Personal()) for text in ("kvk", "phone", "opening_hours", "examples")),
)

invitations = Table(
    "invitations",
    facts,
    Column("shop", BigInteger, primary_key=True, autoincrement=False),  # of the newest only
    Column("secret_sha256", String(64), nullable=False),
    Column("expires_at", TIME, nullable=False),
    Column("replaces", ADDRESS),  # the owner on the ledger when the invitation was made
    Column("owner", ADDRESS),  # who used it
    Column("used_at", TIME),
)

bank_accounts = Table(  # every version; append-only
    "bank_accounts",
    facts,
    Column("shop", BigInteger, primary_key=True, autoincrement=False),
    Column("nonce", TIME, primary_key=True, autoincrement=False),
    Column("iban", Personal(), nullable=False),
    Column("holder", Personal(), nullable=False),
    Column("signatures", Personal(bytes), nullable=False),  # of the owner, or of two officials
    Column("set_at", TIME, nullable=False),
    Column("block", BigInteger, nullable=False),  # the latest final block when it was accepted
)

till_names = Table(
    "till_names",
    facts,
    Column("till", ADDRESS, primary_key=True),
    Column("name", Personal(), nullable=False),
)

till_rights = Table(  # rights that the owner gave a till; none without a row
    "till_rights",
    facts,
    Column("till", ADDRESS, primary_key=True),
    Column("refunds", Boolean, nullable=False),  # of payments other than its own of today
    Column("books", Boolean, nullable=False),
)

official_names = Table(
    "official_names",
    facts,
    Column("official", ADDRESS, primary_key=True),
    Column("decision", HASH, primary_key=True),  # that sets the name; empty: the founding
    Column("name", Personal(), nullable=False),
)

former_names = Table(
    "former_names",
    facts,
    Column("kind", String(10), primary_key=True),  # scheme or shop
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Personal(), nullable=False),
    Column("until", TIME, primary_key=True, autoincrement=False),
)

official_invitations = Table(
    "official_invitations",
    facts,
    Column("secret_sha256", String(64), primary_key=True),
    Column("name", Personal(), nullable=False),
    Column("capacities", Integer, nullable=False),
    Column("expires_at", TIME, nullable=False),
    Column("invited_by", ADDRESS, nullable=False),
    Column("official", ADDRESS),  # who used it
    Column("used_at", TIME),
)

prepared_decisions = Table(
    "prepared_decisions",
    facts,
    Column("decision", HASH, primary_key=True),
    Column("call", LargeBinary, nullable=False),
    Column("valid_until", TIME, nullable=False),
    Column("nonce", BigInteger, nullable=False),
    Column("prepared_at", TIME, nullable=False),
    Column("prepared_by", ADDRESS),  # None: on the command line
    Column("decision_set", HASH),  # the first decision of the set
    Column("reason", Personal()),
)

approvals = Table(
    "approvals",
    facts,
    Column("decision", ForeignKey("prepared_decisions.decision"), primary_key=True),
    Column("signer", ADDRESS, primary_key=True),
    Column("signature", LargeBinary, nullable=False),
)

waiting_messages = Table(  # to be signed by two officials; deleted once signed
    "waiting_messages",
    facts,
    Column("message", HASH, primary_key=True),
    Column("kind", String(40), nullable=False),  # name of the message type
    Column("fields", Personal(), nullable=False),  # JSON
    Column("prepared_by", ADDRESS, nullable=False),
    Column("prepared_at", TIME, nullable=False),
)

waiting_signatures = Table(
    "waiting_signatures",
    facts,
    Column("message", ForeignKey("waiting_messages.message"), primary_key=True),
    Column("signer", ADDRESS, primary_key=True),
    Column("signature", LargeBinary, nullable=False),
)

payouts = Table(
    "payouts",
    facts,
    Column("sha256", HASH, primary_key=True),  # of the lines with their salt, as in the decision
    Column("batch", BigInteger, nullable=False, index=True),
    Column("salt", Personal(bytes), nullable=False),  # secret: prevents guessing of the accounts
    Column("created_at", TIME, nullable=False),
    Column("decision", ForeignKey("prepared_decisions.decision"), nullable=False),
    Column("withdrawn_at", TIME),  # then another payout may reuse the batch number
)

payout_lines = Table(
    "payout_lines",
    facts,
    Column("payout", ForeignKey("payouts.sha256"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("shop", BigInteger, nullable=False),
    Column("holder", Personal(), nullable=False),
    Column("iban", Personal(), nullable=False),
    Column("amount", CENTS, nullable=False),
    Column("reference", String(35), nullable=False),
)

payment_files = Table(
    "payment_files",
    facts,
    Column("payout", ForeignKey("payouts.sha256"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1; next if refused
    Column("sha256", HASH, nullable=False, unique=True),
    Column("bytes", Personal(bytes), nullable=False),
    Column("day", String(10), nullable=False),  # the requested execution date: 2027-01-31
    Column("made_at", TIME, nullable=False),
    Column("made_by", ADDRESS),  # None: on the command line
)

file_refusals = Table(
    "file_refusals",
    facts,
    Column("sha256", ForeignKey("payment_files.sha256"), primary_key=True),  # of the file
    Column("signer", ADDRESS, primary_key=True),
    Column("nonce", BigInteger, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("block", BigInteger, nullable=False),  # the latest final block when it was signed
)

challenges = Table(
    "challenges",
    facts,
    Column("nonce", String(32), primary_key=True),
    Column("expires_at", TIME, nullable=False),
)

sessions = Table(
    "sessions",
    facts,
    Column("token_sha256", String(64), primary_key=True),
    Column("address", ADDRESS, nullable=False),
    Column("begun_at", TIME, nullable=False),
    Column("expires_at", TIME, nullable=False),
    Column("by_key", Boolean, nullable=False),  # the key signed in; False: a work account alone
    Column("issuer", String(255)),  # of the work account
    Column("subject", String(255)),
    Column("sid", String(255)),  # of the session at its provider
)

request_counts = Table(
    "request_counts",
    facts,
    Column("key", String(160), primary_key=True),  # what is counted, for whom, at what limit
    Column("expires_at", TIME, nullable=False),
    Column("hits", Integer, nullable=False),
)

undecided_claims = Table(
    "undecided_claims",
    facts,
    Column("payment", HASH, primary_key=True),
    Column("shop", BigInteger, nullable=False),
    Column("amount", CENTS, nullable=False),
    Column("valid_until", TIME, nullable=False),
    Column("transaction", HASH),
)

refusals = Table(
    "refusals",
    facts,
    Column("hour", TIME, primary_key=True, autoincrement=False),  # start of the window
    Column("code", String(40), primary_key=True),
    Column("scheme", Integer, primary_key=True, autoincrement=False),
    Column("shop", BigInteger, primary_key=True, autoincrement=False),
    Column("coupon", ADDRESS, primary_key=True),  # the first coupon of the code
    Column("attempts", Integer, nullable=False),
)

inspections = Table(
    "inspections",
    facts,
    Column("inspection", Integer, primary_key=True),
    Column("official", ADDRESS, nullable=False),
    Column("shop", BigInteger, nullable=False),
    Column("first", String(10), nullable=False),  # days in the Netherlands, as 2027-01-31
    Column("last", String(10), nullable=False),
    Column("reason", Personal(row=("official", "shop", "opened_at")), nullable=False),
    Column("opened_at", TIME, nullable=False),
    Column("expires_at", TIME, nullable=False),
)

published_totals = Table(
    "published_totals",
    facts,
    Column("scheme", Integer, primary_key=True, autoincrement=False),
    Column("total", String(10), primary_key=True),
    Column("amount", CENTS, nullable=False),
    Column("block", BigInteger, nullable=False),  # the amount includes events up to this block
    Column("until", TIME, nullable=False),  # the midnight up to which events were counted
)

audits = Table(
    "audits",
    facts,
    Column("audit", Integer, primary_key=True),
    Column("started_by", ADDRESS, nullable=False),
    Column("started_at", TIME, nullable=False),
    Column("finished_at", TIME),
    Column("block", BigInteger),
    Column("findings", Text),  # JSON; null if there are none
)

retention_runs = Table(  # of deletion at the end of retention periods
    "retention_runs",
    facts,
    Column("ran_at", TIME, primary_key=True, autoincrement=False),
    Column("deleted", Text, nullable=False),  # JSON: the number of rows deleted, by kind
)

# ------------------------------------------------------------------------------ views

cursor = Table(
    "cursor",
    views,
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", HASH, nullable=False),
    Column("time", TIME, nullable=False),
    Column("secret_sha256", String(64), nullable=False),  # of the secret that sealed the changes
)

schemes = Table(
    "schemes",
    views,
    Column("scheme", Integer, primary_key=True, autoincrement=False),
    Column("opens", TIME, nullable=False),
    Column("closes", TIME, nullable=False),
    Column("paused", Boolean, nullable=False, default=False),
    Column("closed", Boolean, nullable=False, default=False),
    Column("permitted", String(66), nullable=False),
    Column("excluded", String(66), nullable=False),
    Column("funded", CENTS, nullable=False, default=0),
    Column("issued", CENTS, nullable=False, default=0),
    Column("spent", CENTS, nullable=False, default=0),
    Column("refunded", CENTS, nullable=False, default=0),
    Column("first_issue", TIME),
)

shops = Table(
    "shops",
    views,
    Column("shop", BigInteger, primary_key=True, autoincrement=False),
    Column("owner", ADDRESS, nullable=False),
    Column("categories", String(66), nullable=False),
    Column("admitted", Boolean, nullable=False),
    Column("suspended", Boolean, nullable=False, default=False),
    Column("owed", CENTS, nullable=False, default=0),
    Column("settled", CENTS, nullable=False, default=0),
)

tills = Table(
    "tills",
    views,
    Column("till", ADDRESS, primary_key=True),
    Column("shop", BigInteger, nullable=False, index=True),
    Column("active", Boolean, nullable=False),
    Column("nonce", BigInteger, nullable=False),
)

coupons = Table(
    "coupons",
    views,
    Column("coupon", ADDRESS, primary_key=True),
    Column("scheme", Integer, nullable=False),
    Column("value", CENTS, nullable=False),
    Column("remaining", CENTS, nullable=False),
    Column("last_nonce", BigInteger, nullable=False, default=0),
    Column("moved", Boolean, nullable=False, default=False),
    Column("origin", ADDRESS),  # the issued coupon before all moves; None: issued itself
    Column("public_key", LargeBinary),
    Column("entry_month", Integer, nullable=False, default=0),  # of the last entry, as 202701
    Column("entries", Integer, nullable=False, default=0),  # in that month
)

issued_coupons = Table(
    "issued_coupons",
    views,
    Column("scheme", Integer, primary_key=True, autoincrement=False),
    Column("value", CENTS, primary_key=True, autoincrement=False),
    Column("prefixes", LargeBinary, nullable=False),  # of addresses, six bytes each, ascending
)

coupon_changes = Table(
    "coupon_changes",
    views,
    Column("scheme", Integer, primary_key=True, autoincrement=False),
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("time", TIME, nullable=False),
    Column("groups", LargeBinary, nullable=False),  # as in the files of changes
    Index("coupon_changes_by_time", "scheme", "time"),
)

budget_changes = Table(
    "budget_changes",
    views,
    Column("scheme", Integer, primary_key=True, autoincrement=False),
    Column("total", String(10), primary_key=True),  # funded, granted or given_back
    Column("coupon", ADDRESS, primary_key=True),  # empty for none
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("amount", CENTS, nullable=False),
    Column("time", TIME, nullable=False),
)

payments = Table(
    "payments",
    views,
    Column("payment", HASH, primary_key=True),
    Column("scheme", Integer, nullable=False),
    Column("shop", BigInteger, nullable=False),
    Column("till", ADDRESS, nullable=False),
    Column("amount", CENTS, nullable=False),
    Column("refunded", CENTS, nullable=False, default=0),
    Column("nonce", BigInteger, nullable=False),
    Column("time", TIME, nullable=False),
    Column("block", BigInteger, nullable=False),
    Column("transaction", HASH, nullable=False),
    Index("payments_by_shop", "shop", "time"),
)

debits = Table(
    "debits",
    views,
    Column("payment", ForeignKey("payments.payment"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("coupon", ADDRESS, nullable=False, index=True),
    Column("amount", CENTS, nullable=False),
)

refunds = Table(
    "refunds",
    views,
    Column("refund", HASH, primary_key=True),
    Column("payment", ForeignKey("payments.payment"), nullable=False, index=True),
    Column("shop", BigInteger, nullable=False),
    Column("till", ADDRESS, nullable=False),
    Column("coupon", ADDRESS),
    Column("amount", CENTS, nullable=False),
    Column("time", TIME, nullable=False),
    Column("block", BigInteger, nullable=False),
    Column("transaction", HASH, nullable=False),
)

settlements = Table(
    "settlements",
    views,
    Column("batch", BigInteger, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("shop", BigInteger, nullable=False, index=True),
    Column("amount", CENTS, nullable=False),
    Column("sha256", HASH, nullable=False),
    Column("time", TIME, nullable=False),
    Column("block", BigInteger, nullable=False),
)

officials = Table(
    "officials",
    views,
    Column("official", ADDRESS, primary_key=True),
    Column("capacities", Integer, nullable=False),
)

decisions = Table(
    "decisions",
    views,
    Column("decision", HASH, primary_key=True),
    Column("call", LargeBinary, nullable=False),
    Column("nonce", BigInteger, nullable=False),
    Column("signers", Text, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("time", TIME, nullable=False),
    Column("block", BigInteger, nullable=False),
)
