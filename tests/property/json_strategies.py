"""JSON values for property tests: small, full of near collisions, and with edited copies to compare.

Limits: no NaN, infinities or lone surrogates, which are not JSON values.
"""

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

AWKWARD_NAMES = ("a", "b", "c", "", "0", "-", "a.b", "a[0]", 'q"', "]", "m~n", "a/b", "~1", "é", "\U0001f600")


def names() -> st.SearchStrategy[str]:
    """Names of members: mostly a few that meet again and need escaping, sometimes any text."""
    return st.sampled_from(AWKWARD_NAMES) | st.text(max_size=4)


def scalars() -> st.SearchStrategy[Any]:
    """Scalars: mostly the few that Python confuses (`0`, `0.0`, `False`), sometimes any."""
    confusable = st.sampled_from([None, False, True, 0, 1, 0.0, 1.0, -0.0, "", "0", "a"])
    return confusable | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6)


def json_values(max_leaves: int = 12) -> st.SearchStrategy[Any]:
    """Any JSON value: scalars, and lists and objects of them, nested."""
    return st.recursive(
        scalars(),
        lambda inner: st.lists(inner, max_size=6) | st.dictionaries(names(), inner, max_size=5),
        max_leaves=max_leaves,
    )


def edited(value: Any) -> st.SearchStrategy[tuple[Any, Any]]:
    """Pairs of `value` and a copy with up to four small edits: `json_values().flatmap(edited)`."""
    return st.tuples(st.just(value), edited_copies(value))


@st.composite
def edited_copies(draw: st.DrawFn, value: Any) -> Any:
    """Copies of `value` with up to four places replaced, removed or filled; `value` itself stays as it is."""
    holder = [deepcopy(value)]
    for _ in range(draw(st.integers(0, 4))):
        places = _places(holder)
        container, key = places[draw(st.integers(0, len(places) - 1))]
        _edit(draw, container, key, removable=container is not holder)
    return holder[0]


def _places(container: Any) -> list[tuple[Any, Any]]:
    """Every place inside `container`, as the container that holds it and the name or index there."""
    keys = list(container) if isinstance(container, dict) else range(len(container))
    found = []
    for key in keys:
        found.append((container, key))
        if isinstance(container[key], (dict, list)):
            found += _places(container[key])
    return found


def _edit(draw: st.DrawFn, container: Any, key: Any, *, removable: bool) -> None:
    here = container[key]
    action = draw(st.sampled_from(["replace", "remove", "fill"]))
    if action == "remove" and removable:
        del container[key]
    elif action == "fill" and isinstance(here, dict):
        here[draw(names())] = draw(json_values(3))
    elif action == "fill" and isinstance(here, list):
        here.insert(draw(st.integers(0, len(here))), draw(json_values(3)))
    else:
        container[key] = draw(json_values(3))
