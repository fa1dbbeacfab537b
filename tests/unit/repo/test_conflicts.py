"""Conflicts: they wait in the store, over restarts, until each is settled."""

from typing import Any

import pytest

from muniment import (
    ABSENT,
    Conflict,
    Conflicted,
    ConflictNotFoundError,
    DocumentInvalidError,
    InvalidValueError,
    MergeConflictError,
    NoMergeError,
    Store,
)
from muniment.values.names import document_name

ADA = "Ada <ada@example.org>"
BASE = {"a": {"x": 0, "y": 0, "z": 0}, "b": "b", "gone": 0, "kept": 0}
OURS = {"a": {"x": 1, "y": 1, "z": 0}, "gone": ABSENT, "kept": 1, "new": [1]}
THEIRS = {"a": {"x": 2, "y": 2, "z": 2}, "b": "theirs", "gone": 1, "kept": ABSENT, "new": "2"}


@pytest.fixture
def again(root, store):
    """Open the store anew, as the next day does."""
    opened = [store]

    def reopen():
        opened[-1].close()
        opened.append(Store.open(root, author=ADA))
        return opened[-1]

    yield reopen
    opened[-1].close()


def test_conflicts_are_kept_over_restarts_and_settled_one_by_one(again, fork):
    """From the merge to its commit, the store opened anew before each step: what was settled stays settled."""
    _, ours, theirs = fork(BASE, OURS, THEIRS)
    result = again().merge("side", message="bring both together")
    assert isinstance(result, Conflicted)
    told = [(one.name, one.pointer, one.base, one.ours, one.theirs, one.kind) for one in result.conflicts]
    assert told == [
        ("a", "/x", 0, 1, 2, "modify-modify"),
        ("a", "/y", 0, 1, 2, "modify-modify"),
        ("gone", "", 0, ABSENT, 1, "modify-delete"),
        ("kept", "", 0, 1, ABSENT, "modify-delete"),
        ("new", "", ABSENT, [1], "2", "add-add"),
    ]
    store = again()
    assert store.conflicts() == result.conflicts
    assert store.status().conflicted == ("a", "gone", "kept", "new")
    assert {name: store.read(name) for name in store.names()} == {
        "a": {"x": 1, "y": 1, "z": 2}, "b": "theirs", "gone": 1, "kept": 1, "new": [1],
    }  # fmt: skip
    assert store.at("HEAD").commit == ours
    takes: list[Any] = ["theirs", "base", "ours", "theirs", {"both": True}]
    for number, (conflict, take) in enumerate(zip(result.conflicts, takes, strict=True), start=1):
        with pytest.raises(MergeConflictError) as raised:
            again().merge_continue()
        assert len(raised.value.conflicts) == 6 - number
        assert again().resolve(conflict, take) == result.conflicts[number:]
    store = again()
    assert store.conflicts() == ()
    assert store.status().conflicted == ()
    commit = store.merge_continue()
    expected = {"a": {"x": 2, "y": 0, "z": 2}, "b": "theirs", "new": {"both": True}}
    assert dict(store.at("HEAD")) == {name: store.read(name) for name in store.names()} == expected
    assert store.status().clean
    assert (commit.parents, commit.message, commit.author) == ((ours.id, theirs.id), "bring both together", ADA)
    store = again()
    told = store.operations()[0]
    assert (told.verb, told.heads[0].new, told.worktree) == ("merge", commit.id, True)
    with pytest.raises(NoMergeError):
        store.merge_continue()


def test_a_type_that_differs_is_a_conflict_of_its_own_kind(store, fork):
    """Where both changed a value to two types."""
    fork({"a": {"x": 1}}, {"a": {"x": [1]}}, {"a": {"x": "1"}})
    result = store.merge("side")
    assert isinstance(result, Conflicted)
    assert [one.kind for one in result.conflicts] == ["type-change"]


@pytest.mark.parametrize(
    ("take", "expected"),
    [
        ("ours", {"x": 1}),
        ("theirs", {"x": 2}),
        ("base", {"x": 0}),
        ("working", {"x": "edited"}),
        (7, {"x": 7}),
        ("any text", {"x": "any text"}),
        (None, {"x": None}),
        (ABSENT, {}),
        ({"n": [1.0]}, {"x": {"n": [1]}}),
    ],
)
def test_a_conflict_is_settled_by_a_side_by_the_file_or_by_a_value(store, fork, take, expected, conflicts_of):
    """What stands there then is what was chosen; it is committed when the merge is continued."""
    fork({"a": {"x": 0}}, {"a": {"x": 1}}, {"a": {"x": 2}})
    (conflict,) = conflicts_of()
    store.write("a", {"x": "edited"})
    assert store.resolve(conflict, take) == ()
    assert store.read("a") == expected
    store.merge_continue()
    assert store.at("HEAD").read("a") == expected


@pytest.mark.parametrize("word", ["ours", "theirs", "base", "working"])
def test_a_text_that_is_a_word_of_ours_is_passed_as_a_value(store, fork, word, conflicts_of):
    """`value=` takes any value, also these."""
    fork({"a": {"x": 0}}, {"a": {"x": 1}}, {"a": {"x": 2}})
    store.resolve(conflicts_of()[0], value=word)
    assert store.read("a") == {"x": word}


def test_a_choice_is_one_thing(store, fork, conflicts_of):
    """Neither a side nor a value, or both, is refused; so is what is no conflict, and what cannot be stored."""
    fork({"a": {"x": 0}}, {"a": {"x": 1}}, {"a": {"x": 2}})
    (conflict,) = conflicts_of()
    for choice in ({}, {"take": "ours", "value": 1}):
        with pytest.raises(InvalidValueError):
            store.resolve(conflict, **choice)
    with pytest.raises(InvalidValueError, match="conflict"):
        store.resolve("a", "ours")
    with pytest.raises(DocumentInvalidError):
        store.resolve(conflict, float("nan"))
    assert store.conflicts() == (conflict,)
    assert store.read("a") == {"x": 1}


def test_a_conflict_that_the_merge_does_not_have_is_not_settled(store, fork, conflicts_of):
    """Of another document, place or merge; one that is written down by name and place is found."""
    fork({"a": {"x": 0}}, {"a": {"x": 1}}, {"a": {"x": 2}})
    (conflict,) = conflicts_of()

    def at(name, pointer, **more):
        return Conflict(
            name=document_name(name), pointer=pointer, base=0, ours=1, theirs=2, kind="modify-modify", **more
        )

    for wrong in (at("b", "/x"), at("a", "/y"), at("a", "/x", id="9:/x")):
        with pytest.raises(ConflictNotFoundError) as raised:
            store.resolve(wrong, "ours")
        assert (raised.value.name, raised.value.pointer) == (wrong.name, wrong.pointer)
    assert store.resolve(at("a", "/x"), "theirs") == ()
    store.merge_abort()
    with pytest.raises(NoMergeError):
        store.resolve(conflict, "ours")


def test_a_conflict_of_another_merge_settles_nothing(store, fork, conflicts_of):
    """One that was kept from a merge that was given up, at the same place; of the same sides, it is the same."""
    base, _, _ = fork({"a": {"x": 0}}, {"a": {"x": 1}}, {"a": {"x": 2}})
    store.branches.create("other", base.id)
    with store.transaction("other", branch="other") as change:
        change.write("a", {"x": 3})
    (kept,) = conflicts_of()
    store.merge_abort()
    conflicts_of("other")
    with pytest.raises(ConflictNotFoundError):
        store.resolve(kept, "theirs")
    assert store.read("a") == {"x": 1}
    store.merge_abort()
    assert conflicts_of() == (kept,)
    assert store.resolve(kept, "theirs") == ()


def test_a_conflict_may_be_settled_again(store, fork, conflicts_of):
    """Otherwise than before, as long as the merge was not continued."""
    fork({"a": {"x": 0}, "b": 0}, {"a": {"x": 1}, "b": 1}, {"a": {"x": 2}, "b": ABSENT})
    first, second = conflicts_of()
    takes: list[tuple[Any, Any]] = [("theirs", {"x": 2}), (ABSENT, {}), ("base", {"x": 0}), ("ours", {"x": 1})]
    for take, expected in takes:
        assert store.resolve(first, take) == (second,)
        assert store.read("a") == expected
    takes = [("theirs", False), ("ours", True), ("theirs", False), (5, True)]
    for take, there in takes:
        assert store.resolve(second, take) == ()
        assert store.exists("b") == there
    store.merge_continue()
    assert dict(store.at("HEAD")) == {"a": {"x": 1}, "b": 5}


@pytest.mark.parametrize("prefer", ["ours", "theirs", "base"])
def test_whole_documents_are_settled_by_any_side(store, fork, prefer, conflicts_of):
    """Deleted by one and changed by the other, either way round, and made by both: the side that is taken stands."""
    sides: dict[str, dict[str, Any]] = {
        "base": {"gone": 0, "kept": 0},
        "ours": {"gone": ABSENT, "kept": 1, "new": 1},
        "theirs": {"gone": 2, "kept": ABSENT, "new": "2"},
    }
    fork(*sides.values())
    for conflict in conflicts_of():
        store.resolve(conflict, prefer)
    store.merge_continue()
    assert dict(store.at("HEAD")) == {name: value for name, value in sides[prefer].items() if value is not ABSENT}
    assert store.status().clean
