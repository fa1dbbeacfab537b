"""Protections of the program that can be taken away, one at a time."""
FAULTS = {}
