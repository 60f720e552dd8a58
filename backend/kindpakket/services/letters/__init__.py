"""Letters and cards: generate, seal, print, issue."""
