"""Bank statements: read, matched to payouts, and compared with ledger and store."""
