"""A small town to try everything in: built by signatures like any other, told in words, one page.

Only here does a server hold keys of parents, tills and officials, and they are worth nothing.
"""
