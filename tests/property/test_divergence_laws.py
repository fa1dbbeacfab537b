"""Ahead and behind, and what lies beyond, against the definition: what only one side has."""

from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from muniment.history.beyond import beyond
from muniment.history.divergence import ahead_and_behind
from muniment.values.objects import Commit

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def id_of(number):
    """Make up an id; later commits do not have larger ones."""
    return f"{(number * 0x9E3779B1) % 2**32:08x}" * 8


@st.composite
def graphs(draw):
    """Up to 24 commits, each with up to three parents: mostly the latest few, sometimes any; several may be first."""
    parents: list[list[int]] = [[]]
    for number in range(1, draw(st.integers(1, 24))):
        near = st.integers(max(0, number - 4), number - 1)
        parents.append(draw(st.lists(near | st.integers(0, number - 1), max_size=3, unique=True)))
    return parents


def commits_of(parents):
    """Make the commits of a graph, by id."""
    made: list[Commit] = []
    for number, numbers in enumerate(parents):
        made.append(
            Commit(
                tree=id_of(0),
                parents=tuple(map(id_of, numbers)),
                author="Ada <ada@example.org>",
                time=NOON,
                message="",
                generation=1 + max((made[parent].generation for parent in numbers), default=0),
                id=id_of(number),
            )
        )
    return {commit.id: commit for commit in made}


def ancestors_of(parents, number):
    """List all that can be reached from a commit, itself included."""
    return {number}.union(*(ancestors_of(parents, parent) for parent in parents[number]))


@given(graphs(), st.data())
def test_the_counts_are_those_of_the_definition(parents, data):
    """For any two commits of any graph: what only ours was built on, and what only theirs was."""
    numbers = st.integers(0, len(parents) - 1)
    ours, theirs = data.draw(numbers), data.draw(numbers)
    mine, others = ancestors_of(parents, ours), ancestors_of(parents, theirs)
    found = ahead_and_behind(commits_of(parents).__getitem__, id_of(ours), id_of(theirs))
    assert found == (len(mine - others), len(others - mine))


@given(graphs(), st.data())
def test_what_lies_beyond_is_that_of_the_definition(parents, data):
    """For any tips and any that are known: what the tips lead to and these do not, each once."""
    numbers = st.lists(st.integers(0, len(parents) - 1), max_size=3)
    tips, known = data.draw(numbers), data.draw(numbers)
    wanted = set().union(*(ancestors_of(parents, tip) for tip in tips))
    wanted -= set().union(*(ancestors_of(parents, one) for one in known))
    found = [one.id for one in beyond(commits_of(parents).__getitem__, map(id_of, tips), map(id_of, known))]
    assert sorted(found) == sorted(map(id_of, wanted))


@given(graphs(), st.data())
def test_no_commit_hides_by_a_false_generation(parents, data):
    """Whatever generations commits claim, all that is beyond is listed, and nothing twice."""
    numbers = st.lists(st.integers(0, len(parents) - 1), max_size=3)
    tips, known = data.draw(numbers), data.draw(numbers)
    wanted = set().union(*(ancestors_of(parents, tip) for tip in tips))
    wanted -= set().union(*(ancestors_of(parents, one) for one in known))
    commits = {
        name: msgspec.structs.replace(commit, generation=data.draw(st.integers(1, 30)))
        for name, commit in commits_of(parents).items()
    }
    found = [one.id for one in beyond(commits.__getitem__, map(id_of, tips), map(id_of, known))]
    assert set(found) >= set(map(id_of, wanted))
    assert len(found) == len(set(found))
