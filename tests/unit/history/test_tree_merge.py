"""What merging three trees finds, and what it costs."""

import hashlib

import pytest

from muniment.history.tree import EMPTY_TREE
from muniment.history.tree_build import build
from muniment.history.tree_edit import update
from muniment.history.tree_merge import Collision, TreeMerge, merge
from muniment.values.ids import BlobId

ONE, TWO, THREE = (BlobId(hashlib.sha256(text).hexdigest()) for text in (b"1", b"2", b"3"))


class Trees:
    """A tree and two that were made out of it, and the ids of the nodes that were asked for."""

    def __init__(self, documents, ours, theirs):
        built = build(documents)
        self.nodes = dict(built.decoded)
        self.base = built.root
        self.fresh = 0
        self.ours, self.theirs = self.edit(ours), self.edit(theirs)
        self.loaded = []

    def edit(self, changes):
        """Make a tree out of the base."""
        made = update(self.nodes.__getitem__, self.base, changes)
        self.nodes |= made.decoded
        self.fresh += len(made.nodes)
        return made.root

    def load(self, node_id):
        """Give a node, and note which."""
        self.loaded.append(node_id)
        return self.nodes[node_id]

    def merge(self):
        """Merge the three."""
        return merge(self.load, self.base, self.ours, self.theirs)


def many(count):
    """Make up documents, all alike."""
    return {f"services/{number:06}": ONE for number in range(count)}


def test_what_theirs_alone_changed_is_to_be_changed():
    """Documents that theirs added, edited and deleted; those of ours are there already."""
    trees = Trees({"a": ONE, "b": ONE, "c": ONE, "d": ONE}, {"a": TWO, "n": ONE}, {"b": TWO, "c": None, "m": THREE})
    assert trees.merge() == TreeMerge({"b": TWO, "c": None, "m": THREE}, [], [], ["m"])


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [(ONE, TWO, THREE), (ONE, None, THREE), (ONE, TWO, None), (None, TWO, THREE)],
)
def test_a_name_that_both_changed_differently_is_a_collision(base, ours, theirs):
    """Edited by both, deleted by one and edited by the other, or added by both: the contents have to be merged."""
    documents = {"z": ONE} if base is None else {"a": base, "z": ONE}
    trees = Trees(documents, {"a": ours}, {"a": theirs})
    assert trees.merge() == TreeMerge({}, [Collision("a", base, ours, theirs)], [], [])


@pytest.mark.parametrize(("base", "both"), [(ONE, TWO), (ONE, None), (None, TWO)])
def test_a_name_that_both_changed_alike_is_told_apart(base, both):
    """Nothing is to be done, but whoever counts inside may want to know."""
    documents = {"z": ONE} if base is None else {"a": base, "z": ONE}
    trees = Trees(documents, {"a": both, "b": TWO}, {"a": both, "c": TWO})
    assert trees.merge() == TreeMerge({"c": TWO}, [], [Collision("a", base, both, both)], ["c"])


def test_each_list_is_in_the_order_of_the_names():
    """Changes and collisions come as the tree has them, whatever order they were made in."""
    trees = Trees(many(10), dict.fromkeys(many(5), TWO), dict.fromkeys(reversed(many(10)), THREE))
    merged = trees.merge()
    assert list(merged.changes) == sorted(many(10))[5:]
    assert [collision.name for collision in merged.collisions] == sorted(many(5))


def test_histories_without_a_base_collide_where_names_meet():
    """Against the empty tree everything was added; the empty tree is not asked for."""
    trees = Trees({}, {"a": ONE, "b": ONE, "c": ONE}, {"b": TWO, "c": ONE, "d": ONE})
    assert trees.base == EMPTY_TREE
    assert trees.merge() == TreeMerge(
        {"d": ONE}, [Collision("b", None, ONE, TWO)], [Collision("c", None, ONE, ONE)], ["d"]
    )
    assert EMPTY_TREE not in trees.loaded


def test_a_side_that_changed_nothing_costs_nothing():
    """Nothing is loaded where theirs is the base, and where ours is, only what theirs changed."""
    trees = Trees(many(10_000), dict.fromkeys(many(10_000), TWO), {})
    assert trees.merge() == TreeMerge({}, [], [], [])
    assert trees.loaded == []
    trees = Trees(many(10_000), {}, {"services/000042": TWO})
    assert trees.merge() == TreeMerge({"services/000042": TWO}, [], [], [])
    assert len(trees.loaded) <= 12


@pytest.mark.parametrize("count", [1_000, 100_000])
def test_the_cost_is_that_of_the_changes(count):
    """In trees of any size, only nodes on the ways to the changes are loaded, the roots once more."""
    trees = Trees(many(count), {"services/000001": TWO, "services/000900": TWO}, {"services/000500": THREE})
    assert trees.merge() == TreeMerge({"services/000500": THREE}, [], [], [])
    assert len(trees.loaded) == 2 * trees.fresh + 4
