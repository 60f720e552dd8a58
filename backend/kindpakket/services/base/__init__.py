"""What all other rooms need: the context, names, sessions, counts, and the views."""
