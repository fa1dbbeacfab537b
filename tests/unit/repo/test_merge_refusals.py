"""Merges that are refused: a typed error that says what to do, and nothing is changed."""

from pathlib import Path

import pytest

from muniment import (
    ABSENT,
    AmbiguousRevisionError,
    BranchNotFoundError,
    Conflicted,
    DirtyDocumentError,
    DivergedError,
    InvalidNameError,
    InvalidValueError,
    MalformedError,
    Merged,
    MissingAuthorError,
    ObjectNotFoundError,
    RevisionNotFoundError,
    StaleHeadError,
    Store,
    UnrelatedHistoriesError,
)
from muniment.files.layout import Layout
from muniment.storage.heads import FileHeads
from muniment.values.ids import CommitId
from muniment.values.names import branch_name

ADA = "Ada <ada@example.org>"
MAIN = branch_name("main")


@pytest.fixture
def unchanged(root, store):
    """Check at the end that no document, head or conflict is another than when this was called."""

    def state():
        files = {path: path.read_bytes() for path in root.rglob("*.json") if ".muniment" not in path.parts}
        heads = [(branch.name, branch.heads) for branch in store.branches.list()]
        return files, heads, store.conflicts(), len(store.operations())

    before = []
    yield lambda: before.append(state())
    assert before
    assert state() == before[0]


@pytest.mark.parametrize(
    "source", ["nothing", "main~9", "v9", "0" * 16, "main@{2026-01-01}", " ", "main..side", ":working", None, 5]
)
def test_a_source_that_means_no_commit(store, fork, unchanged, source):
    """Unknown, malformed, or no text at all: refused, also for a dry run, a revert and a cherry-pick."""
    fork({"a": 0}, {"a": 1}, {"b": 2})
    unchanged()
    for verb in (store.merge, store.revert, store.cherry_pick, lambda source: store.merge(source, dry_run=True)):
        with pytest.raises(RevisionNotFoundError):
            verb(source)


def test_a_source_that_means_several_commits(store, fork, unchanged, monkeypatch):
    """A prefix of several ids is refused, and told what it may mean."""
    monkeypatch.setattr("muniment.values.ids.SHORTEST_PREFIX", 1)
    fork({"a": 0}, {"a": 1}, {"b": 2})
    digits = [store.commit(f"more {number}", allow_empty=True).id[0] for number in range(17)]
    unchanged()
    twice = next(digit for digit in digits if digits.count(digit) > 1)
    for verb in (store.merge, store.revert, store.cherry_pick):
        with pytest.raises(AmbiguousRevisionError):
            verb(twice)


@pytest.mark.parametrize(
    ("into", "error"),
    [
        ("nothing", BranchNotFoundError),
        ("main~1", InvalidNameError),
        ("", InvalidNameError),
        ("../main", InvalidNameError),
        (5, InvalidNameError),
        (None, InvalidNameError),
    ],
)
def test_a_target_that_is_no_branch(store, fork, unchanged, into, error):
    """Only a branch can be merged into."""
    fork({"a": 0}, {"a": 1}, {"b": 2})
    unchanged()
    with pytest.raises(error):
        store.merge("side", into=into)


@pytest.mark.parametrize(
    "wrong", [{"prefer": "mine"}, {"prefer": 1}, {"prefer": True}, {"prefer": ["ours"]}, {"message": 5}]
)
def test_arguments_that_no_annotation_stopped(store, fork, unchanged, wrong):
    """What is neither a side nor a text."""
    fork({"a": 0}, {"a": 1}, {"b": 2})
    unchanged()
    for verb in (store.merge, store.revert, store.cherry_pick):
        with pytest.raises(InvalidValueError):
            verb("side", **wrong)


def test_somebody_has_to_be_named(root, store, fork, unchanged):
    """A merge has an author."""
    fork({"a": 0}, {"a": 1}, {"b": 2})
    unchanged()
    with Store.open(root) as nameless:
        with pytest.raises(MissingAuthorError):
            nameless.merge("side")
        with pytest.raises(InvalidNameError):
            nameless.merge("side", author="two\nlines")


@pytest.fixture
def unrelated(store, tmp_path):
    """A branch whose history has nothing in common with that of `main`, brought by the host's git."""
    store.write("a", {"x": 1})
    store.write("only/here", 1)
    store.commit("first")
    with Store.init(tmp_path / "other", author=ADA) as other:
        other.write("a", {"x": 2, "y": 2})
        other.write("only/there", 2)
        commit = other.commit("another first")
        for path in Path(other.path, ".muniment", "objects").rglob("*.json"):
            target = Path(store.path, path.relative_to(other.path))
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
    FileHeads(Layout(store.path)).add(branch_name("stranger"), commit.id)
    return commit


def test_unrelated_histories_are_refused(store, unrelated, unchanged):
    """Also for a dry run; it is told which two."""
    unchanged()
    for dry_run in (True, False):
        with pytest.raises(UnrelatedHistoriesError) as raised:
            store.merge("stranger", dry_run=dry_run)
        assert (raised.value.source, raised.value.branch) == ("stranger", "main")


def test_unrelated_histories_are_merged_where_that_is_allowed(store, unrelated):
    """As if both had been made out of nothing."""
    result = store.merge("stranger", allow_unrelated=True)
    assert isinstance(result, Conflicted)
    assert [(one.name, one.pointer, one.kind) for one in result.conflicts] == [("a", "/x", "add-add")]
    store.resolve(result.conflicts[0], "theirs")
    assert store.merge_continue().parents[1] == unrelated.id
    assert dict(store.at("HEAD")) == {"a": {"x": 2, "y": 2}, "only/here": 1, "only/there": 2}


@pytest.mark.parametrize("prefer", [None, "theirs"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("both", '{"x": 9, "y": 0}'),
        ("theirs", '"edited"'),
        ("new", '"a file that is not committed"'),
        ("theirs", "{ broken"),
        ("theirs", None),
        ("gone", '"edited"'),
    ],
    ids=["in conflict", "changed", "made", "no JSON", "deleted by hand", "deleted by theirs"],
)
def test_a_dirty_working_file_is_refused(store, fork, put, unchanged, name, text, prefer):
    """Whatever the merge would do to it; also where it only would be in conflict."""
    fork(
        {"both": {"x": 0, "y": 0}, "theirs": 0, "gone": 0, "other": 0},
        {"both": {"x": 1, "y": 0}, "other": 1},
        {"both": {"x": 2, "y": 2}, "theirs": 2, "gone": ABSENT, "new": 2},
    )
    path = put(name, text or "")
    if text is None:
        path.unlink()
    unchanged()
    with pytest.raises(DirtyDocumentError) as raised:
        store.merge("side", prefer=prefer)
    assert raised.value.names == (name,)


def test_a_fast_forward_over_a_dirty_file_is_refused(store, fork, unchanged):
    """As switching is."""
    fork({"a": 0}, {"a": 1}, {"b": 2})
    store.branches.create("behind", "main~1")
    store.branches.switch("behind")
    store.write("b", "edited")
    unchanged()
    with pytest.raises(DirtyDocumentError):
        store.merge("side")


def test_names_of_the_two_sides_that_differ_by_case_alone(store, fork, unchanged):
    """On some systems one would hide the other: refused, also by a dry run, and where no file is touched."""
    fork({"a": 0}, {"Web": 1, "Folder/x": 1}, {"web": 2})
    store.branches.create("other", "main~1")
    with store.transaction("other", branch="other", worktree=False) as change:
        change.write("folder/y", 1)
    unchanged()
    for source, into in (("side", "main"), ("main", "side"), ("other", "main"), ("main", "other")):
        for dry_run in (True, False):
            with pytest.raises(InvalidNameError):
                store.merge(source, into=into, dry_run=dry_run)


def test_a_diverged_branch_is_neither_source_nor_target(store, diverge, unchanged):
    """Where its heads disagree: it has to be reconciled first; a head may be named by its id."""
    one, other = diverge({"a": 0}, {"a": 1}, {"a": 2})
    store.branches.create("side", one.id)
    unchanged()
    with pytest.raises(DivergedError):
        store.merge("main", into="side")
    with pytest.raises(DivergedError):
        store.merge("side")
    assert isinstance(store.merge(other.id, into="side", dry_run=True), Conflicted)


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_head_that_names_a_missing_commit(store, fork, branch_at, root, side):
    """Of the source or of the target: told by its id."""
    _, ours, _ = fork({"a": 0}, {"a": 1}, {"b": 2})
    missing = CommitId("12" * 32)
    heads = FileHeads(Layout(root))
    if side == "target":
        heads.remove(MAIN, ours.id)
        heads.add(MAIN, missing)
    else:
        heads.add(branch_name("broken"), missing)
    for dry_run in (True, False):
        with pytest.raises(ObjectNotFoundError) as raised:
            store.merge("side" if side == "target" else "broken", dry_run=dry_run)
        assert raised.value.id == missing
    assert store.conflicts() == ()


def test_a_missing_commit_in_the_history_of_a_side(store, fork, root, unchanged):
    """Nobody can tell what both were made of."""
    base, _, _ = fork({"a": 0}, {"a": 1}, {"b": 2})
    Path(Layout(root).object(base.id)).unlink()
    Path(Layout(root).index).unlink()
    with Store.open(root, author=ADA) as fresh, pytest.raises(ObjectNotFoundError):
        fresh.merge("side")
    unchanged()


def test_a_branch_that_moved_under_a_waiting_merge(store, fork, branch_at, root):
    """The host's git brought another head meanwhile: it is not continued over it; it can be aborted."""
    _, ours, theirs = fork({"a": 0}, {"a": 1}, {"a": 2})
    result = store.merge("side")
    assert isinstance(result, Conflicted)
    store.resolve(result.conflicts[0], "ours")
    heads = FileHeads(Layout(root))
    heads.add(MAIN, theirs.id)
    heads.remove(MAIN, ours.id)
    with pytest.raises(StaleHeadError) as raised:
        store.merge_continue()
    assert (raised.value.branch, raised.value.expected, raised.value.found) == ("main", ours.id, theirs.id)
    store.merge_abort()
    assert store.read("a") == 1


def test_a_damaged_note_of_a_merge_is_told_and_can_be_moved_away(store, fork, root):
    """Nothing goes on by guessing; `verify` tells what to do, and the merge may be begun anew then."""
    fork({"a": 0}, {"a": 1}, {"a": 2})
    store.merge("side")
    note = Path(Layout(root).merge)
    for data in (b"", b"{}", note.read_bytes()[:-9], b'{"type":"other"}', b"\xff"):
        note.write_bytes(data)
        for verb in (store.conflicts, store.merge_continue, store.merge_abort, store.status):
            with pytest.raises(MalformedError) as raised:
                verb()
            assert raised.value.path == str(note)
        (finding,) = store.verify().findings
        assert (finding.code, finding.path) == ("merge-damaged", str(note))
    note.unlink()
    assert store.verify().ok
    assert isinstance(store.merge("side", prefer="ours"), Merged)
