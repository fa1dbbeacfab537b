"""An empty store folder, and its working files."""

from pathlib import Path

import pytest

from muniment.files.layout import Layout
from muniment.storage.working import WorkingFiles


@pytest.fixture
def root(tmp_path) -> Path:
    """The folder of a store; nothing in it but its own folder."""
    (tmp_path / "config" / ".muniment").mkdir(parents=True)
    return tmp_path / "config"


@pytest.fixture
def layout(root) -> Layout:
    """The paths below that folder."""
    return Layout(root)


@pytest.fixture
def working(layout) -> WorkingFiles:
    """The working files in that folder."""
    return WorkingFiles(layout, sync=True)
