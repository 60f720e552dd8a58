"""Oversight: audits, reads of shops' payments with their reasons, readiness, and deletion at the
end of retention periods."""
