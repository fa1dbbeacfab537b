"""A new store, ways to work on it as people and other programs do, and a clock that can be set."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from muniment import ABSENT, Conflicted, Store
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.repo import assembling, reference_changes
from muniment.storage.heads import FileHeads
from muniment.values.names import branch_name

MAIN = branch_name("main")


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
def fork(store):
    """Commit documents, then what two branches make of them: `main`, which is checked out, and `side`.

    `fork({"a": 0, "b": 0}, {"a": 1}, {"a": 2, "b": ABSENT})` gives the three commits, base, ours, theirs.
    """

    def make(base, ours, theirs):
        first = put_all(store, base)
        store.branches.create("side", first.id)
        return first, put_all(store, ours), put_all(store, theirs, branch="side", worktree=False)

    return make


@pytest.fixture
def conflicts_of(store):
    """Merge a branch, `side` by default, and give the conflicts."""

    def merge(source="side"):
        result = store.merge(source)
        assert isinstance(result, Conflicted)
        return result.conflicts

    return merge


@pytest.fixture
def diverge(store, root):
    """Commit documents, then let `main` have several heads, each with what one side makes of them; give these commits.

    The working files stay those of the first commit.
    """

    def make(base, *sides):
        first = put_all(store, base)
        made = []
        for number, side in enumerate(sides):
            store.branches.create(f"side-{number}", first.id)
            made.append(put_all(store, side, branch=f"side-{number}", worktree=False))
            store.branches.delete(f"side-{number}")
        heads = FileHeads(Layout(root))
        for commit in made:
            heads.add(MAIN, commit.id)
        heads.remove(MAIN, first.id)
        return made

    return make


def put_all(store, documents, **options):
    """Commit some documents, `ABSENT` to delete one."""
    with store.transaction("put", **options) as change:
        for name, value in documents.items():
            if value is ABSENT:
                change.delete(name)
            else:
                change.write(name, value)
    return change.commit


@pytest.fixture
def clock(monkeypatch):
    """Set the time that commits and operations are made at: `clock.now = datetime(...)`."""
    hand = SimpleNamespace(now=datetime(2026, 1, 1, 12, tzinfo=UTC))

    def now(zone):
        return hand.now.astimezone(zone)

    for module in (assembling, reference_changes):
        monkeypatch.setattr(module, "datetime", SimpleNamespace(now=now))
    return hand
