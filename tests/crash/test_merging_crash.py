"""Stop programs that merge, settle, continue, abort and reconcile, and cut the power: it happened, or it did not."""

import itertools
import shutil
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from children import Child
from disk_calls import KILLED, At, die, die_after, intercepted
from power_cuts import cut_between
from promises import AUTHOR, opened
from quick_stores import SWEEP

from muniment import ABSENT, Conflicted, NoMergeError, Store
from muniment.files.layout import Layout
from muniment.storage import local
from muniment.storage.heads import FileHeads
from muniment.values.names import branch_name

pytestmark = pytest.mark.usefixtures("quick_disk")

BASE = {"both": {"x": 0, "y": 0}, "gone": 0, "kept": 0, "mine": 0}
OURS = {"both": {"x": 1, "y": 0}, "kept": 1, "mine": 1}
THEIRS = {"both": {"x": 2, "y": 2}, "gone": ABSENT, "kept": ABSENT, "new/theirs": 2}
CLEAN = {"gone": ABSENT, "mine": 0, "new/clean": 3}
BY_HAND = b'{"y":0,  "x":1}'
BY_GIT = b'{\n<<<<<<< HEAD\n  "x": 1,\n  "y": 0\n=======\n  "x": %d,\n  "y": %d\n>>>>>>> theirs\n}\n'


class State(NamedTuple):
    """All that merging may touch: the documents at each head of each branch, the files, and what is under way."""

    heads: dict[str, list[dict[str, Any]]]
    files: dict[str, bytes]
    waiting: list[tuple[str, str]] | None


def state(store):
    """Read it from an open store; None waits where no merge is under way."""
    waiting = [(one.name, one.pointer) for one in store.conflicts()]
    is_under_way = Path(Layout(store.path).merge).exists()
    heads = {branch.name: [dict(store.at(head)) for head in branch.heads] for branch in store.branches.list()}
    ordered = {name: sorted(documents, key=repr) for name, documents in heads.items()}
    return State(ordered, files(store.path), waiting if is_under_way else None)


def files(root):
    """Read the working files."""
    paths = [path for path in Path(root).rglob("*") if path.is_file() and ".muniment" not in path.parts]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def put(store, documents, **options):
    """Commit some documents, `ABSENT` to delete one."""
    with store.transaction("put", **options) as change:
        for name, value in documents.items():
            if value is ABSENT:
                change.delete(name)
            else:
                change.write(name, value)
    return change.commit


def fork(store):
    """Make `main`, which is checked out, `theirs`, which disagrees with it, and `clean`, which does not."""
    put(store, BASE)
    for branch, documents in (("theirs", THEIRS), ("clean", CLEAN)):
        store.branches.create(branch)
        put(store, documents, branch=branch, worktree=False)
    put(store, OURS)


def begin(store):
    """Let a merge wait for its conflicts, in a document that was laid out by hand."""
    fork(store)
    Path(store.path, "both.json").write_bytes(BY_HAND)
    assert isinstance(store.merge("theirs"), Conflicted)


def settle(store):
    """Settle all its conflicts, each by theirs."""
    while left := store.conflicts():
        store.resolve(left[0], "theirs")


def begin_and_settle(store):
    """Let a merge be ready to be continued."""
    begin(store)
    settle(store)


def diverge(store, branch):
    """Let `main` have two heads, and a file as git left it."""
    fork(store)
    heads = FileHeads(Layout(store.path))
    for head in heads.heads(branch_name(branch)):
        heads.add(branch_name("main"), head)
    theirs = store.at(branch).read("both")
    Path(store.path, "both.json").write_bytes(BY_GIT % (theirs["x"], theirs["y"]))


def checkpoint_behind(work):
    """Make work that empties the journal behind each change."""

    def checked(store):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(local, "JOURNAL_LIMIT", 0)
            work(store)

    return checked


SCENARIOS = {
    "merge": (fork, lambda store: store.merge("clean")),
    "merge with conflicts": (fork, lambda store: store.merge("theirs")),
    "merge elsewhere": (fork, lambda store: store.merge("main", into="clean")),
    "resolve": (begin, lambda store: store.resolve(store.conflicts()[-1], "theirs")),
    "continue": (begin_and_settle, lambda store: store.merge_continue()),
    "abort": (begin, lambda store: store.merge_abort()),
    "abort what was settled": (begin_and_settle, lambda store: store.merge_abort()),
    "reconcile": (lambda store: diverge(store, "clean"), lambda store: store.reconcile()),
    "reconcile with conflicts": (lambda store: diverge(store, "theirs"), lambda store: store.reconcile()),
    "revert": (fork, lambda store: store.revert("HEAD")),
    "conflicts and an empty journal": (fork, checkpoint_behind(lambda store: store.merge("theirs"))),
    "continue and an empty journal": (begin_and_settle, checkpoint_behind(lambda store: store.merge_continue())),
}
DECISIONS = {
    "before the call": lambda nth: At(nth, die),
    "half written": lambda nth: At(nth, die_after(lambda size: size // 2), frozenset({"write", "pwrite"})),
}


def begun(root, prepare):
    """Make a store as a scenario wants it, closed."""
    with Store.init(root, author=AUTHOR) as store:
        prepare(store)


def stopped(root, work, decide):
    """Run `work` on the store at `root` until it is stopped; tell whether it was."""

    def program(_):
        store = opened(root)
        store.conflicts()
        with intercepted(decide):
            work(store)

    child = Child(program)
    child.told()
    assert child.status in {0, KILLED}
    return child.status == KILLED


def check_each_file(root, before, after):
    """Check, before anybody repairs anything, that each file holds its old bytes or its new ones, or is not there."""
    found = files(root)
    for name in before.files.keys() | after.files.keys():
        assert found.get(name) in (before.files.get(name), after.files.get(name))


def go_on(store):
    """Bring whatever is under way to its end, and commit once more."""
    try:
        settle(store)
        store.merge_continue()
    except NoMergeError:
        if isinstance(store.reconcile(), Conflicted):
            settle(store)
            store.merge_continue()
    put(store, {"more": 1}, worktree=False)
    assert store.conflicts() == ()
    assert store.at("HEAD").read("more") == 1
    assert store.verify().findings == ()


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_merge_may_be_stopped_at_any_call(place, scenario, decision):
    """Its commit, the note of it and the files are all as before, or all as after; and it can be gone on with."""
    prepare, work = SCENARIOS[scenario]
    template, root = place / "template", place / "store"
    begun(template, prepare)
    shutil.copytree(template, root)
    with opened(root) as store:
        before = state(store)
        work(store)
    with opened(root) as store:
        after = state(store)
    assert before != after
    step = 1 if SWEEP or decision == "half written" else 2
    for nth in itertools.count(1, step):
        shutil.rmtree(root)
        shutil.copytree(template, root)
        was_stopped = stopped(root, work, DECISIONS[decision](nth))
        check_each_file(root, before, after)
        with opened(root) as store:
            found = state(store)
            assert found in ([before, after] if was_stopped else [after])
            assert {finding.code for finding in store.verify().findings} <= {"document-invalid"}  # as git left it
            go_on(store)
        if not was_stopped:
            break
    assert nth > 2


def edit_and(verb):
    """Make a step that edits the document in conflict by hand first, past the journal."""

    def step(store):
        Path(store.path, "both.json").write_bytes(b'{"x": 7, "y": 7}')
        verb(store)

    return step


STEPS = (
    fork,
    lambda store: store.merge("theirs"),
    edit_and(Store.merge_abort),
    lambda store: store.merge("theirs"),
    edit_and(lambda store: store.resolve(store.conflicts()[0], "ours")),
    settle,
    lambda store: store.merge_continue(),
    lambda store: store.merge("clean", prefer="theirs"),
    lambda store: store.revert("HEAD"),
    lambda store: store.revert("HEAD"),
)
SEVERAL_CHANGES = {0, 2, 4, 5}
"""Steps that make several changes, or an edit before their change: in between, less is promised."""


@pytest.mark.skipif(sys.platform != "linux", reason="finds a descriptor's file through /proc")
@pytest.mark.parametrize("all_names", [False, True], ids=["names too", "contents only"])
@pytest.mark.parametrize("limit", [local.JOURNAL_LIMIT, 0], ids=["from the journal", "checkpoints"])
def test_acknowledged_merges_outlive_a_power_cut(place, monkeypatch, all_names, limit):
    """At no moment does a power cut lose a choice, bring back a merge that is over, or leave a file behind."""
    cuts = cut_between(STEPS, state, place, monkeypatch, all_names=all_names, limit=limit)
    seen = set()
    for moment, count in cuts.moments:
        with opened(moment / "store") as store:
            if count not in SEVERAL_CHANGES or count not in seen:
                assert state(store) in cuts.acknowledged[count - 1 : count + 1]
            seen.add(count)
            assert store.verify().findings == ()
        shutil.rmtree(moment)
    assert len(seen) == len(STEPS)
