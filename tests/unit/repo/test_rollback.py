"""Going back by a new commit: old content, new history."""

import pytest

from muniment import DocumentNotFoundError, InvalidNameError, NothingToCommitError, RevisionNotFoundError


@pytest.fixture
def begun(store):
    """Three commits: documents that changed, came and went, in folders too."""
    for name in ("web", "a/gone", "same"):
        store.write(name, {"n": 1})
    store.commit("one")
    store.write("web", {"n": 2})
    store.write("b/new", {"n": 2})
    store.delete("a/gone")
    store.commit("two")
    store.write("web", {"n": 3})
    store.commit("three")
    return store


def test_all_documents_go_back(begun, root):
    """Changed, removed and new ones are as they were, in history and in the files; empty folders go."""
    old = dict(begun.at("HEAD~2"))
    head = begun.at("HEAD").commit
    commit = begun.rollback("HEAD~2", reason="it was better", author="Bob")
    assert dict(begun.at("HEAD")) == old == {name: begun.read(name) for name in begun.names()}
    assert (commit.parents, commit.author, commit.message) == ((head.id,), "Bob", "it was better")
    assert commit.tree == begun.at("HEAD~3").commit.tree
    assert begun.status().clean
    assert not (root / "b").exists()
    assert (root / "a" / "gone.json").read_text() == '{\n  "n": 1\n}\n'
    assert len(begun.log()) == 4
    assert begun.verify().ok


def test_it_says_where_it_went_back_to(begun):
    """The commit names the one whose content it has, and history tells it from an ordinary change."""
    target = begun.at("HEAD~2").commit
    commit = begun.rollback(target.id[:12], reason="back")
    assert commit.meta == {"rollback": target.id}
    assert [version.change for version in begun.history("web")] == ["restored", "updated", "updated", "created"]
    assert [version.change for version in begun.history("a/gone")] == ["restored", "deleted", "created"]
    assert [version.change for version in begun.history("b/new")] == ["deleted", "created"]


def test_named_documents_go_back_alone(begun):
    """The others stay as they are at the head."""
    begun.rollback("HEAD~2", names=["web", "a/gone", "same"], reason="these")
    assert dict(begun.at("HEAD")) == {"web": {"n": 1}, "a/gone": {"n": 1}, "same": {"n": 1}, "b/new": {"n": 2}}
    assert begun.status().clean


def test_a_rollback_can_be_rolled_back(begun):
    """Nothing is lost by it."""
    before = dict(begun.at("HEAD"))
    begun.rollback("HEAD~2", reason="back")
    begun.rollback("HEAD~1", reason="and forth")
    assert dict(begun.at("HEAD")) == before
    assert begun.status().clean


def test_documents_that_are_as_they_were_need_no_commit(begun):
    """The head itself, a commit of the same content, and documents that did not change since."""
    for to, names in (("HEAD", None), ("HEAD~2", ["same"]), ("HEAD~2", [])):
        with pytest.raises(NothingToCommitError):
            begun.rollback(to, names=names, reason="no")
    assert len(begun.log()) == 3


def test_what_cannot_be_found_is_told(begun):
    """A revision that names nothing, a document of neither commit, and a name that cannot be."""
    with pytest.raises(RevisionNotFoundError):
        begun.rollback("HEAD~9", reason="no")
    with pytest.raises(RevisionNotFoundError):
        begun.rollback(":working", reason="no")
    with pytest.raises(DocumentNotFoundError) as raised:
        begun.rollback("HEAD~2", names=["web", "never"], reason="no")
    assert raised.value.name == "never"
    with pytest.raises(InvalidNameError):
        begun.rollback("HEAD~2", names=["../web"], reason="no")
    assert len(begun.log()) == 3


def test_a_deleted_file_may_go_back_to_being_absent(begun, root):
    """A person deleted just what the rollback would delete: that is no edit to be lost."""
    begun.delete("b/new")
    begun.rollback("HEAD~2", reason="back")
    assert begun.status().clean
    assert not (root / "b").exists()


def test_an_edit_that_says_what_it_goes_back_to_is_kept(begun, put):
    """The file holds the old content already, laid out by hand."""
    path = put("web", '{"n":1}')
    begun.rollback("HEAD~2", names=["web"], reason="back")
    assert path.read_text() == '{"n":1}'
    assert begun.status().clean
