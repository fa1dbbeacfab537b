"""What readers see while others write: whole documents, and changes of several of them whole."""

import json

import pytest
from children import Child
from promises import AUTHOR, opened

from muniment import Store

LENGTH = 5_000


@pytest.fixture
def root(place):
    """A store whose documents `left` and `right`, and a hundred more, hold the same number, committed."""
    with Store.init(place / "store", author=AUTHOR) as store:
        write_all(store, 0, worktree=True)
    return place / "store"


def write_all(store, number, *, worktree):
    """Write one number to every document in a transaction."""
    with store.transaction(str(number), worktree=worktree) as change:
        for name in ("right", "left", *(f"many/{index}" for index in range(100))):
            change.write(name, number)


def test_a_reader_never_sees_a_torn_document(root):
    """During a thousand replacements, read through the store or as a plain file, each value is whole and none older."""

    def work(_):
        store = opened(root)
        for number in range(1, 1_001):
            store.write("large", [number] * LENGTH)

    with opened(root) as store:
        store.write("large", [0] * LENGTH)
        child = Child(work)
        seen = 0
        while seen < 1_000:
            assert not child.has_told() or seen or child.told() == []
            for value in (store.read("large"), json.loads((root / "large.json").read_text())):
                assert len(value) == LENGTH
                assert set(value) == {value[0]}
                assert value[0] >= seen
                seen = value[0]
        assert child.told() == []


def change_for_ever(root, change):
    """Make work that tells it began, and changes until it is killed."""

    def work(tell):
        store = opened(root)
        number = store.at("HEAD")["left"]
        tell("begun")
        while True:
            number += 1
            change(store, number)

    return work


def write_two(store, number):
    """Write one number to two documents."""
    with store.transaction(str(number)) as change:
        change.write("left", number)
        change.write("right", number)


def write_two_after_reading(store, number):
    """Write one number to two documents that were read, and so locked, one after the other."""
    with store.transaction(str(number)) as change:
        change.update("right", lambda _: number)
        change.update("left", lambda _: number)


def write_hundred(store, number):
    """Write one number to so many documents that one lock stands for all."""
    write_all(store, number, worktree=True)


@pytest.mark.parametrize("change", [write_two, write_two_after_reading, write_hundred])
def test_a_snapshot_never_sees_half_a_transaction(root, change):
    """While a transaction replaces several documents over and over, a snapshot sees all of one or none."""
    child = Child(change_for_ever(root, change))
    child.hear()
    with opened(root) as store:
        seen = set()
        for turn in range(150):
            names = ["right", "many/7", "left"] if change is write_hundred else ["right", "left"]
            if change is not write_two_after_reading and turn % 2:  # which would wait for this as this for it
                names.reverse()
            with store.snapshot() as snapshot:
                values = {snapshot[name] for name in names}
            assert len(values) == 1
            seen |= values
        assert len(seen) > 1
    child.kill()


def test_a_commit_is_seen_whole(root):
    """The head that a reader finds leads to every document of its commit, whatever moves meanwhile."""

    def change(store, number):
        write_all(store, number, worktree=False)

    child = Child(change_for_ever(root, change))
    child.hear()
    with opened(root) as store:
        newest = 0
        while newest < 30:
            documents = store.at("HEAD")
            values = {documents[name] for name in ("left", "right", "many/99")}
            assert len(values) == 1
            assert documents.commit.generation >= newest
            newest = documents.commit.generation
            assert store.log(limit=1)[0].generation >= newest
    child.kill()
