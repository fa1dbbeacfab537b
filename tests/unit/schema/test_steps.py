"""The steps of a kind: how they are declared, and the shortest ways that they make."""

from typing import Any

import pytest

from muniment.errors import MigrationFailedError, SchemaInvalidError
from muniment.schema import lens
from muniment.schema.steps import LensStep, Steps, declared
from muniment.schema.version import schema_version


def steps_of(*pairs, function=None):
    """Steps in Python between versions: they leave their trace in the document, or do what `function` does."""
    steps = Steps("k")
    for start, end in pairs:
        trace = function or (lambda raw, end=end: raw.setdefault("trace", []).append(end))
        steps.add_function(schema_version(start), schema_version(end), trace)
    return steps


def run(steps, start, end, document):
    """A document after the way between two versions; None where there is none."""
    way = steps.way(schema_version(start), schema_version(end))
    return None if way is None else way.run(document, "doc")


def test_the_shortest_way_is_found():
    """By number of steps, across majors, and by the number of a version: 1.10 lies between 1.9 and 2.0."""
    steps = steps_of(("1.8", "1.9"), ("1.9", "1.10"), ("1.10", "2.0"))
    assert run(steps, "1.8", "2.0", {})["trace"] == ["1.9", "1.10", "2.0"]
    assert run(steps, "1.8", "1.10", {})["trace"] == ["1.9", "1.10"]
    assert run(steps, "1.8", "2.1", {}) is None


def test_no_way_leads_past_its_end_or_back():
    """Steps up and down between the same versions are no circle, and a detour is no way."""
    steps = steps_of(("1.0", "1.2"), ("1.2", "1.1"), ("1.1", "1.0"), ("1.2", "1.3"))
    assert run(steps, "1.0", "1.1", {}) is None
    assert run(steps, "1.2", "1.0", {})["trace"] == ["1.1", "1.0"]
    assert run(steps, "1.0", "1.3", {})["trace"] == ["1.2", "1.3"]
    assert run(steps, "1.0", "1.0", {}) is None


def test_ways_that_disagree_are_an_error():
    """The place where they do, and both ends; what one of them keeps is no difference."""
    steps = steps_of(("1.0", "1.1"), ("1.1", "1.2"), ("1.0", "1.2"))
    with pytest.raises(MigrationFailedError, match=r"two ways disagree: the shortest, and that through 1\.1") as caught:
        run(steps, "1.0", "1.2", {})
    error = caught.value
    assert (error.name, error.kind, error.from_version, error.to_version) == ("doc", "k", "1.0", "1.2")
    assert error.pointer == "/trace/0"
    agreeing = Steps("k")
    for older, newer in ("1.0", "1.1"), ("1.1", "1.2"), ("1.0", "1.2"):
        agreeing.add_lenses(schema_version(older), schema_version(newer), (lens.remove("a", optional=True),))
    assert run(agreeing, "1.0", "1.2", {"a": 1})["schema_version"] == "1.2"


def test_the_number_of_ways_does_not_count():
    """Forty versions with a short cut past each have a hundred million ways: the shortest is found at once."""
    pairs = [(f"1.{n}", f"1.{n + step}") for n in range(40) for step in (1, 2) if n + step <= 40]
    steps = steps_of(*pairs, ("1.0", "1.39"), function=lambda _: None)
    assert run(steps, "1.0", "1.40", {}) == {"schema_version": "1.40"}


def test_a_way_is_composed_once_and_anew_after_a_declaration():
    """The same object for each read; a new step is not overlooked."""
    steps = steps_of(("1.0", "1.1"))
    ends = schema_version("1.0"), schema_version("1.2")
    assert steps.way(*ends) is None
    steps.add_lenses(schema_version("1.1"), ends[1], ())
    assert steps.way(*ends) is steps.way(*ends) is not None


def test_a_second_step_between_the_same_versions_is_refused():
    """A lens leads both ways, so it excludes each function."""
    first, second = schema_version("1.0"), schema_version("1.1")
    steps = steps_of(("1.1", "1.0"))
    with pytest.raises(SchemaInvalidError) as caught:
        steps.add_lenses(first, second, ())
    assert (caught.value.kind, caught.value.from_version, caught.value.to_version) == ("k", "1.1", "1.0")
    assert steps.lens_steps == ()
    assert steps.way(first, second) is None
    steps.add_function(first, second, lambda _: None)
    with pytest.raises(SchemaInvalidError):
        steps.add_function(first, second, lambda _: None)


def test_what_is_no_step_is_refused():
    """No function, no lens, and lenses nested so deep that nobody could read them."""
    steps: Any = Steps("k")
    versions = schema_version("1.0"), schema_version("1.1")
    deep = lens.wrap("a")
    for _ in range(600):
        deep = lens.inside("a", deep)
    with pytest.raises(SchemaInvalidError):
        steps.add_function(*versions, "upgrade")
    for one in "rename", ("a", "b"), deep:
        with pytest.raises(SchemaInvalidError) as caught:
            steps.add_lenses(*versions, (one,))
        assert (caught.value.from_version, caught.value.to_version) == ("1.0", "1.1")


@pytest.mark.parametrize(
    ("start", "end", "up"),
    [
        ("1.1", "1.0", True),
        ("1.0", "1.1", False),
        ("1.0", "1.0", True),
        ("1.10", "1.9", True),
        ("1", "1.1", True),
        (1.0, "1.1", True),
    ],
)
def test_a_step_leads_the_way_that_it_says(start, end, up):
    """Or documents would go round in a circle."""
    with pytest.raises(SchemaInvalidError) as caught:
        declared("k", start, end, up=up)
    assert caught.value.kind == "k"


def test_steps_of_others_fill_in_where_there_are_none():
    """The program's own count more, a function in one direction too; two that differ are an error."""
    own = steps_of(("1.0", "1.1"))
    other = [
        step("1.0", "1.1", lens.add("a")),
        step("1.1", "1.2", lens.add("b", 1)),
        step("1.1", "1.2", lens.add("b", 1)),
    ]
    joined = own.with_lenses(other)
    assert run(joined, "1.0", "1.2", {}) == {"trace": ["1.1"], "b": 1, "schema_version": "1.2"}
    assert run(own, "1.0", "1.2", {}) is None
    with pytest.raises(SchemaInvalidError):
        own.with_lenses([*other, step("1.1", "1.2", lens.add("b", default=True))])  # fmt: skip


def step(older, newer, *lenses):
    """A step that the store keeps."""
    return LensStep(older=schema_version(older), newer=schema_version(newer), lenses=lenses)


def test_steps_are_equal_if_they_are_written_alike():
    """Python takes true for 1, and JSON does not."""
    assert step("1.0", "1.1", lens.add("a", 1)) == step("1.0", "1.1", lens.add("a", 1.0))
    assert hash(step("1.0", "1.1", lens.add("a", 1))) == hash(step("1.0", "1.1", lens.add("a", 1)))
    assert step("1.0", "1.1", lens.add("a", 1)) != step("1.0", "1.1", lens.add("a", default=True))
    assert step("1.0", "1.1") != "1.0>1.1:"
