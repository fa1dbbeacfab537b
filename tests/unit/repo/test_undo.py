"""Undo and redo: whatever was done to heads, tags and the choice of a branch is as it was, and made again."""

import msgspec
import pytest
from undo_scenes import VERBS, begin, commit, files, state

from muniment import Schema, Store, lens


@pytest.fixture
def begun(store):
    """A store with some branches and a tag."""
    begin(store)
    return store


class Limits(msgspec.Struct):
    """A kind of which there is a newer version."""

    most: int


def limits(version):
    """The kind at a version."""
    kind = Schema(Limits, kind="limits", version=version, names="limits/*")
    if version != "1.0":
        kind.lens("1.0", version, lens.add("x", 0))
    return kind


@pytest.mark.parametrize("verb", VERBS)
def test_what_a_verb_did_is_undone_and_redone_exactly(begun, verb):
    """Heads, tags and the branch are as before, then as after, as often as is wished, and nothing is wrong."""
    before_files = files(begun)
    VERBS[verb](begun)
    after, after_files = state(begun), files(begun)
    [done] = begun.operations(1)
    undone = begun.undo()
    before = state(begun)
    assert (undone.verb, undone.undoes, undone.redoes) == ("undo", done.id, None)
    assert before != after
    assert begun.verify().ok
    if verb not in {"commit", "conflicted merge"}:
        assert files(begun) == before_files
    between = files(begun)
    for _ in range(2):
        redone = begun.redo()
        assert (redone.verb, redone.undoes, redone.redoes) == ("redo", None, done.id)
        assert (state(begun), files(begun)) == (after, after_files)
        assert begun.undo().undoes == done.id
        assert (state(begun), files(begun)) == (before, between)
    assert begun.verify().ok


def test_everything_can_be_undone_down_to_an_empty_store_and_made_again(begun):
    """One after another, the last first: a store without commits; and back."""
    states = [state(begun)]
    count = len(begun.operations())
    for _ in range(count):
        begun.undo()
        states.append(state(begun) if begun.log(limit=1) else None)
    assert states[-1] is None
    assert begun.branches.list()[0].head is None
    assert begun.status().added == ("app", "web")
    for expected in reversed(states[:-1]):
        begun.redo()
        assert state(begun) == expected
    assert len(begun.operations()) == 3 * count
    assert begun.verify().ok


def test_a_commit_of_files_leaves_them_as_they_stand(begun):
    """What was committed shows as changed again, and can be committed better."""
    commit(begun)
    begun.undo()
    assert begun.read("web") == {"port": 2}
    assert begun.status().changed == ("web",)
    begun.redo()
    assert not begun.diff()


def test_the_first_commit_leaves_the_files(store):
    """There is no commit any more then, and the documents are new."""
    store.write("web", 1)
    first = store.commit("first")
    store.undo()
    assert (store.log(), store.status().added) == ([], ("web",))
    store.redo()
    assert [one.id for one in store.log()] == [first.id]
    store.undo()
    assert store.commit("better").parents == ()


def test_a_restored_file_is_no_operation(begun):
    """Discarding edits moves no head, so there is nothing to undo."""
    last = begun.operations(1)
    begun.write("web", 0)
    begun.restore(["web"])
    assert begun.operations(1) == last


def test_a_migration_is_undone(root):
    """The documents have their older schema version again, the files too."""
    with Store.init(root, author="Ada <ada@example.org>", schemas=[limits("1.0")]) as store:
        store.write("limits/a", Limits(1))
        store.commit("begin")
    with Store.open(root, author="Ada <ada@example.org>", schemas=[limits("1.1")]) as store:
        before = (root / "limits/a.json").read_bytes()
        store.schemas.migrate()
        after = (root / "limits/a.json").read_bytes()
        assert store.operations(1)[0].verb == "migrate"
        store.undo()
        assert (root / "limits/a.json").read_bytes() == before != after
        store.redo()
        assert (root / "limits/a.json").read_bytes() == after
        assert not store.diff()


@pytest.fixture
def diverged(begun, branch_at):
    """A store whose `main` has two heads, none of which needs a decision."""
    branch_at("main", begun.at("side").commit)
    return begun


def test_a_reconciled_branch_diverges_again(diverged):
    """Its heads stand beside each other as before; the next verb that commits may bring them together once more."""
    heads = state(diverged).heads["main"]
    assert len(heads) == 2
    diverged.reconcile()
    merged = state(diverged).heads["main"]
    diverged.undo()
    assert sorted(state(diverged).heads["main"]) == sorted(heads)
    diverged.redo()
    assert state(diverged).heads["main"] == merged
    diverged.undo()
    diverged.reconcile()
    assert state(diverged).heads["main"] == merged
    assert len({one.id for one in diverged.operations()}) == len(diverged.operations())
    diverged.undo()
    assert sorted(state(diverged).heads["main"]) == sorted(heads)
    assert diverged.verify().ok


def test_heads_are_reconciled_in_another_process_and_the_undo_is_seen(diverged, root):
    """A store that moved a head itself sees at once that another head stands beside it again."""
    heads = state(diverged).heads["main"]
    diverged.reconcile()
    with Store.open(root, author="Bob") as other:
        other.undo()
    assert sorted(state(diverged).heads["main"]) == sorted(heads)


def test_a_deleted_branch_that_diverged_comes_back_with_all_heads(begun, branch_at):
    """None of them is lost, though a branch of one head is the rule."""
    branch_at("side", begun.at("later").commit)
    heads = state(begun).heads["side"]
    assert len(heads) == 2
    begun.branches.delete("side")
    begun.undo()
    assert state(begun).heads["side"] == heads
    begun.redo()
    assert "side" not in state(begun).heads


def test_two_tags_of_one_name_come_back_together(begun, root):
    """A merge of the host brought them, and they were deleted as one."""
    other = begun.tags.create("v2", "side")
    folder = root / ".muniment/refs/tags"
    (folder / "v1" / other.id).touch()
    begun.undo()
    before = sorted(path.name for path in (folder / "v1").iterdir())
    begun.tags.delete("v1")
    begun.undo()
    assert sorted(path.name for path in (folder / "v1").iterdir()) == before
