"""The whole store beside a plain model of it: whatever is done to both, they agree.

The model holds canonical bytes: a dict of the working documents, a dict of the head, a list of the
commits. A working file that is no valid JSON is `BROKEN` in it.
"""

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from json_strategies import json_values
from muniment import (
    DirtyDocumentError,
    DocumentExistsError,
    DocumentInvalidError,
    DocumentNotFoundError,
    NothingToCommitError,
    Store,
)
from muniment.files import disk, journal
from muniment.values import canonical, patch

BROKEN = b"{ broken"

NAMES = ["a", "b", "a/é"]
names = st.sampled_from(NAMES)
several = st.none() | st.none() | st.lists(names, min_size=1, max_size=2)
seldom = st.sampled_from([False, False, False, True])
few = st.sampled_from([1, 1.0, True, {"n": 1, "m": [1, 2]}])  # so that the same content is met again
values = few | few | few | json_values(5)
contents = values.map(canonical.encode)
writes = st.dictionaries(names, contents | contents | st.none(), min_size=1)

Documents = dict[str, bytes]


def differing(one: Documents, other: Documents, wanted: list[str] | None = None) -> dict[str, bytes | None]:
    """What `other` holds of each document that is not as in `one`: all, or those wanted."""
    among = one.keys() | other.keys() if wanted is None else wanted
    return {name: other.get(name) for name in among if one.get(name) != other.get(name)}


class StoreAndModel(RuleBasedStateMachine):
    """A store in a folder of its own, and what should be in it."""

    def __init__(self):
        super().__init__()
        self.patched = pytest.MonkeyPatch()
        for call in ("fsync", "fdatasync"):
            self.patched.setattr(disk, call, lambda _: None)
        self.patched.setattr(journal, "GROWTH", 1 << 15)
        self.folder = Path(tempfile.mkdtemp(prefix="muniment-model-"))
        self.files: Documents = {}
        self.head: Documents = {}
        self.commits: list[tuple[str, Documents]] = []
        self.store = Store.init(self.folder, author="Ada")

    @initialize(documents=st.dictionaries(names, contents, min_size=1), commits=st.booleans())
    def begin(self, documents, commits):
        """Begin with some documents, as a store does that is made around what is there."""
        for name, content in documents.items():
            self.hand_write(name, content)
        if commits:
            self.commit(None)

    def path(self, name):
        """The file of a document."""
        return self.folder / f"{name}.json"

    def expect(self, expected, verb):
        """Use a verb that works if no error is expected, and else raises one of those."""
        if not expected:
            return verb()
        with pytest.raises(tuple(expected)):
            verb()
        return None

    def committed(self, commit, changes):
        """Take in a commit that the store made."""
        for name, content in changes.items():
            if content is None:
                del self.head[name]
            else:
                self.head[name] = content
        assert commit.parents == tuple(commit_id for commit_id, _ in self.commits[-1:])
        self.commits.append((commit.id, dict(self.head)))

    def follow(self, changes):
        """Let the working files follow a change."""
        for name, content in changes.items():
            if content is None:
                self.files.pop(name, None)
            else:
                self.files[name] = content

    def dirty(self, changes):
        """Tell whether a working file holds neither what the head holds nor what it shall hold."""
        return any(self.files.get(name) not in {self.head.get(name), after} for name, after in changes.items())

    # What people do to the files.

    @rule(name=names, content=contents)
    def hand_write(self, name, content):
        """Write a file in another layout than the store's."""
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(json.dumps(json.loads(content), indent=7), encoding="utf-8")
        self.files[name] = content

    @rule(name=names)
    def hand_break(self, name):
        """Leave a file that is no JSON."""
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_bytes(BROKEN)
        self.files[name] = BROKEN

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def hand_delete(self, data):
        """Delete a file; its folder stays."""
        name = data.draw(st.sampled_from(sorted(self.files)))
        self.path(name).unlink()
        del self.files[name]

    # Working documents.

    @rule(name=names, content=contents)
    def write(self, name, content):
        """Write a document, over whatever is there."""
        self.store.write(name, json.loads(content))
        self.files[name] = content

    @rule(name=names, content=contents)
    def create(self, name, content):
        """Make a document that must not be there."""
        there = [DocumentExistsError] if name in self.files else []
        self.expect(there, lambda: self.store.create(name, json.loads(content)))
        self.files.setdefault(name, content)

    @rule(name=names, content=contents)
    def update(self, name, content):
        """Replace a document by another value, whatever it was."""
        faults = self.unreadable(name)
        self.expect(faults, lambda: self.store.update(name, lambda _: json.loads(content)))
        if not faults:
            self.files[name] = content

    @rule(name=names)
    def edit(self, name):
        """Change a document in place, if it is one that can be."""
        faults = self.unreadable(name)

        def verb():
            with self.store.edit(name) as value:
                if isinstance(value, dict):
                    value["edited"] = len(value)
                return canonical.encode(value)

        after = self.expect(faults, verb)
        if not faults:
            self.files[name] = after

    @rule(name=names)
    def delete(self, name):
        """Delete a document, valid or not."""
        self.expect([] if name in self.files else [DocumentNotFoundError], lambda: self.store.delete(name))
        self.files.pop(name, None)

    def unreadable(self, name):
        """What reading a working document raises."""
        if name not in self.files:
            return [DocumentNotFoundError]
        return [DocumentInvalidError] if self.files[name] == BROKEN else []

    # History.

    @precondition(lambda self: self.files == self.head)
    @rule(wanted=several)
    def commit_nothing(self, wanted):
        """Commit where no file differs."""
        self.commit(wanted)

    @precondition(lambda self: self.files != self.head)
    @rule(wanted=several)
    def commit(self, wanted):
        """Commit the files: all, or some."""
        among = self.files if wanted is None else wanted
        faults: list[type[Exception]] = (
            [DocumentInvalidError] if any(self.files.get(name) == BROKEN for name in among) else []
        )
        if any(name not in self.files and name not in self.head for name in wanted or ()):
            faults.append(DocumentNotFoundError)
        changes = differing(self.head, self.files, wanted)
        if not faults and not changes:
            faults = [NothingToCommitError]
        commit = self.expect(faults, lambda: self.store.commit("commit", names=wanted))
        if not faults:
            self.committed(commit, changes)

    @rule(written=writes, worktree=st.booleans(), stops=seldom)
    def transact(self, written, worktree, stops):
        """Write and delete in a transaction, which may raise at its end."""
        faults = self.faults_of(written, worktree=worktree)
        changes = differing(self.head, {**self.head, **written}, list(written))

        def verb():
            with self.store.transaction("transaction", worktree=worktree) as tx:
                for name, content in written.items():
                    if content is None:
                        tx.delete(name)
                    else:
                        tx.write(name, json.loads(content))
                if stops:
                    raise ZeroDivisionError
            return tx.commit

        if stops:
            faults = [*faults, ZeroDivisionError]
        commit = self.expect(faults, verb)
        if not faults:
            if worktree:
                self.follow(changes)
            self.committed(commit, changes)

    def faults_of(self, written, *, worktree):
        """What a transaction raises that writes this."""
        changes = differing(self.head, {**self.head, **written}, list(written))
        faults: list[type[Exception]] = []
        for name, content in written.items():
            if content is None and worktree and self.files.get(name) != self.head.get(name):
                faults.append(DirtyDocumentError)
            if content is None and name not in self.head:
                faults.append(DocumentNotFoundError)
        if not faults and worktree and self.dirty(changes):
            faults.append(DirtyDocumentError)
        return faults or ([] if changes else [NothingToCommitError])

    @precondition(lambda self: self.commits)
    @rule(data=st.data(), wanted=several)
    def rollback(self, data, wanted):
        """Go back to any commit, with all documents or some."""
        steps = data.draw(st.integers(0, len(self.commits) - 1))
        _, then = self.commits[-1 - steps]
        changes = differing(self.head, then, wanted)
        faults: list[type[Exception]] = []
        if any(name not in self.head and name not in then for name in wanted or ()):
            faults = [DocumentNotFoundError]
        elif self.dirty(changes):
            faults = [DirtyDocumentError]
        elif not changes:
            faults = [NothingToCommitError]
        commit = self.expect(faults, lambda: self.store.rollback(f"HEAD~{steps}", names=wanted, reason="back"))
        if not faults:
            self.follow(changes)
            self.committed(commit, changes)

    @rule(durability=st.sampled_from(["full", "os"]), fresh=seldom)
    def reopen(self, durability, fresh):
        """Close and open again; a fresh clone has no local folder."""
        self.store.close()
        if fresh:
            shutil.rmtree(self.folder / ".muniment" / "local", ignore_errors=True)
        self.store = Store.open(self.folder, author="Ada", durability=durability)

    # What always holds.

    @invariant()
    def the_files_agree(self):
        """The documents there are, what they hold, and how they differ from the head."""
        assert self.store.names() == sorted(self.files)
        valid = {name: content for name, content in self.files.items() if content != BROKEN}
        assert {name: canonical.encode(self.store.read(name)) for name in valid} == valid
        status = self.store.status()
        assert status.head == (self.commits[-1][0] if self.commits else None)
        assert status.invalid == tuple(sorted(self.files.keys() - valid.keys()))
        assert status.added == tuple(sorted(valid.keys() - self.head.keys()))
        assert status.removed == tuple(sorted(self.head.keys() - self.files.keys()))
        assert status.changed == tuple(sorted(n for n in valid if n in self.head and valid[n] != self.head[n]))

    @invariant()
    def the_history_agrees(self):
        """The log, and what the newest commit holds; all of them are looked at in the end."""
        assert [commit.id for commit in self.store.log()] == [commit_id for commit_id, _ in reversed(self.commits)]
        for commit_id, documents in self.commits[-1:]:
            snapshot = self.store.at(commit_id)
            assert {name: canonical.encode(value) for name, value in snapshot.items()} == documents

    @invariant()
    def the_diff_agrees(self):
        """What it lists, and that its patches lead from the head to the files."""
        if BROKEN in self.files.values():
            with pytest.raises(DocumentInvalidError):
                self.store.diff()
            return
        changes = self.store.diff()
        assert {change.name: change.after for change in changes}.keys() == differing(self.head, self.files).keys()
        for change in changes:
            if change.change == "changed":
                assert canonical.encode(patch.apply(change.before, change.patch)) == self.files[change.name]

    def teardown(self):
        """At the end every commit holds what it held, and nothing is wrong but the broken files."""
        try:
            for commit_id, documents in self.commits:
                snapshot = self.store.at(commit_id)
                assert {name: canonical.encode(value) for name, value in snapshot.items()} == documents
            report = self.store.verify()
            broken = sorted(str(self.path(name)) for name, content in self.files.items() if content == BROKEN)
            assert sorted(finding.path for finding in report.findings) == broken
            assert report.commits == len(self.commits)
        finally:
            self.store.close()
            self.patched.undo()
            shutil.rmtree(self.folder)


TestStoreAndModel = StoreAndModel.TestCase
TestStoreAndModel.settings = settings(
    max_examples=2 * settings().max_examples,
    stateful_step_count=40,
    phases=set(Phase) - {Phase.explain},  # which takes minutes here
)
