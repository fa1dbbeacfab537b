"""Whole stores for property tests: documents, what two sides make of them, and a store to put them in."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import strategies as st

from json_strategies import edited_copies, json_values
from muniment import MergeRules, NothingToCommitError, Store
from muniment.files import disk
from muniment.values import canonical, json_merge
from muniment.values.json_value import ABSENT
from muniment.values.merge_rules import NO_RULES, Rules

KEYED = MergeRules("keyed", names="keyed/*", keys={"": "id", "/*/parts": "id"})
COUNTED = MergeRules("counted", names="counted/*", strategies={"/n": "counter", "/most": "max", "/tags": "union"})
NAMES = ("a", "b", "keyed/a", "keyed/b", "counted/a", "counted/b")

Documents = dict[str, Any]


class Three(NamedTuple):
    """All documents as the base has them, as ours has them, and as theirs has them."""

    base: Documents
    ours: Documents
    theirs: Documents

    def merged(self, name: str, prefer: json_merge.Prefer | None = None) -> json_merge.Merged:
        """Merge one document by itself, by the rules that the stores declare for it."""
        base, ours, theirs = (documents.get(name, ABSENT) for documents in self)
        return json_merge.merge(base, ours, theirs, rules_for(name), prefer=prefer)


def rules_for(name: str) -> Rules:
    """Give the rules that the stores declare for a document."""
    for one in (KEYED, COUNTED):
        if one.governs(name):
            return Rules(keys=one.keys, strategies=one.strategies)
    return NO_RULES


_SMALL = st.integers(0, 3)
_PARTS = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from("pq"), "n": _SMALL}), max_size=2, unique_by=lambda part: part["id"]
)
_ITEM = st.fixed_dictionaries({"id": st.sampled_from("abcd")}, optional={"n": _SMALL, "parts": _PARTS})
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "": json_values(5),
    "keyed": st.lists(_ITEM, max_size=4, unique_by=lambda item: item["id"]),
    "counted": st.fixed_dictionaries({}, optional={"n": _SMALL, "most": _SMALL, "tags": st.lists(_SMALL, max_size=3)}),
}
_SOME_NAMES = st.sets(st.sampled_from(NAMES), max_size=4)
_RARELY = st.sampled_from([True, False, False, False])


@st.composite
def edits(draw: st.DrawFn, documents: Documents) -> Documents:
    """Draw what a side makes of documents: some edited, some gone, some new."""
    made = dict(documents)
    for name in sorted(draw(_SOME_NAMES)):
        folder = name.rpartition("/")[0]
        if name in made and draw(_RARELY):
            del made[name]
        else:
            made[name] = draw(edited_copies(made[name]) if name in made and not folder else _VALUES[folder])
    return made


@st.composite
def threes(draw: st.DrawFn) -> Three:
    """Draw documents, and what two sides make of them."""
    base: Documents = {}
    for name in sorted(draw(_SOME_NAMES)):
        base[name] = draw(_VALUES[name.rpartition("/")[0]])
    return Three(*map(as_stored, (base, draw(edits(base)), draw(edits(base)))))


def disagreeing() -> st.SearchStrategy[Three]:
    """Draw three versions of one list and of a document, with little in common."""
    documents = st.fixed_dictionaries({"a": _VALUES[""], "keyed/a": _VALUES["keyed"]}).map(as_stored)
    return st.builds(Three, documents, documents, documents)


def as_stored(documents: Documents) -> Documents:
    """Give documents as a store gives them back: `1.0` as 1, and members in order."""
    return {name: canonical.decode_trusted(canonical.encode(value)) for name, value in documents.items()}


@contextmanager
def quick_folder() -> Iterator[Path]:
    """Lend a folder, in memory where there is such a place, and let nobody wait for the disk meanwhile."""
    memory = "/dev/shm"  # noqa: S108 - a folder with a name of its own is made in it
    usable = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=usable) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "fsync", lambda _: None)
        patch.setattr(disk, "fdatasync", lambda _: None)
        patch.setattr(disk, "sync_file_system", lambda _: True)
        yield Path(folder)


class Lines:
    """One store in which each example has branches of its own; no working file is touched."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def fork(self, three: Three) -> tuple[str, str]:
        """Make two branches out of one, in place of those there were; give the names of ours and theirs."""
        self.clear()
        self.store.branches.create("ours", "main")
        self.put("ours", three.base)
        self.store.branches.create("theirs", "ours")
        self.put("ours", three.ours)
        self.put("theirs", three.theirs)
        return "ours", "theirs"

    def clear(self) -> None:
        """Delete all branches but the one that is checked out."""
        for branch in self.store.branches.list():
            if not branch.is_checked_out:
                self.store.branches.delete(branch.name)

    def put(self, branch: str, documents: Documents, *, worktree: bool = False) -> None:
        """Commit just these documents to a branch, unless it has just these."""
        with suppress(NothingToCommitError), self.store.transaction("put", branch=branch, worktree=worktree) as change:
            for name in self.documents(branch).keys() - documents.keys():
                change.delete(name)
            for name, value in documents.items():
                change.write(name, value)

    def documents(self, revision: str) -> Documents:
        """Give all documents of a commit."""
        return dict(self.store.at(revision))
