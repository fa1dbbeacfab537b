"""What names a commit, asked through `at`."""

from datetime import UTC, datetime, timedelta

import pytest

from muniment import AmbiguousRevisionError, DivergedError, DocumentNotFoundError, RevisionNotFoundError
from muniment.files.layout import Layout
from muniment.storage.loose import LooseObjects
from muniment.values import canonical
from muniment.values.objects import encode_commit

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def commits(store, clock):
    """Five commits in a row, ten minutes apart, oldest first."""
    made = []
    for number in range(5):
        clock.now = NOON + timedelta(minutes=10 * number)
        store.write("web", {"n": number})
        made.append(store.commit(f"number {number}"))
    return made


@pytest.fixture
def merge(root, commits, branch_at):
    """A commit with two parents, the last and the first of the five, on branch `merged`."""
    data = encode_commit(
        tree=commits[4].tree,
        parents=(commits[4].id, commits[0].id),
        author="Ada",
        time=NOON + timedelta(hours=1),
        message="merge",
        generation=6,
        meta={},
    )
    object_id = canonical.digest(data)
    LooseObjects(Layout(root)).put(object_id, data)

    class Made:
        id = object_id

    branch_at("merged", Made)
    return object_id


def found(store, revision):
    """The number of the commit that a revision means."""
    return store.at(revision)["web"]["n"]


@pytest.mark.parametrize(
    ("revision", "number"),
    [
        ("HEAD", 4),
        ("main", 4),
        ("", 4),
        ("HEAD~", 3),
        ("HEAD~0", 4),
        ("HEAD~3", 1),
        ("HEAD~~", 2),
        ("HEAD~1~2", 1),
        ("main^", 3),
        ("main^1", 3),
        ("main^0", 4),
        ("main^^~", 1),
        ("~4", 0),
    ],
)
def test_steps_lead_back_along_first_parents(store, commits, revision, number):
    """`~n` goes n steps, `^` one; steps follow one another."""
    assert found(store, revision) == number


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("2026-01-01T12:00:00Z", 0),
        ("2026-01-01T12:09:59.999999Z", 0),
        ("2026-01-01T12:10:00Z", 1),
        ("2026-01-01T12:10:00+00:00", 1),
        ("2026-01-01T14:25:00+02:00", 2),
        ("2026-01-01T07:35:00-05:00", 3),
        ("2999-01-01T00:00:00Z", 4),
    ],
)
def test_a_moment_means_the_head_at_that_time(store, commits, moment, number):
    """The newest commit that was not made later, whatever zone the moment is told in."""
    for base in ("main", "HEAD", "", commits[4].id):
        assert found(store, f"{base}@{{{moment}}}") == number
    assert found(store, "main~3@{2999-01-01T00:00:00Z}") == 1


@pytest.mark.parametrize(
    "revision",
    [
        "main@{2026-01-01T11:59:59Z}",
        "main@{2026-01-01T12:00:00}",
        "main@{2026-01-01}",
        "main@{yesterday}",
        "main@{}",
        "HEAD~5",
        "HEAD^2",
        "HEAD~4^",
        "nowhere",
        "main/nowhere",
        "HEAD~x",
        "main@now",
        "main^{tree}",
        "a..b",
        ":working",
        "../main",
        "ffffffff",
        "f" * 64,
        "~" + "9" * 30,
        "~" + "9" * 5000,
        "main\n",
    ],
)
def test_what_names_no_commit_is_told(store, commits, revision):
    """Too far back, before the first commit, a moment without a zone, a name of nothing, no grammar at all."""
    with pytest.raises(RevisionNotFoundError) as raised:
        store.at(revision)
    assert raised.value.revision == revision


def test_the_second_parent_is_the_branch_that_was_merged(store, commits, merge):
    """`^2` goes there, and steps go on from there; `~` stays with the first parents."""
    assert store.at("merged").commit.id == merge
    assert store.at("merged^2").commit == commits[0]
    assert store.at("merged^1").commit == store.at("merged~").commit == commits[4]
    assert store.at("merged~5").commit == commits[0]
    for revision in ("merged^3", "merged^2~"):
        with pytest.raises(RevisionNotFoundError):
            store.at(revision)


@pytest.mark.parametrize("length", [8, 9, 32, 63, 64])
def test_an_id_may_be_cut_to_eight_digits(store, commits, length):
    """As long as it is the only commit that begins so."""
    for commit in commits:
        assert store.at(commit.id[:length]).commit == commit


@pytest.mark.parametrize("length", [1, 7])
def test_fewer_digits_are_not_enough(store, commits, length):
    """They might be the name of a branch."""
    with pytest.raises(RevisionNotFoundError):
        store.at(commits[0].id[:length])


def test_a_prefix_of_several_commits_is_told(store, commits, monkeypatch):
    """The candidates are named; more digits make it one again."""
    monkeypatch.setattr("muniment.values.ids.SHORTEST_PREFIX", 1)
    by_digit: dict[str, list[str]] = {}
    for number in range(40):
        commit = store.commit(f"more {number}", allow_empty=True)
        by_digit.setdefault(commit.id[0], []).append(commit.id)
    digit, several = max(by_digit.items(), key=lambda item: len(item[1]))
    several += [commit.id for commit in commits if commit.id[0] == digit]
    with pytest.raises(AmbiguousRevisionError) as raised:
        store.at(digit)
    assert set(raised.value.candidates) == set(several)
    assert store.at(several[0]).commit.id == several[0]


def test_only_commits_count_for_a_prefix(store, commits):
    """The id of a tree or of a document's content names no commit."""
    blob = store.history("web")[0].blob
    for object_id in (blob, commits[0].tree):
        for text in (object_id, object_id[:8]):
            with pytest.raises(RevisionNotFoundError):
                store.at(text)


def test_a_branch_comes_before_an_id(store, commits, branch_at):
    """A branch whose name could be the prefix of an id is that branch."""
    branch_at(commits[1].id[:8], commits[3])
    assert store.at(commits[1].id[:8]).commit == commits[3]
    assert store.at(commits[1].id[:9]).commit == commits[1]


def test_a_diverged_branch_names_no_commit(store, commits, branch_at):
    """One of its heads has to be named by its id."""
    with store.transaction("aside", worktree=False) as tx:
        tx.write("web", {"n": 5})
    branch_at("other", commits[0])
    with store.transaction("elsewhere", branch="other") as other:
        other.write("web", {"n": 6})
    branch_at("main", other.commit)
    for revision in ("main", "HEAD", "main~1"):
        with pytest.raises(DivergedError) as raised:
            store.at(revision)
        assert set(raised.value.heads) == {tx.commit.id, other.commit.id}
    assert found(store, other.commit.id) == 6


def test_before_the_first_commit_there_is_nothing_to_name(store):
    """Not even `HEAD`."""
    for revision in ("HEAD", "main", "HEAD~1", "main@{2026-01-01T12:00:00Z}"):
        with pytest.raises(RevisionNotFoundError):
            store.at(revision)


def test_a_snapshot_is_a_mapping_of_one_commit(store, commits):
    """Its names in order, its values the reader's own; it never changes, and tells what it lacks."""
    store.write("a/b", [1])
    store.write("a", 2)
    commit = store.commit("more")
    snapshot = store.at("HEAD")
    store.write("a", 3)
    store.delete("web")
    store.commit("later")
    assert snapshot.commit == commit
    assert list(snapshot) == snapshot.names() == ["a", "a/b", "web"]
    assert (len(snapshot), snapshot.names("a/"), snapshot["a"]) == (3, ["a/b"], 2)
    snapshot["a/b"].append(2)
    assert snapshot["a/b"] == [1]
    assert snapshot.read("a", float) == 2.0
    assert ("web" in snapshot, "never" in snapshot, 3 in snapshot) == (True, False, False)
    assert (snapshot.get("never"), snapshot.get("never", 7), snapshot.get("a", 7)) == (None, 7, 2)
    for ask in (snapshot.read, snapshot.__getitem__):
        with pytest.raises(DocumentNotFoundError) as raised:
            ask("never")
        assert raised.value.name == "never"
