"""Decisions of officials: prepare, describe, compare, and read those on the ledger."""
