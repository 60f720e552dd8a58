"""Shared helpers of the tests; not part of the product."""
