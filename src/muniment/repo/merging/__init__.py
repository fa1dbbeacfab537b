"""Bringing lines of history together: plans, how they are carried out, and the conflicts that wait."""
