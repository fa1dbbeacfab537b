"""Heads that are brought together in several copies of a store, and merges of merges in any order."""

import shutil
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from muniment import Conflicted, FastForward, Merged, Store, UpToDate
from muniment.files.layout import Layout
from muniment.storage.heads import FileHeads
from muniment.values.json_value import same
from muniment.values.names import branch_name
from store_sides import COUNTED, KEYED, Lines, as_stored, edits, quick_folder, threes

ADA = "Ada <ada@example.org>"
MAIN = branch_name("main")


@pytest.fixture(scope="module")
def folder():
    """A folder for the stores of all examples."""
    with quick_folder() as made:
        yield made


def opened(root):
    """Open a store with the rules that its documents are merged by."""
    return Store.open(root, author=ADA, durability="os", merge_rules=[KEYED, COUNTED])


def heads(root):
    """Give the heads of the branch, as they stand in the store's folder."""
    return FileHeads(Layout(root)).heads(MAIN)


def set_heads(root, wanted):
    """Let the branch stand at these commits, put there one after the other."""
    files = FileHeads(Layout(root))
    for head in files.heads(MAIN):
        files.remove(MAIN, head)
    for head in wanted:
        files.add(MAIN, head)


def two_heads(root, three):
    """Make a store whose branch has the two sides as heads, and is checked out as ours."""
    assume(not same(three.base, three.ours) and not same(three.base, three.theirs))
    shutil.rmtree(root, ignore_errors=True)
    with Store.init(root, author=ADA) as store:
        store.write("unused", 1)
        store.commit("first")
    with opened(root) as store:
        lines = Lines(store)
        lines.put("main", three.base, worktree=True)
        store.branches.create("theirs")
        lines.put("main", three.ours, worktree=True)
        lines.put("theirs", three.theirs)
        theirs = store.branches.info("theirs").branch.head
        store.branches.delete("theirs")
    set_heads(root, [*heads(root), theirs])


def exchange(one, other, before):
    """Let two copies have the objects and heads of both, as the host's git merges them; `before` is what both had."""
    for source, target in ((one, other), (other, one)):
        for part in ("objects", "packs", "merging"):
            if (source / ".muniment" / part).exists():
                shutil.copytree(source / ".muniment" / part, target / ".muniment" / part, dirs_exist_ok=True)
    here, there = set(heads(one)), set(heads(other))
    merged = (here & there) | (here - before) | (there - before)
    set_heads(one, sorted(merged))
    set_heads(other, sorted(merged, reverse=True))
    return merged


def settle(root, takes):
    """Reconcile, and settle each conflict by what is drawn; give what came of it first."""
    with opened(root) as store:
        result = store.reconcile()
        if isinstance(result, Conflicted):
            assert store.conflicts() == result.conflicts
            while left := store.conflicts():
                store.resolve(left[0], takes())
            store.merge_continue()
        assert store.reconcile() == UpToDate()
        assert store.status().clean
        assert store.verify().findings == ()
        return result


@settings(max_examples=30)
@given(three=threes())
def test_copies_that_reconcile_come_to_the_same_commit(folder, three):
    """In whichever order the heads were put there, also where a decision is needed: then they ask for the same one."""
    one, other = folder / "one", folder / "other"
    two_heads(one, three)
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(one, other)
    set_heads(other, reversed(heads(one)))
    with opened(one) as here, opened(other) as there:
        results: list[Any] = [here.reconcile(), there.reconcile()]
        assert results[0] == results[1]
        if not isinstance(results[0], Conflicted):
            assert here.branches.list() == there.branches.list()
            assert here.reconcile() == UpToDate()
            assert dict(here.at("HEAD")) == {name: here.read(name) for name in here.names()}


@settings(max_examples=20)
@given(three=threes(), data=st.data())
def test_a_criss_cross_settles(folder, three, data):
    """Two copies settle the same heads, each in its own way, and exchange: one more time, and all have one head."""
    one, other = folder / "one", folder / "other"
    two_heads(one, three)
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(one, other)
    before = set(heads(one))
    sides = st.sampled_from(["ours", "theirs", "base"])
    first = settle(one, lambda: data.draw(sides))
    second = settle(other, lambda: data.draw(sides))
    assert first == second
    before = exchange(one, other, before)
    assert len(before) == 1 or isinstance(first, Conflicted)
    settle(one, lambda: data.draw(sides))
    exchange(one, other, before)
    with opened(one) as here, opened(other) as there:
        for store in (here, there):
            assert not isinstance(store.reconcile(), Conflicted)
            assert store.reconcile() == UpToDate()
        assert here.at("HEAD").commit == there.at("HEAD").commit


@pytest.fixture(scope="module")
def lines(folder):
    """A store for all examples of merges of merges."""
    with Store.init(folder / "lines", author=ADA) as store:
        store.write("unused", 1)
        store.commit("first")
    with opened(folder / "lines") as store:
        yield Lines(store)


BRANCHES = ("a", "b", "c")


def plain(documents):
    """Leave out the documents about whose order or counts something is declared."""
    return {name: value for name, value in documents.items() if "/" not in name}


def check_merge(store, source, into):
    """Merge, and check what holds of any merge; then the other branch has to follow only."""
    forth = store.merge(source, into=into, dry_run=True)
    back = store.merge(into, into=source, dry_run=True)
    if isinstance(forth, Conflicted) and isinstance(back, Conflicted):
        told = [(one.name, one.pointer, one.base, one.ours, one.theirs, one.kind) for one in forth.conflicts]
        again = [(one.name, one.pointer, one.base, one.theirs, one.ours, one.kind) for one in back.conflicts]
        assert repr(told) == repr(again)
        assert "\ufdd0" not in repr(told)
    elif isinstance(forth, Merged):
        assert isinstance(back, Merged)
        assert forth.commit.tree == back.commit.tree
    else:
        assert isinstance(forth, UpToDate | FastForward)


@settings(max_examples=60)
@given(data=st.data())
def test_merges_of_merges_keep_the_laws(lines, data):
    """However branches were merged before, with several common ancestors or one: no merge fails, nor breaks a law."""
    store = lines.store
    lines.clear()
    for branch in BRANCHES:
        store.branches.create(branch, "main")
    for _ in range(data.draw(st.integers(3, 12))):
        branch, other = data.draw(st.permutations(BRANCHES))[:2]
        if data.draw(st.booleans()):
            lines.put(branch, as_stored(plain(data.draw(edits(lines.documents(branch))))))
            continue
        check_merge(store, branch, other)
        result = store.merge(branch, into=other, prefer=data.draw(st.sampled_from([None, "ours", "theirs"])))
        if not isinstance(result, Conflicted):
            assert store.merge(branch, into=other) == UpToDate()
        assert "\ufdd0" not in repr(lines.documents(other))


@settings(max_examples=40)
@given(data=st.data())
def test_merges_of_merges_by_rules_do_not_fail(lines, data):
    """With keys and strategies, too, and what the documents hold is what people put there."""
    store = lines.store
    lines.clear()
    for branch in BRANCHES:
        store.branches.create(branch, "main")
    for _ in range(data.draw(st.integers(3, 12))):
        branch, other = data.draw(st.permutations(BRANCHES))[:2]
        if data.draw(st.booleans()):
            lines.put(branch, as_stored(data.draw(edits(lines.documents(branch)))))
            continue
        result = store.merge(branch, into=other, prefer=data.draw(st.sampled_from([None, "ours", "theirs"])))
        assert "\ufdd0" not in repr((result, lines.documents(other)))
