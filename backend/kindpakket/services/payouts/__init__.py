"""Payouts: lines, marks, the bank’s files, and money that came back."""
