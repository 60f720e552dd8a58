"""The municipality's pages under ``/gemeente``, rendered on the server.

They prepare decisions and show them. Nothing is decided here: every act on the ledger carries the
signatures of officials, made in their own browsers.
"""
