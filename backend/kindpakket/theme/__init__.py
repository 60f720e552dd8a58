"""The look of every face: the municipality's name, logo and one colour, and what follows."""
