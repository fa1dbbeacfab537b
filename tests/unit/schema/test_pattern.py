"""Patterns of document names: what each wildcard stands for, and what is no pattern."""

import pytest

from muniment.errors import InvalidNameError
from muniment.schema.pattern import compiled


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("limits", ["limits"], ["a/limits", "limits/a", "limitsx", "Limits"]),
        ("services/*", ["services/web", "services/.a"], ["services/a/b", "services", "service/web"]),
        ("a?c", ["abc", "aéc"], ["ac", "a/c", "abbc"]),
        ("**/limits", ["limits", "a/limits", "a/b/limits"], ["xlimits", "a/xlimits", "limits/a"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "ab", "b/a/c"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a/xb", "ab", "a/x/b/c"]),
        ("studies/**/draft-?", ["studies/draft-1", "studies/a/draft-1"], ["studies/a/draft-10", "studies/xdraft-1"]),
        ("**", ["a", "a/b/c"], []),
        ("a**", ["a", "ab", "a/b"], ["b"]),
        ("a.b+", ["a.b+"], ["axb+", "a.bb"]),
        ("a/**/**/b", ["a/b", "a/x/b"], ["a/xb"]),
    ],
)
def test_which_names_fit(pattern, fitting, others):
    """One star stays in its folder, two do not, and stand for no folder too; the rest is meant as it stands."""
    assert [name for name in [*fitting, *others] if compiled(pattern).fullmatch(name)] == fitting


@pytest.mark.parametrize("pattern", ["", "***", "/a", "a/", "a//b", "../*", "a\\b", "a\nb", "con", 5, None, b"*"])
def test_what_is_no_pattern_is_refused(pattern):
    """What no document could be named, and what is no text."""
    with pytest.raises(InvalidNameError):
        compiled(pattern)
