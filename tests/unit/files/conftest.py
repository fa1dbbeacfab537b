"""A journal, and ways to use and damage it as programs and crashes do; and locks."""

from pathlib import Path

import pytest

from muniment.files import journal_note
from muniment.files.journal import Journal
from muniment.files.lock import LockFile


@pytest.fixture
def path(tmp_path) -> Path:
    """The place of a journal, in a folder that is not made yet."""
    return tmp_path / "local" / "journal"


@pytest.fixture
def boot(monkeypatch):
    """Choose which boot of the machine journals are opened in from now on."""

    def choose(number):
        monkeypatch.setattr(journal_note, "boot_id", lambda: bytes([number]) * 16)

    choose(1)
    return choose


@pytest.fixture
def opened(path):
    """Open the journal as a program that just took the lock; give it and what it found pending."""

    def open_one():
        fresh = Journal(str(path))
        return fresh, fresh.pending()

    return open_one


@pytest.fixture
def written(opened):
    """Open the journal and append records, none of them marked as applied; give it."""

    def write(*payloads):
        made, _ = opened()
        for payload in payloads:
            made.append(payload)
        return made

    return write


@pytest.fixture
def overwrite(path):
    """Change bytes of the journal's file where they lie."""

    def write(position, data):
        with path.open("r+b") as file:
            file.seek(position)
            file.write(data)

    return write


@pytest.fixture
def lock_path(tmp_path):
    """The place of a lock file, in a folder that is not made yet."""
    return str(tmp_path / "locks" / "store.lock")


@pytest.fixture
def make(lock_path):
    """Make locks on the same file, each with descriptors of its own as another program has them."""
    made = []

    def one():
        made.append(LockFile(lock_path, "the store"))
        return made[-1]

    yield one
    for each in made:
        each.close()
