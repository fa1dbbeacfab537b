"""Watching a store: what changes is compared with what was told, so that nothing is missed."""
