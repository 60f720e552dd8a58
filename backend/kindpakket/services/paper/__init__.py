"""Typesetting with Typst, as tagged PDF: the templates of letters, cards, address labels, cover
sheets and reports, the sender's details, and joining of parts.

Secrets are passed between processes through pipes, and written to disk in the finished PDF only.
"""
