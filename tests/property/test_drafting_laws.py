"""Entries that are appended together are written as they would be alone."""

from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from json_strategies import json_values
from muniment.errors import InvalidNameError, InvalidValueError
from muniment.ledger import drafting
from muniment.ledger.drafting import AT_A_TIME

texts = st.sampled_from(["a", "b c", 'q"\\', "ä", "𝄞", "x" * 300]) | st.text(max_size=8)
ids = st.lists(st.sampled_from(["1" * 64, "2" * 64]), max_size=2)
entries = st.fixed_dictionaries(
    {"kind": texts},
    optional={
        "payload": json_values(),
        "actor": texts | st.none(),
        "stream": texts | st.none(),
        "key": texts | st.none(),
        "prev": ids,
        "attributes": st.dictionaries(st.sampled_from(["m", "n"]), json_values(), max_size=2) | st.none(),
        "time": st.none() | st.just(datetime(2026, 1, 31, tzinfo=UTC)),
    },
)


def told(given):
    """Give what is drafted of some entries, or how they are refused."""
    try:
        return drafting.drafts(given, "Ada <ada@example.org>", None)
    except (InvalidNameError, InvalidValueError) as error:
        return type(error), str(error)


@given(st.lists(entries, min_size=2, max_size=6))
@example([{"kind": "a"}, {"kind": "a", "actor": "\x1f", "stream": "\x1f"}])
@example([{"kind": "a", "stream": "\x1f"}, {"kind": ""}])
def test_many_are_drafted_as_each_alone(given):
    """The drafts are the same; where some are refused alone, all are, with the words of the first of those."""
    alone = [told([one]) for one in given]
    refusals = [one for one in alone if isinstance(one, tuple)]
    together = told(given)
    if refusals:
        assert together == refusals[0]
    else:
        assert together == [draft for drafts in alone for draft in drafts]


def test_more_than_are_made_at_a_time():
    """The seam between two stretches of a long list is not seen."""
    given = [{"kind": "a", "payload": number, "key": f"k{number}"} for number in range(2 * AT_A_TIME + 1)]
    assert drafting.drafts(given, None, None) == [drafting.drafts([one], None, None)[0] for one in given]
