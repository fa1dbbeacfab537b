"""What documents may be called, by every verb that takes a name, and how names are listed."""

import pytest

from muniment import (
    InvalidNameError,
)

BAD_NAMES = [
    "",
    "..",
    "../web",
    "/web",
    "a//b",
    ".hidden",
    "a/.git/b",
    "con",
    "a:b",
    "a\\b",
    "web.json",
    "x" * 201,
    "a\0b",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_cannot_be_is_refused_by_every_verb(store, root, name):
    """Before anything is looked up or made, inside the store or beside it."""
    store.write("good", 1)
    commit = store.commit("begin")
    before = visible(root)
    uses = [
        lambda: store.read(name),
        lambda: store.write(name, 1),
        lambda: store.create(name, 1),
        lambda: store.update(name, str),
        lambda: store.edit(name).__enter__(),
        lambda: store.delete(name),
        lambda: store.exists(name),
        lambda: store.history(name),
        lambda: store.log(name=name),
        lambda: store.diff(names=[name]),
        lambda: store.commit("no", names=[name]),
        lambda: store.rollback(commit.id, names=[name], reason="no"),
    ]
    for use in uses:
        with pytest.raises(InvalidNameError):
            use()
    for verb in ("read", "delete", "exists"):
        with pytest.raises(InvalidNameError), store.transaction("no") as tx:
            getattr(tx, verb)(name)
    with pytest.raises(InvalidNameError), store.transaction("no") as tx:
        tx.write(name, 1)
    with store.snapshot() as snapshot, pytest.raises(InvalidNameError):
        snapshot.read(name)
    assert visible(root) == before


def visible(root):
    """All that lies in and beside the store, but for its own locks."""
    return sorted(path for path in root.parent.rglob("*") if path.suffix != ".lock")


@pytest.mark.parametrize(
    "name", ["é/ü", "日本/東京", "a b", "x" * 200, "web", "UPPER", "a.b.c", "-", "json", "\U0001f600"]
)
def test_unicode_and_odd_names_work(store, name):
    """A document of such a name goes through every verb."""
    store.write(name, 1)
    assert store.names() == [name]
    store.commit("begin")
    store.update(name, lambda old: old + 1)
    assert [change.name for change in store.diff()] == [name]
    store.commit("go on")
    assert store.at("HEAD~1")[name] == 1
    assert [version.change for version in store.history(name)] == ["updated", "created"]
    store.rollback("HEAD~1", reason="back")
    assert store.read(name) == 1
    store.delete(name)
    assert store.names() == []
    assert store.status().removed == (name,)


def test_names_are_listed_in_order(store):
    """All, or those with a prefix, which may end anywhere."""
    for name in ("b", "a/2", "a/1", "a", "ab"):
        store.write(name, 0)
    assert store.names() == ["a", "a/1", "a/2", "ab", "b"]
    assert store.names("a/") == ["a/1", "a/2"]
    assert store.names("a") == ["a", "a/1", "a/2", "ab"]
    assert store.names("zzz") == []


@pytest.mark.parametrize("name", ["Web", "services/API", "Services/new", "STRASSE"])
def test_names_that_differ_by_case_only_are_refused(store, name):
    """By writing files and by committing without them."""
    for known in ("web", "services/api", "straße"):
        store.write(known, 1)
    store.commit("begin")
    for write in (store.write, store.create):
        with pytest.raises(InvalidNameError, match="case"):
            write(name, 2)
    for worktree in (True, False):
        with pytest.raises(InvalidNameError, match="case"), store.transaction("no", worktree=worktree) as tx:
            tx.write(name, 2)
    assert store.status().clean
    assert len(store.log()) == 1


def test_two_spellings_in_one_transaction_are_refused(store):
    """Neither is there yet, and they would hide each other."""
    for worktree in (True, False):
        with pytest.raises(InvalidNameError, match="case"), store.transaction("no", worktree=worktree) as tx:  # noqa: PT012 - its end is what raises
            tx.write("new/web", 1)
            tx.write("New/api", 2)
    assert store.names() == []


def test_a_name_may_change_its_spelling_in_two_steps(store):
    """Once the old one is gone from the head, nothing is in the way of the new one."""
    store.write("web", 1)
    store.commit("begin")
    with store.transaction("remove", worktree=False) as tx:
        tx.delete("web")
    with store.transaction("rename", worktree=False) as tx:
        tx.write("WEB", 1)
    assert store.at("HEAD").names() == ["WEB"]


def test_two_spellings_made_by_hand_are_not_committed(store, put, root):
    """Also where only one of them is named."""
    put("web", "1")
    store.commit("begin")
    put("WEB", "2")
    if len(list(root.glob("*.json"))) < 2:
        pytest.skip("this file system takes the two for one")
    assert len(store.status().invalid) == 1
    with pytest.raises(InvalidNameError, match="case"):
        store.commit("all")
    with pytest.raises(InvalidNameError, match="case"):
        store.commit("one", names=["WEB"])
