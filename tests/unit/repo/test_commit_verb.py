"""`status` and `commit`: what differs from the head, and what a commit makes of it."""

import json

import pytest

from muniment import (
    DivergedError,
    DocumentInvalidError,
    DocumentNotFoundError,
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
    assert not status.clean


def test_status_tells_why_a_file_is_invalid(store, put):
    """What is wrong, and where: the pointer if there is one, the line and the column; of a name, what is wrong."""
    put("broken", "{")
    put("twice", '{\n  "a": {"b": 1,\n    "b": 2}}')
    put("bad.json", "{}")
    assert store.status().reasons == {
        "bad.json": store.status().reasons["bad.json"],
        "broken": "expected a name in double quotes, not the end of the text at line 1, column 2",
        "twice": "the name 'b' stands twice in one object at /a/b (line 3, column 5)",
    }
    assert "line" not in store.status().reasons["bad.json"]


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
        assert (raised.value.line, raised.value.column) == (1, 7)
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
