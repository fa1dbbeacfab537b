"""Going back along first parents, and what it costs the first time and again."""

import hashlib
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from muniment.history.first_parents import FirstParents
from muniment.values.objects import CommitLink

START = datetime(2026, 1, 1, tzinfo=UTC)


def id_of(name):
    """Make up the id of the commit called `name`."""
    return hashlib.sha256(name.encode()).hexdigest()


class Graph:
    """Commits a minute apart, how often one was loaded, and the lines as they are remembered."""

    def __init__(self, remembered=10_000):
        self.names, self.links = {}, {}
        self.loads = 0
        self.lines = FirstParents(self.load, remembered)

    def add(self, name, *parents, minute=None):
        """Commit a minute later than the last, unless `minute` says when."""
        made = [self.links[id_of(parent)] for parent in parents]
        self.names[id_of(name)] = name
        self.links[id_of(name)] = CommitLink(
            parents=tuple(map(id_of, parents)),
            time=START + timedelta(minutes=len(self.links) if minute is None else minute),
            generation=1 + max((link.generation for link in made), default=0),
        )

    def line(self, first, last, *, prefix="", on=None):
        """Commit `first` to `last` one after another, the first of them on the commit `on`."""
        for number in range(first, last + 1):
            self.add(f"{prefix}{number}", *([f"{prefix}{number - 1}"] if number > first else [on] if on else []))

    def load(self, commit_id):
        """Give what is needed of a commit, and count that."""
        self.loads += 1
        return self.links[commit_id]

    def back(self, name, n):
        """Name the commit `n` steps back."""
        return self.names.get(self.lines.back(id_of(name), n))

    def as_of(self, name, minute):
        """Name the newest commit that was made no later than this minute."""
        return self.names.get(self.lines.as_of(id_of(name), START + timedelta(minutes=minute)))

    def cost(self, ask, *arguments):
        """Ask, and tell how many commits were loaded for it."""
        before = self.loads
        ask(*arguments)
        return self.loads - before


#   A --- B --- C --- F --- G
#    \               /
#     D --- E ------
#
#   in the order of time: A B D C E F G
MERGED = {"A": "", "B": "A", "D": "A", "C": "B", "E": "D", "F": "CE", "G": "F"}


@pytest.fixture
def merged():
    """The graph above, a minute between any two."""
    graph = Graph()
    for name, parents in MERGED.items():
        graph.add(name, *parents)
    return graph


def test_steps_lead_back_along_the_branch(merged):
    """Step 0 is the commit itself, and beyond the first commit there is nothing; asked again, it is the same."""
    for _ in range(2):
        assert [merged.back("G", n) for n in range(6)] == ["G", "F", "C", "B", "A", None]
        assert [merged.back("E", n) for n in range(4)] == ["E", "D", "A", None]
    assert merged.back("G", 10**18) is None


def test_a_moment_is_looked_for_along_the_branch(merged):
    """What was merged is not on it, though it was made at that time."""
    for _ in range(2):
        assert [merged.as_of("G", minute) for minute in range(-1, 8)] == [None, *"ABBCCFGG"]
        assert [merged.as_of("E", minute) for minute in range(-1, 5)] == [None, "A", "A", "D", "D", "E"]


def test_a_commit_of_that_very_moment_counts():
    """To the microsecond, in whatever zone the moment is told."""
    graph = Graph()
    graph.line(0, 5)
    exact = START + timedelta(minutes=3)
    for zone in (UTC, timezone(timedelta(hours=5, minutes=45)), timezone(-timedelta(hours=11))):
        assert graph.names[graph.lines.as_of(id_of("5"), exact.astimezone(zone))] == "3"
        before = (exact - timedelta(microseconds=1)).astimezone(zone)
        assert graph.names[graph.lines.as_of(id_of("5"), before)] == "2"


def test_of_commits_of_one_moment_the_newest_is_meant():
    """As a walk from the head finds it."""
    graph = Graph()
    graph.line(0, 3)
    for number in range(4, 8):
        graph.add(str(number), str(number - 1), minute=10)
    graph.add("8", "7", minute=11)
    assert (graph.as_of("8", 10), graph.as_of("6", 10), graph.as_of("8", 9)) == ("7", "6", "3")


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_moments_at_the_ends_of_the_calendar_can_be_asked_for(merged, moment):
    """The first day and the last microsecond that can be written."""
    found = merged.lines.as_of(id_of("G"), moment)
    assert merged.names.get(found) == (None if moment.year == 1 else "G")


#   0 --- 1 --- 2 --- ... --- 999 --- 1000 --- ...
#                               \
#                                s0 --- s1 --- ...


def test_what_was_walked_is_not_walked_again():
    """A second question about the same stretch loads the commit that it starts from, and nothing else."""
    graph = Graph()
    graph.line(0, 999)
    assert graph.cost(graph.as_of, "999", 500) <= 1.25 * 500 + 2
    assert graph.cost(graph.as_of, "999", 700) == 1
    assert graph.cost(graph.back, "999", 499) == 1
    assert graph.cost(graph.back, "700", 100) == 1


def test_only_as_much_is_walked_as_is_asked_for():
    """A moment ago is found near the head, however long the history."""
    graph = Graph()
    graph.line(0, 999)
    assert graph.cost(graph.back, "999", 1) <= 2
    assert graph.cost(graph.as_of, "999", 990) <= 16


def test_a_head_that_moves_on_costs_its_new_commits():
    """The line that was there is joined."""
    graph = Graph()
    graph.line(0, 999)
    graph.back("999", 999)
    graph.line(1000, 1002, on="999")
    assert graph.cost(graph.back, "1002", 1001) <= 4
    assert graph.back("1002", 1001) == "1"
    assert graph.cost(graph.as_of, "1002", 3) == 1


def test_branches_share_what_lies_below_them():
    """A branch that left the line costs its own commits; and both stay quick, asked in turn."""
    graph = Graph()
    graph.line(0, 999)
    graph.line(0, 9, prefix="s", on="990")
    graph.as_of("999", 0)
    assert graph.cost(graph.as_of, "s9", 0) <= 12
    for _ in range(2):
        assert graph.cost(graph.as_of, "999", 10) == graph.cost(graph.as_of, "s9", 10) == 1
    assert (graph.as_of("s9", 989), graph.as_of("s9", 10**6), graph.back("s9", 10)) == ("989", "s9", "990")


def test_a_history_longer_than_the_memory_is_answered_all_the_same():
    """The newest part of it is kept."""
    graph = Graph(remembered=100)
    graph.line(0, 999)
    for _ in range(2):
        assert (graph.as_of("999", 5), graph.back("999", 999), graph.back("999", 1000)) == ("5", "0", None)
        assert graph.cost(graph.as_of, "999", 950) == 1


def test_no_more_is_remembered_than_there_is_room_for():
    """Of several lines the one used last is kept first."""
    graph = Graph(remembered=100)
    for branch in "abc":
        graph.line(0, 59, prefix=branch)
        graph.back(f"{branch}59", 59)
    assert graph.cost(graph.back, "c59", 59) == 1
    assert graph.cost(graph.back, "a59", 59) == 60


def test_what_cannot_be_loaded_is_told_and_not_remembered(merged):
    """A missing commit is an error of the loader's each time, and none where nobody looks so far."""
    missing = merged.links.pop(id_of("B"))
    for _ in range(2):
        with pytest.raises(KeyError):
            merged.back("G", 4)
        assert merged.back("G", 2) == "C"
    merged.links[id_of("B")] = missing
    assert merged.back("G", 4) == "A"


def test_threads_may_share_the_lines():
    """Each is told what it would be told alone, whatever the others make remembered meanwhile."""
    graph = Graph(remembered=300)
    graph.line(0, 199)
    graph.line(0, 99, prefix="s", on="150")
    wrong = []

    def ask(first):
        for step in range(400):
            n = (first + step * 37) % 190
            found = graph.back("199", n), graph.back("s99", n), graph.as_of("199", 199 - n)
            if found != (str(199 - n), f"s{99 - n}" if n < 100 else str(250 - n), str(199 - n)):
                wrong.append((n, found))

    threads = [threading.Thread(target=ask, args=(number * 11,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
