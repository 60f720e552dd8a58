"""Letters: made, sealed, printed and issued."""
