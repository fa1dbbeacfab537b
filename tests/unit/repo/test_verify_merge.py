"""A merge that waits is verified, repaired and collected around as history is: what it needs is looked at."""

import os
from datetime import timedelta

import pytest

from muniment import Conflicted, ObjectNotFoundError, Store
from muniment.files.layout import Layout

ADA = "Ada <ada@example.org>"
NEEDED = ["commit", "tree", "content", "merged"]


@pytest.fixture
def waiting(store, tmp_path):
    """A merge that waits, of a branch that is gone meanwhile; gives what it needs, and that a backup has it."""
    store.write("web", {"port": 1})
    store.commit("base")
    store.branches.create("side")
    with store.transaction("theirs", branch="side", worktree=False) as change:
        change.write("web", {"port": 2, "tls": True})
    store.write("web", {"port": 3, "name": "ours"})
    store.commit("ours")
    assert isinstance(store.merge("side"), Conflicted)
    content = store.at("side").blob_id("web")
    store.branches.delete("side")
    store.backup(tmp_path / "backup")
    merged = store._parts.unfinished_merge().documents["web"].merged
    return {"commit": change.commit.id, "tree": change.commit.tree, "content": content, "merged": merged}


@pytest.fixture
def without(store, waiting):
    """Open the store anew, without one of the objects that its merge needs."""

    def lose(what):
        store.close()
        os.remove(Layout(store.path).object(waiting[what]))
        return Store.open(store.path, author=ADA)

    return lose


@pytest.mark.parametrize("what", NEEDED)
def test_what_a_merge_needs_is_found_missing(without, waiting, what):
    """Each object that it leads to is looked for; where its commit is gone, how to end it is told too."""
    with without(what) as store:
        findings = store.verify().findings
        assert findings[0].code == "object-missing"
        assert findings[0].path.endswith(f"{waiting[what][2:]}.json")
        told = [(one.code, "muniment merge --abort" in one.remedy) for one in findings[1:]]
        assert told == ([("merge-damaged", True)] if what == "commit" else [])
        fast = [one.code for one in store.verify(full=False).findings]
        assert fast == [one.code for one in findings]
        store.merge_abort()
        assert store.verify().ok
        assert store.read("web") == {"port": 3, "name": "ours"}


@pytest.mark.parametrize("what", NEEDED)
def test_what_a_merge_needs_is_put_back(without, tmp_path, what):
    """From a copy that has it; then the merge goes on."""
    with without(what) as store:
        report = store.repair(from_=tmp_path / "backup")
        assert ([one.code for one in report.mended], report.ok) == (["object-restored"], True)
        store.resolve(store.conflicts()[0], "theirs")
        store.merge_continue()
        assert store.read("web") == {"port": 2, "tls": True, "name": "ours"}
        assert store.verify().ok


@pytest.mark.parametrize("what", NEEDED)
def test_nothing_is_deleted_while_a_merge_lacks_something(without, what):
    """As where history does."""
    with without(what) as store, pytest.raises(ObjectNotFoundError):
        store.collect(older_than=timedelta(0))
