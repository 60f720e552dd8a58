"""The demo: a small town with a history, a story in Dutch, and a page to try everything.

Only a demo server holds keys of parents, tills and officials; they have no value.
"""
