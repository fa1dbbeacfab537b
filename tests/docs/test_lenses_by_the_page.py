"""A second implementation of the lenses, by the words of docs/format/schemas.md and with nothing of the package.

Where it and the package disagree, the page is wrong or leaves something open. It is given lenses in their JSON form.
"""

import json
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import InvalidValueError
from muniment.schema import record
from muniment.schema.lens import Unwrap, Wrap
from muniment.schema.motion import bind_all
from muniment.schema.steps import LensStep
from muniment.schema.version import SchemaVersion
from test_lens_laws import objects, suited  # type: ignore[import-not-found]

NOTHING = object()
Frame = dict[str, Any]


class FaultError(Exception):
    """A lens cannot be applied."""


def equal(one: Any, other: Any) -> bool:
    """Compare as JSON."""
    return NOTHING not in (one, other) and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def keep(here: Frame, key: str, value: Any) -> None:
    """Keep, as the page defines it."""
    if not isinstance(here.setdefault("schema_kept", {}), dict):
        raise FaultError
    here["schema_kept"][key] = value


def take(here: Frame, key: str) -> Any:
    """Take, as the page defines it."""
    if not isinstance(here.get("schema_kept"), dict):
        return NOTHING
    value = here["schema_kept"].pop(key, NOTHING)
    if value is not NOTHING and not here["schema_kept"]:
        del here["schema_kept"]
    return value


def may_be_missing(lens: Frame) -> None:
    """Absent: a fault, unless optional."""
    if not lens.get("optional"):
        raise FaultError


def rename(lens: Frame, here: Frame, _: str, *, up: bool) -> None:
    """Give a field the other name."""
    old, new = (lens["old"], lens["new"]) if up else (lens["new"], lens["old"])
    if old not in here:
        may_be_missing(lens)
    elif new in here:
        raise FaultError
    else:
        here[new] = here.pop(old)


def add(lens: Frame, here: Frame, key: str, *, up: bool) -> None:
    """A field more."""
    field = lens["field"]
    if up:
        was_absent = take(here, f"{key}-") is not NOTHING
        if not (was_absent and field not in here):
            appear(lens, here, key)
    elif field not in here:
        take(here, key)
        keep(here, f"{key}-", True)
    else:
        go(lens, here, key)


def remove(lens: Frame, here: Frame, key: str, *, up: bool) -> None:
    """A field less."""
    if not up:
        appear(lens, here, key)
    elif lens["field"] in here:
        go(lens, here, key)
    else:
        take(here, key)
        if "default" not in lens:
            may_be_missing(lens)


def appear(lens: Frame, here: Frame, key: str) -> None:
    """The second half of `add` up, and `remove` down."""
    taken, field = take(here, key), lens["field"]
    if field in here:
        keep(here, key, True)
    elif taken is not NOTHING:
        here[field] = taken
    elif "default" in lens:
        here[field] = deepcopy(lens["default"])


def go(lens: Frame, here: Frame, key: str) -> None:
    """The second half of `remove` up, and `add` down."""
    if take(here, key) is NOTHING:
        value = here.pop(lens["field"])
        if not equal(value, lens.get("default", NOTHING)):
            keep(here, key, value)


def move(lens: Frame, here: Frame, key: str, *, up: bool) -> None:
    """A value goes to another place."""
    source, target = (lens["source"], lens["target"]) if up else (lens["target"], lens["source"])
    source, target = tokens_of(source), tokens_of(target)
    taken = take(here, key)
    way = [here]
    for token in source[:-1]:
        if not isinstance(way[-1].get(token), dict):
            return may_be_missing(lens)
        way.append(way[-1][token])
    if source[-1] not in way[-1]:
        return may_be_missing(lens)
    value = way[-1].pop(source[-1])
    for depth in reversed(range(1, len(way))):
        if way[depth] or depth == taken:
            break
        del way[depth - 1][source[depth - 1]]
    at, empty = made(here, target[:-1])
    if target[-1] in at:
        raise FaultError
    at[target[-1]] = value
    if empty:
        keep(here, key, empty)
    return None


def tokens_of(pointer: str) -> list[str]:
    """Read a JSON pointer after RFC 6901."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def made(here: Frame, way: list[str]) -> tuple[Frame, int]:
    """Make the objects on a way; give the last one, and the depth of the innermost that was there and empty."""
    empty = 0
    for depth, token in enumerate(way, 1):
        if token in here and here[token] == {}:
            empty = depth
        here = here.setdefault(token, {})
        if not isinstance(here, dict):
            raise FaultError
    return here, empty


def wrap(lens: Frame, here: Frame, key: str, *, up: bool) -> None:
    """To a list, and to a scalar."""
    taken, field = take(here, key), lens["field"]
    if field not in here:
        may_be_missing(lens)
    elif up:
        value = here[field]
        items = taken if isinstance(taken, list) else []
        fits = bool(items) and equal(items[0], value)
        here[field] = items if fits else [] if value is None else [value, *items[1:]]
        if items and not here[field]:
            keep(here, key, items)
    elif not isinstance(here[field], list):
        raise FaultError
    else:
        items = here[field]
        here[field] = items[0] if items else None
        if items and not (len(items) == 1 and items[0] is not None):
            keep(here, key, items)
        elif not items and taken is not NOTHING:
            keep(here, key, taken)


def unwrap(lens: Frame, here: Frame, key: str, *, up: bool) -> None:
    """The way back of `wrap`."""
    wrap(lens, here, key, up=not up)


def convert(lens: Frame, here: Frame, key: str, *, up: bool) -> None:
    """Counterparts."""
    there, back = ("up", "down") if up else ("down", "up")

    def counterpart(table: str, value: Any) -> Any:
        found = [new for old, new in lens[table] if equal(old, value)]
        return found[0] if found else lens.get(f"default_{table}", NOTHING)

    taken, field = take(here, key), lens["field"]
    if field not in here:
        return may_be_missing(lens)
    value = here[field]
    from_kept = taken is not NOTHING and equal(counterpart(back, taken), value)
    result = taken if from_kept else counterpart(there, value)
    if result is NOTHING:
        raise FaultError
    here[field] = deepcopy(result)
    if not equal(counterpart(back, result), value):
        keep(here, key, value)
    return None


def inside(lens: Frame, here: Frame, key: str, *, up: bool) -> None:
    """Lenses for an object."""
    found = here.get(lens["field"])
    if found is None:
        may_be_missing(lens)
    elif not isinstance(found, dict):
        raise FaultError
    else:
        apply(lens["lenses"], found, f"{key}.", up=up)


def each(lens: Frame, here: Frame, key: str, *, up: bool) -> None:
    """Lenses for the objects in a list."""
    found = here.get(lens["field"])
    if found is None:
        return may_be_missing(lens)
    if not isinstance(found, list):
        raise FaultError
    for item in found:
        if not isinstance(item, dict):
            raise FaultError
        apply(lens["lenses"], item, f"{key}.", up=up)
    return None


MEANING = {f.__name__: f for f in (rename, add, remove, move, wrap, unwrap, convert, inside, each)}


def apply(lenses: list[Frame], here: Frame, key: str, *, up: bool) -> None:
    """Apply the lenses of a step, or those within a lens."""
    numbered = list(enumerate(lenses))
    for place, lens in numbered if up else reversed(numbered):
        MEANING[lens["op"]](lens, here, f"{key}{place}", up=up)


def by_the_page(step: LensStep, document: Frame, *, up: bool) -> Frame | None:
    """Give what the page makes of a document; None for a fault."""
    written = json.loads(record.encode(record.of_step("kind", step)))
    result = deepcopy(document)
    try:
        apply(written["lenses"], result, f"{written['older']}>{written['newer']}:", up=up)
    except FaultError:
        return None
    return result


def by_the_package(step: LensStep, document: Frame, *, up: bool) -> Frame | None:
    """Give what the package makes of a document; None for a fault."""
    result = deepcopy(document)
    try:
        for motion in bind_all(step.lenses, step.key, up=up):
            motion(result)
    except InvalidValueError:
        return None
    return result


def agree(step: LensStep, document: Frame, *, up: bool) -> Frame | None:
    """Check that both make the same of a document, and give it."""
    ours, theirs = by_the_package(step, document, up=up), by_the_page(step, document, up=up)
    assert (ours is None) == (theirs is None)
    assert json.dumps(ours, sort_keys=True) == json.dumps(theirs, sort_keys=True)
    return ours


@given(suited(), objects(), st.booleans())
def test_the_page_says_what_the_package_does(case, edits, is_up):
    """Both give the same, up and down, for documents that suit, after edits in between, and for any other documents."""
    document, chain = case
    step = LensStep(older=SchemaVersion(1, 0), newer=SchemaVersion(1, 1), lenses=chain)
    found = agree(step, document, up=True)
    assert found is not None
    edited = {**found, **edits}
    for changed in (found, edited):
        down = agree(step, changed, up=False)
        if down is not None:
            agree(step, {**down, **edits}, up=True)
    agree(step, edits, up=is_up)


@given(
    st.booleans(),
    st.lists(st.sampled_from([None, 1, 2, []]), max_size=3),
    st.lists(st.sampled_from([None, 1, 3, []]), max_size=3),
)
def test_a_scalar_that_stands_for_a_list_is_set_again_and_again(is_wrap, items, scalars):
    """Both give the same after any edits of the scalar, null among them, and after one of the list."""
    found: Frame | None = {"a": items}
    one = Wrap(field="a") if is_wrap else Unwrap(field="a")
    step = LensStep(older=SchemaVersion(1, 0), newer=SchemaVersion(1, 1), lenses=(one,))
    for scalar in scalars:
        seen = agree(step, found or {}, up=not is_wrap)
        found = agree(step, {**(seen or {}), "a": scalar}, up=is_wrap)
    for listed in ([], [1], [None], [4, 5]):
        agree(step, {**(found or {}), "a": listed}, up=not is_wrap)
