"""What every `HeadStore` must do, asked of each there is."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.errors import StaleHeadError
from muniment.files.layout import Layout
from muniment.storage.heads import FileHeads
from muniment.storage.interface import HeadStore
from muniment.storage.memory import MemoryHeads
from muniment.values.ids import CommitId
from muniment.values.names import BranchName

MAIN = BranchName("main")
ONE, TWO, THREE, FOUR = (CommitId(digit * 64) for digit in "1234")


class Subject(NamedTuple):
    """A store to be asked, and a way to make it diverge, as a merge of the host repository does."""

    store: HeadStore
    add: Callable[[BranchName, CommitId], None]


def files(folder: Path) -> Subject:
    """One empty file a head."""
    store = FileHeads(Layout(folder))

    def add(branch: BranchName, commit: CommitId) -> None:
        path = Path(Layout(folder).head(branch, commit))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path.parent, ns=(0, path.stat().st_mtime_ns + 1))  # however coarse the clock is

    return Subject(store, add)


def memory(folder: Path) -> Subject:
    """No files at all."""
    store = MemoryHeads()

    def add(branch: BranchName, commit: CommitId) -> None:
        store._heads.setdefault(branch, set()).add(commit)

    return Subject(store, add)


@pytest.fixture(params=[files, memory], ids=lambda kind: kind.__name__)
def subject(request, tmp_path) -> Subject:
    """Each implementation in turn, empty."""
    return request.param(tmp_path)


@pytest.fixture
def store(subject) -> HeadStore:
    """The implementation alone, for tests that need nothing else."""
    return subject.store


def test_a_branch_begins_with_its_first_head(store):
    """Expecting nothing, a head is made where there is no branch."""
    assert store.heads(MAIN) == ()
    assert list(store.branches()) == []
    store.move(MAIN, None, ONE)
    assert store.heads(MAIN) == (ONE,)
    assert list(store.branches()) == [MAIN]


def test_a_head_moves_from_what_is_expected(store):
    """Expecting the head that is there, it is replaced; the old one is gone."""
    store.move(MAIN, None, ONE)
    store.move(MAIN, ONE, TWO)
    assert store.heads(MAIN) == (TWO,)


@pytest.mark.parametrize("expected", [None, TWO])
def test_a_stale_move_changes_nothing(store, expected):
    """Expecting another head, or none where there is one, is refused and tells what was found."""
    store.move(MAIN, None, ONE)
    with pytest.raises(StaleHeadError) as raised:
        store.move(MAIN, expected, THREE)
    assert (raised.value.branch, raised.value.expected, raised.value.found) == (MAIN, expected, ONE)
    assert store.heads(MAIN) == (ONE,)


def test_a_branch_that_is_not_there_cannot_be_moved(store):
    """Expecting a head where there is no branch is refused, and makes none."""
    with pytest.raises(StaleHeadError) as raised:
        store.move(MAIN, ONE, TWO)
    assert raised.value.found is None
    assert store.heads(MAIN) == ()
    assert list(store.branches()) == []


def test_one_of_two_moves_from_the_same_head_fails(store):
    """Of two that expect the same head, the second is refused."""
    store.move(MAIN, None, ONE)
    store.move(MAIN, ONE, TWO)
    with pytest.raises(StaleHeadError):
        store.move(MAIN, ONE, THREE)
    assert store.heads(MAIN) == (TWO,)


def test_diverged_heads_are_listed_in_order(subject):
    """A branch with several heads gives all of them, ascending."""
    for commit in (THREE, ONE, TWO):
        subject.add(MAIN, commit)
    assert subject.store.heads(MAIN) == (ONE, TWO, THREE)
    assert list(subject.store.branches()) == [MAIN]


def test_one_of_diverged_heads_moves_alone(subject):
    """Moving one of several heads leaves the others."""
    subject.add(MAIN, ONE)
    subject.add(MAIN, TWO)
    subject.store.move(MAIN, TWO, THREE)
    assert subject.store.heads(MAIN) == (ONE, THREE)


def test_a_diverged_branch_is_not_made_anew(subject):
    """Expecting nothing where there are two heads is refused."""
    subject.add(MAIN, ONE)
    subject.add(MAIN, TWO)
    with pytest.raises(StaleHeadError) as raised:
        subject.store.move(MAIN, None, THREE)
    assert raised.value.found in {ONE, TWO}
    assert subject.store.heads(MAIN) == (ONE, TWO)


def test_a_head_can_move_onto_its_sibling(subject):
    """Moving one of two heads to where the other stands leaves one: they have become one."""
    subject.add(MAIN, ONE)
    subject.add(MAIN, TWO)
    subject.store.move(MAIN, ONE, TWO)
    assert subject.store.heads(MAIN) == (TWO,)


def test_branches_may_lie_within_each_other(store):
    """`a` and `a/b` are two branches, whichever comes first, and neither sees the other's head."""
    outer, inner, late = BranchName("a"), BranchName("a/b"), BranchName("x/y/z")
    store.move(outer, None, ONE)
    store.move(inner, None, TWO)
    store.move(late, None, THREE)
    store.move(BranchName("x"), None, FOUR)
    assert [store.heads(BranchName(name)) for name in ("a", "a/b", "x/y", "x/y/z", "x")] == [
        (ONE,), (TWO,), (), (THREE,), (FOUR,),
    ]  # fmt: skip
    assert list(store.branches()) == ["a", "a/b", "x", "x/y/z"]
    store.move(outer, ONE, THREE)
    assert store.heads(inner) == (TWO,)


def test_a_branch_ends_with_its_only_head(store):
    """Removing it leaves no branch, and another may begin there, also with the same head."""
    store.move(MAIN, None, ONE)
    store.remove(MAIN, ONE)
    assert store.heads(MAIN) == ()
    assert list(store.branches()) == []
    store.move(MAIN, None, ONE)
    assert store.heads(MAIN) == (ONE,)


def test_a_head_that_was_moved_to_can_be_removed(store):
    """What is remembered of a move is forgotten with the head."""
    store.move(MAIN, None, ONE)
    store.move(MAIN, ONE, TWO)
    store.remove(MAIN, TWO)
    assert store.heads(MAIN) == ()
    store.move(MAIN, None, THREE)
    assert store.heads(MAIN) == (THREE,)


@pytest.mark.parametrize("there", [None, ONE])
def test_a_stale_removal_changes_nothing(store, there):
    """Expecting a head that is not there, or no more, is refused and tells what was found."""
    if there:
        store.move(MAIN, None, there)
    with pytest.raises(StaleHeadError) as raised:
        store.remove(MAIN, TWO)
    assert (raised.value.branch, raised.value.expected, raised.value.found) == (MAIN, TWO, there)
    assert store.heads(MAIN) == ((there,) if there else ())


def test_one_of_diverged_heads_is_removed_alone(subject):
    """The others stay, and the branch with them."""
    for commit in (ONE, TWO, THREE):
        subject.add(MAIN, commit)
    subject.store.remove(MAIN, TWO)
    assert subject.store.heads(MAIN) == (ONE, THREE)
    assert list(subject.store.branches()) == [MAIN]


@pytest.mark.parametrize(("gone", "left"), [("a", "a/b"), ("a/b", "a"), ("a/b", "a/c"), ("a/b/c", "a")])
def test_a_branch_within_another_goes_alone(store, gone, left):
    """Removing the outer leaves the inner one, and the other way round."""
    store.move(BranchName(gone), None, ONE)
    store.move(BranchName(left), None, TWO)
    store.remove(BranchName(gone), ONE)
    assert list(store.branches()) == [left]
    assert store.heads(BranchName(left)) == (TWO,)


def test_no_empty_folder_is_left(tmp_path):
    """The host's git keeps no empty folders, and a copy of the store has none either; that of all heads stays."""
    store, layout = FileHeads(Layout(tmp_path)), Layout(tmp_path)
    store.move(BranchName("a/b/c"), None, ONE)
    store.remove(BranchName("a/b/c"), ONE)
    assert os.listdir(layout.heads) == []


steps_of_heads = st.tuples(
    st.sampled_from(["a", "a/b", "c"]),
    st.sampled_from([None, ONE, TWO, THREE]),
    st.sampled_from([None, ONE, TWO, THREE]),
)


@settings(max_examples=60)
@given(steps=st.lists(steps_of_heads, max_size=12))
def test_files_and_memory_agree(tmp_path_factory, steps):
    """Whatever is moved or removed, the two give the same heads and refuse the same steps."""
    twins = [files(tmp_path_factory.mktemp("heads")).store, MemoryHeads()]
    for branch, expected, new in steps:
        outcomes = [outcome_of(twin, branch, expected, new) for twin in twins]
        assert outcomes[0] == outcomes[1]
        assert list(twins[0].branches()) == list(twins[1].branches())


def outcome_of(store, branch, expected, new):
    """What a step comes to: the heads afterwards, and what was found if it was refused."""
    found: str | None = "done"
    try:
        if new is not None:
            store.move(branch, expected, new)
        elif expected is not None:
            store.remove(branch, expected)
    except StaleHeadError as error:
        found = error.found
    return found, store.heads(branch)
