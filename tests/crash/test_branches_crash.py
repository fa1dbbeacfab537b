"""Stop programs that change branches, and cut the power: a branch is there whole or not at all, and no file is half."""

import itertools
import json
import shutil
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from children import Child
from disk_calls import KILLED, At, die, die_after, intercepted
from power_cuts import cut_between
from promises import AUTHOR, check_files, opened, working

from muniment import Store
from muniment.files.layout import Layout
from muniment.storage import local

pytestmark = pytest.mark.usefixtures("quick_disk")

MAIN = {"a": "main", "same": 0, "main/only": 1}
SIDE = {"a": "side", "same": 0, "side/only": 2, "deep/er/side": 3}


class State(NamedTuple):
    """All that a change of branches may touch: head and description by name, what is checked out, the documents."""

    branches: dict[str, tuple[str | None, str]]
    checked_out: str
    documents: dict[str, Any]


def state(store):
    """Read it from an open store, first what no other verb would repair before."""
    checked_out = store.status().branch
    branches = {branch.name: (branch.head, branch.description) for branch in store.branches.list()}
    return State(branches, checked_out, working(store))


def replace(store, documents):
    """Make the working documents these, and commit them."""
    for name in set(store.names()) - documents.keys():
        store.delete(name)
    for name, value in documents.items():
        store.write(name, value)
    store.commit("replaced")


@pytest.fixture
def begun(place):
    """A store with the branches `main`, which is checked out, and `side`, closed."""
    root = place / "begun"
    with Store.init(root, author=AUTHOR) as store:
        replace(store, MAIN)
        store.branches.create("side", description="to try things")
        store.branches.switch("side")
        replace(store, SIDE)
        store.branches.switch("main")
    return root


def check_point(store):
    """Switch, with the journal emptied behind it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "JOURNAL_LIMIT", 0)
        store.branches.switch("side")


VERBS = {
    "create": lambda store: store.branches.create("new/branch", "side", "for something new"),
    "delete": lambda store: store.branches.delete("side"),
    "rename": lambda store: store.branches.rename("side", "deep/other"),
    "rename what is checked out": lambda store: store.branches.rename("main", "trunk"),
    "switch": lambda store: store.branches.switch("side"),
    "switch and empty the journal": check_point,
    "close": Store.close,
}
DECISIONS = {
    "before the call": lambda nth: At(nth, die),
    "half written": lambda nth: At(nth, die_after(lambda size: size // 2), frozenset({"write", "pwrite"})),
}


def stopped(root, work, decide):
    """Run `work` on the store at `root` until it is stopped; tell whether it was."""

    def program(_):
        store = opened(root)
        store.log()
        with store.transaction("just before", worktree=False) as change:
            change.write("hidden", 1)
        with intercepted(decide):
            work(store)

    child = Child(program)
    child.told()
    assert child.status in {0, KILLED}
    return child.status == KILLED


def outcomes(begun, root, work):
    """Give the states before and after `work`; the ids of commits differ from run to run and are left out."""
    shutil.copytree(begun, root)
    with opened(root) as store:
        before = nameless(state(store))
        work(store)
    with opened(root) as store:
        return before, nameless(state(store))


def nameless(found):
    """Put the descriptions alone in place of heads and descriptions."""
    return found._replace(branches={name: description for name, (_, description) in found.branches.items()})


def check_each_file(root, before, after):
    """Check, before anybody repairs anything, that each file holds its old content or its new one, or is not there."""
    for name in before.documents.keys() | after.documents.keys():
        path = Path(root, f"{name}.json")
        allowed = [one.documents.get(name, ...) for one in (before, after)]
        assert (json.loads(path.read_bytes()) if path.exists() else ...) in allowed


def check(root, before, after, *, was_stopped):
    """Check that the store is as before or after, that other verbs work then, and nothing is told twice."""
    check_each_file(root, before, after)
    with opened(root) as store:
        found = nameless(state(store))
        assert found in ([before, after] if was_stopped else [after])
        store.branches.create("next")
        store.branches.delete("next")
        store.commit("next", allow_empty=True)
        assert nameless(state(store)) == found
        assert store.at(found.checked_out).commit.message == "next"
        assert store.verify().findings == ()
    check_files(root, found.documents)
    lines = Path(Layout(root).operations).read_bytes().splitlines()
    assert len(lines) == len(set(lines))
    assert all(json.loads(line) for line in lines)


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize("verb", VERBS)
def test_a_program_may_be_stopped_at_any_call(begun, place, verb, decision):
    """Whichever call a program dies at, the change of branches is there whole or not at all, once somebody looks."""
    before, after = outcomes(begun, place / "whole", VERBS[verb])
    root = place / "store"
    for nth in itertools.count(1):
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(begun, root)
        was_stopped = stopped(root, VERBS[verb], DECISIONS[decision](nth))
        check(root, before, after, was_stopped=was_stopped)
        if not was_stopped:
            break
    assert nth > 2


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "close"])
def test_a_recovery_may_be_stopped_at_any_call(begun, place, verb):
    """What was stopped right behind the commit point is finished, though who finishes it is stopped too."""
    _, after = outcomes(begun, place / "whole", VERBS[verb])
    root, left = place / "store", place / "left"
    shutil.copytree(begun, left)
    behind = frozenset({"rename", "replace", "unlink", "create"})
    recorded = 0
    for nth in itertools.count(1):  # the last stop that leaves something to be finished
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(begun, root)
        if not stopped(root, VERBS[verb], At(nth, die, behind)):
            break
        with opened(root) as store:
            if not store._parts.storage.is_settled():
                recorded += 1
                shutil.rmtree(left)
                shutil.copytree(root, left)
    assert recorded
    for nth in itertools.count(1):
        shutil.rmtree(root)
        shutil.copytree(left, root)
        child = Child(lambda _, nth=nth: read_until_stopped(root, nth))
        child.told()
        with opened(root) as store:
            assert nameless(state(store)) == after
            assert store.verify().findings == ()
        if child.status != KILLED:
            break
    assert nth > 2


def read_until_stopped(root, nth):
    """Open a store and look at its branches, which finishes what was left; die at a call."""
    with intercepted(At(nth, die)):
        opened(root).branches.list()


STEPS = (
    lambda store: replace(store, MAIN),
    lambda store: store.branches.create("side", description="to try things"),
    lambda store: store.branches.switch("side"),
    lambda store: replace(store, SIDE),
    lambda store: store.branches.switch("main"),
    lambda store: store.branches.create("deep/other", "side"),
    lambda store: store.branches.rename("side", "deep/er"),
    lambda store: store.branches.switch("deep/er"),
    lambda store: store.branches.delete("deep/other"),
    lambda store: store.branches.rename("deep/er", "trunk"),
    lambda store: store.branches.delete("main"),
)


@pytest.mark.skipif(sys.platform != "linux", reason="finds a descriptor's file through /proc")
@pytest.mark.parametrize("all_names", [False, True], ids=["names too", "contents only"])
@pytest.mark.parametrize("limit", [local.JOURNAL_LIMIT, 0], ids=["from the journal", "checkpoints"])
def test_acknowledged_changes_of_branches_outlive_a_power_cut(place, monkeypatch, all_names, limit):
    """At no moment does a power cut take a branch that was made, bring back one that is gone, or undo a switch."""
    cuts = cut_between(STEPS, state, place, monkeypatch, all_names=all_names, limit=limit)
    files_between = {2, 4}  # `replace` writes files before it commits them
    for moment, count in cuts.moments:
        with opened(moment / "store") as store:
            found = state(store)
            wanted = cuts.acknowledged[count - 1 : count + 1]
            if count - 1 in files_between:
                found, wanted = found._replace(documents={}), [one._replace(documents={}) for one in wanted]
            assert found in wanted
            assert store.verify().findings == ()
        shutil.rmtree(moment)
    assert len(cuts.moments) > 2 * len(STEPS)
