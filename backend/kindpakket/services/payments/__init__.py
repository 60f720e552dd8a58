"""Acts of tills and phones: payments, refunds, moves, changes of tills."""
