"""Pause one program at each call of its change, in turn, and let another in: never a lost update, never an error."""

import itertools
import os
import shutil

import pytest
from children import Child, Gate
from disk_calls import CHANGES, READS, At, intercepted
from promises import opened
from quick_stores import SWEEP

from muniment.files.layout import Layout

pytestmark = pytest.mark.usefixtures("quick_disk")

A_MOMENT_S = 0.03
LARGE = 1_000_000


def replace(store, worktree, _):
    """Write a document unread."""
    with store.transaction("replace", worktree=worktree) as change:
        change.write("a", LARGE + os.getpid())


def add(store, worktree, pause):
    """Write a sum, after a pause for thought."""
    with store.transaction("add", worktree=worktree) as change:
        value = change.read("a")
        pause()
        change.write("a", value + 1)


PAIRS = [(replace, add), (add, replace)] + [(add, add), (replace, replace)] * SWEEP


def pausing(root, verb, worktree, gate, nth):
    """Do `verb` in another process, which pauses at call number `nth`, or where the verb says if `nth` is 0."""

    def work(tell):
        def pause(call=None):
            tell("paused")
            gate.wait()
            return call.go_on() if call else None

        with opened(root, lock_timeout_s=20.0) as store, intercepted(At(nth, pause, CHANGES | READS)):
            verb(store, worktree, (lambda: None) if nth else pause)
        tell("done")

    return Child(work)


def interleave(root, first, second, worktree, nth):
    """Let `second` in while `first` is paused, and `first` go on while `second` is; tell whether `first` paused."""
    gates = Gate(), Gate()
    one = pausing(root, first, worktree, gates[0], nth)
    was_paused = one.hear() == "paused"
    two = pausing(root, second, worktree, gates[1], 0)
    two.has_told(A_MOMENT_S)  # until it pauses, or is done, or waits for the first
    gates[0].let_pass()
    one.has_told(A_MOMENT_S)  # until it is done, or waits for the second
    gates[1].let_pass()
    one.told()
    two.told()
    for gate in gates:
        gate.close()
    return was_paused


@pytest.mark.parametrize("worktree", [False, True], ids=["no files", "files"])
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_another_may_come_at_any_call(template, place, first, second, worktree):
    """Whichever call one transaction is at when the other begins, both succeed, and each sum is of what it follows.

    The document was never locked before, which is where docs/decisions/0007 has to prove itself.
    """
    for nth in itertools.count(1):
        root = place / str(nth)
        shutil.copytree(template, root)
        shutil.rmtree(Layout(root).locks)
        was_paused = interleave(root, first, second, worktree, nth)
        with opened(root) as store:
            commits = store.log()[::-1]
            assert sorted(commit.message for commit in commits[1:]) == sorted([first.__name__, second.__name__])
            values = [store.at(commit.id)["a"] for commit in commits]
            for before, commit, after in zip(values, commits[1:], values[1:], strict=False):
                assert after == before + 1 if commit.message == "add" else after > LARGE
            assert store.verify().ok
            assert not worktree or store.status().clean
        shutil.rmtree(root)
        if not was_paused:
            assert nth > 15
            break
