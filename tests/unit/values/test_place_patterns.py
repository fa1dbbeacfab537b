"""Declarations by place: which pattern fits, and which of several counts."""

import pytest

from muniment.errors import InvalidValueError
from muniment.values.place_patterns import PlacePatterns

FORMS = PlacePatterns({"/forms": 1, "/forms/0": 2, "/forms/*": 3, "/*/*/fields": 4, "/a~1b": 5})


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("forms",), 1),
        (("forms", "0"), 2),
        (("forms", "1"), 3),
        (("forms", "1", "fields"), 4),
        (("a/b",), 5),
        (("other",), None),
        ((), None),
        (("forms", "1", "fields", "0"), None),
    ],
)
def test_the_first_pattern_that_fits_a_place_counts(place, expected):
    """`*` is any one token; a pattern fits places of its own length only."""
    assert FORMS.of(place) == expected


def test_a_wildcard_declared_first_hides_what_comes_after_it():
    """The order of the declarations decides, not how exact they are."""
    assert PlacePatterns({"/*": 1, "/a": 2}).of(("a",)) == 1


def test_what_reaches_a_place_is_declared_for_it_or_inside():
    """Nothing that is declared for the places around it."""
    assert sorted(FORMS.reaching(())) == [1, 2, 3, 4, 5]
    assert sorted(FORMS.reaching(("forms", "0"))) == [2, 3, 4]
    assert sorted(FORMS.reaching(("other",))) == [4]


@pytest.mark.parametrize("place", ["forms", "/a~", 1])
def test_what_is_no_pointer_is_refused(place):
    """A place begins with "/" and escapes what it has to."""
    with pytest.raises(InvalidValueError):
        PlacePatterns({place: 1})
