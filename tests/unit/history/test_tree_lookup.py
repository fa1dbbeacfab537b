"""One name in many trees: what is found, and how little is loaded for it."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from muniment.history import tree
from muniment.history.tree import EMPTY_TREE
from muniment.history.tree_build import build
from muniment.history.tree_edit import update
from muniment.history.tree_lookup import Lookup
from muniment.values.ids import BlobId

NAMES = [f"services/{number:04}" for number in range(400)]
BLOBS = [hashlib.sha256(bytes([number])).hexdigest() for number in range(3)]


class Trees:
    """Trees made one out of another, and the ids of the nodes that were asked for."""

    def __init__(self, documents):
        self.nodes, self.roots, self.loaded = {}, [], []
        self._keep(build(documents))

    def _keep(self, made):
        self.nodes |= made.decoded
        self.roots.append(made.root)

    def edit(self, changes):
        """Make the next tree."""
        self._keep(update(self.nodes.__getitem__, self.roots[-1], changes))

    def load(self, node_id):
        """Give a node, and note which."""
        self.loaded.append(node_id)
        return self.nodes[node_id]


def test_nodes_that_trees_share_are_loaded_once():
    """Beside the roots only the nodes are loaded that a change went through on its way to the name's neighbours."""
    trees = Trees(dict.fromkeys(NAMES, BLOBS[0]))
    for name in NAMES[-50:]:
        trees.edit({name: BLOBS[1]})
    lookup = Lookup(trees.load, NAMES[0])
    assert {lookup.find(root) for root in trees.roots} == {BLOBS[0]}
    assert len(trees.loaded) == len(trees.roots) + 1
    assert {lookup.find(root) for root in trees.roots} == {BLOBS[0]}
    assert len(trees.loaded) == len(trees.roots) + 1


def test_the_empty_tree_is_not_asked_for():
    """It holds nothing, as everybody knows; a document whose bytes are those of the empty tree is one all the same."""
    twin = BlobId(EMPTY_TREE)
    trees = Trees({"twin": twin, "web": BLOBS[0]})
    assert Lookup(trees.load, "twin").find(EMPTY_TREE) is None
    assert trees.loaded == []
    assert Lookup(trees.load, "twin").find(trees.roots[0]) == twin


edits = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(BLOBS) | st.none(), max_size=60)


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(BLOBS)), st.lists(edits, max_size=5), st.data())
def test_it_finds_what_a_lookup_in_each_tree_finds(documents, changes, data):
    """Names that are there and names that are not, in trees of all heights, in any order."""
    trees = Trees(documents)
    for one in changes:
        trees.edit(one)
    name = data.draw(st.sampled_from([*NAMES, "a", "services/", "z"]))
    lookup = Lookup(trees.load, name)
    for root in data.draw(st.permutations(trees.roots)):
        assert lookup.find(root) == tree.lookup(trees.nodes.__getitem__, root, name)
