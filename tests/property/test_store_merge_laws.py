"""The laws of merging for whole stores, through the verbs that people call."""

import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from muniment import Conflicted, FastForward, Merged, NoMergeError, Store, UpToDate
from muniment.values import pointer
from muniment.values.json_value import ABSENT, same
from store_sides import COUNTED, KEYED, NAMES, Lines, Three, disagreeing, quick_folder, threes

ADA = "Ada <ada@example.org>"


@pytest.fixture(scope="module")
def folder():
    """A folder for stores, which wait for no disk."""
    with quick_folder() as made:
        yield made


@contextmanager
def made(root):
    """Make a store, and lend it with the rules that its documents are merged by."""
    with Store.init(root, author=ADA) as store:
        store.write("unused", 1)
        store.commit("first")
    with Store.open(root, author=ADA, durability="os", merge_rules=[KEYED, COUNTED]) as store:
        yield Lines(store)


@pytest.fixture(scope="module")
def lines(folder):
    """A store for all examples."""
    with made(folder / "store") as lent:
        yield lent


def merged_by_document(three: Three) -> tuple[dict[str, Any], list[Any]]:
    """Merge each document by itself: what comes of all, and their conflicts, each behind its document's name."""
    documents, conflicts = {}, []
    for name in sorted({name for side in three for name in side}):
        found = three.merged(name)
        if found.value is not ABSENT:
            documents[name] = found.value
        conflicts += [(name, *one) for one in found.conflicts]
    return documents, conflicts


def told(conflicts):
    """Give the conflicts of a store as `merged_by_document` does."""
    return [(one.name, one.pointer, one.base, one.ours, one.theirs, one.kind) for one in conflicts]


def swapped(conflicts):
    """Give conflicts as they are from the other side, without the ids, which tell the sides."""
    return tuple(msgspec.structs.replace(one, ours=one.theirs, theirs=one.ours, id="") for one in conflicts)


def unnamed(conflicts):
    """Give conflicts without their ids."""
    return tuple(msgspec.structs.replace(one, id="") for one in conflicts)


def marks(root):
    """Tell of each file of a store, but for what is derived, when it was last written, and its size."""
    found = {path: path.stat() for path in Path(root).rglob("*") if path.is_file() and "cache" not in path.parts}
    return {path: (state.st_mtime_ns, state.st_size, state.st_ino) for path, state in found.items()}


@given(three=threes())
def test_a_store_is_merged_document_by_document(lines, three):
    """What is merged, and what is in conflict, is what the documents come to by themselves; the parents are both."""
    ours, theirs = lines.fork(three)
    heads = [lines.store.at(branch).commit for branch in (ours, theirs)]
    expected, conflicts = merged_by_document(three)
    result = lines.store.merge(theirs, into=ours)
    if heads[0] == heads[1] or same(three.base, three.theirs):
        assert result == UpToDate()
    elif same(three.base, three.ours):
        assert result == FastForward(heads[1])
        assert lines.store.at(ours).commit == heads[1]
    elif conflicts:
        assert isinstance(result, Conflicted)
        assert repr(told(result.conflicts)) == repr(conflicts)
        assert lines.store.at(ours).commit == heads[0]
        assert lines.store.conflicts() == ()
    else:
        assert isinstance(result, Merged)
        assert result.commit.parents == (heads[0].id, heads[1].id)
        assert result.commit == lines.store.at(ours).commit
        assert same(lines.documents(ours), expected)


@given(three=threes())
def test_merging_twice_is_merging_once(lines, three):
    """Once they are merged, there is nothing to be merged into ours, and theirs only has to follow."""
    ours, theirs = lines.fork(three)
    if isinstance(lines.store.merge(theirs, into=ours), Conflicted):
        assert isinstance(lines.store.merge(theirs, into=ours, prefer="theirs"), Merged)
    assert lines.store.merge(theirs, into=ours) == UpToDate()
    merged = lines.store.at(ours).commit
    behind = lines.store.at(theirs).commit
    back = lines.store.merge(ours, into=theirs)
    assert back == (UpToDate() if behind == merged else FastForward(merged))
    assert lines.store.at(theirs).commit == merged


@given(three=threes())
def test_a_side_that_was_made_of_the_same_is_that_side(lines, three):
    """merge(b, x, x) = x, also where both made x by commits of their own, but for what is counted."""
    counts = [{name: value for name, value in side.items() if name.startswith("counted")} for side in three[:2]]
    assume(same(*counts))
    ours, theirs = lines.fork(three._replace(theirs=three.ours))
    lines.put(theirs, {**three.ours, "more": 1})
    lines.put(theirs, three.ours)
    result = lines.store.merge(theirs, into=ours)
    assert not isinstance(result, Conflicted)
    assert same(lines.documents(ours), three.ours)


@given(three=threes())
def test_swapping_the_sides_of_stores_swaps_the_conflicts_and_nothing_else(lines, three):
    """Where no order is declared: the same conflicts from the other side, and else a tree of the same documents."""
    plain = Three(*({name: value for name, value in side.items() if "/" not in name} for side in three))
    ours, theirs = lines.fork(plain)
    forth = lines.store.merge(theirs, into=ours, dry_run=True)
    back = lines.store.merge(ours, into=theirs, dry_run=True)
    if isinstance(forth, Conflicted):
        assert isinstance(back, Conflicted)
        assert repr(swapped(back.conflicts)) == repr(unnamed(forth.conflicts))
    if isinstance(forth, Merged):
        assert isinstance(back, Merged)
        assert forth.commit.tree == back.commit.tree


@given(three=threes(), prefer=st.sampled_from(["ours", "theirs"]))
def test_a_preferred_side_leaves_nothing_open(lines, three, prefer):
    """No conflict is left, and what comes is what each document comes to with that side preferred."""
    ours, theirs = lines.fork(three)
    result = lines.store.merge(theirs, into=ours, prefer=prefer)
    assert not isinstance(result, Conflicted)
    expected = {name: three.merged(name, prefer).value for name in NAMES if any(name in side for side in three)}
    assert same(lines.documents(ours), {name: value for name, value in expected.items() if value is not ABSENT})


@settings(max_examples=20)
@given(three=threes(), prefer=st.sampled_from([None, "ours", "theirs"]))
def test_a_dry_run_tells_the_outcome_and_touches_nothing(folder, three, prefer):
    """No file of the store was written behind it, and the merge comes to what it told."""
    shutil.rmtree(folder / "dry", ignore_errors=True)
    with made(folder / "dry") as lines:
        ours, theirs = lines.fork(three)
        before = marks(folder / "dry")
        foretold: Any = lines.store.merge(theirs, into=ours, prefer=prefer, dry_run=True)
        assert marks(folder / "dry") == before
        result: Any = lines.store.merge(theirs, into=ours, prefer=prefer)
    assert type(foretold) is type(result)
    if isinstance(result, Merged):
        assert foretold.commit.parents == result.commit.parents
        assert foretold.commit.tree == result.commit.tree
    else:
        assert repr(foretold) == repr(result)


@settings(max_examples=30)
@given(three=threes())
def test_reverting_a_merge_gives_ours_back(lines, three):
    """What was merged in is taken out again by its inverse against the first parent, without a conflict."""
    ours, theirs = lines.fork(three)
    result = lines.store.merge(theirs, into=ours, prefer="theirs")
    assume(isinstance(result, Merged))
    lines.store.branches.switch(ours)
    try:
        lines.store.revert("HEAD")
        assert same(lines.documents(ours), three.ours)
    finally:
        lines.store.branches.switch("main")


@settings(max_examples=40)
@given(three=disagreeing(), data=st.data())
def test_conflicts_may_be_settled_in_any_order_and_again(lines, three, data):
    """Each by any side, some more than once: in the end, each place has what was chosen last for it."""
    store = lines.store
    ours, theirs = lines.fork(three)
    store.branches.switch(ours)
    try:
        result = store.merge(theirs)
        if not isinstance(result, Conflicted):
            return
        turns = data.draw(st.lists(st.sampled_from(result.conflicts), max_size=12)) + list(result.conflicts)
        takes = {}
        for conflict in turns:
            take = data.draw(st.sampled_from(["ours", "theirs", "base"]))
            open_now = store.resolve(conflict, take)
            takes[conflict.name, conflict.id] = getattr(conflict, take)
            assert len(open_now) == len(result.conflicts) - len(takes)
        expected = {name: three.merged(name).value for name in NAMES}
        for conflict in reversed(result.conflicts):
            chosen, here = takes[conflict.name, conflict.id], expected[conflict.name]
            if chosen is not ABSENT:
                expected[conflict.name] = pointer.set_at(here, conflict.pointer, chosen)
            else:
                expected[conflict.name] = pointer.remove_at(here, conflict.pointer)
        there = {name: value for name, value in expected.items() if value is not ABSENT}
        assert same({name: store.read(name) for name in store.names() if name in NAMES}, there)
        store.merge_continue()
        assert same(lines.documents(ours), there)
    finally:
        with suppress(NoMergeError):
            store.merge_abort()
        store.branches.switch("main")
