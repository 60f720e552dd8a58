"""What tills and phones send: payments, refunds, moves, and changes of tills."""
