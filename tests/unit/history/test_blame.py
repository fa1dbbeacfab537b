"""Which commit set each scalar, in commit graphs drawn above the tests that use them: parents to the left."""

import hashlib
from datetime import UTC, datetime

import pytest

from muniment.history.blame import Document, blame
from muniment.values import canonical
from muniment.values.json_value import ABSENT
from muniment.values.lineage import NO_KEYS
from muniment.values.objects import Commit
from muniment.values.place_patterns import PlacePatterns

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
BY_ID = PlacePatterns({"/l": "id"})


def id_of(name):
    """Make up the id of the commit called `name`."""
    return hashlib.sha256(name.encode()).hexdigest()


class Graph:
    """Commits that are called by their messages, each with a document; which were loaded, and what was decoded."""

    def __init__(self, parents, documents):
        self.commits = {}
        self.documents = documents
        self.loaded = set()
        self.decoded = []
        for name, names in parents.items():
            self.add(name, *names)

    def add(self, name, *parents):
        """Commit on top of `parents`."""
        loaded = [self.commits[id_of(parent)] for parent in parents]
        self.commits[id_of(name)] = Commit(
            tree=id_of(""),
            parents=tuple(commit.id for commit in loaded),
            author="Ada <ada@example.org>",
            time=NOON,
            message=name,
            generation=1 + max((commit.generation for commit in loaded), default=0),
            id=id_of(name),
        )

    def load(self, commit_id):
        """Give a commit, and note its name."""
        commit = self.commits[commit_id]
        self.loaded.add(commit.message)
        return commit

    def blob_of(self, commit):
        """Give the document's content in a commit, for its id."""
        value = self.documents[commit.message]
        return None if value is ABSENT else canonical.encode(value)

    def value_of(self, blob):
        """Decode a document, and note that it was; one that says so cannot be read."""
        value = canonical.decode(blob)
        self.decoded.append(value)
        return ABSENT if value == "unreadable" else value

    def blame(self, start, keys=NO_KEYS):
        """Name the commits that set the scalars at `start`."""
        found = blame(self.load, id_of(start), Document(self.blob_of, self.value_of, keys))
        return {place: commit.message for place, commit in found.items()}


#   A --- B --- C --- D
LINE = {"A": "", "B": "A", "C": "B", "D": "C"}


def test_in_a_line_the_last_that_changed_it_set_it():
    """Each scalar by itself, in the order of their places."""
    graph = Graph(LINE, {"A": {"x": 1, "y": 1}, "B": {"x": 2, "y": 1}, "C": {"x": 2, "y": 1, "z": 1}, "D": {"z": 1}})
    assert list(graph.blame("C").items()) == [("/x", "B"), ("/y", "A"), ("/z", "C")]
    assert graph.blame("D") == {"/z": "C"}


def test_setting_it_back_sets_it():
    """Who brings an old value back is the one who set it."""
    graph = Graph(LINE, {"A": {"x": 1}, "B": {"x": 2}, "C": {"x": 1}, "D": {"x": 1, "y": 1}})
    assert graph.blame("D") == {"/x": "C", "/y": "D"}


def test_made_again_is_made_by_the_one_who_made_it_again():
    """A document that was deleted in between holds nothing from before."""
    graph = Graph(LINE, {"A": {"x": 1}, "B": ABSENT, "C": {"x": 1}, "D": {"x": 1}})
    assert graph.blame("D") == {"/x": "C"}


def test_what_cannot_be_read_tells_nothing_of_what_was_before():
    """The oldest commit that can be read takes what was there; where nothing changed, nothing needs to be read."""
    graph = Graph(LINE, {"A": {"x": 1}, "B": "unreadable", "C": {"x": 1}, "D": {"x": 1, "y": 1}})
    assert graph.blame("D") == {"/x": "C", "/y": "D"}
    assert graph.blame("B") == {}


def test_a_document_without_scalars_is_nobodys():
    """Nothing is asked for, so nothing is looked at."""
    graph = Graph(LINE, {name: {"l": [], "o": {}} for name in "ABCD"})
    assert graph.blame("D") == {}
    assert graph.loaded == {"D"}


def test_the_walk_ends_when_all_is_told():
    """Of a document that was written anew, what was before is neither loaded nor decoded."""
    graph = Graph(LINE, {"A": {"x": 1}, "B": {"x": 2}, "C": {"x": 3}, "D": {"x": 3}})
    assert graph.blame("D") == {"/x": "C"}
    assert graph.loaded == {"D", "C", "B"}
    assert {"x": 1} not in graph.decoded


#         B --- C
#        /       \
#   A --+         M --- N
#        \       /
#         D --- E
MERGED = {"A": "", "B": "A", "C": "B", "D": "A", "E": "D", "M": "CE", "N": "M"}


def test_a_merge_is_looked_through():
    """Each side's own, what both have from before, and what only the merge has."""
    base = {"ours": 0, "theirs": 0, "both": 0, "merged": 0}
    ours, theirs = {**base, "ours": 1}, {**base, "theirs": 1}
    merged = {"ours": 1, "theirs": 1, "both": 0, "merged": 1}
    documents = {"A": base, "B": ours, "C": {**ours, "merged": 2}, "D": base, "E": theirs, "M": merged, "N": merged}
    assert Graph(MERGED, documents).blame("N") == {"/both": "A", "/merged": "M", "/ours": "B", "/theirs": "E"}


def test_what_both_sides_did_is_the_first_ones():
    """Of two parents that have it, the first is right; of those that have the very document, too."""
    documents = {"A": {"x": 0}, "B": {"x": 1}, "C": {"x": 1, "c": 1}, "D": {"x": 1}, "E": {"x": 1, "e": 1}}
    both = {"x": 1, "c": 1, "e": 1}
    assert Graph(MERGED, {**documents, "M": both, "N": both}).blame("N") == {"/c": "C", "/e": "E", "/x": "B"}
    alike = {**documents, "C": {"x": 1}, "E": {"x": 1}, "M": {"x": 1}, "N": {"x": 1}}
    assert Graph(MERGED, alike).blame("N") == {"/x": "B"}


def test_a_side_that_has_the_document_as_it_is_takes_all():
    """The other side is not even walked."""
    taken = {"x": 1, "y": 2}
    documents = {"A": {"x": 0}, "B": {"x": 5}, "C": {"x": 0, "y": 2}, "D": {"x": 1}, "E": taken, "M": taken, "N": taken}
    graph = Graph(MERGED, documents)
    assert graph.blame("N") == {"/x": "D", "/y": "E"}
    assert "B" not in graph.loaded


def test_one_old_item_may_be_two_new_ones():
    """Both sides kept it, each at another place of what became of the list: all its places are told."""
    start, ours, theirs = {"l": ["s"]}, {"l": ["s", "o"]}, {"l": ["t", "s"]}
    merged = {"l": ["s", "o", "t", "s"]}
    documents = {"A": start, "B": ours, "C": ours, "D": theirs, "E": theirs, "M": merged, "N": merged}
    assert Graph(MERGED, documents).blame("N") == {"/l/0": "A", "/l/1": "B", "/l/2": "D", "/l/3": "A"}


#       B --- D
#      / \   / \
#   A     \ /   M
#      \   / \ /
#       \ /   \
#        C --- E        D merged C into B, and E merged B into C
CRISS_CROSS = {"A": "", "B": "A", "C": "A", "D": "BC", "E": "CB", "M": "DE"}


def test_a_criss_cross_leads_to_the_first_commits():
    """Two merges of the same two, and a merge of these: what they agreed on stays whose it was."""
    both, last = {"b": 1, "c": 1, "a": 0}, {"b": 1, "c": 1, "a": 0, "d": 1, "e": 1}
    documents = {
        "A": {"a": 0, "b": 0, "c": 0},
        "B": {"a": 0, "b": 1, "c": 0},
        "C": {"a": 0, "b": 0, "c": 1},
        "D": {**both, "d": 1},
        "E": {**both, "e": 1},
        "M": last,
    }
    assert Graph(CRISS_CROSS, documents).blame("M") == {"/a": "A", "/b": "B", "/c": "C", "/d": "D", "/e": "E"}


def entry(name, port):
    """Write an item that the field `id` tells from others."""
    return {"id": name, "port": port}


def test_items_are_followed_by_their_key():
    """Through a move and an edit in one commit, a removal before it and an insertion."""
    documents = {
        "A": {"l": [entry("a", 1), entry("b", 1), entry("c", 1)]},
        "B": {"l": [entry("b", 2), entry("a", 1), entry("c", 1)]},
        "C": {"l": [entry("c", 1), entry("b", 2)]},
        "D": {"l": [entry("new", 1), entry("c", 1), entry("b", 2), entry("a", 1)]},
    }
    assert Graph(LINE, documents).blame("D", BY_ID) == {
        "/l/0/id": "D",
        "/l/0/port": "D",
        "/l/1/id": "A",
        "/l/1/port": "A",
        "/l/2/id": "A",
        "/l/2/port": "B",
        "/l/3/id": "D",
        "/l/3/port": "D",
    }


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        (["ab", "ab", "xab", "xab"], {"/l/0": "C", "/l/1": "A", "/l/2": "A"}),
        (["abc", "ac", "acd", "cda"], {"/l/0": "A", "/l/1": "C", "/l/2": "A"}),
        (["abc", "axc", "xc", "cx"], {"/l/0": "A", "/l/1": "B"}),
        (["a", "", "a", "a"], {"/l/0": "C"}),
    ],
    ids=["inserted", "moved", "edited", "emptied"],
)
def test_items_without_a_key_are_followed_by_what_they_are(lists, expected):
    """Through insertions, removals and moves of whole items."""
    documents = {name: {"l": list(text)} for name, text in zip("ABCD", lists, strict=True)}
    assert Graph(LINE, documents).blame("D") == expected


#   A --- B --- C
#                \
#                 M
#                /
#         X --- Y
def test_histories_that_never_met_are_told_together():
    """A merge of two beginnings has two first commits."""
    parents = {"A": "", "B": "A", "C": "B", "X": "", "Y": "X", "M": "CY"}
    documents = {"A": {"a": 1}, "B": ABSENT, "C": {"a": 1}, "X": {"x": 1}, "Y": {"x": 1}, "M": {"a": 1, "x": 1}}
    assert Graph(parents, documents).blame("M") == {"/a": "C", "/x": "X"}
