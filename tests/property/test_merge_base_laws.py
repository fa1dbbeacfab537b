"""Merge bases against the definition: all ancestors of both, less those of others among them."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from muniment.history.merge_base import merge_bases
from muniment.values.objects import Commit

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def id_of(number):
    """Make up an id; later commits do not have larger ones."""
    return f"{(number * 0x9E3779B1) % 2**32:08x}" * 8


@st.composite
def graphs(draw):
    """Up to 24 commits, each with up to three parents: mostly the latest few, sometimes any; several may be first."""
    parents = []
    for number in range(draw(st.integers(1, 24))):
        near = st.integers(max(0, number - 4), number - 1) if number else st.nothing()
        anywhere = st.integers(0, number - 1) if number else st.nothing()
        parents.append(draw(st.lists(near | anywhere, max_size=3, unique=True)) if number else [])
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


def ancestors_of(parents):
    """List for each commit all that can be reached from it, itself included."""
    found: list[set[int]] = []
    for number, numbers in enumerate(parents):
        found.append({number}.union(*(found[parent] for parent in numbers)))
    return found


@given(graphs(), st.data())
def test_bases_are_the_common_ancestors_that_no_other_was_built_on(parents, data):
    """For any two commits of any graph, the search finds what the definition says."""
    numbers = st.integers(0, len(parents) - 1)
    ours, theirs = data.draw(numbers), data.draw(numbers)
    ancestors = ancestors_of(parents)
    common = ancestors[ours] & ancestors[theirs]
    best = {base for base in common if not any(base in ancestors[other] for other in common - {base})}
    assert sorted(merge_bases(commits_of(parents).__getitem__, id_of(ours), id_of(theirs))) == sorted(map(id_of, best))


@given(graphs(), st.data())
def test_bases_and_their_order_do_not_depend_on_the_sides(parents, data):
    """Swapping the sides gives the same tuple, and the largest generation comes first."""
    numbers = st.integers(0, len(parents) - 1)
    ours, theirs = id_of(data.draw(numbers)), id_of(data.draw(numbers))
    commits = commits_of(parents)
    bases = merge_bases(commits.__getitem__, ours, theirs)
    assert bases == merge_bases(commits.__getitem__, theirs, ours)
    assert list(bases) == sorted(bases, key=lambda base: (-commits[base].generation, base))


@given(graphs(), st.data())
def test_each_commit_is_loaded_once(parents, data):
    """However many ways lead to a commit, its loader is asked once."""
    numbers = st.integers(0, len(parents) - 1)
    ours, theirs = id_of(data.draw(numbers)), id_of(data.draw(numbers))
    commits, loaded = commits_of(parents), []

    def load(commit_id):
        loaded.append(commit_id)
        return commits[commit_id]

    merge_bases(load, ours, theirs)
    assert len(loaded) == len(set(loaded))
