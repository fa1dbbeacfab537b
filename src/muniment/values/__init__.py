"""Meaning without bytes on a disk: frozen values and pure functions over them."""
