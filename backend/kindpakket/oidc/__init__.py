"""Signing in with an account of the municipality's own identity provider (OpenID Connect)."""
