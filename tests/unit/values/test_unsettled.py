"""The value that stands in a base where its makers disagree."""

from typing import Any

import pytest

from muniment import ABSENT
from muniment.values import canonical
from muniment.values.json_merge import merge
from muniment.values.merge_rules import Rules
from muniment.values.unsettled import DOCUMENT, UNSETTLED, is_in, told


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (UNSETTLED, ABSENT),
        ([1, UNSETTLED, 2], [1, 2]),
        ({"a": UNSETTLED, "b": {"c": [UNSETTLED]}}, {"b": {"c": []}}),
    ],
)
def test_people_are_shown_nothing_there(value, shown):
    """However deep it is."""
    assert is_in(value)
    assert told(value) == shown


@pytest.mark.parametrize("value", [ABSENT, None, 0, "", UNSETTLED[:-1], [], {}, {"a": [{"b": 1}]}])
def test_other_values_are_shown_as_they_are(value):
    """Nothing of them is left out."""
    assert not is_in(value)
    assert told(value) == value


def test_it_is_a_document():
    """It can be kept as one."""
    assert canonical.decode(DOCUMENT) == UNSETTLED


def test_a_function_is_not_asked_where_the_base_is_unknown():
    """It would take the mark for a value; what needs no base settles as ever."""
    asked = []
    rules = Rules(strategies={"/f": lambda *sides: asked.append(sides), "/*": "max"})
    base: Any = {"f": {"deep": UNSETTLED}, "m": UNSETTLED}
    found = merge(base, {"f": 1, "m": 1}, {"f": 2, "m": 2}, rules)
    assert asked == []
    assert [one.pointer for one in found.conflicts] == ["/f"]
    assert found.value == {"f": 1, "m": 2}


@pytest.mark.parametrize("strategy", ["counter", "text"])
@pytest.mark.parametrize(("ours", "theirs"), [(1, 2), ("a\nb", "a\nc")])
def test_what_needs_a_base_is_not_settled_without_one(strategy, ours, theirs):
    """It is a conflict."""
    found = merge(UNSETTLED, ours, theirs, Rules(strategies={"": strategy}))
    assert len(found.conflicts) == 1
