"""Signing of prepared decisions by officials, and execution of complete ones."""
