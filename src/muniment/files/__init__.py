"""Bytes without meaning: durable files, locks and the journal; knows nothing of commits."""
