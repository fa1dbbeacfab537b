"""Whatever is done to a store, and whenever somebody looks or begins again: who follows a watch has what is there."""

import json
import os
import shutil
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment import DocumentChanged, DocumentInvalid, HeadMoved, MunimentError, Store
from muniment.files import disk

NAMES = ["a", "b", "f/a", "f/g/b"]
LAST = "zz"

names = st.sampled_from(NAMES)
steps = st.one_of(
    st.tuples(st.just("save"), names, st.integers(0, 3)),
    st.tuples(st.just("write"), names, st.integers(0, 3)),
    st.tuples(st.just("spoil"), names, st.integers(0, 1)),
    st.tuples(st.just("remove"), names),
    st.tuples(st.just("move"), st.sampled_from(["f", "h"])),
    st.tuples(st.just("commit")),
    st.tuples(st.just("transaction"), names, st.integers(0, 3)),
    st.tuples(st.just("undo")),
    st.tuples(st.just("switch"), st.sampled_from(["main", "side"])),
    st.tuples(st.just("look")),
    st.tuples(st.just("resume")),
)


class Scene:
    """A store, and a mirror of it that knows only what a watch told."""

    def __init__(self, root):
        self.root = root
        self.store = Store.init(root, author="Ada <ada@example.org>")
        self.store.write("a", 0)
        self.store.commit("begin")
        self.store.branches.create("side")
        self.mirror: dict[str, Any] = {"a": 0}
        self.invalid = set()
        self.moves = []
        self.watch = self.begin()
        self.cursor = self.watch.cursor
        self.count = 0

    def begin(self):
        """Watch from the last cursor on."""
        cursor = getattr(self, "cursor", None)
        return self.store.watch(since=cursor and str(cursor), debounce_s=0, poll_s=0.2, timeout_s=60.0)

    def path(self, name):
        """The file of a document, its folder made."""
        path = self.root / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def do(self, verb, *arguments):
        """Do one step; what the store refuses is no step."""
        try:
            getattr(self, verb)(*arguments)
        except (MunimentError, OSError):
            return

    def save(self, name, value):
        """Replace a file by hand."""
        aside = self.root.parent / "aside"
        aside.write_text(json.dumps(value))
        os.replace(aside, self.path(name))

    def write(self, name, value):
        """Write a document."""
        self.store.write(name, value)

    def spoil(self, name, which):
        """Make a file no document."""
        self.path(name).write_text(["{", '{"'][which])

    def remove(self, name):
        """Delete a file."""
        self.path(name).unlink()

    def move(self, folder):
        """Rename a folder, where nothing is in the way."""
        target = self.root / {"f": "h", "h": "f"}[folder]
        if not target.exists():
            (self.root / folder).rename(target)

    def commit(self):
        """Commit the files."""
        self.store.commit("all")

    def transaction(self, name, value):
        """Commit a document."""
        with self.store.transaction("one") as step:
            step.write(name, value)

    def undo(self):
        """Undo the last operation."""
        self.store.undo()

    def switch(self, branch):
        """Check a branch out."""
        self.store.branches.switch(branch)

    def resume(self):
        """Begin again behind the last change."""
        self.watch.stop()
        self.watch.__exit__(None, None, None)
        self.watch = self.begin()

    def look(self):
        """Follow the watch until a last change."""
        self.count += 1
        self.save(LAST, self.count)
        for change in self.watch:
            self.cursor = change.cursor
            self.take(change)
            if isinstance(change, DocumentChanged) and change.name == LAST and change.new == self.count:
                return
        raise AssertionError("the last change was not told")

    def take(self, change):
        """Do with a change what a mirror does."""
        if isinstance(change, DocumentInvalid):
            self.invalid.add(change.name)
        elif isinstance(change, DocumentChanged):
            self.invalid.discard(change.name)
            self.mirror.pop(change.name, None)
            if change.change != "removed":
                self.mirror[change.name] = change.new
        elif isinstance(change, HeadMoved):
            self.moves.append((change.branch, change.from_, change.to))
            for name in change.names or ():
                self.reread(name)

    def reread(self, name):
        """Read a document as it is."""
        try:
            self.mirror[name] = self.store.read(name)
        except MunimentError:
            if not (self.root / f"{name}.json").exists():
                self.mirror.pop(name, None)


def files_of(root):
    """Read all documents that are any, and list the files that are none."""
    found, faulty = {}, set()
    for path in root.rglob("*.json"):
        name = path.relative_to(root).as_posix().removesuffix(".json")
        if not name.startswith("."):
            try:
                found[name] = json.loads(path.read_text())
            except ValueError:
                faulty.add(name)
    return found, faulty


@settings(max_examples=30)
@given(st.lists(steps, max_size=14))
def test_a_mirror_has_what_is_there(done):
    """Each document's last state, each file that is none, and each move of a head, once and in a row."""
    folder = Path(tempfile.mkdtemp())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "fsync", lambda _: None)
        patch.setattr(disk, "fdatasync", lambda _: None)
        scene = Scene(folder / "store")
        for step in done:
            scene.do(*step)
        scene.look()
        documents, faulty = files_of(folder / "store")
        assert {name: value for name, value in scene.mirror.items() if name not in faulty} == documents
        assert scene.invalid & faulty == faulty
        heads = {str(branch.name): branch.head for branch in scene.store.branches.list()}
        for branch in ("main", "side"):
            moves = [(before, after) for moved, before, after in scene.moves if moved == branch]
            assert all(one[1] == other[0] for one, other in pairwise(moves))
            if moves:
                assert moves[-1][1] == heads.get(branch)
        scene.watch.__exit__(None, None, None)
        scene.store.close()
    shutil.rmtree(folder)
