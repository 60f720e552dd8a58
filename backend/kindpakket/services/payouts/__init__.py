"""Payouts: lines, marks, payment files for the bank, and returns."""
