"""Typesetting of letters, cards and address labels with Typst, as one tagged PDF.

Secrets are passed between processes through pipes, and written to disk in the finished PDF only.
"""
