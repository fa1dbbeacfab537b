"""Uncommitted edits are never silently discarded: `DirtyDocumentError`, in each form that an edit takes."""

import pytest

from muniment import DirtyDocumentError


@pytest.fixture
def begun(store):
    """A store with two commits: `web` changed in the second, `gone` removed, `new` added."""
    store.write("web", {"n": 1})
    store.write("gone", {"n": 1})
    store.write("same", {"n": 1})
    store.commit("begin")
    store.write("web", {"n": 2})
    store.write("new", {"n": 2})
    store.delete("gone")
    store.commit("go on")
    return store


def edit(store, put, form, name="web"):
    """Make one kind of uncommitted edit of a document; give what the file holds then."""
    if form == "deleted":
        store.delete(name)
        return None
    text = {"changed": '{"n": 77}', "invalid": '{"n": ', "empty": ""}[form]
    return put(name, text).read_text()


def left(root, name):
    """What the file of a document holds, None if there is none."""
    path = root / f"{name}.json"
    return path.read_text() if path.exists() else None


FORMS = ["changed", "deleted", "invalid", "empty"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("use", ["write", "read", "update", "edit", "delete", "create", "exists"])
def test_a_transaction_refuses_an_edited_document(begun, root, put, form, use):
    """Whatever it does with it; the edit stays, and nothing is committed."""
    head = begun.at("HEAD").commit
    text = edit(begun, put, form)
    with pytest.raises(DirtyDocumentError) as raised, begun.transaction("no") as tx:  # noqa: PT012 - its end is what raises
        tx.write("other", 1)
        if use in {"write", "create"}:
            getattr(tx, use)("web", {"n": 3})
        elif use == "update":
            tx.update("web", lambda _: {"n": 3})
        elif use == "edit":
            with tx.edit("web") as web:
                web["n"] = 3
        else:
            getattr(tx, use)("web")
    assert raised.value.names == ("web",)
    assert raised.value.name == "web"
    assert left(root, "web") == text
    assert left(root, "other") is None
    assert begun.at("HEAD").commit == head


@pytest.mark.parametrize("form", ["changed", "invalid", "empty"])
def test_a_transaction_refuses_a_file_that_was_never_committed(begun, root, put, form):
    """The whole file is an uncommitted edit."""
    text = edit(begun, put, form, "untracked")
    with pytest.raises(DirtyDocumentError) as raised, begun.transaction("no") as tx:
        tx.write("untracked", 1)
    assert raised.value.names == ("untracked",)
    assert left(root, "untracked") == text


@pytest.mark.parametrize("form", FORMS)
def test_a_rollback_refuses_an_edited_document(begun, root, put, form):
    """Of all documents, and of this one by name; others can be rolled back by name."""
    head = begun.at("HEAD").commit
    text = edit(begun, put, form)
    for names in (None, ["web"], ["web", "new"]):
        with pytest.raises(DirtyDocumentError) as raised:
            begun.rollback("HEAD~1", names=names, reason="no")
        assert raised.value.names == ("web",)
    assert left(root, "web") == text
    assert begun.at("HEAD").commit == head
    begun.rollback("HEAD~1", names=["new"], reason="this one")
    assert left(root, "new") is None
    assert left(root, "web") == text


def test_a_rollback_refuses_to_replace_a_file_that_was_never_committed(begun, root, put):
    """It would bring a document back where a person has begun another."""
    put("gone", '"mine"')
    with pytest.raises(DirtyDocumentError) as raised:
        begun.rollback("HEAD~1", reason="no")
    assert raised.value.names == ("gone",)
    assert left(root, "gone") == '"mine"'


def test_all_edited_documents_are_named(begun, put):
    """So that one look is enough."""
    for name in ("web", "new", "same"):
        put(name, "0")
    with pytest.raises(DirtyDocumentError) as raised, begun.transaction("no") as tx:  # noqa: PT012 - its end is what raises
        for name in ("web", "new", "other", "same"):
            tx.write(name, 9)
    assert sorted(raised.value.names) == ["new", "same", "web"]


def test_an_edit_that_says_just_what_is_committed_is_none(begun, root, put):
    """A file that holds already what the transaction writes is left as it was formatted."""
    put("web", '{"n":3.0}')
    with begun.transaction("the same") as tx:
        tx.write("web", {"n": 3})
    assert begun.at("HEAD")["web"] == {"n": 3}
    assert left(root, "web") == '{"n":3.0}'
    assert begun.status().clean


def test_writing_what_is_committed_already_touches_no_edit(begun, root, put):
    """The document does not change in this commit, so its file is none of the transaction's business."""
    put("web", '"mine"')
    with begun.transaction("another") as tx:
        tx.write("web", {"n": 2})
        tx.write("other", 1)
    assert left(root, "web") == '"mine"'
    assert dict(begun.at("HEAD")) == {"web": {"n": 2}, "same": {"n": 1}, "new": {"n": 2}, "other": 1}
    assert begun.status().changed == ("web",)


def test_reformatting_is_no_edit(begun, root, put):
    """A file that a person only laid out anew is replaced."""
    put("web", '{ "n" :2 }')
    with begun.transaction("go on") as tx:
        tx.write("web", {"n": 3})
    assert left(root, "web") == '{\n  "n": 3\n}\n'


def test_edits_of_other_documents_are_in_nobodys_way(begun, root, put):
    """They stay, changed, deleted, invalid and new, across a transaction and a rollback."""
    put("same", "{")
    put("mine", "[1]")
    with begun.transaction("go on") as tx:
        tx.write("web", {"n": 3})
    begun.rollback("HEAD~2", names=["web", "gone"], reason="back")
    assert (left(root, "same"), left(root, "mine")) == ("{", "[1]")
    assert begun.read("web") == {"n": 1}
    assert begun.status().invalid == ("same",)


def test_a_file_edited_during_a_transaction_is_refused_at_its_end(begun, root, put):
    """The edit came after the transaction looked, and before it wrote."""
    with pytest.raises(DirtyDocumentError), begun.transaction("no") as tx:  # noqa: PT012 - its end is what raises
        tx.update("web", lambda old: {"n": old["n"] + 1})
        put("web", '"mine"')
    assert left(root, "web") == '"mine"'
    assert begun.at("HEAD")["web"] == {"n": 2}


def test_what_a_transaction_only_reads_need_not_stay_clean(begun, put):
    """It read the committed value, and that is still committed."""
    with begun.transaction("copy") as tx:
        value = tx.read("web")
        put("web", '"mine"')
        tx.write("copy", value)
    assert begun.at("HEAD")["copy"] == {"n": 2}
