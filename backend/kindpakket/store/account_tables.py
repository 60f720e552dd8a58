"""The tables of officials' work accounts and looks at figures; the others are in ``tables``."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from kindpakket.store.columns import ADDRESS, TIME, facts

work_accounts = Table(  # each bound to the key of one official
    "work_accounts",
    facts,
    Column("official", ADDRESS, primary_key=True),
    Column("issuer", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("nonce", TIME, nullable=False),  # when it was bound
    Column("signature", LargeBinary, nullable=False),  # by that key
    Index("work_accounts_by_account", "issuer", "subject", unique=True),
)

confirmed_accounts = Table(  # that wait for a signature of a key
    "confirmed_accounts",
    facts,
    Column("token_sha256", String(64), primary_key=True),
    Column("issuer", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("sid", String(255)),
    Column("expires_at", TIME, nullable=False),
)

logout_tokens = Table(  # that were used, until they expire
    "logout_tokens",
    facts,
    Column("jti", String(255), primary_key=True),
    Column("expires_at", TIME, nullable=False),
)

figure_looks = Table(  # who opened sums by shop: one row for each official, page and day
    "figure_looks",
    facts,
    Column("official", ADDRESS, primary_key=True),
    Column("day", String(10), primary_key=True),  # in the Netherlands, as 2027-01-31
    Column("page", String(10), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # of a shop or scheme
    Column("first_at", TIME, nullable=False),
    Column("times", Integer, nullable=False),
)
