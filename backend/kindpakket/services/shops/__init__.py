"""Shops: invited, enrolled, admitted, paid on accounts that were signed, with their books."""
