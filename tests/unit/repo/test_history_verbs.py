"""Looking back: `log`, `history`, `diff` and `show`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from muniment import (
    ABSENT,
    DocumentChange,
    DocumentInvalidError,
    DocumentNotFoundError,
    HashMismatchError,
    InvalidValueError,
    ObjectNotFoundError,
    RevisionNotFoundError,
    StorageError,
    Store,
)
from muniment.values.ids import BlobId

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def begun(store, clock):
    """Four commits an hour apart: `web` changes in all but the second, `api` comes, and goes in the fourth."""

    def step(message, **documents):
        for name, value in documents.items():
            if value is None:
                store.delete(name)
            else:
                store.write(name, value)
        store.commit(message)
        clock.now += timedelta(hours=1)

    step("one", web={"port": 1, "tags": ["a"]})
    step("two", api=True)
    step("three", web={"port": 2, "tags": ["a", "b"]})
    step("four", web={"port": 2, "tags": []}, api=None)
    return store


def messages(commits):
    """What commits say, in their order."""
    return [commit.message for commit in commits]


def test_the_log_lists_newest_first(begun):
    """From the head, or from any revision."""
    assert messages(begun.log()) == ["four", "three", "two", "one"]
    assert messages(begun.log("HEAD~2")) == ["two", "one"]
    assert messages(begun.log("main", first_parent=True)) == ["four", "three", "two", "one"]
    with pytest.raises(RevisionNotFoundError):
        begun.log("nowhere")


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (1, 1), (3, 3), (4, 4), (99, 4), (None, 4)])
def test_the_log_can_be_short(begun, limit, count):
    """`limit` commits and no more, the newest."""
    assert messages(begun.log(limit=limit)) == ["four", "three", "two", "one"][:count]


def test_the_log_of_a_document_holds_what_changed_it(begun):
    """Its creation, its changes and its removal; and with a limit the newest of these."""
    assert messages(begun.log(name="web")) == ["four", "three", "one"]
    assert messages(begun.log(name="api")) == ["four", "two"]
    assert messages(begun.log(name="web", limit=2)) == ["four", "three"]
    assert messages(begun.log("HEAD~1", name="api")) == ["two"]
    assert begun.log(name="never") == []


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2026-01-01T13:00:00Z", None, ["four", "three", "two"]),
        ("2026-01-01T13:00:00.000001Z", None, ["four", "three"]),
        (None, "2026-01-01T13:00:00Z", ["two", "one"]),
        (NOON, NOON, ["one"]),
        (NOON + timedelta(hours=1), "2026-01-01T15:00:00+01:00", ["three", "two"]),
        ("2027-01-01T00:00:00Z", None, []),
    ],
)
def test_the_log_of_a_time_holds_what_was_committed_then(begun, since, until, expected):
    """Both ends count as inside."""
    assert messages(begun.log(since=since, until=until)) == expected


@pytest.mark.parametrize("moment", ["2026-01-01T12:00:00", "2026-01-01", "noon", datetime(2026, 1, 1)])  # noqa: DTZ001
@pytest.mark.parametrize("side", ["since", "until"])
def test_a_time_without_a_zone_is_refused(begun, side, moment):
    """Nobody can tell which moment is meant; also where there is no commit yet."""
    with pytest.raises(InvalidValueError):
        begun.log(**{side: moment})


def test_before_the_first_commit_the_log_is_empty(store):
    """For `HEAD`; anything else names nothing."""
    assert store.log() == []
    with pytest.raises(RevisionNotFoundError):
        store.log("HEAD~1")


def test_a_long_log_is_the_same_with_and_without_its_index(root, store):
    """Commits are read from an index; where it is missing or damaged, from the objects, and it is made again."""
    for number in range(80):
        store.commit(f"{number}", allow_empty=True)
    index = root / ".muniment" / "local" / "cache" / "commits.jsonl"
    expected = [f"{number}" for number in range(79, -1, -1)]
    for content in (index.read_bytes(), index.read_bytes()[100:-7], b"garbage\n" * 999, None):
        if content is None:
            index.unlink()
        else:
            index.write_bytes(content)
        with Store.open(root) as other:
            assert messages(other.log()) == expected
            assert messages(other.log()) == expected
    with Store.open(root) as other:
        assert messages(other.log()) == expected
    assert index.exists()


@pytest.mark.parametrize("revision", ["HEAD~79", "HEAD~0@{2026-01-01T12:00:00Z}"])
def test_a_way_back_mends_the_index_too(root, store, clock, revision):
    """As a log does; so the next program need not read so many objects."""
    for number in range(80):
        clock.now = NOON + timedelta(seconds=number)
        store.commit(f"{number}", allow_empty=True)
    index = root / ".muniment" / "local" / "cache" / "commits.jsonl"
    *passed, _ = index.read_bytes().splitlines()  # the head is where the way begins, and found without it
    index.unlink()
    with Store.open(root) as other:
        assert other.at(revision).commit.message == "0"
    assert index.read_bytes().splitlines() == passed


def test_commits_of_other_programs_show_in_the_next_log(root, store):
    """A program that has the store open sees them."""
    store.commit("mine", allow_empty=True)
    assert messages(store.log()) == ["mine"]
    with Store.open(root, author="Bob") as other:
        other.commit("theirs", allow_empty=True)
        other.commit("and more", allow_empty=True)
    assert messages(store.log()) == ["and more", "theirs", "mine"]


def test_history_tells_what_became_of_a_document(begun):
    """Each commit that changed it, with its content then, newest first."""
    versions = begun.history("api")
    assert [(version.commit.message, version.change) for version in versions] == [
        ("four", "deleted"),
        ("two", "created"),
    ]
    assert versions[0].blob is None
    assert versions[1].blob == begun.at("HEAD~1").blob_id("api")
    assert [version.change for version in begun.history("web")] == ["updated", "updated", "created"]
    assert [version.change for version in begun.history("web", "HEAD~1")] == ["updated", "created"]


def test_a_document_made_again_is_created_again(begun):
    """What was deleted and comes back is not an update."""
    begun.write("api", 1)
    begun.commit("again")
    assert [version.change for version in begun.history("api")] == ["created", "deleted", "created"]


def test_a_document_that_never_was_has_no_history(begun, store):
    """Also one that is only a working file."""
    begun.write("new", 1)
    for name in ("never", "new"):
        with pytest.raises(DocumentNotFoundError):
            begun.history(name)


def test_diff_tells_what_the_files_change(begun):
    """Against the head: added, changed and removed documents, in order."""
    begun.write("new", 1)
    begun.write("web", {"port": 3, "tags": []})
    (new, web) = begun.diff()
    assert (new.name, new.change, new.before, new.after) == ("new", "added", ABSENT, 1)
    assert (web.name, web.change, web.before, web.after) == (
        "web", "changed", {"port": 2, "tags": []}, {"port": 3, "tags": []},
    )  # fmt: skip
    assert web.patch == [{"op": "replace", "path": "/port", "value": 3}]
    assert web.guarded() == [
        {"op": "test", "path": "/port", "value": 2},
        {"op": "replace", "path": "/port", "value": 3},
    ]
    assert web.flat() == {"added": {}, "removed": {}, "changed": {"port": {"before": 2, "after": 3}}}
    begun.delete("web")
    assert [(change.name, change.change) for change in begun.diff()] == [("new", "added"), ("web", "removed")]
    assert [(change.name, change.change) for change in begun.diff(":working", "HEAD")] == [
        ("new", "removed"),
        ("web", "added"),
    ]


def test_diff_between_commits_does_not_look_at_the_files(begun, put):
    """Any two revisions, in either direction."""
    put("web", "{ broken")
    assert [(c.name, c.change) for c in begun.diff("HEAD~3", "HEAD~1")] == [("api", "added"), ("web", "changed")]
    assert [(c.name, c.change) for c in begun.diff("HEAD~1", "HEAD~3")] == [("api", "removed"), ("web", "changed")]
    (web,) = begun.diff("HEAD~3", "main", names=["web", "api", "never"])
    assert web.flat() == {"added": {}, "removed": {"tags[0]": "a"}, "changed": {"port": {"before": 1, "after": 2}}}
    assert begun.diff("HEAD", "main") == []


def test_diff_between_a_commit_and_the_files(begun):
    """The files against any commit; only those that are named, if some are."""
    assert [(c.name, c.change) for c in begun.diff("HEAD~1")] == [("api", "removed"), ("web", "changed")]
    assert [c.name for c in begun.diff("HEAD~1", names=["web", "web", "never"])] == ["web"]
    assert begun.diff() == []


def test_the_values_of_a_diff_are_the_callers_own(begun):
    """Asked again they are as before."""
    (web,) = begun.diff("HEAD~3", names=["web"])
    web.before["tags"].append("x")
    assert web.before == {"port": 1, "tags": ["a"]}


def test_the_values_of_a_diff_stay_what_they_were(begun, put):
    """Whatever becomes of the files and the branch, and when the store is closed."""
    put("web", '{"port": 3}')
    (_, files) = begun.diff("HEAD~1")
    (_, back) = begun.diff(":working", "HEAD~1")
    (_, commits) = begun.diff("HEAD~1", "HEAD")
    put("web", '{"port": 4}')
    begun.commit("five")
    begun.close()
    three = {"port": 2, "tags": ["a", "b"]}
    assert (files.before, files.after) == (back.after, back.before) == (three, {"port": 3})
    assert (commits.before, commits.after) == (three, {"port": 2, "tags": []})


def test_a_diff_reads_no_document_that_nobody_asks_for(begun):
    """Which ones differ stands in the trees; a damaged content is told by who wants to see it."""
    blob = begun.at("HEAD~1").blob_id("web")
    begun.close()
    path = Path(begun.path, ".muniment", "objects", blob[:2], f"{blob[2:]}.json")
    path.write_bytes(b"1")
    with Store.open(begun.path) as fresh:
        (_, web) = fresh.diff("HEAD~1", "HEAD")
        assert (web.name, web.change, web.after) == ("web", "changed", {"port": 2, "tags": []})
        with pytest.raises(HashMismatchError):
            _ = web.before
        path.unlink()
        path.mkdir()
        for ask in (lambda: web.before, lambda: web.patch, web.flat, web.guarded):
            with pytest.raises(StorageError):
                ask()


def test_a_change_that_somebody_made_up_has_the_values_it_was_given():
    """Canonical bytes on each side; an id says nothing to who has no store."""
    change = DocumentChange("web", b"1", b"2")
    assert (change.change, change.before, change.after) == ("changed", 1, 2)
    with pytest.raises(ObjectNotFoundError):
        _ = DocumentChange("web", None, BlobId("f" * 64)).after


def test_diff_does_not_guess_at_invalid_files(begun, put):
    """The error names the file; naming others leaves it alone."""
    put("broken", "{")
    with pytest.raises(DocumentInvalidError):
        begun.diff()
    begun.write("web", 1)
    assert [change.name for change in begun.diff(names=["web"])] == ["web"]


def test_before_the_first_commit_everything_is_added(store):
    """The head is as if it were empty."""
    store.write("web", 1)
    assert [(change.name, change.change) for change in store.diff()] == [("web", "added")]


@pytest.mark.parametrize(
    ("a", "b"), [("nowhere", "HEAD"), ("HEAD", "nowhere"), ("nowhere", "nowhere"), ("nowhere", ":working")]
)
def test_a_diff_with_nothing_is_told(begun, a, b):
    """A revision that names no commit is never taken for an empty one."""
    with pytest.raises(RevisionNotFoundError):
        begun.diff(a, b)


def test_show_gives_a_commit_and_its_changes(begun):
    """Against its first parent; of the first commit everything is added."""
    commit, changes = begun.show()
    assert commit.message == "four"
    assert [(change.name, change.change) for change in changes] == [("api", "removed"), ("web", "changed")]
    commit, changes = begun.show("HEAD~3")
    assert commit.message == "one"
    assert [(change.name, change.after) for change in changes] == [("web", {"port": 1, "tags": ["a"]})]
