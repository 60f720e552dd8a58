"""What tests build on; nothing here ships."""
