"""What a comparison of two trees tells, and what it costs."""

import hashlib
import random

import pytest

from muniment.history.tree import EMPTY_TREE, ROOT_ENTRIES, rank
from muniment.history.tree_build import build
from muniment.history.tree_diff import changes
from muniment.history.tree_edit import update
from muniment.values.ids import BlobId

ONE = BlobId(hashlib.sha256(b"1").hexdigest())
TWO = BlobId(hashlib.sha256(b"2").hexdigest())


class Comparison:
    """Two trees, and the ids of the nodes that were asked for."""

    def __init__(self, documents, edit):
        old = build(documents)
        new = update(old.decoded.__getitem__, old.root, edit)
        self.nodes = old.decoded | new.decoded
        self.old, self.new = old.root, new.root
        self.fresh = len(new.nodes)
        self.loaded = []

    def load(self, node_id):
        """Give a node, and note which."""
        self.loaded.append(node_id)
        return self.nodes[node_id]

    def changes(self, prefix=""):
        """Compare the two trees."""
        return list(changes(self.load, self.old, self.new, prefix))


def many(count):
    """Make up documents, all alike."""
    return {f"services/{number:06}": ONE for number in range(count)}


def test_added_changed_and_removed_names_come_in_order():
    """A side where the document is not there is None."""
    compared = Comparison({"a": ONE, "b": ONE, "c": ONE}, {"c": None, "b": TWO, "aa": TWO})
    assert compared.changes() == [("aa", None, TWO), ("b", ONE, TWO), ("c", ONE, None)]


def test_a_tree_and_itself_are_compared_without_loading_anything():
    """Equal roots are equal trees."""
    compared = Comparison(many(100), {})
    assert compared.changes() == []
    assert compared.loaded == []


def test_against_the_empty_tree_everything_differs():
    """All was added to nothing, and the empty tree is not asked for."""
    compared = Comparison({"a": ONE, "n2": TWO}, {})
    assert list(changes(compared.load, EMPTY_TREE, compared.new)) == [("a", None, ONE), ("n2", None, TWO)]
    assert list(changes(compared.load, compared.new, EMPTY_TREE)) == [("a", ONE, None), ("n2", TWO, None)]
    assert EMPTY_TREE not in compared.loaded


@pytest.mark.parametrize("count", [100, 10_000, 100_000])
def test_one_change_costs_the_paths_to_it(count):
    """In trees of any size, only the nodes of the two paths to the change are loaded, the roots once more."""
    compared = Comparison(many(count), {"services/000042": TWO})
    assert compared.changes() == [("services/000042", ONE, TWO)]
    assert len(compared.loaded) == 2 * compared.fresh + 2


def test_several_changes_cost_the_paths_to_them():
    """Twenty changes among 20,000 names load no more than their own paths."""
    names = random.Random(20).sample(sorted(many(20_000)), 20)
    compared = Comparison(many(20_000), dict.fromkeys(names, TWO))
    assert compared.changes() == [(name, ONE, TWO) for name in sorted(names)]
    assert len(compared.loaded) == 2 * compared.fresh + 2


# Names of rank 1, which each begin a leaf, fill the root of level 1. One more, and level 1 is cut: it is one node,
# and the root is of level 2.
#
#                                          level 2   n1022
#   level 1   n1022   n1064   …            level 1   n1022   n1064   …   n795
#   level 0   n1022 | n1064 | … | n758 y   level 0   n1022 | n1064 | … | n795 y


def test_trees_of_different_heights_share_their_nodes_too():
    """A name that lifts the root is found without opening what both trees have."""
    names = sorted(name for name in (f"n{number}" for number in range(2_200)) if rank(name) == 1)[: ROOT_ENTRIES + 1]
    compared = Comparison(dict.fromkeys([*names[:-1], "y"], ONE), {names[-1]: TWO})
    assert compared.nodes[compared.old].level == 1
    assert compared.nodes[compared.new].level == 2
    assert compared.changes() == [(names[-1], None, TWO)]
    assert list(changes(compared.load, compared.new, compared.old)) == [(names[-1], TWO, None)]
    *shared, last = [child for _, child in compared.nodes[compared.old].entries]
    assert last in compared.loaded
    assert not set(shared) & set(compared.loaded)


def test_a_prefix_leaves_out_the_changes_elsewhere_and_their_cost():
    """Ten thousand changes beside the prefix are neither listed nor loaded."""
    compared = Comparison(many(10_000), dict.fromkeys(many(10_000), TWO))
    assert [name for name, _, _ in compared.changes("services/00420")] == [
        f"services/{number:06}" for number in range(4_200, 4_210)
    ]
    assert len(compared.loaded) <= 20


def test_changes_are_found_lazily():
    """The first of ten thousand changes costs two paths and not the whole trees."""
    compared = Comparison(many(10_000), dict.fromkeys(many(10_000), TWO))
    assert next(changes(compared.load, compared.old, compared.new)) == ("services/000000", ONE, TWO)
    assert len(compared.loaded) <= 12
