"""Copies of the golden store, which may be broken."""

import shutil
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden-1"


@pytest.fixture
def golden(tmp_path) -> Path:
    """A copy of the golden store of format 1."""
    copy = tmp_path / "golden-1"
    shutil.copytree(GOLDEN, copy)
    for path in copy.rglob("*.json"):
        path.chmod(0o644)
    return copy
