"""What was done in this copy is listed, newest first, with who, when and how."""

from datetime import UTC, datetime, timedelta

import pytest
from undo_scenes import VERBS, begin

from muniment import Store


@pytest.fixture
def begun(store):
    """A store with some branches and a tag."""
    begin(store)
    return store


def test_a_new_store_has_none(store):
    """Nothing was done to heads or tags."""
    assert store.operations() == ()


def test_operations_are_listed_newest_first(begun):
    """As many as are wished."""
    found = begun.operations()
    assert [one.verb for one in found] == [
        "transaction", "branch", "transaction", "switch", "transaction", "switch", "tag", "branch", "commit",
    ]  # fmt: skip
    assert begun.operations(2) == begun.operations(limit=2) == found[:2]
    assert begun.operations(0) == ()
    assert begun.operations(100) == found
    assert len({one.id for one in found}) == len(found)


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_told_with_its_author_and_time(begun, verb):
    """Also one that needs no author."""
    before = datetime.now(UTC)
    VERBS[verb](begun)
    done = begun.operations(1)[0]
    assert done.verb == {"fast-forward": "merge", "conflicted merge": "merge"}.get(verb, verb.split(" ")[0])
    assert done.author == "Ada <ada@example.org>"
    assert before - timedelta(seconds=1) < done.time < datetime.now(UTC) + timedelta(seconds=1)
    assert done.message
    assert (done.undoes, done.redoes) == (None, None)


def test_working_files_are_told_to_follow_where_some_were_replaced(begun):
    """Not where they were committed as they stood, nor where they were left alone."""
    follows = {}
    for verb in (
        "transaction",
        "transaction without files",
        "commit",
        "transaction on another branch",
        "switch",
        "tag",
    ):
        VERBS[verb](begun)
        follows[verb] = begun.operations(1)[0].worktree
        begun.restore(["web"])
    assert {verb for verb, worktree in follows.items() if worktree} == {"transaction", "switch"}


def test_operations_of_other_processes_are_seen(begun, root):
    """At once."""
    with Store.open(root, author="Bob <bob@example.org>") as other:
        other.tags.create("v9", message="by Bob")
        assert begun.operations(1) == other.operations(1)
    assert begun.operations(1)[0].author == "Bob <bob@example.org>"
    assert begun.undo().message == "undo: by Bob"
