"""Stop programs that undo and redo, and cut the power: a step happened whole or not at all, and no file is half."""

import itertools
import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from children import Child
from disk_calls import KILLED, At, die, die_after, intercepted
from power_cuts import cut_between
from promises import AUTHOR, check_files, opened, working

from muniment import Store
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.repo import assembling
from muniment.storage import local
from muniment.storage.heads import FileHeads

pytestmark = pytest.mark.usefixtures("quick_disk")


class State(NamedTuple):
    """All that a step may touch: the heads of branches, the tags, what is checked out, and the documents."""

    heads: dict[str, tuple[str, ...]]
    tags: list[str]
    checked_out: str
    documents: dict[str, Any]


def state(store):
    """Read it from an open store."""
    heads = {branch.name: tuple(sorted(branch.heads)) for branch in store.branches.list()}
    return State(heads, [tag.id for tag in store.tags.list()], store.branch, working(store))


def write(store, branch, **documents):
    """Write to a branch; None deletes."""
    with store.transaction("written", branch=branch) as change:
        for name, value in documents.items():
            change.delete(name) if value is None else change.write(name, value)


@pytest.fixture
def begun(place, monkeypatch):
    """A store with two branches that went apart, closed; commits are made at one moment, so runs give the same ids."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(assembling, "datetime", SimpleNamespace(now=lambda _: moment))
    root = place / "begun"
    with Store.init(root, author=AUTHOR) as store:
        write(store, None, a=1, b=1, gone=1)
        store.branches.create("side")
        write(store, "side", a=2, side=1)
        write(store, None, b=2)
        store.tags.create("v1")
    return root


def diverge(store, branch, other):
    """Put the head of another branch beside that of one, durably, as a merge of the host does."""
    layout, storage = store._parts.layout, store._parts.storage
    with storage.exclusive(1.0):
        storage.checkpoint()
    FileHeads(layout).add(branch, store.at(other).commit.id)
    disk.sync_folder(layout.branch(branch))


def reconcile(store):
    """Bring two heads together."""
    diverge(store, "main", "side")
    store.reconcile()


def delete_diverged(store):
    """Delete a branch of two heads."""
    diverge(store, "side", "main")
    store.branches.delete("side")


def go_on(store):
    """Do something in the middle, after which the branch goes on."""
    write(store, None, b=3, made=1)
    write(store, None, a=5)
    store.undo()
    store.redo()
    write(store, None, last=1)


DONE = {
    "transaction": lambda store: write(store, None, a=3, gone=None, made=1),
    "merge": lambda store: store.merge("side"),
    "switch": lambda store: store.branches.switch("side"),
    "reconcile": reconcile,
    "delete": lambda store: store.branches.delete("side"),
    "delete a diverged branch": delete_diverged,
    "rename what is checked out": lambda store: store.branches.rename("main", "deep/trunk"),
    "tag": lambda store: store.tags.delete("v1"),
    "an older one": go_on,
}


def undo(store):
    """Undo what was done; where the branch went on, the third from the end of what was done."""
    found = store.operations()
    older = [one for one in found if len(found) > 7 and one.verb == "transaction"]
    store.undo(older[2] if older else None)


VERBS = {"undo": undo, "redo": Store.redo}
CASES = [(done, verb) for done in DONE for verb in VERBS]


def prepared(begun, root, done, verb):
    """Lay out a store in which something was done, and undone where it is to be redone; closed."""
    shutil.copytree(begun, root)
    with opened(root) as store:
        DONE[done](store)
        if verb == "redo":
            undo(store)


def stopped(root, verb, decide):
    """Step until it is stopped; tell whether it was."""

    def program(_):
        store = opened(root)
        with intercepted(decide):
            VERBS[verb](store)

    child = Child(program)
    child.told()
    assert child.status in {0, KILLED}
    return child.status == KILLED


def outcomes(ready, root, verb):
    """Give the states before and after a step."""
    shutil.copytree(ready, root)
    with opened(root) as store:
        before = state(store)
        VERBS[verb](store)
    with opened(root) as store:
        return before, state(store)


def check(root, before, after, *, was_stopped):
    """Check that the store is as before or after, that other verbs work then, and nothing is told twice."""
    for name in before.documents.keys() | after.documents.keys():
        path = Path(root, f"{name}.json")
        allowed = [one.documents.get(name, ...) for one in (before, after)]
        assert (json.loads(path.read_bytes()) if path.exists() else ...) in allowed
    with opened(root) as store:
        found = state(store)
        assert found in ([before, after] if was_stopped else [after])
        assert store.verify().findings == ()
        count = len(store.operations())
        store.tags.create("next", next(head for heads in found.heads.values() for head in heads))
        store.undo()
        assert state(store) == found
        assert len(store.operations()) == count + 2
    if all(len(heads) == 1 for heads in found.heads.values()):
        check_files(root, found.documents)
    lines = Path(Layout(root).operations).read_bytes().splitlines()
    assert len(lines) == len(set(lines))
    assert all(json.loads(line) for line in lines)


DECISIONS = {
    "before the call": lambda nth: At(nth, die),
    "half written": lambda nth: At(nth, die_after(lambda size: size // 2), frozenset({"write", "pwrite"})),
}


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize(("done", "verb"), CASES)
def test_a_program_may_be_stopped_at_any_call(begun, place, done, verb, decision):
    """Whichever call a program dies at, it was undone, or redone, whole or not at all, once somebody looks."""
    ready, root = place / "ready", place / "store"
    prepared(begun, ready, done, verb)
    before, after = outcomes(ready, place / "whole", verb)
    for nth in itertools.count(1):
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(ready, root)
        was_stopped = stopped(root, verb, DECISIONS[decision](nth))
        check(root, before, after, was_stopped=was_stopped)
        if not was_stopped:
            break
    assert nth > 2


STEPS = (
    lambda store: write(store, None, a=1, b=1, gone=1),
    lambda store: store.branches.create("side"),
    lambda store: write(store, "side", a=2, side=1),
    lambda store: write(store, None, b=2, gone=None),
    Store.undo,
    Store.redo,
    lambda store: diverge(store, "main", "side"),
    Store.reconcile,
    Store.undo,
    Store.redo,
    Store.undo,
    Store.reconcile,
    lambda store: diverge(store, "side", "main~1"),
    lambda store: store.branches.delete("side"),
    Store.undo,
    Store.redo,
    lambda store: store.tags.create("v1"),
    Store.undo,
    lambda store: store.branches.rename("main", "deep/trunk"),
    Store.undo,
    Store.undo,
    Store.undo,
    Store.redo,
)


@pytest.mark.skipif(sys.platform != "linux", reason="finds a descriptor's file through /proc")
@pytest.mark.parametrize("all_names", [False, True], ids=["names too", "contents only"])
@pytest.mark.parametrize("limit", [local.JOURNAL_LIMIT, 0], ids=["from the journal", "checkpoints"])
def test_acknowledged_steps_outlive_a_power_cut(place, monkeypatch, all_names, limit):
    """At no moment does a power cut take back an undo or a redo, or leave a part of one."""
    cuts = cut_between(STEPS, state, place, monkeypatch, all_names=all_names, limit=limit)
    for moment, count in cuts.moments:
        with opened(moment / "store") as store:
            found = state(store)
            assert found in cuts.acknowledged[count - 1 : count + 1], count
            assert store.verify().findings == ()
        shutil.rmtree(moment)
    assert len(cuts.moments) > 2 * len(STEPS)
