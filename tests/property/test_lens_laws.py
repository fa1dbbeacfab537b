"""The laws of lenses: what a step carries to another schema version comes back as it was, whatever the document holds.

Lenses and documents are made together: each lens is drawn for the shape that the documents have by then, so it suits
them, and everything else that they hold is unknown to it.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import cache, partial
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from json_strategies import json_values
from muniment.errors import InvalidValueError, MigrationFailedError
from muniment.schema import kept, lens, record
from muniment.schema.motion import bind_all
from muniment.schema.steps import Steps
from muniment.schema.version import SchemaVersion, schema_version
from muniment.values import canonical, pointer
from muniment.values.json_value import ABSENT, same

FIELDS = ("a", "b", "c", "d")
WORDS = ("low", "high", "top")


def written(value: Any) -> Any:
    """The same value through its text, which shares nothing with it."""
    return canonical.decode_trusted(canonical.encode(value))


@cache
def stored(max_leaves: int) -> st.SearchStrategy[Any]:
    """Any values as they are read from files."""
    return json_values(max_leaves).map(written)


@cache
def values() -> st.SearchStrategy[Any]:
    """Plain values; few of them, so that defaults and values meet."""
    return st.sampled_from([None, True, 1, "low", "high", [], ["low"], {}, {"a": 1}]) | stored(4)


@cache
@st.composite
def objects(draw: st.DrawFn, depth: int = 1) -> dict[str, Any]:
    """Objects of a few fields, some of them objects and lists of objects for `inside` and `each`, with unknown ones."""
    found = draw(st.dictionaries(st.sampled_from((*FIELDS, "unknown")), values(), max_size=4))
    if depth:
        inner = objects(depth - 1)
        found |= draw(st.dictionaries(st.sampled_from(["o", "p"]), inner, max_size=2))
        found |= draw(st.dictionaries(st.just("l"), st.lists(inner, max_size=3), max_size=1))
    return found


def suiting(frame: dict[str, Any], depth: int = 1) -> st.SearchStrategy[lens.Lens]:
    """Lenses for an object, going up; most of them suit it."""
    fields = st.sampled_from(sorted(set(frame) - {kept.KEPT}) or ["z"])
    anew = st.sampled_from(["x", "y", *FIELDS])
    optional = st.booleans()
    choices = [
        st.builds(lens.rename, fields, anew.filter(lambda name: name not in frame), optional=optional),
        st.builds(lens.add, anew, values()),
        st.builds(lens.remove, fields, values(), optional=optional),
        st.builds(lens.remove, anew, optional=st.just(value=True)),
        moves(frame),
        st.builds(lens.wrap, fields, optional=optional),
        fields.flatmap(conversions),
    ]
    for field, value in frame.items():
        items: list[Any] = value if isinstance(value, list) else [None]
        if isinstance(value, list):
            choices.append(st.builds(lens.unwrap, st.just(field), optional=optional))
        if depth and isinstance(value, dict) and field != kept.KEPT:
            choices.append(chains([value], depth - 1).map(partial(nested, lens.inside, field)))
        if depth and all(isinstance(item, dict) for item in items):
            choices.append(chains(items, depth - 1).map(partial(nested, lens.each, field)))
    return st.one_of(choices)


def nested(make: Callable[..., lens.Lens], field: str, chain: tuple[lens.Lens, ...]) -> lens.Lens:
    """A lens for what is in a field."""
    return make(field, *chain)


def moves(frame: dict[str, Any]) -> st.SearchStrategy[lens.Lens]:
    """Moves from a place that is there to any other, deep ones and those within themselves included."""
    sources = [place for place in places(frame) if any(place)]
    tokens = st.lists(st.sampled_from(["o", "p", "x", "y", "a"]), min_size=1, max_size=3)
    return st.builds(
        lambda source, target: lens.move(pointer.join(source), pointer.join(target)),
        st.sampled_from(sources or [("a",)]),
        tokens,
    )


def places(value: Any, here: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every place that objects alone lead to."""
    inside = value.items() if isinstance(value, dict) else ()
    return [here, *(place for name, item in inside for place in places(item, (*here, name)) if name != kept.KEPT)]


@cache
@st.composite
def conversions(draw: st.DrawFn, field: str) -> lens.Lens:
    """Conversions with a default for what they do not name, several values that become one included."""
    up = draw(st.dictionaries(st.sampled_from(WORDS), st.sampled_from([1, 2, None, True, "low"]), max_size=3))
    down = draw(st.none() | st.dictionaries(st.sampled_from([1, 2, 0]), st.sampled_from(WORDS), max_size=3))
    return lens.convert(field, up, down, default_up=draw(values()), default_down=draw(values()))


@st.composite
def chains(draw: st.DrawFn, frames: list[dict[str, Any]], depth: int = 1) -> tuple[lens.Lens, ...]:
    """Lenses that suit each of some objects, one after another."""
    chain: tuple[lens.Lens, ...] = ()
    for _ in range(draw(st.integers(0, 3)) if frames else 0):
        one = draw(suiting(moved(draw(st.sampled_from(frames)), chain), depth))
        if all(suits(moved(frame, chain), one) for frame in frames):
            chain = (*chain, one)
    return chain


def moved(frame: dict[str, Any], chain: tuple[lens.Lens, ...], *, up: bool = True) -> dict[str, Any]:
    """A copy of an object after all the lenses, in one direction."""
    result = deepcopy(frame)
    for motion in bind_all(chain, "1.0>1.1:", up=up):
        motion(result)
    return result


def suits(frame: dict[str, Any], one: lens.Lens) -> bool:
    """Tell whether an object can be brought up by a lens, without a default in place of what it has not."""
    if isinstance(one, lens.Remove) and one.default is not UNSET and one.field not in frame:
        return False
    try:
        moved(frame, (one,))
    except InvalidValueError:
        return False
    return True


@st.composite
def suited(draw: st.DrawFn) -> tuple[dict[str, Any], tuple[lens.Lens, ...]]:
    """A document and lenses that suit it."""
    document = written(draw(objects()))  # in which no two places share an object
    return document, draw(chains([document]))


@given(suited())
def test_down_after_up_gives_the_document(case):
    """GetPut: what nobody edited is as it was, unknown fields and all, also if it was a file in between."""
    document, chain = case
    assert same(moved(written(moved(document, chain)), chain, up=False), document)


@given(suited())
def test_up_after_down_gives_the_newer_document(case):
    """Once it is at the newer version, a document can go down and up again and is the same."""
    document, chain = case
    newer = moved(document, chain)
    assert same(moved(written(moved(newer, chain, up=False)), chain), newer)


@given(suited())
def test_nothing_that_is_kept_is_left_when_it_is_taken_out(case):
    """A document without what is kept has no trace of it, at any depth, and lost nothing else."""
    document, chain = case
    newer = moved(document, chain)
    before = deepcopy(newer)
    bare = kept.without(newer)
    assert kept.KEPT.encode() not in canonical.encode(bare)
    assert newer == before
    assert same(kept.without(bare), bare)


@given(suited())
def test_lenses_survive_being_written(case):
    """What the store keeps of a step does the same as the step."""
    document, chain = case
    steps = Steps("k")
    step = steps.add_lenses(SchemaVersion(1, 0), SchemaVersion(1, 1), chain)
    stored = record.decode("k", record.encode(record.of_step("k", step)))
    assert isinstance(stored, record.LensRecord)
    assert stored.step() == step
    newer = moved(document, chain)
    assert same(moved(document, stored.step().lenses), newer)
    assert same(moved(newer, stored.step().lenses, up=False), moved(newer, chain, up=False))


@given(suited(), st.data())
def test_steps_one_after_another_are_the_way_composed(case, data):
    """It makes no difference into how many steps lenses are cut, but for the names under which they keep."""
    document, chain = case
    cuts = sorted(data.draw(st.sets(st.integers(0, len(chain)), max_size=3)))
    bounds = [0, *cuts, len(chain)]
    steps: Any = Steps("k")
    single: Any = Steps("k")
    for minor, (start, end) in enumerate(pairwise(bounds)):
        steps.add_lenses(SchemaVersion(1, minor), SchemaVersion(1, minor + 1), chain[start:end])
    first, last = SchemaVersion(1, 0), SchemaVersion(1, len(bounds) - 1)
    single.add_lenses(first, last, chain)
    up, down = steps.way(first, last), steps.way(last, first)
    newer = up.run(deepcopy(document), "x")
    assert newer["schema_version"] == str(last)
    alone = single.way(first, last).run(deepcopy(document), "x")
    assert same(kept.without(newer), kept.without(alone))
    one_by_one = deepcopy(document)
    for minor in range(last.minor):
        one_by_one = steps.way(SchemaVersion(1, minor), SchemaVersion(1, minor + 1)).run(one_by_one, "x")
    assert same(newer, one_by_one)
    assert same(down.run(newer, "x"), {**document, "schema_version": "1.0"})


ONE_NUMBER = st.lists(st.integers(0, 9), min_size=1, max_size=1)
PARTS = {  # a field at the older version: its lens, how to read it at the newer version, values it may be given
    "renamed": (lens.rename("renamed", "titled"), lambda new: new["titled"], stored(3)),
    "moved": (lens.move("/moved", "/deep/er/moved"), lambda new: new["deep"]["er"]["moved"], stored(3)),
    "wrapped": (lens.wrap("wrapped"), lambda new: next(iter(new["wrapped"]), None), stored(3)),
    "unwrapped": (lens.unwrap("unwrapped"), lambda new: [new["unwrapped"]], ONE_NUMBER),
    "converted": (
        lens.convert("converted", {"low": 1, "high": 2, "top": 2}),
        lambda new: {1: "low", 2: "high"}[new["converted"]],
        st.sampled_from(["low", "high"]),
    ),
    "nested": (
        lens.inside("nested", lens.rename("x", "y")),
        lambda new: {"x": new["nested"]["y"]},
        st.fixed_dictionaries({"x": stored(2)}),
    ),
    "listed": (
        lens.each("listed", lens.rename("x", "y"), lens.add("z", default=0)),
        lambda new: [{"x": item["y"]} for item in new["listed"]],
        st.lists(st.fixed_dictionaries({"x": stored(2)}), max_size=3),
    ),
}
OTHERS = (
    lens.add("added", default=7),
    lens.remove("removed", default=0),
    lens.rename("kept_name", "other", optional=True),
)
KNOWN = st.fixed_dictionaries({name: part[2] for name, part in PARTS.items()})
ALL = (*(part[0] for part in PARTS.values()), *OTHERS)


@given(KNOWN, st.dictionaries(st.text(max_size=3), stored(3), max_size=3), st.data())
def test_an_edit_at_the_older_version_is_seen_at_the_newer_and_back(known, unknown, data):
    """PutGet: a field set at one version says the same at the other, and everything else says what it said."""
    older = {**unknown, **known, "removed": data.draw(stored(2))}
    newer = moved(older, ALL)
    name = data.draw(st.sampled_from(sorted(PARTS)))
    edited = moved(newer, ALL, up=False)
    edited[name] = data.draw(PARTS[name][2])
    after = moved(written(edited), ALL)
    for each, (_, seen, _) in PARTS.items():
        assert same(seen(after), edited[name] if each == name else known[each])
    assert {field: after.get(field, ABSENT) for field in unknown} == unknown
    assert same(moved(after, ALL, up=False), edited)


@given(KNOWN, stored(3), stored(3))
def test_what_only_one_version_has_stays_with_edits_at_the_other(known, added, removed):
    """A field that the other version lacks is what it was set to, whatever was edited there meanwhile."""
    newer = moved({**known, "removed": removed}, ALL)
    newer["added"] = added
    older = moved(written(newer), ALL, up=False)
    older["renamed"] = "edited"
    assert "added" not in older
    assert same(older["removed"], removed)
    again = moved(written(older), ALL)
    assert same(again["added"], added)
    assert "removed" not in again
    assert again["titled"] == "edited"


@given(suited(), objects())
def test_a_document_that_does_not_suit_is_a_typed_error(case, other):
    """Whatever a document is like, a way ends with a document of its end, or says where the document does not suit."""
    _, chain = case
    steps: Any = Steps("k")
    steps.add_lenses(SchemaVersion(1, 0), SchemaVersion(1, 1), chain)
    for start, end in ("1.0", "1.1"), ("1.1", "1.0"):
        result = outcome(lambda: steps.way(schema_version(start), schema_version(end)).run(written(other), "doc"))  # noqa: B023 - called at once
        if isinstance(result, MigrationFailedError):
            assert (result.name, result.kind, result.from_version, result.to_version) == ("doc", "k", start, end)
            assert result.pointer is not None
            assert "the step raised" not in str(result)
        else:
            assert result["schema_version"] == end
            assert same(written(result), result)


def outcome(action: Callable[[], Any]) -> Any:
    """What an action gives, or the error that it raises."""
    try:
        return action()
    except MigrationFailedError as error:
        return error
