"""Stores as a stranger may have prepared them, and a place beside them that nobody may touch."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from strangers import AUTHOR, made

from muniment import Store


@pytest.fixture(scope="session")
def template():
    """A store with something of everything in it, closed; it is copied, never opened."""
    with tempfile.TemporaryDirectory() as folder:
        with Store.init(Path(folder) / "store", author=AUTHOR) as store:
            made(store)
        yield Path(folder) / "store"


@pytest.fixture
def root(template, tmp_path):
    """A copy of that store, for one test to spoil."""
    shutil.copytree(template, tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def outside(tmp_path):
    """A folder beside the store that holds what is somebody's own."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.json").write_text('{"secret": true}\n')
    (folder / "empty").touch()
    yield folder
    os.chmod(folder, 0o755)
