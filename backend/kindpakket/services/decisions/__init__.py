"""Decisions of officials: prepared, in words, compared, and as the ledger has them."""
