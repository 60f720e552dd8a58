"""The municipality's pages under ``/gemeente``, rendered on the server.

They show and prepare decisions. Acts on the ledger carry signatures of officials, which are made in
their browsers.
"""
