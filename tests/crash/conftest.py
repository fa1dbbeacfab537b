"""The fixtures of the tests that stop programs; none runs where a process cannot fork."""

import os

from quick_stores import no_child_left, place, quick_folder, template

__all__ = ["no_child_left", "place", "quick_folder", "template"]

if not hasattr(os, "fork"):
    collect_ignore_glob = ["test_*.py"]
