"""Who looked into what: audits that were asked for, and payments of a shop that were read."""
