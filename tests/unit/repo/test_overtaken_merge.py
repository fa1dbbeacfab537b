"""A merge that waits while the host's git moves its branch: it is not gone on with, and loses nobody's file."""

import pytest

from muniment import Conflicted, StaleHeadError, Store
from muniment.files.layout import Layout
from muniment.storage.heads import FileHeads
from muniment.values.ids import CommitId
from muniment.values.names import branch_name

MAIN = branch_name("main")
MARKED = '{\n<<<<<<< HEAD\n  "x": 1\n=======\n  "x": 2\n>>>>>>> side\n}\n'


@pytest.fixture
def waiting(store, diverge, put):
    """A reconcile that waits, of a file in which git had left its marks; and of one that only theirs changed."""
    commits = diverge({"a": {"x": 0}, "b": 0}, {"a": {"x": 1}}, {"a": {"x": 2}, "b": 2})
    put("a", MARKED)
    assert isinstance(store.reconcile(), Conflicted)
    assert store.read("b") == 2
    return sorted(commits, key=lambda commit: commit.id)


@pytest.fixture
def only(root):
    """Let `main` have one head, as the host's git does when its merge is aborted."""

    def leave(commit):
        heads = FileHeads(Layout(root))
        if commit not in heads.heads(MAIN):
            heads.add(MAIN, commit)
        for head in heads.heads(MAIN):
            if head != commit:
                heads.remove(MAIN, head)

    return leave


def test_nothing_is_settled_or_committed(store, waiting, only):
    """The error says what to do, and the file stays."""
    (conflict,) = store.conflicts()
    only(waiting[0].id)
    before = store.read("a")
    for verb in (
        lambda: store.resolve(conflict, "theirs"),
        lambda: store.resolve(conflict, "working"),
        store.merge_continue,
    ):
        with pytest.raises(StaleHeadError, match="abort") as raised:
            verb()
        assert (raised.value.branch, raised.value.found) == ("main", waiting[0].id)
        assert "merge --abort" in raised.value.remedy
    assert (store.read("a"), store.conflicts()) == (before, (conflict,))


def test_the_error_names_the_head_that_went(store, waiting, only):
    """Also where it is not the first of several."""
    for kept, gone in (waiting, reversed(waiting)):
        only(kept.id)
        with pytest.raises(StaleHeadError) as raised:
            store.merge_continue()
        assert (raised.value.expected, raised.value.found) == (gone.id, kept.id)


def test_what_was_settled_is_not_committed(store, waiting, only):
    """Also when the branch moved after the last settling."""
    store.resolve(store.conflicts()[0], "theirs")
    only(waiting[1].id)
    with pytest.raises(StaleHeadError, match="abort"):
        store.merge_continue()


@pytest.mark.parametrize("side", [0, 1])
def test_aborting_leaves_what_git_restored(store, waiting, only, side):
    """Git's marks do not come back into a file that holds what the branch has now."""
    commit = waiting[side]
    only(commit.id)
    restored = dict(store.at(commit.id))
    for name, value in restored.items():
        store.write(name, value)
    store.merge_abort()
    assert {name: store.read(name) for name in store.names()} == restored
    assert store.merge_under_way() is None
    assert store.status().clean


def test_aborting_leaves_what_somebody_wrote(store, waiting, only, put, root):
    """It holds neither what the merge left nor what the branch has."""
    only(waiting[0].id)
    path = put("a", '{"x":   9}')
    (root / "b.json").unlink()
    store.merge_abort()
    assert path.read_text() == '{"x":   9}'
    assert not (root / "b.json").exists()


@pytest.mark.parametrize("take", [None, 7])
def test_aborting_gives_back_what_the_merge_put_there(store, fork, only, put, take):
    """To the byte, where nobody touched the file since: what the merge left in it, or a settling."""
    base, _, _ = fork({"a": {"x": 0, "y": 0}}, {"a": {"x": 1, "y": 0}}, {"a": {"x": 2, "y": 2}})
    path = put("a", '{"x":  1, "y":0}')
    store.merge("side")
    if take is not None:
        store.resolve(store.conflicts()[0], take)
    assert path.read_text() != '{"x":  1, "y":0}'
    only(base.id)
    store.merge_abort()
    assert path.read_text() == '{"x":  1, "y":0}'


def test_aborting_gets_by_without_the_commits(root, waiting, only):
    """Also where the new head is of a commit that is not here: the file that the merge wrote is given back."""
    missing = CommitId("ab" * 32)
    FileHeads(Layout(root)).add(MAIN, missing)
    with Store.open(root, author="Ada <ada@example.org>") as store:
        with pytest.raises(StaleHeadError):
            store.resolve(store.conflicts()[0], "ours")
        store.merge_abort()
        assert store.merge_under_way() is None
    assert waiting
