"""What a step keeps in an object: put, taken back, taken out, and in the way of what people wrote."""

from copy import deepcopy

import pytest

from muniment.errors import InvalidValueError
from muniment.schema import kept
from muniment.values.json_value import ABSENT


def test_what_is_kept_is_taken_back_once():
    """The last to be taken leaves no trace, and null is something that can be kept."""
    frame = {"a": 1}
    kept.keep(frame, "1.0>1.1:0", None)
    kept.keep(frame, "1.0>1.1:1", [2])
    assert frame == {"a": 1, "schema_kept": {"1.0>1.1:0": None, "1.0>1.1:1": [2]}}
    assert kept.take(frame, "1.0>1.1:0") is None
    assert kept.take(frame, "1.0>1.1:0") is ABSENT
    assert kept.take(frame, "1.0>1.1:1") == [2]
    assert frame == {"a": 1}


@pytest.mark.parametrize("wrong", [5, None, "text", ["1.0>1.1:0"]])
def test_what_somebody_wrote_there_is_not_overwritten(wrong):
    """It keeps nothing, and nothing can be kept: an error that tells the place."""
    frame = {"schema_kept": wrong}
    assert kept.take(frame, "1.0>1.1:0") is ABSENT
    with pytest.raises(InvalidValueError) as caught:
        kept.keep(frame, "1.0>1.1:0", 1)
    assert caught.value.pointer == "/schema_kept"
    assert frame == {"schema_kept": wrong}


def test_a_value_without_what_is_kept():
    """At any depth, and the value itself stays; what is no object is nothing kept, but a fault to be told."""
    value = {"a": [{"b": 1, "schema_kept": {"k": 1}}, [{"schema_kept": 5}]], "schema_kept": {}}
    before = deepcopy(value)
    assert kept.without(value) == {"a": [{"b": 1}, [{"schema_kept": 5}]]}
    assert value == before
    assert kept.without("schema_kept") == "schema_kept"
