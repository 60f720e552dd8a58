"""The types of columns, and the two sets of tables."""

from sqlalchemy import BigInteger, MetaData, String

facts = MetaData()
views = MetaData()

ADDRESS, HASH = String(42), String(66)
TIME = BigInteger
"""In unix seconds."""
CENTS = BigInteger
