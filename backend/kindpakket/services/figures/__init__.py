"""Figures: for officials who pay or decide, and for everyone."""
