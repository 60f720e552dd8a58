"""Shared by all other services: context, projection of the ledger, names, sessions, rate limits."""
