"""What an edit costs, and what it does to the nodes, drawn. tests/property/test_tree_laws.py has the laws.

Trees are drawn with one line a level, the root first, and a bar where a node begins; with roots of two
entries at the most, so that few names make many levels. Of the names, `n2`, `n208` and `n34` have rank 1,
`n3707` and `n5008` rank 2, `n3305` rank 3, `n253963` rank 4, and all others rank 0.
"""

import hashlib
import random

import pytest

from muniment.history import tree_build, tree_edit
from muniment.history.tree import EMPTY_TREE, ROOT_ENTRIES, entries, lookup, rank
from muniment.history.tree_build import build
from muniment.history.tree_edit import update
from muniment.values.ids import BlobId

BLOB = BlobId(hashlib.sha256(b"{}").hexdigest())
OTHER = BlobId(hashlib.sha256(b"[]").hexdigest())


class Nodes(dict):
    """The nodes of a few trees, and how often one was asked for."""

    loads = 0

    def load(self, node_id):
        """Give a node, and count that."""
        self.loads += 1
        return self[node_id]

    def add(self, made):
        """Keep the nodes of an update; give its root."""
        self.update(made.decoded)
        return made.root


def tree_of(*names):
    """Make a tree of `names`; give its nodes and its root."""
    nodes = Nodes()
    return nodes, nodes.add(build(dict.fromkeys(names, BLOB)))


def draw(nodes, root):
    """Draw a tree as the tests below do."""
    lines, row = [], [root]
    for level in range(nodes[root].level, -1, -1):
        lines.append(" | ".join(" ".join(name for name, _ in nodes[node_id].entries) for node_id in row))
        row = [child for node_id in row for _, child in nodes[node_id].entries] if level else []
    return lines


def edited(names, changes):
    """Draw the tree of `names` after `changes`."""
    nodes, root = tree_of(*names)
    return draw(nodes, nodes.add(update(nodes.load, root, changes)))


def many(count):
    """Make up documents, each with a blob of its own."""
    return {f"services/{number:07}": BlobId(hashlib.sha256(b"%d" % number).hexdigest()) for number in range(count)}


@pytest.fixture
def small_roots(monkeypatch):
    """Let a root hold two entries at the most."""
    monkeypatch.setattr(tree_build, "ROOT_ENTRIES", 2)
    monkeypatch.setattr(tree_edit, "ROOT_ENTRIES", 2)


def test_the_empty_tree_is_known_to_everybody():
    """No loader is asked for the empty tree, and its id is the hash of its canonical bytes."""
    nodes = Nodes()
    assert hashlib.sha256(b'{"entries":[],"level":0,"type":"tree"}').hexdigest() == EMPTY_TREE
    assert lookup(nodes.load, EMPTY_TREE, "a") is None
    assert list(entries(nodes.load, EMPTY_TREE)) == []
    assert update(nodes.load, EMPTY_TREE, {"a": BLOB}).root == build({"a": BLOB}).root
    assert nodes.loads == 0


def test_an_empty_result_brings_the_empty_tree():
    """Whether it was emptied or never filled, a tree of nothing can be stored like any other."""
    nodes, root = tree_of("a", "n2")
    for made in (build({}), update(nodes.load, root, {"a": None, "n2": None}), update(nodes.load, EMPTY_TREE, {})):
        assert made.root == EMPTY_TREE
        assert made.nodes == {EMPTY_TREE: b'{"entries":[],"level":0,"type":"tree"}'}


def test_ids_are_those_of_the_format(small_roots):
    """A tree worked out by hand has the same root."""
    left = b'{"entries":[["a","%s"]],"level":0,"type":"tree"}' % BLOB.encode()
    right = b'{"entries":[["n2","%s"],["x","%s"]],"level":0,"type":"tree"}' % (BLOB.encode(), OTHER.encode())
    ids = [hashlib.sha256(data).hexdigest().encode() for data in (left, right)]
    top = b'{"entries":[["a","%s"],["n2","%s"]],"level":1,"type":"tree"}' % (ids[0], ids[1])
    made = build({"x": OTHER, "n2": BLOB, "a": BLOB})
    assert list(made.nodes.values()) == [left, right, top]
    assert made.root == hashlib.sha256(top).hexdigest()


def test_names_are_ordered_by_code_point():
    """A name outside the basic plane comes after U+FFFF, as in UTF-8 and not as in UTF-16."""
    nodes, root = tree_of("\U00010000", "\uffff", "z")
    assert [name for name, _ in entries(nodes.load, root)] == ["z", "\uffff", "\U00010000"]


# Where nodes begin
# -----------------
#
#                           level 2     a n3707
#   level 1   a n2          level 1     a n2 | n3707
#   level 0   a m | n2 n3   level 0     a | n2 | n3707 x


def test_a_name_of_rank_1_begins_a_leaf_and_one_of_rank_2_a_node_above_too(small_roots):
    """A rank of more than the level begins a node there, and the first level that fits is the root."""
    assert edited(["a", "m", "n2", "n3"], {}) == ["a n2", "a m | n2 n3"]
    assert edited(["a", "n2", "n3707", "x"], {}) == ["a n3707", "a n2 | n3707", "a | n2 | n3707 x"]


def test_a_level_that_fits_is_not_cut_whatever_the_ranks(small_roots):
    """There are no levels above the one that fits, even over the highest of ranks."""
    assert edited(["n253963"], {}) == ["n253963"]
    assert edited(["a", "n253963"], {}) == ["a n253963"]
    assert edited(["a", "n253963", "x"], {}) == ["a n253963", "a | n253963 x"]


def test_a_level_that_does_not_fit_may_be_one_node(small_roots):
    """Where no name begins a node, the root stands above one that is too large to be it."""
    assert edited(["a", "b", "m"], {}) == ["a", "a b m"]
    assert edited(["a", "b", "m"], {"x": None, "b": None}) == ["a m"]


def test_an_inserted_name_of_high_rank_splits_its_node_on_every_level(small_roots):
    """A level that outgrew the root is cut, its old entries too."""
    assert edited(["a", "n2", "x"], {}) == ["a n2", "a | n2 x"]
    assert edited(["a", "n2", "x"], {"n3305": BLOB}) == ["a n3305", "a n2 | n3305", "a | n2 | n3305 x"]
    assert edited(["a", "n2", "x"], {"n3305": BLOB, "n3707": BLOB}) == [
        "a n3305",
        "a | n3305 n3707",
        "a n2 | n3305 | n3707",
        "a | n2 | n3305 | n3707 x",
    ]


def test_deleting_the_first_name_of_a_node_joins_the_rest_to_its_left_neighbour(small_roots):
    """What remains of a node cannot begin one, on no level; and the root sinks to the first level that fits."""
    names = ["a", "b", "n2", "n3305", "n3707", "x"]
    assert edited(names, {})[1:] == ["a | n3305 n3707", "a n2 | n3305 | n3707", "a b | n2 | n3305 | n3707 x"]
    assert edited(names, {"n3305": None}) == ["a n3707", "a n2 | n3707", "a b | n2 | n3707 x"]
    assert edited(names, {"n3305": None, "n3707": None}) == ["a n2", "a b | n2 x"]
    assert edited(names, dict.fromkeys(names[2:])) == ["a b"]


def test_a_vanished_neighbour_is_passed_over(small_roots):
    """Neighbours that go together are one run: the rest goes to the first that stays."""
    names = ["a", "b", "n2", "n208", "n34", "x"]
    assert edited(names, {}) == ["a", "a n2 n208 n34", "a b | n2 | n208 | n34 x"]
    assert edited(names, {"n208": None, "n34": None}) == ["a n2", "a b | n2 x"]
    assert edited(names, {"n2": None, "n208": None, "n34": None}) == ["a", "a b x"]


def test_a_new_smallest_name_takes_over_the_left_edge(small_roots):
    """The first node of each level is renamed, and split where its old first name has a rank."""
    assert edited(["b", "c", "n2"], {"a": BLOB}) == ["a n2", "a b c | n2"]
    assert edited(["n2", "n34", "x"], {"a": BLOB}) == ["a", "a n2 n34", "a | n2 | n34 x"]
    assert edited(["n3707", "n5008"], {"a": BLOB}) == ["a", "a n3707 n5008", *["a | n3707 | n5008"] * 2]


def test_deleting_the_smallest_name_leaves_the_left_edge_to_the_next(small_roots):
    """The next name begins the first node of each level, whether or not it has a rank."""
    assert edited(["a", "b", "c", "n2"], {"a": None}) == ["b n2", "b c | n2"]
    assert edited(["a", "n2", "n34", "x"], {"a": None}) == ["n2 n34", "n2 | n34 x"]


@pytest.mark.usefixtures("small_roots")
@pytest.mark.parametrize("changes", [{}, {"zz": None, "0": None}, {"a": BLOB, "n3305": BLOB}])
def test_a_change_that_changes_nothing_makes_no_node(changes):
    """Deleting what is absent and setting what is set give the same root and nothing to store."""
    nodes, root = tree_of("a", "n2", "n3305", "x")
    made = update(nodes.load, root, changes)
    assert (made.root, made.nodes, made.decoded) == (root, {}, {})


# How high a tree is
# ------------------


@pytest.mark.parametrize("lowest_rank", [0, 1, 2])
def test_a_root_holds_64_entries(lowest_rank):
    """With the 65th name a tree rises by a level or, where all names begin nodes, by several; without it, it sinks."""
    names = [name for name in many(70_000) if rank(name) >= lowest_rank][: ROOT_ENTRIES + 1]
    nodes, root = tree_of(*names[:-1])
    made = update(nodes.load, root, {names[-1]: BLOB})
    assert nodes[root].level == 0
    assert made.decoded[made.root].level == 1 + lowest_rank
    back = update((nodes | made.decoded).__getitem__, made.root, {names[-1]: None})
    assert (back.root, list(back.nodes)) == (root, [root])


@pytest.mark.parametrize(("count", "levels"), [(64, 1), (65, 2), (1_000, 2), (10_000, 3), (100_000, 4)])
def test_the_height_is_a_logarithm_whatever_the_ranks(count, levels):
    """Sixty-four names are one node, and each further level multiplies that by 32."""
    made = build(many(count))
    assert made.decoded[made.root].level + 1 == levels


# Costs
# -----


@pytest.mark.parametrize("count", [1_000, 10_000, 100_000])
def test_a_lookup_loads_one_node_a_level(count):
    """A lookup goes down the tree once."""
    nodes = Nodes()
    documents = many(count)
    root = nodes.add(build(documents))
    levels = nodes[root].level + 1
    for name in random.Random(count).sample(sorted(documents), 50):
        nodes.loads = 0
        assert lookup(nodes.load, root, name) == documents[name]
        assert lookup(nodes.load, root, name + "x") is None
        assert nodes.loads == 2 * levels


def test_looking_up_a_name_before_all_others_loads_the_root():
    """A name before the first cannot be anywhere, so the search ends at the top."""
    nodes, root = tree_of("b", *many(100))
    assert nodes[root].level
    assert lookup(nodes.load, root, "A") is None
    assert nodes.loads == 1


@pytest.mark.parametrize("count", [1_000, 10_000, 100_000])
def test_replacing_a_blob_loads_and_writes_one_node_a_level(count):
    """Where no name comes or goes, nothing but the path from the root to the leaf is touched."""
    nodes = Nodes()
    documents = many(count)
    root = nodes.add(build(documents))
    levels = nodes[root].level + 1
    for name in random.Random(count).sample(sorted(documents), 50):
        nodes.loads = 0
        made = update(nodes.load, root, {name: OTHER})
        assert len(made.nodes) == levels
        assert nodes.loads == levels


@pytest.mark.parametrize("count", [1_000, 10_000, 100_000])
def test_inserting_and_deleting_touch_a_few_nodes_a_level(count):
    """A split or a join adds one node on each level it reaches; a deletion counts a few nodes below the root too."""
    nodes = Nodes()
    documents = many(count)
    root = nodes.add(build(documents))
    levels = nodes[root].level + 1
    for name in random.Random(1).sample(sorted(documents), 200):
        nodes.loads = 0
        made = update(nodes.load, root, {name + "x": BLOB})
        assert len(made.nodes) <= 2 * levels
        assert nodes.loads == 2 * levels  # one descent finds that the name is new, one rewrites the way
        nodes.loads = 0
        made = update(nodes.load, root, {name: None})
        assert len(made.nodes) <= levels
        assert nodes.loads <= levels + 5


def test_changes_that_share_nodes_share_their_cost():
    """A node is loaded and written once, however many names of it change."""
    nodes = Nodes()
    root = nodes.add(build(many(10_000)))
    made = update(nodes.load, root, dict.fromkeys(many(10_000), OTHER))
    assert nodes.loads == len(nodes) == len(made.nodes)


def test_a_prefix_loads_only_nodes_of_its_range():
    """Listing 100 names of 100,000 loads their leaves and the way to them."""
    nodes = Nodes()
    root = nodes.add(build(many(100_000)))
    names = [name for name, _ in entries(nodes.load, root, "services/00421")]
    assert names == [f"services/{number:07}" for number in range(42_100, 42_200)]
    assert nodes.loads <= 20


def test_entries_are_listed_lazily():
    """The first names of a large tree cost one node a level."""
    nodes = Nodes()
    root = nodes.add(build(many(10_000)))
    assert next(entries(nodes.load, root))[0] == "services/0000000"
    assert nodes.loads == nodes[root].level + 1
