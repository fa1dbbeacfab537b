"""How far two commits have gone apart, in graphs drawn above the tests that use them: parents to the left."""

import hashlib
from datetime import UTC, datetime

import pytest

from muniment.history.divergence import ahead_and_behind
from muniment.values.objects import Commit

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def id_of(name):
    """Make up the id of the commit called `name`."""
    return hashlib.sha256(name.encode()).hexdigest()


class Graph:
    """Commits that are called by their messages, and which of them were loaded."""

    def __init__(self, **parents):
        self.commits = {}
        self.loaded = set()
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

    def line(self, name, length, *, on=()):
        """Commit `name`0, `name`1 and so on, each on top of the last and the first on top of `on`."""
        for number in range(length):
            self.add(f"{name}{number}", *([f"{name}{number - 1}"] if number else on))

    def load(self, commit_id):
        """Give a commit, and note its name."""
        commit = self.commits[commit_id]
        self.loaded.add(commit.message)
        return commit

    def counts(self, ours, theirs):
        """Count between two commits by their names."""
        return ahead_and_behind(self.load, id_of(ours), id_of(theirs))


#         C --- D
#        /
#   A --- B --- E --- F --- G
FORKED = {"A": "", "B": "A", "C": "B", "D": "C", "E": "B", "F": "E", "G": "F"}


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [("D", "G", (2, 3)), ("G", "D", (3, 2)), ("B", "G", (0, 3)), ("G", "A", (4, 0)), ("D", "D", (0, 0))],
)
def test_what_only_one_side_has_is_counted(ours, theirs, expected):
    """Each side counts its own commits, itself included, and none that the other was built on too."""
    assert Graph(**FORKED).counts(ours, theirs) == expected


def test_histories_that_never_met_are_counted_whole():
    """Nothing is common, so every commit is one side's own."""
    graph = Graph()
    graph.line("A", 3)
    graph.line("B", 5)
    assert graph.counts("A2", "B4") == (3, 5)


#   A --- B --- D --- E
#    \         /
#     C -------
#      \
#       F
def test_what_was_merged_counts_as_had():
    """C is behind neither: E has it by the merge. B and D and E are ahead."""
    graph = Graph(A="", B="A", C="A", D="BC", E="D", F="C")
    assert graph.counts("E", "F") == (3, 1)


#   M0 --- ... --- M49
#     \               \
#      S ------------- X         Y is built on S alone
def test_a_long_way_round_to_a_common_commit():
    """M0 is met early from S and late by the long line; it is common all the same, and M1 to M49 are not."""
    graph = Graph()
    graph.line("M", 50)
    graph.add("S", "M0")
    graph.add("X", "M49", "S")
    graph.add("Y", "S")
    assert graph.counts("X", "Y") == (50, 1)
    assert graph.counts("Y", "X") == (1, 50)


#   M0 --- M1 --- ... --- M999 --- X0 ... X4
#                             \
#                              Y0 ... Y6
def test_the_history_below_is_not_looked_at():
    """Of what both have, the commit where they part is loaded, and no other."""
    graph = Graph()
    graph.line("M", 1_000)
    graph.line("X", 5, on=["M999"])
    graph.line("Y", 7, on=["M999"])
    assert graph.counts("X4", "Y6") == (5, 7)
    assert {name for name in graph.loaded if name.startswith("M")} == {"M999"}


def test_a_ladder_of_criss_crosses_is_counted_without_following_each_way():
    """2 ** 40 ways lead back, and each commit counts once."""
    graph = Graph(A0="", B0="")
    for number in range(1, 41):
        for side, other in ("AB", "BA"):
            graph.add(f"{side}{number}", f"{side}{number - 1}", f"{other}{number - 1}")
    assert graph.counts("A40", "B40") == (1, 1)
    graph.add("C", "A40", "B40")
    assert graph.counts("C", "A0") == (82, 0)
