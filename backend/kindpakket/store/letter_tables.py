"""The tables of letters and of those to whom they are sealed; the others are in ``tables``."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, String, Table

from kindpakket.store.columns import ADDRESS, HASH, TIME, facts
from kindpakket.store.personal import Personal

letter_runs = Table(
    "letter_runs",
    facts,
    Column("run", Integer, primary_key=True),
    Column("scheme", Integer, nullable=False),
    Column("letters", Integer, nullable=False),
    Column("coupons", Integer, nullable=False),  # 0 of blank letters
    Column("list_sha256", HASH, nullable=False, unique=True),  # of blank letters: of their file
    Column("made_at", TIME, nullable=False),
    Column("decision_set", HASH),  # of the decisions that issue the coupons
    Column("handed_in_by", ADDRESS),  # None: on the command line, or before this was recorded
)

run_numbers = Table(  # every number that was given to a run, also of one that was never finished
    "run_numbers",
    facts,
    Column("run", Integer, primary_key=True, autoincrement=False),
)

begun_runs = Table(  # made in a browser; in letter_runs too when it was handed in
    "begun_runs",
    facts,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("scheme", Integer, nullable=False),
    Column("letters", Integer, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("first_recipient", String(100), nullable=False),  # public keys of age
    Column("second_recipient", String(100), nullable=False),
    Column("begun_at", TIME, nullable=False),
    Column("begun_by", ADDRESS, nullable=False),
    Column("blank", Boolean, nullable=False),  # nothing of it is issued
    Column("letter_values", String(400), nullable=False),  # cents, such as 10000,5000; as it began
    Column("card_values", String(400), nullable=False),
)

sealed_letters = Table(  # the text of each letter or card, sealed to the recipients of its run
    "sealed_letters",
    facts,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

letter_stock = Table(  # letters with an amount that officials put in a safe; others were handed out
    "letter_stock",
    facts,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("stored_at", TIME, nullable=False),
    Column("stored_by", ADDRESS, nullable=False),
    Column("handed_out_at", TIME),  # None: it is in stock, unless it was replaced
    Column("handed_out_by", ADDRESS),
)

privacy_officers = Table(  # every one that was named; append-only but for the last column
    "privacy_officers",
    facts,
    Column("place", Integer, primary_key=True, autoincrement=False),  # 1 or 2
    Column("nonce", TIME, primary_key=True, autoincrement=False),
    Column("official", ADDRESS, nullable=False),
    Column("recipient", String(100), nullable=False),  # public key of age
    Column("signatures", LargeBinary, nullable=False),  # of two officials
    Column("named_at", TIME, nullable=False),
    Column("block", BigInteger, nullable=False),  # the latest final block when it was accepted
    Column("handed_over", LargeBinary),  # the private key, sealed to the next one named
)

letter_replacements = Table(  # requests about lost letters that two officials signed
    "letter_replacements",
    facts,
    Column("replacement", HASH, primary_key=True),  # of the message
    Column("run", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("blank_run", Integer, nullable=False),  # 0, as the next: back to the scheme
    Column("blank_number", Integer, nullable=False),
    Column("reason", Personal(), nullable=False),
    Column("nonce", TIME, nullable=False),
    Column("signatures", LargeBinary, nullable=False),  # of two officials
    Column("signed_at", TIME, nullable=False),
    Column("block", BigInteger, nullable=False),  # the latest final block when it was accepted
    Column("opened_lost", LargeBinary),  # file key of the outer layer; deleted when done
    Column("opened_blank", LargeBinary),  # likewise
    Column("opened_at", TIME),
    Column("opened_by", ADDRESS),
    Column("done_at", TIME),
    Column("done_by", ADDRESS),
    Column("withdrawn_at", TIME),  # before anything was opened, or by the officer of place 1
    Column("withdrawn_by", ADDRESS),
)
