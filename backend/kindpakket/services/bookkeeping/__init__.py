"""The journal for the municipality's own ledger, and the files in which its packages read it."""
