"""`main@{time}`: where a branch stood then, in this copy; by the minute at which each thing was done."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from muniment import RevisionNotFoundError, Store
from muniment.files import segment
from muniment.files.layout import Layout
from muniment.storage.heads import FileHeads
from muniment.values.names import branch_name

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MAIN = branch_name("main")
LATER = 10**7
"""A minute in many years: the time of a reconciliation is the machine's, and not the clock's that is set here."""


@pytest.fixture
def at_minute(clock):
    """Let the clock show a minute past noon."""

    def show(minute):
        clock.now = NOON + timedelta(minutes=minute)

    show(0)
    return show


@pytest.fixture
def put(store, at_minute):
    """Commit a document of its own at a minute; the message is that minute."""

    def commit(minute, branch="main", to=None):
        at_minute(minute)
        with (to or store).transaction(f"{minute}", branch=branch) as tx:
            tx.write(f"{minute}", minute)
        return tx.commit

    return commit


@pytest.fixture
def git_moves(root):
    """Let `main` have other heads, as the host's git does: no log tells of it."""

    def move(*commits):
        heads = FileHeads(Layout(root))
        for commit in commits:
            heads.add(MAIN, commit.id)
        for head in heads.heads(MAIN):
            if head not in {commit.id for commit in commits}:
                heads.remove(MAIN, head)

    return move


def stood(store, minute, branch="main"):
    """Give the message of the commit at which a branch stood at a minute; None where there was none."""
    try:
        return store.at(f"{branch}@{{{(NOON + timedelta(minutes=minute)).isoformat()}}}").commit.message
    except RevisionNotFoundError:
        return None


def test_before_a_fast_forward_it_stood_where_it_was(store, put, at_minute):
    """Not at what was made on the other branch meanwhile."""
    put(0)
    store.branches.create("side")
    put(1, "side")
    put(2, "side")
    at_minute(5)
    store.merge("side")
    for name in ("main", "HEAD", ""):
        assert [stood(store, minute, name) for minute in (-1, 0, 1, 4, 5, 9)] == [None, "0", "0", "0", "2", "2"]
    assert [stood(store, minute, "side") for minute in (0, 1, 2, 5)] == ["0", "1", "2", "2"]
    store.branches.switch("side")
    assert stood(store, 1, "HEAD") == "1"


def test_what_was_undone_had_been_the_head(store, put, at_minute):
    """Until it was undone, and again when that was undone; though no first parent leads there."""
    put(0)
    put(1)
    at_minute(3)
    store.undo()
    at_minute(5)
    store.redo()
    at_minute(7)
    store.undo()
    put(8)
    assert [stood(store, minute) for minute in range(9)] == ["0", "1", "1", "0", "0", "1", "1", "0", "8"]


def test_a_branch_that_was_deleted_stood_nowhere(store, put, at_minute):
    """Until it was made again; of what was before it was made at all, its first parents tell."""
    put(0)
    put(1)
    at_minute(2)
    store.branches.create("side")
    at_minute(4)
    store.branches.delete("side")
    at_minute(6)
    store.branches.create("side", "HEAD~1")
    put(7, "side")
    assert [stood(store, minute, "side") for minute in range(-1, 8)] == [
        *[None, "0", "0", "1", "1", None, None, "0", "7"]
    ]
    with pytest.raises(RevisionNotFoundError, match="side had no commit at that time"):
        store.at("side@{2026-01-01T12:05:00Z}")


def test_a_clone_goes_by_first_parents(store, put, root, tmp_path):
    """There is no log; from its own first change on it has one, and both are answered."""
    for minute in range(4):
        put(minute)
    shutil.copytree(root, tmp_path / "clone", ignore=shutil.ignore_patterns("local"))
    with Store.open(tmp_path / "clone", author="Bob") as clone:
        assert [stood(clone, minute) for minute in range(-1, 5)] == [None, "0", "1", "2", "3", "3"]
        put(6, to=clone)
        assert [stood(clone, minute) for minute in range(-1, 7)] == [None, "0", "1", "2", "3", "3", "3", "6"]


def test_what_git_brought_is_found_by_first_parents(store, put, git_moves, at_minute):
    """After the last line, and between two: there were commits on the way from where the log left the branch."""
    put(0)
    store.branches.create("side")
    ahead = [put(minute, "side") for minute in (1, 2)]
    git_moves(ahead[1])
    expected = ["0", "1", "2", "2", "2"]
    assert [stood(store, minute) for minute in range(5)] == expected
    put(5)
    assert [stood(store, minute) for minute in range(6)] == [*expected, "5"]


def test_what_was_committed_on_another_host_branch_had_been_the_head(store, put, git_moves, at_minute):
    """Where git checks out another branch of its own, and merges both: each stood where it was made to stand."""
    begin = put(0)
    ours = put(2)
    git_moves(begin)
    theirs = put(4)
    git_moves(ours, theirs)
    store.reconcile()
    assert [stood(store, minute) for minute in range(6)] == ["0", "0", "2", "2", "4", "4"]
    assert stood(store, LATER).startswith("reconcile")


def test_what_git_left_is_the_head_now(store, put, git_moves):
    """An older commit than the last of the log; the time before that line is told by the log."""
    begin = put(0)
    put(1)
    put(3)
    git_moves(begin)
    assert [stood(store, minute) for minute in (0, 1, 2, 3, 4)] == ["0", "1", "1", "0", "0"]


def test_a_branch_that_had_diverged_goes_by_first_parents(store, diverge, at_minute):
    """Of the head that it has now: nobody can say which of several is meant."""
    at_minute(1)
    diverge({"a": 0, "b": 0}, {"a": 1}, {"b": 1})
    store.reconcile()
    merged = store.at("HEAD").commit.message
    at_minute(LATER)
    store.undo()
    at_minute(LATER + 2)
    store.redo()
    assert [stood(store, minute) for minute in range(LATER - 1, LATER + 3)] == [merged] * 4


def test_a_commit_that_git_took_away_is_passed_over(store, put, git_moves, root):
    """The head of another host branch, whose objects are not here either."""
    begin = put(0)
    gone = put(2)
    git_moves(begin)
    put(4)
    store.close()
    Path(Layout(root).object(gone.id)).unlink()
    Path(Layout(root).index).unlink()
    with Store.open(root) as other:
        assert [stood(other, minute) for minute in (0, 2, 3, 4)] == ["0", "0", "0", "4"]


def test_a_tag_an_id_and_a_commit_on_the_way_go_by_first_parents(store, put, at_minute):
    """They have no times at which they stood elsewhere; nor has a branch, once a step led away from its head."""
    put(0)
    store.branches.create("side")
    tip = put(1, "side")
    at_minute(3)
    store.merge("side")
    store.tags.create("v1")
    for base in ("v1", tip.id, "main~0"):
        assert [stood(store, minute, base) for minute in (0, 1, 2, 3)] == ["0", "1", "1", "1"]
    assert store.at("main@{2026-01-01T12:03:00Z}@{2026-01-01T12:02:00Z}").commit == tip
    assert store.at("main@{2026-01-01T12:03:00Z}~").commit.message == "0"


def test_a_log_is_read_in_pieces(store, put, root, monkeypatch):
    """However far back a moment lies; what this program or another appends is seen."""
    monkeypatch.setattr(segment, "PIECE_BYTES", 700)
    for minute in range(0, 60, 2):
        put(minute)
    with Store.open(root, author="Bob") as other:
        for minute in (59, 31, 0, 58, 7):
            assert stood(other, minute) == f"{minute - minute % 2}"
        for minute in range(60, 90, 2):
            put(minute, to=(store, other)[minute % 4 // 2])
            assert [stood(other, ago) for ago in (minute, minute - 1, 3)] == [f"{minute}", f"{minute - 2}", "2"]


def test_a_log_that_is_another_is_read_anew(store, put, root):
    """Where somebody deleted this copy's own files while the store was open."""
    for minute in range(3):
        put(minute)
    assert stood(store, 1) == "1"
    Path(Layout(root).operations).unlink()
    assert stood(store, 1) == "1"
    put(7)
    assert [stood(store, minute) for minute in (1, 6, 7)] == ["1", "2", "7"]
