"""First parents remembered against a walk that remembers nothing, whatever was asked before."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from muniment.history.first_parents import FirstParents
from muniment.values.objects import CommitLink

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def id_of(number):
    """Make up an id; later commits do not have larger ones."""
    return f"{(number * 0x9E3779B1) % 2**32:08x}" * 8


@st.composite
def histories(draw):
    """Commits of one or more beginnings, mostly on the latest few, made in no time or some microseconds apart."""
    made: list[CommitLink] = []
    for number in range(draw(st.integers(1, 40))):
        near = st.integers(max(0, number - 3), number - 1) if number else st.nothing()
        anywhere = st.integers(0, number - 1) if number else st.nothing()
        parents = draw(st.lists(near | near | anywhere, max_size=2, unique=True)) if number else []
        earliest = max((made[parent].time for parent in parents), default=START)
        made.append(
            CommitLink(
                parents=tuple(map(id_of, parents)),
                time=earliest + timedelta(microseconds=draw(st.integers(0, 2))),
                generation=1 + max((made[parent].generation for parent in parents), default=0),
            )
        )
    return made


def line_of(links, start):
    """List the first parents of a commit, itself first, one by one."""
    line = [start]
    while links[line[-1]].parents:
        line.append(links[line[-1]].parents[0])
    return line


@given(histories(), st.sampled_from([1, 3, 10, 1_000]), st.data())
def test_a_remembered_line_says_what_a_walk_says(made, remembered, data):
    """Any questions one after another, of any commits: each is answered as if it were the first."""
    links = {id_of(number): link for number, link in enumerate(made)}
    lines = FirstParents(links.__getitem__, remembered)
    numbers = st.integers(0, len(made) - 1)
    for start, ahead in data.draw(st.lists(st.tuples(numbers, st.integers(-2, 12)), max_size=12)):
        line = line_of(links, id_of(start))
        moment = START + timedelta(microseconds=ahead)
        found = next((one for one in line if links[one].time <= moment), None)
        assert lines.as_of(id_of(start), moment) == found
        steps = abs(ahead)
        assert lines.back(id_of(start), steps) == (line[steps] if steps < len(line) else None)
