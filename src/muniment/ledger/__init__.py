"""Ledgers: append-only logs of entries, beside the documents."""
