"""Equality by meaning, and the mark of a value that is not there."""

import copy
import pickle

import pytest

from muniment.values.json_value import ABSENT, Absent, fingerprint, same


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, 1.0),
        (0, -0.0),
        ([1, {"a": 2.0}], [1.0, {"a": 2}]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": [True, None]}, {"a": [True, None]}),
        (ABSENT, ABSENT),
    ],
)
def test_values_of_one_meaning_are_the_same(a, b):
    """How a number is held and the order of names mean nothing."""
    assert same(a, b)
    assert same(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (True, 1),
        (False, 0.0),
        ([[True]], [[1]]),
        ({"a": {"b": False}}, {"a": {"b": 0}}),
        ([1, True], [True, 1]),
        (None, ABSENT),
        (None, False),
        ("1", 1),
        ([], {}),
        ({"a": None}, {}),
        (2**53, 2.0**53 + 2),
        (2**63 + 1, 2.0**63),
    ],
)
def test_values_of_two_meanings_are_not_the_same(a, b):
    """Booleans are no numbers, null is something, and large integers are compared exactly."""
    assert not same(a, b)
    assert not same(b, a)


@pytest.mark.parametrize("other", [1, "true", [True], None])
def test_a_fingerprint_tells_a_boolean_from_what_python_confuses_it_with(other):
    """Fingerprints keep `true` apart from `1`, alone and inside."""
    assert fingerprint(True) != fingerprint(other)
    assert fingerprint({"a": [True]}) != fingerprint({"a": [other]})


def test_fingerprints_forget_the_order_of_names_and_how_numbers_are_held():
    """Values that are the same have one fingerprint."""
    assert fingerprint({"a": 1, "b": [2.0]}) == fingerprint({"b": [2], "a": 1.0})


def test_absent_stays_one_object():
    """Copying and pickling give the very same mark, so that `is ABSENT` always works."""
    assert copy.copy(ABSENT) is ABSENT
    assert copy.deepcopy([ABSENT])[0] is ABSENT
    assert pickle.loads(pickle.dumps(ABSENT)) is ABSENT  # noqa: S301 - our own bytes


def test_absent_shows_its_name():
    """In messages and in a debugger the mark shows as what a program imports."""
    assert repr(ABSENT) == "ABSENT"
    assert isinstance(ABSENT, Absent)
