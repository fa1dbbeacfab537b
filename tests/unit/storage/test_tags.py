"""Tags as files: making and deleting them, again and again, and finding them."""

from typing import Any

import pytest

from muniment.storage.tags import FileTags
from muniment.values.operation import TagMove

ONE, TWO = "1" * 64, "2" * 64


def move(name: Any, before: Any, after: Any) -> TagMove:
    """Make a move of plain texts."""
    return TagMove(name, before, after)


@pytest.fixture
def tags(layout):
    """The tags of an empty store."""
    return FileTags(layout)


def listed(tags):
    """All tags with their ids."""
    return {name: tags.ids(name) for name in tags.names()}


def test_there_are_none_at_first(tags):
    """Nothing is found where not even the folder is there."""
    assert (listed(tags), tags.ids("v1")) == ({}, ())


def test_a_tag_is_an_empty_file(tags, layout, root):
    """Its name is the object's id, so that the host repository merges it."""
    tags.apply(move("v1", None, ONE))
    assert (root / ".muniment/refs/tags/v1" / ONE).read_bytes() == b""
    assert layout.tag_file("v1", ONE) == str(root / ".muniment/refs/tags/v1" / ONE)


def test_making_and_deleting_again_changes_nothing(tags):
    """A recovery repeats what may have been done."""
    for _ in range(2):
        tags.apply(move("v1", None, ONE))
        assert listed(tags) == {"v1": (ONE,)}
    for _ in range(2):
        tags.apply(move("v1", ONE, None))
        assert listed(tags) == {}


def test_a_tag_may_lie_in_the_folder_of_another(tags):
    """Names come in ascending order, and deleting one leaves the other."""
    for name in ("release", "release/2", "a"):
        tags.apply(move(name, None, ONE))
    assert list(tags.names()) == ["a", "release", "release/2"]
    tags.apply(move("release", ONE, None))
    assert list(tags.names()) == ["a", "release/2"]


def test_deleting_leaves_no_empty_folder(tags, root):
    """The host repository would not keep it either."""
    tags.apply(move("team/red/v1", None, ONE))
    tags.apply(move("team/red/v1", ONE, None))
    assert list((root / ".muniment/refs/tags").iterdir()) == []


def test_a_host_merge_may_bring_two(tags):
    """Both are there, in ascending order; deleting one leaves the other."""
    tags.apply(move("v1", None, TWO))
    tags.apply(move("v1", None, ONE))
    assert tags.ids("v1") == (ONE, TWO)
    tags.apply(move("v1", TWO, None))
    assert tags.ids("v1") == (ONE,)


def test_other_files_are_no_tags(tags, root):
    """What editors and systems leave in the folders is passed over."""
    tags.apply(move("v1", None, ONE))
    (root / ".muniment/refs/tags/v1/.DS_Store").write_bytes(b"")
    (root / ".muniment/refs/tags/v1/readme").write_bytes(b"")
    (root / ".muniment/refs/tags/.hidden").mkdir()
    assert listed(tags) == {"v1": (ONE,)}
