"""The tables of the children's register: who gets a letter, and who looked at whom."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from kindpakket.store.columns import ADDRESS, TIME, facts
from kindpakket.store.personal import Personal

child_lists = Table(  # one row for each list that was saved
    "child_lists",
    facts,
    Column("list", Integer, primary_key=True),
    Column("made_at", TIME, nullable=False),
    Column("made_by", ADDRESS),  # None: on the command line
)

children = Table(
    "children",
    facts,
    Column("child", String(32), primary_key=True),  # random, in hex
    Column("list", Integer, nullable=False, index=True),
    Column("position", Integer, nullable=False),  # in the list, from 1
    Column("scheme", Integer, nullable=False),
    Column("person", Personal(), nullable=False),  # JSON: name, birth date, address, telephone
)

given_letters = Table(  # which child a letter is for
    "given_letters",
    facts,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("child", String(32), nullable=False, index=True),
    Column("given_at", TIME, nullable=False),
    Column("handed_out", String(10)),  # post or counter; None: not yet
    Column("handed_out_at", TIME),
    Column("handed_out_by", ADDRESS),
)

reminders = Table(  # of the end of a scheme: the last one of each
    "reminders",
    facts,
    Column("child", String(32), primary_key=True),
    Column("scheme", Integer, primary_key=True, autoincrement=False),
    Column("how", String(10), nullable=False),  # post or phone
    Column("sent_at", TIME, nullable=False),
    Column("sent_by", ADDRESS),
)

looks = Table(  # the fields of Logboek Dataverwerkingen 1.0, and who looked
    "looks",
    facts,
    Column("span_id", String(16), primary_key=True),  # random, in hex
    Column("trace_id", String(32), nullable=False),  # of one act, with a row for each child
    Column("name", String(20), nullable=False),  # what was done
    Column("processing_activity_id", String(20), nullable=False),  # why
    Column("start_time", BigInteger, nullable=False, index=True),  # in milliseconds
    Column("end_time", BigInteger, nullable=False),
    Column("data_subject_id", String(32), nullable=False, index=True),  # a child
    Column("official", ADDRESS),  # None: on the command line
)

scheme_ages = Table(  # the ages that a scheme is for, on its first day; every age without a row
    "scheme_ages",
    facts,
    Column("scheme", Integer, primary_key=True, autoincrement=False),
    Column("youngest", Integer, nullable=False),
    Column("oldest", Integer, nullable=False),
)

column_names = Table(  # the field of the columns with a heading
    "column_names",
    facts,
    Column("heading", String(100), primary_key=True),  # in small letters
    Column("field", String(20), nullable=False),
)
