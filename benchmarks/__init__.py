"""Measure Muniment against other versioned stores, in the same run on the same machine."""
