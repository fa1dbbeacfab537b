"""What a store remembers of heads that it moved never hides what stands there, however coarse the clock of files."""

import os
import time

import pytest

from muniment.files.layout import Layout
from muniment.storage.heads import FileHeads
from muniment.values.ids import CommitId
from muniment.values.names import BranchName

MAIN = BranchName("main")
ONE, TWO, THREE = (CommitId(digit * 64) for digit in "123")


@pytest.fixture
def layout(tmp_path):
    """The layout of a store."""
    return Layout(tmp_path)


@pytest.fixture
def heads(layout):
    """Heads of which one was just moved."""
    store = FileHeads(layout)
    store.move(MAIN, None, ONE)
    assert store.heads(MAIN) == (ONE,)
    store.move(MAIN, ONE, TWO)
    return store


def within_the_same_tick(layout, change):
    """Let something change the folder of a branch so that its time does not tell."""
    folder = layout.branch(MAIN)
    before = os.stat(folder).st_mtime_ns
    change()
    os.utime(folder, ns=(before, before))


def test_a_head_put_beside_one_that_was_moved_is_seen(layout, heads):
    """As when a reconciled branch diverges again."""
    within_the_same_tick(layout, lambda: heads.add(MAIN, THREE))
    assert heads.heads(MAIN) == (TWO, THREE)


@pytest.mark.parametrize("later_s", [0, 1, 10])
def test_a_head_that_another_program_moved_on_is_seen(layout, heads, monkeypatch, later_s):
    """At once, and when the time of the own move lies long back: it was read before the other one moved."""
    within_the_same_tick(layout, lambda: FileHeads(layout).move(MAIN, TWO, THREE))
    now = time.time_ns()
    monkeypatch.setattr("muniment.storage.heads.time.time_ns", lambda: now + later_s * 1_000_000_000)
    assert heads.heads(MAIN) == (THREE,)
    assert heads.heads(MAIN) == (THREE,)
