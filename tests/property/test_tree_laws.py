"""The tree against a dict: whatever is done to both, they agree, and the tree is the only one possible."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.history import tree_build, tree_edit
from muniment.history.tree import EMPTY_TREE, ROOT_ENTRIES, entries, lookup, rank
from muniment.history.tree_build import build
from muniment.history.tree_diff import changes
from muniment.history.tree_edit import update
from muniment.values.objects import decode_node, encode_node


def rank_of(name):
    """Read the rank off the binary digits of the hash, as the format words it."""
    bits = "".join(f"{byte:08b}" for byte in hashlib.sha256(name.encode()).digest())
    return (len(bits) - len(bits.lstrip("0"))) // 5


# One name in 32 has rank 1 and one in a million rank 4, so the names that begin nodes were sought out.
NAMES_OF_RANK = {
    0: ["a", "b", "m", "n", "n1", "n10", "n3", "n4", "n5", "n9", "x", "services/web", "é", "\U00010000", "\uffff"],
    1: ["n2", "n34", "n52", "n62", "n96", "n162", "n185", "n208", "n217", "n249"],
    2: ["n3707", "n5008", "n5806", "n6220", "n7137", "n8316", "n11195"],
    3: ["n3305", "n8005", "n26657", "n37428", "n95780"],
    4: ["n253963", "n760035", "n829570"],
}
FEW = sorted(name for sought in NAMES_OF_RANK.values() for name in sought)
PLAIN = [f"plain/{number}" for number in range(40)]
FIRSTS = [name for name in (f"n{number}" for number in range(3_000)) if rank_of(name) > 0]
HIGH_FIRSTS = [name for name in (f"n{number}" for number in range(100_000)) if rank(name) > 1]

blobs = st.sampled_from([hashlib.sha256(bytes([n])).hexdigest() for n in range(3)])
prefixes = st.sampled_from(["", "n", "n2", "n3", "n37", "n9", "n25396", "services/", "z", "é", "\U00010000"])


def edits_of(names):
    """Changes to some of `names`, and deletions alone, which make trees sink."""
    some = st.sampled_from(names)
    return st.dictionaries(some, blobs | st.none(), max_size=8) | st.dictionaries(some, st.none())


@st.composite
def crowds(draw, firsts):
    """About as many names that begin nodes as a root holds, with or without others, and some of them to edit."""
    start = draw(st.integers(0, len(firsts) - 1))
    stop = start + draw(st.integers(ROOT_ENTRIES - 4, ROOT_ENTRIES + 4))
    ring = firsts * 2
    names = ring[start:stop] + draw(st.sampled_from([[], PLAIN]))
    return dict.fromkeys(names, draw(blobs)), edits_of(ring[start : start + 4] + ring[stop - 4 : stop + 4])


histories = st.one_of(
    st.tuples(st.dictionaries(st.sampled_from(FEW), blobs), st.just(edits_of(FEW))),
    crowds(FIRSTS),
    crowds(HIGH_FIRSTS),
)
documents = histories.map(lambda history: history[0])


@st.composite
def steps_of(draw, max_size=6):
    """Documents, and edits of them one after another."""
    start, edits = draw(histories)
    return start, draw(st.lists(edits, max_size=max_size))


@st.composite
def pairs(draw):
    """Documents, and one edit of them."""
    start, edits = draw(histories)
    return start, draw(edits)


@pytest.fixture(params=[ROOT_ENTRIES, 4, 1], scope="module", autouse=True)
def root_entries(request):
    """Keep every law for the root of the format, and for small roots, which rise and sink at every turn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree_build, "ROOT_ENTRIES", request.param)
        patch.setattr(tree_edit, "ROOT_ENTRIES", request.param)
        yield request.param


def nodes_below(nodes, root):
    """Every id of the tree, the root's first."""
    found = [root]
    if nodes[root].level:
        for _, child in nodes[root].entries:
            found += nodes_below(nodes, child)
    return found


def check(nodes, root, limit):
    """Check a tree by the words of the format alone."""
    level, row = nodes[root].level, [root]
    flat = nodes[root].entries
    assert len(flat) <= limit
    assert flat or root == EMPTY_TREE
    while True:
        for node_id in row:
            assert nodes[node_id].level == level
            assert node_id == hashlib.sha256(encode_node(nodes[node_id])).hexdigest()
        assert all(left < right for (left, _), (right, _) in pairwise(flat))
        if level == 0:
            return
        level, row, above = level - 1, [child for _, child in flat], flat
        flat = [entry for node_id in row for entry in nodes[node_id].entries]
        assert len(flat) > limit, "the root could be lower"
        firsts = [nodes[node_id].entries[0][0] for node_id in row]
        assert firsts == [name for name, _ in above]
        assert firsts == [name for at, (name, _) in enumerate(flat) if at == 0 or rank_of(name) > level]


@pytest.mark.parametrize(("expected", "names"), NAMES_OF_RANK.items())
def test_rank_is_the_number_of_leading_zero_groups_of_five_bits(expected, names):
    """The rank is read off the binary digits of the hash of the UTF-8."""
    assert {name: rank(name) for name in names} == dict.fromkeys(names, expected)
    assert {name: rank_of(name) for name in names} == dict.fromkeys(names, expected)


@given(steps_of())
def test_a_tree_is_a_dict_and_does_not_remember_how_it_was_made(root_entries, history):
    """After every edit the tree holds what a dict would, and its root is the one made from scratch."""
    start, steps = history
    model = dict(start)
    made = build(model)
    nodes, root = dict(made.decoded), made.root
    check(nodes, root, root_entries)
    for step in steps:
        made = update(nodes.__getitem__, root, step)
        nodes, root = nodes | made.decoded, made.root
        for name, blob in step.items():
            if blob is None:
                model.pop(name, None)
            else:
                model[name] = blob
        check(nodes, root, root_entries)
        assert root == build(model).root
        assert list(entries(nodes.__getitem__, root)) == sorted(model.items())
        assert all(lookup(nodes.__getitem__, root, name) == model.get(name) for name in {*FEW, *start, *step})


@given(pairs())
def test_an_update_brings_exactly_the_nodes_that_the_old_tree_lacks(history):
    """Old nodes and those of the update make up the new tree, and none is brought for nothing."""
    start, step = history
    old = build(start)
    before = dict(old.decoded)
    made = update(before.__getitem__, old.root, step)
    needed = set(nodes_below(before | made.decoded, made.root))
    had = set(nodes_below(before, old.root)) - {EMPTY_TREE}
    assert made.nodes.keys() == made.decoded.keys() == needed - had
    assert all(decode_node(node_id, data) == made.decoded[node_id] for node_id, data in made.nodes.items())
    assert before == build(start).decoded, "an old node was changed in place"


@given(pairs())
def test_children_come_before_their_parents(history):
    """Written in the order given, no node is ever stored before one that it names."""
    start, step = history
    old = build(start)
    made = update(old.decoded.__getitem__, old.root, step)
    stored = set(old.nodes)
    for node_id, node in made.decoded.items():
        assert node.level == 0 or stored.issuperset(child for _, child in node.entries)
        stored.add(node_id)


@given(documents, prefixes)
def test_a_prefix_is_a_range(start, prefix):
    """Listing a prefix gives what filtering the whole would."""
    made = build(start)
    expected = [(name, blob) for name, blob in sorted(start.items()) if name.startswith(prefix)]
    assert list(entries(made.decoded.__getitem__, made.root, prefix)) == expected


@given(pairs(), prefixes)
def test_a_diff_is_the_difference_of_the_dicts(history, prefix):
    """The diff of two trees is that of their documents, in order, whatever the two heights."""
    before, step = history
    after = {name: blob for name, blob in (before | step).items() if blob is not None}
    old, new = build(before), build(after)
    load = (old.decoded | new.decoded).__getitem__
    expected = [
        (name, before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if name.startswith(prefix) and before.get(name) != after.get(name)
    ]
    assert list(changes(load, old.root, new.root, prefix)) == expected
    assert list(changes(load, new.root, old.root, prefix)) == [(name, b, a) for name, a, b in expected]


@given(documents, documents, st.booleans())
def test_a_diff_loads_only_nodes_that_one_tree_has(before, after, apart):
    """The roots apart, a node of both trees is never loaded, though their heights may differ."""
    after = after if apart else before | after
    old, new = build(before), build(after)
    nodes = old.decoded | new.decoded
    loaded = set()

    def load(node_id):
        loaded.add(node_id)
        return nodes[node_id]

    list(changes(load, old.root, new.root))
    shared = set(nodes_below(nodes, old.root)) & set(nodes_below(nodes, new.root))
    assert loaded & shared <= {old.root, new.root}
