"""Merging trees against merging dicts, and the laws of merging."""

import hashlib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from muniment.history.tree import entries
from muniment.history.tree_build import build
from muniment.history.tree_edit import update
from muniment.history.tree_merge import Collision, TreeMerge, merge

# Names beginning with n begin nodes, so that edits of them split nodes and join them.
FIRSTS = ["n2", "n34", "n52", "n62", "n3707", "n5008", "n3305", "n8005", "n253963"]
NAMES = [*FIRSTS, *(f"plain/{number}" for number in range(60))]

blobs = st.sampled_from([hashlib.sha256(bytes([n])).hexdigest() for n in range(3)])
documents = st.dictionaries(st.sampled_from(NAMES), blobs) | blobs.map(lambda blob: dict.fromkeys(NAMES, blob))
edits = st.dictionaries(st.sampled_from(NAMES), blobs | st.none(), max_size=12)


def edited(before, changes):
    """Apply changes to a dict."""
    return {name: blob for name, blob in (before | changes).items() if blob is not None}


sides = st.tuples(documents, edits, edits).map(lambda drawn: (drawn[0], *(edited(drawn[0], e) for e in drawn[1:])))
threes = sides | st.tuples(documents, documents, documents)


def merged(*three):
    """Merge three dicts as trees; give what was found, and the documents of ours with the changes made."""
    trees = [build(each) for each in three]
    nodes: dict[Any, Any] = {}
    for tree in trees:
        nodes |= tree.decoded
    found = merge(nodes.__getitem__, *(tree.root for tree in trees))
    made = update(nodes.__getitem__, trees[1].root, found.changes)
    nodes |= made.decoded
    return found, dict(entries(nodes.__getitem__, made.root))


@given(threes)
def test_a_merge_of_trees_is_that_of_the_dicts(three):
    """Each name is sorted out as its three blobs say, and listed in order."""
    expected = TreeMerge({}, [], [], [])
    for name in sorted(set().union(*three)):
        base, ours, theirs = (each.get(name) for each in three)
        if base == theirs:
            continue
        if base == ours:
            expected.changes[name] = theirs
            if ours is None:
                expected.added.append(name)
        elif ours == theirs:
            expected.alike.append(Collision(name, base, ours, theirs))
        else:
            expected.collisions.append(Collision(name, base, ours, theirs))
    found, _ = merged(*three)
    assert found == expected
    assert list(found.changes) == list(expected.changes)


@given(documents, edits)
def test_a_side_that_changed_nothing_leaves_the_field_to_the_other(base, changes):
    """merge(b, b, x) = x and merge(b, x, b) = x, without collisions."""
    side = edited(base, changes)
    for found, result in (merged(base, base, side), merged(base, side, base)):
        assert result == side
        assert found.collisions == found.alike == []


@given(documents, documents)
def test_sides_that_agree_are_right(base, side):
    """merge(b, x, x) = x, without collisions or changes."""
    found, result = merged(base, side, side)
    assert result == side
    assert found.collisions == []
    assert found.changes == {}


@given(threes)
def test_swapping_the_sides_swaps_the_collisions_and_nothing_else(three):
    """Both merges agree on every name that is no collision, and tell the same collisions with the sides swapped."""
    base, ours, theirs = three
    forth, result = merged(base, ours, theirs)
    back, turned = merged(base, theirs, ours)
    assert [c._replace(ours=c.theirs, theirs=c.ours) for c in back.collisions] == forth.collisions
    assert back.alike == forth.alike
    names = {collision.name for collision in forth.collisions}
    assert {n: b for n, b in result.items() if n not in names} == {n: b for n, b in turned.items() if n not in names}
