"""A folder is looked at if, and only if, a name that is wanted may lie below it."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from muniment import InvalidNameError
from muniment.watch.wanted import Wanted

SEGMENTS = ["a", "b", "aa", "ab", "ba", "bb"]
NAMES = ["/".join(parts) for depth in range(1, 6) for parts in product(SEGMENTS, repeat=depth)]
FOLDERS = ["/".join(parts) for depth in range(1, 3) for parts in product(SEGMENTS, repeat=depth)]

parts = st.sampled_from(["a", "b", "ab", "?", "*", "**", "a*", "*b", "a?", "??", "a**", "**b", "a**b"])
patterns = st.lists(parts, min_size=1, max_size=3).map("/".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(patterns, min_size=1, max_size=2))
def test_a_folder_is_looked_at_if_a_wanted_name_may_lie_below_it(chosen):
    """Held against all short names, one by one."""
    try:
        wanted = Wanted(chosen)
    except InvalidNameError:
        return
    fitting = [name for name in NAMES if wanted.fits(name)]
    holding = {name[:at] for name in fitting for at, character in enumerate(name) if character == "/"}
    assert {folder for folder in FOLDERS if wanted.may_lie_below(folder)} == holding & set(FOLDERS)
