"""A new store, ways to work on it as people and other programs do, and a clock that can be set."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from muniment import Store
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.repo import committing
from muniment.storage.heads import FileHeads


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    """Leave out the syncs: no test here is about power cuts, and most of the time would go there."""
    monkeypatch.setattr(disk, "fsync", lambda _: None)
    monkeypatch.setattr(disk, "fdatasync", lambda _: None)
    monkeypatch.setattr(disk, "sync_file_system", lambda _: True)


@pytest.fixture
def root(tmp_path) -> Path:
    """The folder of the store."""
    return tmp_path / "config"


@pytest.fixture
def store(root):
    """A new store with an author."""
    with Store.init(root, author="Ada <ada@example.org>") as made:
        yield made


@pytest.fixture
def put(root):
    """Write a document's file as an editor does; give its path."""

    def write(name, text):
        path = root / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def branch_at(root):
    """Put a head of a branch at a commit, beside those there are, as the host's git does after a merge."""

    def add(branch, commit):
        FileHeads(Layout(root)).add(branch, commit.id)

    return add


@pytest.fixture
def clock(monkeypatch):
    """Set the time that commits are made at: `clock.now = datetime(...)`."""
    hand = SimpleNamespace(now=datetime(2026, 1, 1, 12, tzinfo=UTC))

    def now(zone):
        return hand.now.astimezone(zone)

    monkeypatch.setattr(committing, "datetime", SimpleNamespace(now=now))
    return hand
