"""Undo and redo beside a model that keeps a snapshot of each state: they give it back exactly, whatever was done.

A state is all that operations change: the heads of the branches, the tags, what is checked out; and the documents at
each head. The model holds the states before and after each operation that counts, and those of the undone ones.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from muniment import MunimentError, Store, UndoError
from muniment.files import disk, journal
from muniment.files.layout import Layout
from muniment.history import walk
from muniment.storage.heads import FileHeads
from muniment.values.ids import CommitId, TagId
from muniment.values.names import BranchName, TagName

names = st.sampled_from(["a", "b", "deep/c"])
values = st.sampled_from([1, 2, {"n": 1, "m": 1}, {"n": 2, "m": 1}, {"n": 1, "m": 2}, None])
writes = st.dictionaries(names, values, min_size=1, max_size=2)
branch_names = st.sampled_from(["main", "side", "team/red", "trunk"])
tag_names = st.sampled_from(["v1", "v2"])


class State(NamedTuple):
    """What operations change."""

    heads: dict[BranchName, tuple[CommitId, ...]]
    tags: dict[TagName, TagId]
    selected: str
    documents: dict[CommitId, dict[str, Any]]


class Undoing(RuleBasedStateMachine):
    """A store in a folder of its own, and the states that it was in."""

    def __init__(self):
        super().__init__()
        self.patched = pytest.MonkeyPatch()
        for call in ("fsync", "fdatasync", "sync_file_system"):
            self.patched.setattr(disk, call, lambda _: True)
        self.patched.setattr(journal, "GROWTH", 1 << 15)
        self.folder = Path(tempfile.mkdtemp(prefix="muniment-undo-"))
        self.store = Store.init(self.folder, author="Ada", durability="os")
        self.done: list[tuple[State, State]] = []
        self.undone: list[tuple[State, State]] = []
        self.operations = 0

    @initialize()
    def begin(self):
        """Begin with a commit, so that there is something to branch from."""
        self.transact({"a": {"n": 0, "m": 0}, "b": 0}, worktree=True)

    def state(self):
        """Read the state of the store."""
        branches = self.store.branches.list()
        documents = {head: dict(self.store.at(head)) for branch in branches for head in branch.heads}
        tags = {tag.name: tag.id for tag in self.store.tags.list()}
        return State({branch.name: branch.heads for branch in branches}, tags, self.store.branch, documents)

    def files(self):
        """Read the working documents."""
        return {name: self.store.read(name) for name in self.store.names()}

    def do(self, verb):
        """Use a verb, which may be refused; take in each operation that it made, of which there may be two."""
        before = self.state()
        try:
            verb()
        except MunimentError:
            assert self.state() == before or len(self.store.operations()) > self.operations
        made = len(self.store.operations()) - self.operations
        if not made:
            return
        if made > 1:  # a reconcile came first by itself: the states between are read by going back and forth
            states = [self.state()]
            for _ in range(made):
                self.store.undo()
                states.append(self.state())
            assert states[-1] == before
            for expected in reversed(states[:-1]):
                self.store.redo()
                assert self.state() == expected
            self.done += list(zip(states[:0:-1], states[-2::-1], strict=True))
        else:
            self.done.append((before, self.state()))
        self.undone.clear()
        self.operations = len(self.store.operations())

    # Verbs.

    @rule(written=writes, worktree=st.booleans())
    def transact(self, written, worktree):
        """Commit to the branch that is checked out, with its files or without."""
        self.do(lambda: self.write(written, worktree=worktree))

    @rule(written=writes, branch=branch_names)
    def transact_elsewhere(self, written, branch):
        """Commit to any branch."""
        self.do(lambda: self.write(written, branch=branch))

    def write(self, written, **options):
        """Write and delete in a transaction."""
        with self.store.transaction("written", **options) as tx:
            for name, value in written.items():
                if value is not None:
                    tx.write(name, value)
                elif tx.exists(name):
                    tx.delete(name)

    @rule(name=names, value=values)
    def commit(self, name, value):
        """Commit a file as it stands."""
        if value is not None:
            self.store.write(name, value)
        elif self.store.exists(name):
            self.store.delete(name)
        self.do(lambda: self.store.commit("committed"))

    @rule(name=names, value=values)
    def edit(self, name, value):
        """Leave an edited file behind."""
        self.store.write(name, value)

    @rule()
    def clean(self):
        """Discard all edits, where there is one head to go by."""
        state = self.state()
        if len(state.heads[state.selected]) > 1:
            return
        known = self.at(state).keys()
        for name in self.store.names():
            if name not in known:
                self.store.delete(name)
        self.store.restore(known) if known else None

    @rule(steps=st.integers(1, 3))
    def rollback(self, steps):
        """Go back by a commit."""
        self.do(lambda: self.store.rollback(f"HEAD~{steps}", reason="back"))

    @rule(source=branch_names, into=branch_names, prefer=st.sampled_from(["ours", "theirs"]))
    def merge(self, source, into, prefer):
        """Merge, or let a branch catch up."""
        self.do(lambda: self.store.merge(source, into, prefer=prefer))

    @rule(revision=branch_names, verb=st.sampled_from(["revert", "cherry_pick"]))
    def pick(self, revision, verb):
        """Take a commit back, or make it again here."""
        self.do(lambda: getattr(self.store, verb)(revision, prefer="ours"))

    @rule(name=branch_names, start=branch_names)
    def create(self, name, start):
        """Make a branch."""
        self.do(lambda: self.store.branches.create(name, start))

    @rule(name=branch_names)
    def delete(self, name):
        """Delete a branch."""
        self.do(lambda: self.store.branches.delete(name))

    @rule(old=branch_names, new=branch_names)
    def rename(self, old, new):
        """Give a branch another name."""
        self.do(lambda: self.store.branches.rename(old, new))

    @rule(name=branch_names)
    def switch(self, name):
        """Check out a branch."""
        self.do(lambda: self.store.branches.switch(name))

    @rule(name=tag_names, revision=branch_names)
    def tag(self, name, revision):
        """Make a tag."""
        self.do(lambda: self.store.tags.create(name, revision))

    @rule(name=tag_names)
    def untag(self, name):
        """Delete a tag."""
        self.do(lambda: self.store.tags.delete(name))

    @precondition(lambda self: len(self.store.branches.list()) > 1)
    @rule(data=st.data())
    def diverge(self, data):
        """Begin a fresh clone, in which a merge of the host left a branch with two heads."""
        heads = {branch.name: branch.heads for branch in self.store.branches.list() if branch.heads}
        branch, other = (data.draw(st.sampled_from(sorted(heads))) for _ in range(2))
        selected = self.store.branch
        self.store.close()
        shutil.rmtree(self.folder / ".muniment" / "local", ignore_errors=True)
        (self.folder / ".muniment" / "local").mkdir()
        Path(Layout(self.folder).selected).write_text(f"refs/heads/{selected}\n", encoding="utf-8")
        for head in heads[other]:
            FileHeads(Layout(self.folder)).add(branch, head)
        self.store = Store.open(self.folder, author="Ada", durability="os")
        self.done, self.undone, self.operations = [], [], 0

    @rule()
    def reconcile(self):
        """Bring heads together; more than one branch may have several."""
        self.do(self.store.reconcile)

    # Undo and redo.

    @rule(times=st.integers(1, 4))
    def undo(self, times):
        """Go back, some steps at once: each gives the state before."""
        for _ in range(times):
            self.step(self.store.undo, self.done, self.undone, 0)

    @precondition(lambda self: self.undone)
    @rule(times=st.integers(1, 4))
    def redo(self, times):
        """Go on, some steps at once: each gives the state after."""
        for _ in range(times):
            self.step(self.store.redo, self.undone, self.done, 1)

    def step(self, verb, taken, given, side):
        """Go one step; where there is none any more, that is told and nothing happens."""
        if not taken:
            with pytest.raises(UndoError):
                verb()
            return
        files, before = self.files(), self.state()
        verb()
        self.operations += 1
        pair = taken.pop()
        given.append(pair)
        assert self.state() == pair[side] != before
        self.check_files(files, before)

    def check_files(self, files, before):
        """Check that each file is as it was, or follows from what the one head had to what the other has."""
        was, now, found = self.at(before), self.at(self.state()), self.files()
        for name in files.keys() | found.keys():
            if files.get(name) != was.get(name):
                assert found.get(name) == files.get(name)
            else:
                assert found.get(name) in (files.get(name), now.get(name))

    def at(self, state):
        """Give the documents of what is checked out in a state."""
        newest = walk.newest_first(self.store._parts.history.commit, state.heads[state.selected])
        return state.documents[newest[0].id] if newest else {}

    @rule()
    def reopen(self):
        """Close and open again: the log is all that is remembered."""
        self.store.close()
        self.store = Store.open(self.folder, author="Ada", durability="os")

    @invariant()
    def the_log_tells_each_operation_once(self):
        """And nothing else."""
        found = self.store.operations()
        assert len(found) == len({one.id for one in found}) == self.operations

    def teardown(self):
        """At the end nothing is wrong."""
        try:
            assert self.store.verify().ok
        finally:
            self.store.close()
            self.patched.undo()
            shutil.rmtree(self.folder)


TestUndoing = Undoing.TestCase
TestUndoing.settings = settings(
    stateful_step_count=30,
    phases=set(Phase) - {Phase.explain},
)
