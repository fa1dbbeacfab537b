"""Files in conflict that somebody had mended before their branch was reconciled."""

import pytest

from muniment import Conflicted

BEGIN = {"x": 1, "y": 2, "z": 3, "owner": "ada"}


@pytest.fixture
def diverged(store, branch_at):
    """Ours set x and y, theirs x and z: they disagree about x alone."""
    store.write("web", BEGIN)
    store.commit("begin")
    store.branches.create("side")
    with store.transaction("theirs", branch="side") as tx:
        tx.write("web", BEGIN | {"x": 10, "z": 30})
    store.write("web", BEGIN | {"x": 11, "y": 20})
    store.commit("ours")
    branch_at("main", store.at("side").commit)
    return store


def settle(store, choice):
    """Settle the one conflict, and continue; gives what was committed."""
    assert store.resolve(store.conflicts()[0], choice) == ()
    return store.at(store.merge_continue().id).read("web")


def test_what_was_agreed_besides_comes_to_what_somebody_wrote(diverged):
    """Whoever mended git's conflict kept neither z of theirs nor the old owner: z comes, the owner is theirs to set."""
    diverged.write("web", BEGIN | {"x": 99, "y": 20, "owner": "ben"})
    assert isinstance(diverged.reconcile(), Conflicted)
    assert diverged.read("web") == BEGIN | {"x": 99, "y": 20, "owner": "ben"}
    assert settle(diverged, "working") == {"x": 99, "y": 20, "z": 30, "owner": "ben"}
    assert diverged.status().clean


@pytest.mark.parametrize(("choice", "x"), [("ours", 11), ("theirs", 10), ("base", 1), (7, 7)])
def test_other_choices_stand_at_the_place_of_conflict_alone(diverged, choice, x):
    """What was written elsewhere stays."""
    diverged.write("web", BEGIN | {"x": 99, "owner": "ben"})
    diverged.reconcile()
    assert settle(diverged, choice) == {"x": x, "y": 20, "z": 30, "owner": "ben"}


def test_a_place_that_was_removed_by_hand_is_taken_as_removed(diverged):
    """There is nothing in the file there, and so there is nothing in the commit."""
    without = {name: value for name, value in BEGIN.items() if name != "x"}
    diverged.write("web", without | {"owner": "ben"})
    diverged.reconcile()
    assert settle(diverged, "working") == {"y": 20, "z": 30, "owner": "ben"}


def test_it_is_caught_up_once(diverged):
    """What is edited after that is taken as it is, also where it goes back to what the base had."""
    diverged.write("web", BEGIN | {"x": 99, "owner": "ben"})
    diverged.reconcile()
    diverged.resolve(diverged.conflicts()[0], "ours")
    diverged.write("web", BEGIN | {"x": 5, "owner": "ben"})
    assert diverged.at(diverged.merge_continue().id).read("web") == BEGIN | {"x": 5, "owner": "ben"}


def test_aborting_gives_it_back(diverged, put):
    """To the byte, as whatever else a merge replaced."""
    path = put("web", '{"x":  99, "owner": "ben"}')
    diverged.reconcile()
    diverged.resolve(diverged.conflicts()[0], "theirs")
    diverged.merge_abort()
    assert path.read_text() == '{"x":  99, "owner": "ben"}'


@pytest.mark.parametrize("written", [[1, 2], [7, 1, 2]])
def test_what_was_written_into_a_list_without_a_key_is_taken_as_it_is(store, branch_at, written):
    """At the item of the conflict what the file has is what the base has, or nothing tells the item: it stands."""
    store.write("web", {"list": [1, 2], "owner": "ada"})
    store.commit("begin")
    store.branches.create("side")
    with store.transaction("theirs", branch="side") as tx:
        tx.write("web", {"list": [1, 20], "owner": "ada"})
    store.write("web", {"list": [1, 21], "owner": "ada"})
    store.commit("ours")
    branch_at("main", store.at("side").commit)
    store.write("web", {"list": written, "owner": "ben"})
    store.reconcile()
    assert settle(store, "working") == {"list": written, "owner": "ben"}


def test_a_side_that_was_taken_by_hand_can_be_changed_for_another(store, fork, branch_at):
    """Who took theirs while git merged finds the item of a list, which has no key, where it was; and takes ours."""
    fork({"a": [1, 2]}, {"a": [1, 3]}, {"a": [1, 4]})
    branch_at("main", store.at("side").commit)
    for taken in ([1, 3], [1, 4]):
        store.write("a", taken)
        assert isinstance(store.reconcile(), Conflicted)
        (conflict,) = store.conflicts()
        store.resolve(conflict, "ours")
        assert store.read("a") == [1, conflict.ours[1] if conflict.pointer == "" else conflict.ours]
        store.merge_abort()
        assert store.read("a") == taken
