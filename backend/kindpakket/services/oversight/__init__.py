"""Oversight: audits requested at the desk, and reads of shops' payments with their reasons."""
