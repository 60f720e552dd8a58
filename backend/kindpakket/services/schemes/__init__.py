"""Schemes: their rules, their texts, and how letters are split."""
