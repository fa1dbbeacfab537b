"""`status` and `commit`: what differs from the head, and what a commit makes of it."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from muniment import (
    DivergedError,
    DocumentInvalidError,
    DocumentNotFoundError,
    InvalidNameError,
    InvalidValueError,
    MissingAuthorError,
    NothingToCommitError,
    Store,
)


def test_status_tells_what_differs(store, put, root):
    """Added, changed, removed and invalid documents, each list in order; and the head they differ from."""
    for name in ("same", "edited", "gone", "also/gone", "broken", "b/edited"):
        store.write(name, 1)
    head = store.commit("begin")
    for name in ("edited", "b/edited", "new", "a/new"):
        store.write(name, 2)
    for name in ("gone", "also/gone"):
        store.delete(name)
    put("broken", "{")
    put("added-broken", "[1,]")
    status = store.status()
    assert (status.branch, status.head) == ("main", head.id)
    assert status.added == ("a/new", "new")
    assert status.changed == ("b/edited", "edited")
    assert status.removed == ("also/gone", "gone")
    assert status.invalid == ("added-broken", "broken")
    assert status.conflicted == ()
    assert "byte 1" in status.reasons["broken"]
    assert not status.clean


@pytest.mark.parametrize("text", ['{"a":1,"b":[2,3]}', '{"b" : [2, 3.0],\n\n "a":1e0}', '\n{"\\u0061":1,"b":[2,3]}\n'])
def test_formatting_alone_is_no_change(store, put, text):
    """The order of names, spaces, escapes and ways to write a number: the same document."""
    store.write("web", {"a": 1, "b": [2, 3]})
    store.commit("begin")
    path = put("web", text)
    assert store.status().clean
    assert store.diff() == []
    with pytest.raises(NothingToCommitError):
        store.commit("nothing")
    assert path.read_text() == text


def test_a_commit_holds_all_that_differs(store, put):
    """Added, changed and removed documents; afterwards nothing differs, and files are as they were."""
    store.write("edited", 1)
    store.write("gone", 1)
    store.commit("begin")
    path = put("edited", " 2 ")
    store.write("new/one", 3)
    store.delete("gone")
    commit = store.commit("all of it")
    assert dict(store.at("HEAD")) == {"edited": 2, "new/one": 3}
    assert store.status().clean
    assert store.status().head == commit.id
    assert path.read_text() == " 2 "


def test_a_commit_says_who_when_and_why(store, clock):
    """It is as it was given, the same when it is read again, and names its parent."""
    store.write("web", 1)
    first = store.commit("begin\n\nwith more", meta={"ticket": 7, "tags": ["a"]})
    assert (first.author, first.message, first.meta) == (
        "Ada <ada@example.org>", "begin\n\nwith more", {"ticket": 7, "tags": ["a"]},
    )  # fmt: skip
    assert (first.parents, first.generation, first.time, first.signature) == ((), 1, clock.now, None)
    store.write("web", 2)
    second = store.commit("go on", author="Bob <bob@example.org>")
    assert (second.author, second.parents, second.generation, second.meta) == (
        "Bob <bob@example.org>", (first.id,), 2, {},
    )  # fmt: skip
    with Store.open(store.path) as other:
        assert other.log() == [second, first]


def test_only_the_named_documents_are_committed(store):
    """The others stay as they are: changed, added or removed."""
    for name in ("a", "b", "gone", "kept"):
        store.write(name, 1)
    store.commit("begin")
    store.write("a", 2)
    store.write("b", 2)
    store.write("new", 2)
    store.delete("gone")
    store.delete("kept")
    store.commit("some", names=["a", "gone", "a"])
    assert dict(store.at("HEAD")) == {"a": 2, "b": 1, "kept": 1}
    status = store.status()
    assert (status.added, status.changed, status.removed) == (("new",), ("b",), ("kept",))


def test_an_invalid_file_stops_a_commit_unless_others_are_named(store, put):
    """The error says where it is; nothing is committed. Naming the others leaves it alone."""
    store.write("good", 1)
    put("services/broken", '{"a": tru}')
    for names in (None, ["services/broken"], ["good", "services/broken"]):
        with pytest.raises(DocumentInvalidError) as raised:
            store.commit("no", names=names)
        assert (raised.value.name, raised.value.offset) == ("services/broken", 6)
        assert raised.value.path == f"{store.path}/services/broken.json"
    assert store.log() == []
    store.commit("some", names=["good"])
    assert store.at("HEAD").names() == ["good"]


def test_a_name_of_nothing_is_told(store):
    """Neither a file nor in the head: probably a typing error."""
    store.write("web", 1)
    with pytest.raises(DocumentNotFoundError) as raised:
        store.commit("no", names=["web", "wep"])
    assert raised.value.name == "wep"
    assert store.log() == []


def test_a_commit_that_changes_nothing_is_refused(store):
    """For all documents, for named ones, and for none; `allow_empty` makes it all the same."""
    with pytest.raises(NothingToCommitError) as raised:
        store.commit("nothing")
    assert raised.value.branch == "main"
    store.write("web", 1)
    first = store.commit("begin")
    store.write("other", 1)
    for names in (["web"], []):
        with pytest.raises(NothingToCommitError):
            store.commit("nothing", names=names)
    assert store.log() == [first]
    empty = store.commit("a mark", names=[], allow_empty=True)
    assert (empty.tree, empty.parents) == (first.tree, (first.id,))


def test_an_empty_first_commit_can_be_made(store):
    """With no document at all."""
    commit = store.commit("begin", allow_empty=True)
    assert dict(store.at("HEAD")) == {}
    assert store.log() == [commit]
    assert store.verify().ok


def test_every_document_can_be_removed(store):
    """The tree is empty again, and the same as before the first document."""
    empty = store.commit("begin", allow_empty=True)
    store.write("web", 1)
    store.commit("add")
    store.delete("web")
    assert store.commit("remove").tree == empty.tree
    assert store.at("HEAD").names() == []
    assert store.verify().ok


def test_equal_contents_have_equal_trees(store):
    """Whatever way led there."""
    store.write("a", 1)
    store.write("b", 2)
    both = store.commit("both")
    store.delete("a")
    store.commit("one")
    store.write("a", 1)
    assert store.commit("both again").tree == both.tree


def test_a_change_needs_an_author(root):
    """Its own, or the store's; the error comes before anything is made."""
    with Store.init(root) as store:
        store.write("web", 1)
        for use in (
            lambda: store.commit("no"),
            lambda: store.transaction("no"),
            lambda: store.rollback("HEAD", reason="no"),
        ):
            with pytest.raises(Exception) as raised:  # noqa: PT011 - rollback may look for HEAD first
                use()
            assert isinstance(raised.value, MissingAuthorError) or "no commit" in str(raised.value)
        assert store.commit("yes", author="Bob").author == "Bob"
        with pytest.raises(MissingAuthorError):
            store.rollback("HEAD", reason="no")


@pytest.mark.parametrize("author", ["  ", "Ada\nEve", "Ada\x00", "Ada\ud800"])
def test_an_author_is_one_line_of_text(store, author):
    """What could forge another field of a log is refused."""
    store.write("web", 1)
    with pytest.raises(InvalidNameError):
        store.commit("no", author=author)
    assert store.log() == []


def test_what_cannot_be_stored_in_a_commit_is_refused(store):
    """A message with half a character, and meta that is no JSON; nothing is committed."""
    store.write("web", 1)
    with pytest.raises(InvalidValueError):
        store.commit("half \ud800")
    with pytest.raises(InvalidValueError) as raised:
        store.commit("no", meta={"a": [float("nan")]})
    assert raised.value.pointer == "/meta/a/0"
    assert store.log() == []
    assert store.commit("yes").generation == 1


def test_a_message_that_is_no_text_does_not_spoil_the_store(store):
    """A program's mistake is an error at once, and never a head that nobody can read."""
    store.write("web", 1)
    with pytest.raises(Exception, match=r".+"):  # noqa: PT011 - of whatever kind
        store.commit(None)  # type: ignore[arg-type]
    with Store.open(store.path, author="Bob") as other:
        assert other.log() == []
        other.commit("yes")
        assert other.verify().ok


def test_a_commit_is_never_earlier_than_its_parent(store, clock):
    """When the clock goes back, time stands still until it has caught up."""
    times = []
    for number, minutes in enumerate([0, -60, -30, 1]):
        clock.now = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(minutes=minutes)
        store.write("web", number)
        times.append(store.commit("step").time)
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert times == [noon, noon, noon, noon + timedelta(minutes=1)]
    assert store.verify().ok


def test_times_are_kept_in_utc_to_the_microsecond(store, clock):
    """Whatever zone the machine is in."""
    clock.now = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    store.write("web", 1)
    commit = store.commit("begin")
    with Store.open(store.path) as other:
        (read,) = other.log()
    assert read.time == commit.time == datetime(2026, 1, 1, 10, 0, 0, 123456, tzinfo=UTC)
    assert read.time.utcoffset() == timedelta(0)


def test_a_diverged_branch_is_not_committed_to(store, branch_at):
    """Two heads that are not built on each other: the error names both, and nothing is lost."""
    store.write("web", 1)
    begin = store.commit("begin")
    store.write("web", 2)
    ours = store.commit("ours")
    branch_at("aside", begin)
    with store.transaction("theirs", branch="aside") as tx:
        tx.write("web", 3)
    assert tx.commit is not None
    branch_at("main", tx.commit)
    store.write("web", 4)
    with pytest.raises(DivergedError) as raised:
        store.commit("no")
    assert (raised.value.branch, set(raised.value.heads)) == ("main", {ours.id, tx.commit.id})
    assert store.at(ours.id)["web"] == 2
    assert store.read("web") == 4


def test_a_head_that_another_is_built_on_does_not_count(store, branch_at):
    """The host's merge left the old head beside the new one: the branch has not diverged."""
    store.write("web", 1)
    begin = store.commit("begin")
    store.write("web", 2)
    second = store.commit("second")
    branch_at("main", begin)
    assert store.at("HEAD").commit == second
    store.write("web", 3)
    third = store.commit("third")
    assert third.parents == (second.id,)
    assert store.at("main").commit == third
    assert store.verify().ok


def test_a_commit_without_waiting_for_the_disk_is_a_commit(root):
    """`durability="os"` changes nothing but the syncs."""
    Store.init(root).close()
    with Store.open(root, author="Ada", durability="os") as store:
        store.write("web", 1)
        commit = store.commit("begin")
    with Store.open(root) as other:
        assert other.log() == [commit]
        assert other.verify().ok


def test_each_verb_is_in_the_operation_log(store, root):
    """One line for each change of a head: which verb, whose, why, and from where to where."""
    store.write("web", 1)
    first = store.commit("begin")
    with store.transaction("more") as tx:
        tx.write("web", 2)
    back = store.rollback("HEAD~1", reason="back")
    assert tx.commit is not None
    lines = (root / ".muniment" / "local" / "operations.jsonl").read_text().splitlines()
    operations = [json.loads(line) for line in lines]
    assert [(each["verb"], each["message"], each["heads"]) for each in operations] == [
        ("commit", "begin", [["main", None, first.id]]),
        ("transaction", "more", [["main", first.id, tx.commit.id]]),
        ("rollback", "back", [["main", tx.commit.id, back.id]]),
    ]
    assert {each["author"] for each in operations} == {"Ada <ada@example.org>"}
