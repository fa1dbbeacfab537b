"""Going through commit graphs, each drawn above the tests that use it: parents to the left."""

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import count, permutations

import pytest

from muniment.history.walk import independent, is_ancestor, log
from muniment.values.objects import Commit

START = datetime(2026, 1, 1, tzinfo=UTC)


def id_of(name):
    """Make up the id of the commit called `name`."""
    return hashlib.sha256(name.encode()).hexdigest()


class Graph:
    """Commits that are called by their messages, and how often one was loaded."""

    def __init__(self, **parents):
        self.commits = {}
        self.loads = 0
        self.minutes = count()
        for name, names in parents.items():
            self.add(name, *names)

    def add(self, name, *parents, minute=None):
        """Commit a minute later than the last, unless `minute` says when."""
        loaded = [self.commits[id_of(parent)] for parent in parents]
        self.commits[id_of(name)] = Commit(
            tree=id_of(""),
            parents=tuple(commit.id for commit in loaded),
            author="Ada <ada@example.org>",
            time=START + timedelta(minutes=next(self.minutes) if minute is None else minute),
            message=name,
            generation=1 + max((commit.generation for commit in loaded), default=0),
            id=id_of(name),
        )

    def load(self, commit_id):
        """Give a commit, and count that."""
        self.loads += 1
        return self.commits[commit_id]

    def log(self, *names, **options):
        """List what can be reached from the commits of these names."""
        return "".join(commit.message for commit in log(self.load, map(id_of, names), **options))

    def is_ancestor(self, ancestor, descendant):
        """Tell whether one commit is an ancestor of another, by their names."""
        return is_ancestor(self.load, id_of(ancestor), id_of(descendant))

    def independent(self, *names):
        """Name the independent ones of these heads."""
        return "".join(self.commits[head].message for head in independent(self.load, map(id_of, names)))


def line(length):
    """A history without branches: "0", "1", "2" and so on."""
    graph = Graph()
    for number in range(length):
        graph.add(str(number), *[str(number - 1)][:number])
    return graph


#   A --- B --- C --- F --- G
#    \               /
#     D --- E ------
#
#   in the order of time: A B D C E F G
MERGED = {"A": "", "B": "A", "D": "A", "C": "B", "E": "D", "F": "CE", "G": "F"}


def test_log_lists_newest_first_and_no_parent_before_a_child():
    """Generations go first: D and B, both second, come after all of the third."""
    assert Graph(**MERGED).log("G") == "GFECDBA"


def test_log_from_several_starts_lists_each_commit_once():
    """What can be reached twice, or is named twice, is listed once."""
    assert Graph(**MERGED).log("C", "E", "C", "A") == "ECDBA"
    assert Graph(**MERGED).log() == ""


def test_log_along_first_parents_leaves_out_what_was_merged():
    """Of a merge, only the branch that was merged into is followed."""
    assert Graph(**MERGED).log("G", first_parent=True) == "GFCBA"


@pytest.mark.parametrize(
    ("minute", "names", "loads"), [(0, "GFECDBA", 7), (2, "GFECD", 7), (3, "GFEC", 6), (6, "G", 2), (7, "", 1)]
)
def test_log_since_a_time_stops_at_the_first_older_commits(minute, names, loads):
    """Below them nothing is looked at, on either side of a merge."""
    graph = Graph(**MERGED)
    assert graph.log("G", since=START + timedelta(minutes=minute)) == names
    assert graph.loads == loads


def test_is_ancestor_follows_every_parent():
    """A commit is an ancestor of what was built on it, by any parent, and of itself."""
    graph = Graph(**MERGED)
    assert all(graph.is_ancestor(name, "G") for name in MERGED)
    assert graph.is_ancestor("D", "F")
    assert not graph.is_ancestor("G", "F")
    assert not graph.is_ancestor("D", "C")
    assert not graph.is_ancestor("C", "E")


def test_independent_drops_the_ancestors_of_other_heads():
    """Only heads that no other head was built on remain, in the order given, once each."""
    graph = Graph(**MERGED)
    assert graph.independent("E", "A", "C", "E") == "EC"
    assert graph.independent("C", "E", "B") == "CE"
    assert graph.independent("A", "G", "D") == "G"
    assert graph.independent("D") == "D"
    assert graph.independent() == ""


#       B
#      /
#   A --- C        B, C and D have one generation; B and C have one time, D is later
#      \
#       D


def test_log_settles_equal_generations_by_time_and_then_by_id():
    """The order is the same whatever order the starts are given in."""
    graph = Graph(A="")
    graph.add("B", "A", minute=5)
    graph.add("C", "A", minute=5)
    graph.add("D", "A", minute=6)
    tied = "".join(sorted("BC", key=id_of, reverse=True))
    assert {graph.log(*starts) for starts in permutations("BCD")} == {f"D{tied}A"}


#   A --- B --- D        a generation counts the longest way: E has 4 by B and D,
#    \           \       so C, though its parent as well, waits
#     C --------- E


def test_a_parent_of_a_merge_waits_for_the_longer_side():
    """Between the two parents of a merge, the one with more history below it goes first."""
    assert Graph(A="", B="A", C="A", D="B", E="DC").log("E") == "EDCBA"


#   0 --- 1 --- 2 --- ... --- 999


def test_log_is_lazy():
    """Taking ten commits of a thousand loads ten."""
    graph = line(1_000)
    newest = log(graph.load, [id_of("999")])
    assert [next(newest).message for _ in range(10)] == [str(number) for number in range(999, 989, -1)]
    assert graph.loads == 10


def test_log_loads_each_commit_once():
    """A merge's parents, and their parents in common, are loaded once."""
    graph = Graph(**MERGED)
    graph.log("G", "F")
    assert graph.loads == len(MERGED)


@pytest.mark.parametrize(("ancestor", "descendant", "expected"), [("990", "999", True), ("999", "990", False)])
def test_is_ancestor_looks_no_further_back_than_the_ancestor(ancestor, descendant, expected):
    """The search ends at the generation asked for, not at the beginning of history."""
    graph = line(1_000)
    assert graph.is_ancestor(ancestor, descendant) is expected
    assert graph.loads <= 11


def test_independent_looks_no_further_back_than_the_oldest_head():
    """Two heads near each other are told apart near them."""
    graph = line(1_000)
    graph.add("side", "995")
    assert graph.independent("990", "999", "side") == "999side"
    assert graph.loads <= 25


#   A0 --- A1 --- A2 --- ...        each commit of one side has merged the last of the other:
#      \ /    \ /    \ /            2 ** 40 ways lead back from A40
#      / \    / \    / \
#   B0 --- B1 --- B2 --- ...


def test_commits_that_many_ways_lead_to_are_visited_once():
    """The number of ways doubles with each merge; the cost does not."""
    graph = Graph(A0="", B0="")
    for number in range(1, 41):
        for side, other in ("AB", "BA"):
            graph.add(f"{side}{number}", f"{side}{number - 1}", f"{other}{number - 1}")
    assert graph.is_ancestor("B0", "A40")
    assert graph.independent("A40", "B0", "A0") == "A40"
    assert len(list(log(graph.load, [id_of("A40")]))) == 81
    assert graph.loads <= 3 * 82 + 3
