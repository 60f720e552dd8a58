"""Signing by officials: of prepared decisions, with their execution, and of messages that the
ledger does not get."""
