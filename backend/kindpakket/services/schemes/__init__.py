"""Schemes: rules, texts, and the coupons of a letter and of a card."""
