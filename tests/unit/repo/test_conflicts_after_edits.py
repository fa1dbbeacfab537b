"""Conflicts in files that somebody edited since: a side is put where it belongs, or nowhere."""

import pytest

from muniment import ABSENT, Conflicted, MergeRules, PlaceChangedError


def listed(*items):
    """A document with a list of items."""
    return {"l": [{"id": name, "n": n} for name, n in items]}


def merged(store):
    """Merge, and give the conflicts."""
    result = store.merge("side")
    assert isinstance(result, Conflicted)
    return result.conflicts


@pytest.fixture
def keyed(store, fork):
    """Conflicts at `n` of b, and about c, which theirs deleted, in a list of a, b, c, d with a key."""
    store.merge_rules.declare(MergeRules("lists", names="*", keys={"/l": "id"}))
    fork(
        {"a": listed(("a", 0), ("b", 0), ("c", 0), ("d", 0))},
        {"a": listed(("a", 0), ("b", 1), ("c", 1), ("d", 0))},
        {"a": listed(("a", 0), ("b", 2), ("d", 0))},
    )
    return merged(store)


def test_an_item_is_found_by_its_key(store, keyed):
    """Somebody put one before it: the side comes to the item that it is about, and the places follow."""
    b, c = keyed
    assert (b.pointer, c.pointer) == ("/l/1/n", "/l/2")
    store.write("a", listed(("new", 7), ("a", 0), ("b", 1), ("c", 1), ("d", 0)))
    (left,) = store.resolve(b, "theirs")
    assert store.read("a") == listed(("new", 7), ("a", 0), ("b", 2), ("c", 1), ("d", 0))
    assert (left.pointer, left.id) == ("/l/3", c.id)
    store.write("a", listed(("c", 1), ("b", 2), ("a", 0)))
    store.resolve(left, "theirs")
    assert store.read("a") == listed(("b", 2), ("a", 0))
    store.write("a", listed(("z", 0), ("b", 2), ("a", 0)))
    store.resolve(c, "base")
    assert store.read("a") == listed(("c", 0), ("z", 0), ("b", 2), ("a", 0))


def test_an_item_that_was_deleted_by_hand(store, keyed):
    """Inside of it, no side can be put, but what the file has is taken; the whole of it may come back."""
    b, c = keyed
    store.write("a", listed(("a", 0), ("d", 0)))
    with pytest.raises(PlaceChangedError, match="`working`") as raised:
        store.resolve(b, "theirs")
    assert (raised.value.name, raised.value.pointer) == ("a", "/l/1/n")
    assert raised.value.reason.endswith("where it was, 0 stands now")
    assert store.conflicts() == (b, c)
    store.resolve(c, "ours")
    assert store.read("a") == listed(("a", 0), ("c", 1), ("d", 0))
    store.resolve(c, "theirs")
    assert store.read("a") == listed(("a", 0), ("d", 0))
    store.write("a", listed(("a", 0), ("b", 9), ("c", 9)))
    store.resolve(c, "base")
    assert store.read("a") == listed(("a", 0), ("b", 9), ("c", 0))
    assert store.resolve(b, "working") == ()
    store.merge_continue()
    assert store.at("HEAD").read("a") == listed(("a", 0), ("b", 9), ("c", 0))


def test_a_list_without_a_key_takes_no_side_where_it_cannot_be_told(store, fork):
    """What stands at the place now is told; nothing is written. An item that is as it was is found."""
    fork({"a": [1, 2, 3]}, {"a": [1, 20, 3]}, {"a": [1, 200, 3]})
    (conflict,) = merged(store)
    store.write("a", [0, 1, 21, 3])
    for choice in ("theirs", "base", 5, ABSENT):
        with pytest.raises(PlaceChangedError, match="1 stands now"):
            store.resolve(conflict, choice)
    assert (store.read("a"), store.conflicts()) == ([0, 1, 21, 3], (conflict,))
    store.write("a", [0, 1, 20, 3])
    assert store.resolve(conflict, "theirs") == ()
    assert store.read("a") == [0, 1, 200, 3]
    store.write("a", ["x" * 100])
    with pytest.raises(PlaceChangedError, match="nothing named '2' in a list of 1"):
        store.resolve(conflict, "ours")


def test_what_stands_there_is_told_in_a_few_words(store, fork):
    """A long value is cut."""
    fork({"a": [1]}, {"a": [2]}, {"a": [3]})
    (conflict,) = merged(store)
    store.write("a", ["x" * 100])
    with pytest.raises(PlaceChangedError) as raised:
        store.resolve(conflict, "theirs")
    assert "xxx… stands now" in raised.value.reason
    assert len(raised.value.reason) < 150


def test_what_was_lost_once_is_settled_by_the_file_alone(store, fork):
    """Another conflict was settled meanwhile: it stays open, and is not taken for what came to its place."""
    fork({"a": {"l": [1, 2], "x": 0}}, {"a": {"l": [1, 20], "x": 1}}, {"a": {"l": [1, 200], "x": 2}})
    item, other = merged(store)
    store.write("a", {"l": [0, 1], "x": 1})
    assert store.resolve(other, "theirs") == (item,)
    with pytest.raises(PlaceChangedError):
        store.resolve(item, "theirs")
    assert store.resolve(item, "working") == ()
    assert store.read("a") == {"l": [0, 1], "x": 2}


def test_a_list_that_became_something_else(store, fork):
    """An item taken out of another list does not move what is lost."""
    fork({"a": {"l": [1, 2], "m": [5]}}, {"a": {"l": [1, 20], "m": [6]}}, {"a": {"l": [1, 200], "m": [7]}})
    item, other = merged(store)
    store.write("a", {"l": {"1": 20}, "m": [6]})
    assert store.resolve(other, ABSENT) == (item,)
    assert store.resolve(item, "working") == ()
    assert store.read("a") == {"l": {"1": 20}, "m": []}


@pytest.mark.parametrize("key", ["id", None])
def test_what_somebody_wrote_before_reconciling_is_found(store, branch_at, key):
    """In a file that was left: the file's own item is taken, with a key; and so is a side's."""
    store.merge_rules.declare(MergeRules("lists", names="*", keys={"/l": key} if key else {}))
    base = listed(("a", 0), ("b", 0), ("c", 0))
    store.write("a", base)
    store.commit("begin")
    store.branches.create("side")
    with store.transaction("theirs", branch="side") as tx:
        tx.write("a", listed(("a", 2), ("b", 2), ("c", 0)))
    store.write("a", listed(("a", 1), ("b", 1), ("c", 0)))
    store.commit("ours")
    branch_at("main", store.at("side").commit)
    mended = listed(("a", 77), ("b", 0), ("c", 5))
    if key:
        mended["l"].insert(0, {"id": "new", "n": 7})
    store.write("a", mended)
    result = store.reconcile()
    assert isinstance(result, Conflicted)
    a, b = result.conflicts
    store.resolve(b, "working")
    assert store.read("a") == mended
    if key:
        store.resolve(a, "theirs")
        assert [one["n"] for one in store.read("a")["l"]] == [7, store.at("side").read("a")["l"][0]["n"], 0, 5]
    else:
        with pytest.raises(PlaceChangedError):
            store.resolve(a, "theirs")


def test_a_file_that_is_missing_may_be_restored(store, fork, root):
    """No side can be put in it, and it is told why; once it is there again, one can."""
    fork({"a": {"x": 0, "y": 0}}, {"a": {"x": 1, "y": 1}}, {"a": {"x": 2, "y": 2}})
    x, y = merged(store)
    (root / "a.json").unlink()
    with pytest.raises(PlaceChangedError, match="the file is missing: restore it, or take `working` to leave it so"):
        store.resolve(x, "theirs")
    assert store.resolve(x, "working") == (y,)
    store.write("a", {"x": 1, "y": 1})
    assert store.resolve(y, "theirs") == ()
    assert store.read("a") == {"x": 1, "y": 2}
