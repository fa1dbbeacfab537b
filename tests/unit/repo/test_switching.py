"""Checking out another branch: the working files follow, and no edit is lost."""

import json

import pytest

from muniment import (
    BranchNotFoundError,
    Conflicted,
    DirtyDocumentError,
    LockTimeoutError,
    MergeInProgressError,
    StorageError,
    Store,
)
from muniment.files.layout import Layout
from muniment.repo import switching

MAIN = {"web": {"n": 1}, "same": "same", "main/only": 1, "deep/er/main": 1}
SIDE = {"web": {"n": 2}, "same": "same", "side/only": 2, "deep/er/side": 2}


@pytest.fixture
def begun(store):
    """Branches `main`, checked out, and `side`: one document differs, one is the same, each has some of its own."""
    replace(store, MAIN)
    store.commit("main")
    store.branches.create("side")
    store.branches.switch("side")
    replace(store, SIDE)
    store.commit("side")
    store.branches.switch("main")
    return store


def replace(store, documents):
    """Make the working documents these."""
    for name in set(store.names()) - documents.keys():
        store.delete(name)
    for name, value in documents.items():
        store.write(name, value)


def files(root):
    """Read every file outside the store's own folder, and name every folder there."""
    found = {}
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if not name.startswith(".muniment"):
            found[name] = path.read_bytes() if path.is_file() else None
    return found


def working(store):
    """Read the working documents."""
    return {name: store.read(name) for name in store.names()}


def operations(root):
    """Read the operation log."""
    with open(Layout(root).operations, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_the_files_follow(begun, root):
    """Changed, new and deleted ones, with the folders that come and go; back again it is as before."""
    before = files(root)
    side = begun.branches.switch("side")
    assert (side.name, side.head, side.is_checked_out) == ("side", begun.at("side").commit.id, True)
    assert working(begun) == SIDE
    assert begun.status().branch == "side"
    assert begun.status().clean
    assert not (root / "main").exists()
    assert (root / "web.json").read_text() == '{\n  "n": 2\n}\n'
    begun.branches.switch("main")
    assert files(root) == before
    assert begun.verify().ok


def test_commits_go_to_the_branch_that_is_checked_out(begun):
    """The other stays where it was, and HEAD means the one."""
    main = begun.at("main").commit
    begun.branches.switch("side")
    commit = begun.commit("more", allow_empty=True)
    assert begun.at("HEAD").commit == begun.at("side").commit == commit
    assert begun.at("main").commit == main
    assert [one.message for one in begun.log()] == ["more", "side", "main"]


def test_a_branch_stays_checked_out_for_the_next_program(begun, root):
    """It is written down in the store."""
    begun.branches.switch("side")
    begun.close()
    with Store.open(root) as store:
        assert store.status().branch == "side"
        assert working(store) == SIDE


def test_it_is_an_operation_that_moves_no_head(begun, root):
    """The operation log tells from where to where."""
    before = len(operations(root))
    begun.branches.switch("side", author="Bob")
    (line,) = operations(root)[before:]
    del line["time"]
    assert line == {
        "author": "Bob",
        "heads": [],
        "message": "switch to side",
        "selected": ["main", "side"],
        "verb": "switch",
        "worktree": True,
    }


def test_switching_to_where_one_is_changes_nothing(begun, root, put):
    """Not even edited files, and it is no operation."""
    put("web", '{"n": "edited"}')
    before, lines = files(root), operations(root)
    assert begun.branches.switch("main").is_checked_out
    assert files(root) == before
    assert operations(root) == lines


def test_edits_that_do_not_collide_stay(begun, root, put):
    """Of a document that is the same on both branches, of new ones that neither has, and of what is no document."""
    for name, text in {"same": '"edited"', "new": "{}", "main/new": "1", "broken": "{"}.items():
        put(name, text)
    (root / "notes.txt").write_text("kept")
    begun.branches.switch("side")
    assert {name: (root / name).read_text() for name in ("same.json", "new.json", "main/new.json", "broken.json")} == {
        "same.json": '"edited"', "new.json": "{}", "main/new.json": "1", "broken.json": "{",
    }  # fmt: skip
    assert (root / "notes.txt").read_text() == "kept"
    assert begun.read("web") == {"n": 2}
    status = begun.status()
    assert (status.changed, status.added, status.removed) == (("same",), ("main/new", "new"), ())


def test_a_document_that_was_deleted_and_is_the_same_stays_deleted(begun):
    """A deletion is an edit too."""
    begun.delete("same")
    begun.branches.switch("side")
    assert begun.status().removed == ("same",)


COLLISIONS = {
    "changed": ("web", '{"n": 3}'),
    "no valid JSON": ("web", '{"n": '),
    "changed, and not there on the other branch": ("main/only", "3"),
    "new, and there on the other branch": ("side/only", "3"),
}


@pytest.mark.parametrize("collision", COLLISIONS)
def test_an_edit_that_would_be_lost_is_refused(begun, root, put, collision):
    """It names the documents; files, branch and log are what they were."""
    name, text = COLLISIONS[collision]
    put(name, text)
    put("same", '"edited"')
    before, lines = files(root), operations(root)
    with pytest.raises(DirtyDocumentError) as raised:
        begun.branches.switch("side")
    assert raised.value.names == (name,)
    assert files(root) == before
    assert begun.status().branch == "main"
    assert operations(root) == lines


def test_a_deletion_that_would_be_lost_is_refused(begun, root):
    """The other branch has another value of what was deleted here."""
    begun.delete("web")
    before = files(root)
    with pytest.raises(DirtyDocumentError) as raised:
        begun.branches.switch("side")
    assert raised.value.names == ("web",)
    assert files(root) == before


def test_an_edit_that_says_what_the_other_branch_says_is_none(begun, root, put):
    """However it is laid out: the file stays as the person wrote it, and is clean there."""
    path = put("web", '{"n":2}')
    new = put("side/only", " 2 ")
    begun.delete("main/only")
    begun.branches.switch("side")
    assert (path.read_text(), new.read_text()) == ('{"n":2}', " 2 ")
    assert begun.status().clean


def test_a_folder_where_a_file_should_come_is_refused(begun, root):
    """What the system would refuse in the middle is refused before anything is changed."""
    (root / "side" / "only.json").mkdir(parents=True)
    before, lines = files(root), operations(root)
    with pytest.raises(StorageError, match=r"only\.json"):
        begun.branches.switch("side")
    assert files(root) == before
    assert begun.status().branch == "main"
    assert operations(root) == lines


def test_many_documents_follow(begun):
    """More than are locked one by one; an edit among them is seen."""
    many = {f"many/{number}": number for number in range(100)}
    replace(begun, MAIN | many)
    begun.commit("many")
    begun.branches.switch("side")
    assert working(begun) == SIDE
    begun.branches.switch("main")
    assert working(begun) == MAIN | many
    begun.write("many/77", "edited")
    with pytest.raises(DirtyDocumentError) as raised:
        begun.branches.switch("side")
    assert raised.value.names == ("many/77",)
    assert working(begun) == MAIN | many | {"many/77": "edited"}


def test_switching_to_a_branch_that_has_the_same_documents(begun, root):
    """No file is touched; only what is checked out changes."""
    begun.branches.create("twin")
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*.json") if ".muniment" not in path.parts}
    begun.branches.switch("twin")
    assert begun.status().branch == "twin"
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_from_a_branch_without_commits(begun, root):
    """All documents come; files that are there and different would be lost, and are refused."""
    begun.close()
    with open(Layout(root).selected, "w", encoding="utf-8") as selected:
        selected.write("refs/heads/fresh\n")
    with Store.open(root, author="Bob") as store:
        with pytest.raises(DirtyDocumentError) as raised:
            store.branches.switch("side")
        assert raised.value.names == ("web",)
        replace(store, {})
        store.branches.switch("side")
        assert working(store) == SIDE
        assert [branch.name for branch in store.branches.list()] == ["main", "side"]


def test_a_document_that_somebody_edits_is_waited_for(begun, root):
    """The switch comes before an edit or behind it, and never in the middle."""
    with Store.open(root, author="Bob", lock_timeout_s=0.05) as other, begun.edit("web") as web:
        web["n"] = 5
        with pytest.raises(LockTimeoutError):
            other.branches.switch("side")
    assert begun.status().branch == "main"
    assert begun.read("web") == {"n": 5}


def test_a_branch_that_goes_meanwhile_is_not_switched_to(begun, root, monkeypatch):
    """Another program deletes it just before: told, and the files stay."""
    before, look = files(root), switching._differences

    def look_late(*arguments):
        found = look(*arguments)
        monkeypatch.setattr(switching, "_differences", look)
        with Store.open(root) as other:
            other.branches.delete("side")
        return found

    monkeypatch.setattr(switching, "_differences", look_late)
    with pytest.raises(BranchNotFoundError):
        begun.branches.switch("side")
    assert files(root) == before
    assert begun.status().branch == "main"
    assert begun.status().clean


def test_a_merge_that_waits_keeps_its_branch_checked_out(store, fork):
    """Its files are half merged: it is continued or aborted first; then switching goes on as ever."""
    fork({"a": 0}, {"a": 1}, {"a": 2})
    store.merge("side")
    for branch in ("side", "main"):
        with pytest.raises(MergeInProgressError):
            store.branches.switch(branch)
    assert store.status().branch == "main"
    store.merge_abort()
    store.branches.switch("side")
    assert store.read("a") == 2


def test_switching_from_and_to_a_branch_that_diverged_reconciles_it_where_that_is_clean(store, diverge):
    """The files are those of the commit that joins its heads."""
    one, _ = diverge({"a": 0}, {"b": 1}, {"c": 2})
    store.branches.create("other", f"{one.id}~1")
    store.branches.switch("other")
    assert store.names() == ["a"]
    assert dict(store.at("main")) == {"a": 0, "b": 1, "c": 2}
    store.branches.switch("main")
    assert store.names() == ["a", "b", "c"]
    assert store.status().clean


def test_switching_from_and_to_a_branch_whose_heads_disagree(store, diverge, put):
    """Its files are those of its newest head; no edit is lost, and it can be reconciled then."""
    one, other = diverge({"a": 0}, {"a": 1}, {"a": 2})
    lead = store.at(max((one, other), key=lambda commit: (commit.time, commit.generation)).id)
    store.branches.create("side", f"{one.id}~1")
    put("a", "5")
    with pytest.raises(DirtyDocumentError):
        store.branches.switch("side")
    put("a", str(lead.read("a")))
    store.branches.switch("side")
    assert store.read("a") == 0
    store.branches.switch("main")
    assert store.read("a") == lead.read("a")
    assert isinstance(store.reconcile(), Conflicted)
