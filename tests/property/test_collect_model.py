"""Collecting beside a model: whatever was done before, what history leads to stays as it was, and nothing else does.

The model holds the documents of every commit that was ever made. What is needed is found here by reading JSON, without
the package's own way through history.
"""

import json
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from muniment import MunimentError, Store
from muniment.files import disk, journal
from muniment.files.layout import Layout
from muniment.repo import collecting

NONE = timedelta(0)

names = st.sampled_from(["a", "b", "deep/c"])
values = st.sampled_from([1, 2, {"n": 1}, {"n": 2}, None])
writes = st.dictionaries(names, values, min_size=1, max_size=2)
branch_names = st.sampled_from(["main", "side", "team/red"])
tag_names = st.sampled_from(["v1", "v2"])
numbers = st.integers(0, 1_000)


class Collecting(RuleBasedStateMachine):
    """A store in a folder of its own, and the documents of each commit."""

    def __init__(self):
        super().__init__()
        self.patched = pytest.MonkeyPatch()
        for call in ("fsync", "fdatasync", "sync_file_system"):
            self.patched.setattr(disk, call, lambda _: True)
        self.patched.setattr(journal, "GROWTH", 1 << 15)
        self.patched.setattr(collecting, "MOST_LOOSE", 6)
        self.folder = Path(tempfile.mkdtemp(prefix="muniment-collect-"))
        self.store = Store.init(self.folder, author="Ada", durability="os")
        self.documents: dict[str, dict[str, Any]] = {}

    @initialize()
    def begin(self):
        """Begin with a commit, so that there is something to branch from."""
        self.transact({"a": 0}, "main")

    def objects(self):
        """Give what the store keeps objects in."""
        return self.store._parts.storage.objects

    def note_commits(self):
        """Take the documents of the commits that are new into the model."""
        for branch in self.store.branches.list():
            for head in branch.heads:
                if head not in self.documents:
                    self.documents[head] = dict(self.store.at(head))

    def needed(self):
        """Find the ids that heads, tags and notes lead to."""
        layout = Layout(self.folder)
        heads = [path.name for path in Path(layout.heads).rglob("*") if path.is_file()]
        tags = [path.name for path in Path(layout.tags).rglob("*") if path.is_file()]
        notes = [path.name for path in Path(layout.notes).iterdir()] if Path(layout.notes).exists() else []
        found: set[str] = set()
        for root in (*heads, *tags, *(one for one in notes if one in set(self.objects().ids()))):
            self.follow(root, found)
        return found

    def follow(self, object_id, found):
        """Follow one object, known by what it says."""
        if object_id in found:
            return
        found.add(object_id)
        body = json.loads(self.objects().find(object_id))
        if body["type"] == "commit":
            for one in (*body["parents"], body["tree"]):
                self.follow(one, found)
        elif body["type"] == "tag":
            self.follow(body["target"], found)
        else:
            for _, one in body["entries"]:
                if body["level"]:
                    self.follow(one, found)
                else:
                    found.add(one)

    def do(self, verb, *arguments, **options):
        """Use a verb, which may be refused."""
        try:
            verb(*arguments, **options)
        except MunimentError:
            return
        self.note_commits()

    # Verbs.

    @rule(written=writes, branch=branch_names)
    def transact(self, written, branch):
        """Commit to a branch."""

        def write():
            with self.store.transaction("written", branch=branch, worktree=branch == "main") as tx:
                for name, value in written.items():
                    if value is not None:
                        tx.write(name, value)
                    elif tx.exists(name):
                        tx.delete(name)

        self.do(write)

    @rule(count=st.integers(33, 40), branch=branch_names)
    def transact_much(self, count, branch):
        """Commit so much that it is a pack."""
        self.transact({f"many/{number}": [count, number] for number in range(count)}, branch)

    @rule(branch=branch_names, number=numbers)
    def make_branch(self, branch, number):
        """Make a branch at any commit that was ever made."""
        commits = sorted(self.documents)
        self.do(self.store.branches.create, branch, commits[number % len(commits)])

    @rule(branch=branch_names)
    def delete_branch(self, branch):
        """Delete a branch."""
        self.do(self.store.branches.delete, branch)

    @rule(tag=tag_names, number=numbers)
    def make_tag(self, tag, number):
        """Tag any commit."""
        commits = sorted(self.documents)
        self.do(self.store.tags.create, tag, commits[number % len(commits)])

    @rule(tag=tag_names)
    def delete_tag(self, tag):
        """Delete a tag."""
        self.do(self.store.tags.delete, tag)

    @rule(number=numbers)
    def make_note(self, number):
        """Write a note on any commit."""
        commits = sorted(self.documents)
        self.do(self.store.notes.add, commits[number % len(commits)], "why")

    @rule(branch=branch_names)
    def merge(self, branch):
        """Merge a branch, where the two do not disagree."""
        self.do(self.store.merge, branch, prefer="ours")

    @rule(number=numbers)
    def pick(self, number):
        """Do again what any commit did."""
        commits = sorted(self.documents)
        self.do(self.store.cherry_pick, commits[number % len(commits)], prefer="theirs")

    @rule(number=numbers)
    def roll_back(self, number):
        """Go back to any commit."""
        commits = sorted(self.documents)
        self.do(self.store.rollback, commits[number % len(commits)], reason="back")

    @rule()
    def undo(self):
        """Undo what was done last."""
        self.do(self.store.undo)

    @rule()
    def redo(self):
        """Redo it."""
        self.do(self.store.redo)

    @rule()
    def pack(self):
        """Pack."""
        self.store.pack()

    @rule()
    def open_anew(self):
        """Forget what was read."""
        self.store.close()
        self.store = Store.open(self.folder, author="Ada", durability="os")

    @rule(elsewhere=st.booleans())
    def collect(self, elsewhere):
        """Collect, here or in another program: what is needed stays, and all else goes."""
        needed = self.needed()
        collector = Store.open(self.folder) if elsewhere else self.store
        before = set(self.objects().ids())
        told = collector.collect(older_than=NONE, dry_run=True)
        done = collector.collect(older_than=NONE)
        assert (
            (told.deleted, told.after_bytes)
            == (done.deleted, done.after_bytes)
            == (len(before - needed), size(self.folder))
        )
        assert set(self.objects().ids()) == needed
        if elsewhere:
            collector.close()

    @rule()
    def collect_what_is_old(self):
        """Collect, and spare what is young: that is everything."""
        before = set(self.objects().ids())
        self.store.collect()
        assert set(self.objects().ids()) >= before & self.needed()
        needed = [head for branch in self.store.branches.list() for head in branch.heads]
        assert all(dict(self.store.at(head)) == self.documents[head] for head in needed)

    @invariant()
    def all_is_well(self):
        """What any commit that is needed holds is what it held when it was made."""
        needed = self.needed()
        with Store.open(self.folder) as other:
            for commit in needed & self.documents.keys():
                assert dict(other.at(commit)) == self.documents[commit]

    def teardown(self):
        """Check that nothing is broken, then remove it all."""
        assert self.store.verify().findings == ()
        self.store.close()
        shutil.rmtree(self.folder)
        self.patched.undo()


def size(folder):
    """Give the bytes of all objects."""
    layout = Layout(folder)
    folders = Path(layout.objects), Path(layout.packs)
    return sum(path.stat().st_size for one in folders for path in one.rglob("*") if path.is_file())


test_collecting_beside_a_model = Collecting.TestCase
test_collecting_beside_a_model.settings = settings(max_examples=25, stateful_step_count=30)
