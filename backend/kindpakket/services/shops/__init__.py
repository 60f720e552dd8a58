"""Shops: register, invitations, admission, bank accounts, books."""
