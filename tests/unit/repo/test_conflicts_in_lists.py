"""Conflicts about items of lists: settling one moves those behind it, and they are found where they are then."""

import pytest

from muniment import Conflict, MergeRules
from muniment.values.names import document_name


def item(name, **more):
    """An item of a list with a key."""
    return {"id": name, **more}


@pytest.fixture
def listed(store, fork, conflicts_of):
    """A merge with four conflicts in one list with a key, and one behind it in a list inside an item."""
    store.merge_rules.declare(MergeRules("lists", names="*", keys={"": "id", "/*/parts": "id"}))

    def side(b, c, d, parts):
        inner = [item(name, n=n) for name, n in parts.items()]
        return [
            item("a"),
            *[item(name, n=n) for name, n in {"b": b, "c": c, "d": d}.items() if n],
            item("e", parts=inner),
        ]

    fork(
        {"a": side(9, 9, 9, {"p": 9, "q": 9})},
        {"a": side(1, 1, 1, {"p": 1, "q": 1})},
        {"a": side(None, None, 2, {"q": 2})},
    )
    return conflicts_of()


def ids(store):
    """Name the items that are in the list, and in the list inside."""
    value = store.read("a")
    return "".join(one["id"] for one in value) + "/" + "".join(part["id"] for part in value[-1]["parts"])


def places(store):
    """Give the places of the conflicts that are open."""
    return [one.pointer for one in store.conflicts()]


def test_conflicts_behind_an_item_that_goes_move_up(store, listed):
    """Taking a deletion takes the item out of its list; what is behind it is found where it is then."""
    b, c, d, p, q = listed
    assert places(store) == ["/1", "/2", "/3/n", "/4/parts/0", "/4/parts/1/n"]
    store.resolve(b, "theirs")
    assert (ids(store), places(store)) == ("acde/pq", ["/1", "/2/n", "/3/parts/0", "/3/parts/1/n"])
    store.resolve(p, "theirs")
    assert (ids(store), places(store)) == ("acde/q", ["/1", "/2/n", "/3/parts/0/n"])
    store.resolve(c, "theirs")
    assert (ids(store), places(store)) == ("ade/q", ["/1/n", "/2/parts/0/n"])
    store.resolve(d, "theirs")
    store.resolve(q, "theirs")
    store.merge_continue()
    assert store.at("HEAD").read("a") == store.at("side").read("a")


def test_an_item_that_went_comes_back_where_it_was(store, listed):
    """Settled otherwise than before, in any order: no item is lost, none stands at another's place."""
    b, c, d, _, _ = listed
    for one in (b, c, b):
        store.resolve(one, "theirs")
    assert ids(store) == "ade/pq"
    store.resolve(c, "ours")
    assert (ids(store), places(store)) == ("acde/pq", ["/2/n", "/3/parts/0", "/3/parts/1/n"])
    store.resolve(b, "base")
    assert (ids(store), places(store)) == ("abcde/pq", ["/3/n", "/4/parts/0", "/4/parts/1/n"])
    assert store.read("a")[1:3] == [item("b", n=9), item("c", n=1)]
    for one in (c, b):
        store.resolve(one, "theirs")
    store.resolve(b, item("b", n=5))
    store.resolve(c, item("c", n=6))
    store.resolve(d, "theirs")
    assert store.read("a")[:4] == [item("a"), item("b", n=5), item("c", n=6), item("d", n=2)]


def test_an_open_conflict_is_found_by_place_before_one_that_is_settled_there(store, listed):
    """Who names a place means what is to be settled there now."""
    store.resolve(listed[0], "theirs")
    store.resolve(
        Conflict(name=document_name("a"), pointer="/1", base=0, ours=0, theirs=0, kind="modify-delete"), "theirs"
    )
    assert ids(store) == "ade/pq"
