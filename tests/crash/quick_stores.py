"""Fixtures for tests that make thousands of stores."""

import os
import tempfile
from pathlib import Path

import pytest
from children import kill_all
from promises import AUTHOR
from scenarios import OLD

from muniment import Store
from muniment.files import journal

SWEEP = bool(os.environ.get("MUNIMENT_SWEEP"))
"""Whether to try every place, also where a sample of them tells nearly as much."""


@pytest.fixture(autouse=True)
def no_child_left():
    """End what a failed test left running."""
    yield
    kill_all()


@pytest.fixture(scope="session")
def quick_folder():
    """A folder in memory where there is such a place: thousands of stores come and go in it."""
    memory = "/dev/shm"  # noqa: S108 - a folder with a name of its own is made in it
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def place(quick_folder):
    """A new folder for one test, in memory where possible."""
    return Path(tempfile.mkdtemp(dir=quick_folder))


@pytest.fixture(scope="session")
def template(quick_folder):
    """A store with one commit, closed."""
    root = Path(tempfile.mkdtemp(dir=quick_folder)) / "template"
    with pytest.MonkeyPatch.context() as patch, Store.init(root, author=AUTHOR) as store:
        patch.setattr(journal, "GROWTH", 1 << 14)
        for name, value in OLD.items():
            store.write(name, value)
        store.commit("first")
    return root
