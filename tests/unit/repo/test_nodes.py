"""Nodes decoded and remembered: what those that followed one another hold in common."""

import hashlib
from contextlib import suppress

import pytest

from muniment.errors import MalformedError, ObjectNotFoundError
from muniment.repo import nodes
from muniment.repo.nodes import Nodes
from muniment.storage.memory import MemoryObjects
from muniment.values import canonical
from muniment.values.ids import TreeId
from muniment.values.objects import TreeNode, encode_node


def blob(number):
    """Make up the id of a content."""
    return hashlib.sha256(b"%d" % number).hexdigest()


@pytest.fixture
def objects():
    """Objects in memory."""
    return MemoryObjects()


def stored(objects, entries, level=0):
    """Store a node; give its id."""
    data = encode_node(TreeNode(entries, level))
    node_id = canonical.digest(data)
    objects.put(node_id, data)
    return node_id


def shared(one, other):
    """Count the entries that two nodes hold in common."""
    return len({id(entry) for entry in one.entries} & {id(entry) for entry in other.entries})


def test_a_node_is_what_was_stored(objects):
    """However much it shares with others."""
    versions = [[(f"doc{at:02}", blob(number if at == number else -1)) for at in range(32)] for number in range(32)]
    ids = [stored(objects, entries) for entries in versions]
    loaded = Nodes(objects)
    for _ in range(2):
        assert [loaded.load(node_id).entries for node_id in ids] == versions


def test_nodes_that_followed_one_another_share_their_entries(objects):
    """All but those that changed."""
    before = [(f"doc{at:02}", blob(at)) for at in range(32)]
    after = [*before[:5], ("doc05", blob(99)), *before[6:]]
    loaded = Nodes(objects)
    old, new = (loaded.load(stored(objects, entries)) for entries in (before, after))
    assert shared(old, new) == 31


@pytest.mark.parametrize(("at_once", "fewest", "most"), [(3, 60, 60), (60, 1, 20)])
def test_nodes_that_were_just_made_are_kept(objects, monkeypatch, at_once, fewest, most):
    """Those of small changes are copies of one another and count for little, those of large ones for all they hold."""
    monkeypatch.setattr(nodes, "_REMEMBERED_ENTRIES", 400)
    made = [(TreeId(blob(number)), TreeNode([(f"n{at}", blob(at)) for at in range(20)], 0)) for number in range(60)]
    loaded = Nodes(objects)
    for start in range(0, 60, at_once):
        loaded.remember(made[start : start + at_once])
    kept = 0
    for node_id, node in made:
        with suppress(ObjectNotFoundError):
            kept += loaded.load(node_id) is node
    assert fewest <= kept <= most


def test_nodes_of_other_places_have_nothing_in_common(objects):
    """Another beginning, or another level."""
    entries = [(f"doc{at:02}", blob(at)) for at in range(3)]
    loaded = Nodes(objects)
    one = loaded.load(stored(objects, entries))
    for other in (stored(objects, entries[1:]), stored(objects, entries, level=1), stored(objects, [])):
        assert shared(one, loaded.load(other)) == 0


def test_what_is_kept_is_bounded(objects, monkeypatch):
    """Nodes that share much count for little, those that share nothing for all they hold; the oldest go."""
    monkeypatch.setattr(nodes, "_REMEMBERED_ENTRIES", 400)
    like = [
        stored(objects, [("a", blob(number)), *((f"b{at:02}", blob(at)) for at in range(19))]) for number in range(60)
    ]
    unlike = [stored(objects, [(f"n{number}/{at:02}", blob(at)) for at in range(20)]) for number in range(60)]
    for ids, fewest, most in ((like, 40, 60), (unlike, 1, 20)):
        loaded = Nodes(objects)
        found = [loaded.load(node_id) for node_id in ids]
        kept = sum(loaded.load(node_id) is node for node_id, node in list(zip(ids, found, strict=True))[::-1])
        assert fewest <= kept <= most


def test_what_is_no_node_is_told(objects):
    """As is what is not there."""
    objects.put(canonical.digest(b"{}"), b"{}")
    loaded = Nodes(objects)
    with pytest.raises(MalformedError):
        loaded.load(TreeId(canonical.digest(b"{}")))
    with pytest.raises(ObjectNotFoundError):
        loaded.load(TreeId("f" * 64))
