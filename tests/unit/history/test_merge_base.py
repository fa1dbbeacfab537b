"""Best common ancestors, in commit graphs drawn above the tests that use them: parents to the left."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from muniment.history.merge_base import merge_bases
from muniment.values.objects import Commit

START = datetime(2026, 1, 1, tzinfo=UTC)


def id_of(name):
    """Make up the id of the commit called `name`."""
    return hashlib.sha256(name.encode()).hexdigest()


class Graph:
    """Commits that are called by their messages, and which of them were loaded."""

    def __init__(self, **parents):
        self.commits = {}
        self.loaded = []
        for name, names in parents.items():
            self.add(name, *names)

    def add(self, name, *parents):
        """Commit on top of `parents`."""
        loaded = [self.commits[id_of(parent)] for parent in parents]
        self.commits[id_of(name)] = Commit(
            tree=id_of(""),
            parents=tuple(commit.id for commit in loaded),
            author="Ada <ada@example.org>",
            time=START + timedelta(minutes=len(self.commits)),
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
        self.loaded.append(commit.message)
        return commit

    def bases(self, ours, theirs):
        """Name the bases of two commits, in alphabetical order."""
        return sorted(self.commits[base].message for base in merge_bases(self.load, id_of(ours), id_of(theirs)))


#         C --- D
#        /
#   A --- B --- E --- F
FORKED = {"A": "", "B": "A", "C": "B", "D": "C", "E": "B", "F": "E"}


def test_the_base_is_where_two_lines_part():
    """Of all the common ancestors, only the one that no other was built on counts."""
    graph = Graph(**FORKED)
    assert graph.bases("D", "F") == ["B"]
    assert graph.bases("F", "D") == ["B"]


def test_a_commit_that_the_other_was_built_on_is_the_base():
    """A commit is its own ancestor: a fast-forward has the older one for its base, and one commit itself."""
    graph = Graph(**FORKED)
    assert graph.bases("A", "F") == ["A"]
    assert graph.bases("F", "B") == ["B"]
    assert graph.bases("F", "F") == ["F"]


#   A --- B        C --- D


def test_histories_that_never_met_have_no_base():
    """Two first commits have nothing in common."""
    graph = Graph(A="", B="A", C="", D="C")
    assert graph.bases("B", "D") == []
    assert graph.bases("A", "C") == []


#       B --- D --- F
#      / \   /
#   A     \ /
#      \   / \
#       \ /   \
#        C --- E --- G        D merged C into B, and E merged B into C
CRISS_CROSS = {"A": "", "B": "A", "C": "A", "D": "BC", "E": "CB", "F": "D", "G": "E"}


def test_a_criss_cross_has_two_bases():
    """B and C are equally good; A below both of them is not."""
    graph = Graph(**CRISS_CROSS)
    assert graph.bases("F", "G") == ["B", "C"]
    assert graph.bases("D", "E") == ["B", "C"]


def test_swapping_the_sides_does_not_swap_the_bases():
    """Several bases come in one order, so that everybody merges them alike."""
    graph = Graph(**CRISS_CROSS)
    assert merge_bases(graph.load, id_of("F"), id_of("G")) == merge_bases(graph.load, id_of("G"), id_of("F"))
    assert merge_bases(graph.load, id_of("F"), id_of("G")) == tuple(sorted(map(id_of, "BC")))


#   A --- B ----------------- X
#          \                 /
#           C0 --- C1 --- C2 --- Y


def test_a_base_above_another_hides_it():
    """B is a parent of X and an ancestor of Y, but C2 is nearer to both."""
    graph = Graph(A="", B="A")
    graph.line("C", 3, on=["B"])
    graph.add("X", "B", "C2")
    graph.add("Y", "C2")
    assert graph.bases("X", "Y") == ["C2"]


#       L0 --- L1 --- ... --- L49
#      /                         \
#   A                             X, and Y too: both merged L49 and P
#      \                         /
#       P ----------------------


def test_bases_may_differ_much_in_generation():
    """Two merges of the same two commits have both for bases, however unlike the ways to them are; largest first."""
    graph = Graph(A="")
    graph.line("L", 50, on=["A"])
    graph.add("P", "A")
    graph.add("X", "L49", "P")
    graph.add("Y", "P", "L49")
    assert merge_bases(graph.load, id_of("X"), id_of("Y")) == (id_of("L49"), id_of("P"))


#   K0 --- K1 --- L0 --- M0 --- M1 --- ... --- M49
#     \          /                                \
#      P --------                                  X, and Y too: both merged M49 and, once more, P
#        \                                        /
#         ---------------------------------------


def test_an_ancestor_of_a_base_by_a_long_way_is_stale():
    """What both sides reach early is still no base when a base was built on it far below."""
    graph = Graph()
    graph.line("K", 2)
    graph.add("P", "K0")
    graph.add("L0", "K1", "P")
    graph.line("M", 50, on=["L0"])
    graph.add("X", "M49", "P")
    graph.add("Y", "P", "M49")
    assert graph.bases("X", "Y") == ["M49"]


#   M0 --- M1 --- ... --- M999 --- X0 ... X4
#                             \
#                              Y0 ... Y6


def test_the_search_costs_the_commits_above_the_base():
    """Each is loaded once, and of the history below the base only its parent."""
    graph = Graph()
    graph.line("M", 1_000)
    graph.line("X", 5, on=["M999"])
    graph.line("Y", 7, on=["M999"])
    assert graph.bases("X4", "Y6") == ["M999"]
    above = [*(f"X{n}" for n in range(5)), *(f"Y{n}" for n in range(7))]
    assert sorted(graph.loaded) == sorted([*above, "M999", "M998"])


#                                   Y
#                                  /
#   M0 --- M1 --- ... --- M999 ---
#     \                            \
#      S -------------------------- X


def test_an_old_branch_merged_by_one_side_does_not_cost_the_history_between():
    """When one colour is used up, nothing below can be met: S, waiting far below, is left alone."""
    graph = Graph()
    graph.line("M", 1_000)
    graph.add("S", "M0")
    graph.add("X", "M999", "S")
    graph.add("Y", "M999")
    assert graph.bases("X", "Y") == ["M999"]
    assert graph.bases("Y", "X") == ["M999"]
    assert len(graph.loaded) == 2 * len(["X", "Y", "S", "M999", "M998"])


#   M0 --- M1 --- ... --- M999        N0 --- N1 --- ... --- N9


def test_unrelated_histories_cost_no_more_than_both():
    """The shorter one is used up, and the search with it."""
    graph = Graph()
    graph.line("M", 1_000)
    graph.line("N", 10)
    assert graph.bases("M999", "N9") == []
    assert len(graph.loaded) <= 1_010


#   A0 --- A1 --- A2 --- ...        each commit of one side has merged the last of the other:
#      \ /    \ /    \ /            2 ** 40 ways lead back from A40
#      / \    / \    / \
#   B0 --- B1 --- B2 --- ...


@pytest.mark.parametrize(("ours", "theirs"), [("A40", "B40"), ("B40", "A40")])
def test_a_ladder_of_criss_crosses_is_searched_one_rung_deep(ours, theirs):
    """The bases are the rung below, and the number of ways below them does not matter."""
    graph = Graph(A0="", B0="")
    for number in range(1, 41):
        for side, other in ("AB", "BA"):
            graph.add(f"{side}{number}", f"{side}{number - 1}", f"{other}{number - 1}")
    assert graph.bases(ours, theirs) == ["A39", "B39"]
    assert len(graph.loaded) == len(set(graph.loaded)) == 6
