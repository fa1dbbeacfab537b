"""Heads, tags and ledgers as a watch tells of them."""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from muniment import HeadMoved, LedgerGrown, Store, StoreDiverged, TagCreated
from muniment.files.layout import Layout


def test_one_commit_is_one_move_and_its_files_are_not_told_besides(watch, told, words, store):
    """Each commit by itself, with the documents that differ, from where to where."""
    changes = watch()
    ids = [store.log()[0].id]
    for count in range(5):
        with store.transaction(f"step {count}") as step:
            step.write("top", {"x": count + 2})
            step.write(f"new-{count}", {})
        ids.append(step.commit.id)
    found = told(changes)
    assert words(found) == [f"moved main: new-{count},top" for count in range(5)]
    assert [(change.from_, change.to) for change in found] == list(pairwise(ids))


def test_moves_are_told_one_by_one_while_they_happen(watch, told, words, store):
    """Whenever it looks, a watch sees a commit and its files as one."""
    changes = watch()
    for count in range(20):
        with store.transaction("step") as step:
            step.write("top", {"x": count + 2})
        assert words(told(changes)) == ["moved main: top"]


def test_an_edit_is_told_and_then_its_commit(watch, told, words, store, save):
    """By `commit`, the file stays as it is: there is nothing more to tell of it."""
    changes = watch()
    save("top", {"x": 2})
    assert words(told(changes)) == ["changed top"]
    store.commit("edited", names=["top"])
    assert words(told(changes)) == ["moved main: top"]
    save("top", {"x": 3})
    store.commit("edited at once", names=["top"])
    assert words(told(changes)) == ["moved main: top"]


def test_an_edit_on_top_of_a_commit_is_told(watch, told, words, store, save):
    """The file is not what the commit wrote; it is told against what was told of the file before."""
    changes = watch()
    with store.transaction("step") as step:
        step.write("top", {"x": 2})
    save("top", {"x": 3})
    found = told(changes)
    assert words(found) == ["moved main: top", "changed top"]
    assert (found[1].old, found[1].new) == ({"x": 1}, {"x": 3})


def test_a_commit_to_another_branch_leaves_the_files(watch, told, words, store, save):
    """A branch that is made, moved, renamed and deleted is told of; a document edited meanwhile too."""
    store.branches.create("side")
    changes = watch()
    with store.transaction("there", branch="side", worktree=False) as step:
        step.write("top", {"x": 7})
    save("top", {"x": 7})
    assert words(told(changes)) == ["moved side: top", "changed top"]
    store.branches.create("more")
    store.branches.delete("more")
    found = told(changes)
    assert [(change.branch, change.from_ is None, change.to is None) for change in found] == [
        ("more", True, False), ("more", False, True),
    ]  # fmt: skip


def test_switching_changes_documents(watch, told, words, store):
    """No head moves: the files are told of, and later commits are those of the other branch."""
    store.branches.create("side")
    with store.transaction("there", branch="side", worktree=False) as step:
        step.write("top", {"x": 7})
    changes = watch()
    store.branches.switch("side")
    (change,) = told(changes)
    assert (change.name, change.old, change.new) == ("top", {"x": 1}, {"x": 7})
    with store.transaction("on side") as step:
        step.write("top", {"x": 8})
    assert words(told(changes)) == ["moved side: top"]


def test_undo_and_redo_are_moves(watch, told, words, store):
    """Back and forth, and the files with them."""
    with store.transaction("step") as step:
        step.write("top", {"x": 2})
    changes = watch()
    store.undo()
    assert words(told(changes)) == ["moved main: top"]
    store.redo()
    assert words(told(changes)) == ["moved main: top"]


def test_only_the_branches_that_are_wanted(watch, told, words, store):
    """What a commit of another branch writes into the working files is an edit to whoever does not hear of it."""
    store.branches.create("side")
    changes = watch(branches=["side"])
    with store.transaction("here") as step:
        step.write("top", {"x": 7})
    with store.transaction("there", branch="side", worktree=False) as step:
        step.write("services/web", {"port": 8})
    assert words(told(changes)) == ["moved side: services/web", "changed top"]


def test_heads_that_git_moved_are_one_move(watch, told, words, store, root, tmp_path):
    """No operation tells of them; the files that came with them are told besides."""
    copied = tmp_path / "copy"
    shutil.copytree(root, copied)
    with Store.open(copied, author="Bo <bo@example.org>") as other:
        for count in range(3):
            with other.transaction("there") as step:
                step.write("top", {"x": count + 5})
        last = other.log()[0].id
    changes = watch()
    assert told(changes) == []
    first = store.log()[0].id
    bring(copied, root)
    heads = Layout(str(root)).branch("main")
    shutil.rmtree(heads)
    shutil.copytree(Layout(str(copied)).branch("main"), heads)
    shutil.copy(copied / "top.json", root / "top.json")
    found = list(next_ones(changes, 2))
    assert sorted(words(found)) == ["changed top", "moved main: top"]
    (moved,) = [change for change in found if isinstance(change, HeadMoved)]
    assert (moved.from_, moved.to) == (first, last)
    assert told(changes) == []


def bring(source, target):
    """Copy the objects of a store to another, as git does."""
    shutil.copytree(Layout(str(source)).objects, Layout(str(target)).objects, dirs_exist_ok=True)


def next_ones(changes, count):
    """Take some changes."""
    return [next(changes) for _ in range(count)]


def test_a_branch_that_diverged_is_told_and_comes_together(watch, store, root, tmp_path):
    """With all its heads; and when they are one again, that is a move from where the branch was."""
    copied = tmp_path / "copy"
    shutil.copytree(root, copied)
    with Store.open(copied, author="Bo <bo@example.org>") as other, other.transaction("there") as step:
        step.write("services/web", {"port": 9})
    with store.transaction("here") as step:
        step.write("top", {"x": 2})
    here = store.log()[0].id
    changes = watch()
    bring(copied, root)
    for path in (tmp_path / "copy" / ".muniment" / "refs" / "heads" / "main").iterdir():
        shutil.copy(path, Layout(str(root)).branch("main"))
    diverged = next(changes)
    assert isinstance(diverged, StoreDiverged)
    assert here in diverged.heads
    assert len(diverged.heads) == 2
    store.reconcile()
    moved = next(changes)
    assert isinstance(moved, HeadMoved)
    assert (moved.from_, moved.to, moved.names) == (here, store.log()[0].id, ("services/web",))


def test_tags_and_ledgers(watch, told, store):
    """A tag once, with what it names; a ledger with how many entries this copy has."""
    changes = watch()
    tag = store.tags.create("v1")
    store.ledger("runs").append("a")
    found = [next(changes), next(changes)]
    assert [type(change) for change in found] == [TagCreated, LedgerGrown]
    assert (found[0].name, found[0].target) == ("v1", tag.target)
    assert (found[1].ledger, found[1].offset) == ("runs", 1)
    store.tags.delete("v1")
    store.ledger("runs").append_many([{"kind": "b"}, {"kind": "c"}])
    assert next(changes).offset == 3
    store.tags.create("v1")
    assert [type(change) for change in told(changes)] == [TagCreated]


def test_a_writer_that_was_killed_between_head_and_files(watch, told, words, store, monkeypatch):
    """The move is told after a while all the same; the files when somebody puts them right."""
    changes = watch()
    assert told(changes) == []
    storage = store._parts.storage
    monkeypatch.setattr(type(storage.working), "show", stopped)
    with pytest.raises(KeyboardInterrupt), store.transaction("stopped") as step:
        step.write("top", {"x": 2})
    monkeypatch.undo()
    assert words([next(changes)]) == ["moved main: top"]
    with Store.open(store.path, author="Bo <bo@example.org>") as other:
        other.write("services/web", {"port": 9})
        other.commit("another")
    assert words(told(changes)) == ["moved main: services/web", "changed top"]


def stopped(*_):
    """Stand in for the end of a program."""
    raise KeyboardInterrupt


def test_half_a_line_in_the_log_stops_nothing(watch, told, words, store, root, save):
    """Who writes without seeing it makes one line of two: then the heads tell what the log does not."""
    changes = watch()
    with open(Layout(str(root)).operations, "ab") as file:
        file.write(b'{"author":')
    save("top", {"x": 2})
    assert words(told(changes)) == ["changed top"]
    with store.transaction("on") as step:
        step.write("new", {})
    assert words([next(changes), next(changes)]) == ["moved main: new", "created new"]


def test_another_log_is_read_from_its_beginning(watch, told, words, store, root):
    """Whoever deleted `local/` took the record of moves away: what it does not tell is one move."""
    changes = watch()
    assert told(changes) == []
    with store.transaction("one") as step:
        step.write("new", {})
    log = Path(Layout(str(root)).operations)
    (root / "aside").write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    (root / "aside").replace(log)
    assert words([next(changes), next(changes)]) == ["moved main: new", "created new"]
    with store.transaction("two") as step:
        step.write("newer", {})
    assert words(told(changes)) == ["moved main: newer"]
