"""Approvals of prepared decisions, and carrying out those that have enough."""
