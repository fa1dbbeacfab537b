"""Overrides with a patch: what they make of a document, and which of them did what."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from muniment.errors import InvalidValueError
from muniment.schema import overrides
from muniment.schema.overrides import Effect
from muniment.values.json_value import ABSENT

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)


def override(key, patch, **more):
    """An entry that changes a document."""
    return {"id": key, "patch": patch, **more}


def in_force(document, *entries, at=None):
    """The document in force and its effects, without changing the arguments."""
    kept = deepcopy((document, entries))
    answer = overrides.apply(document, list(entries), now=NOW, at=at)
    assert (document, entries) == kept
    return answer


def test_patches_of_both_kinds_are_applied_in_order():
    """An object is merged, a list is a list of operations, and the later entry finds what the earlier one left."""
    document: Any = {"max": 1, "hosts": ["a"]}
    value, effects = in_force(
        document,
        override("one", {"max": 2, "min": 0}, expires_at="2026-02-01T00:00:00Z"),
        override("two", [{"op": "test", "path": "/max", "value": 2}, {"op": "add", "path": "/hosts/0", "value": "b"}]),
        override("over", {"max": 99}, expires_at="2026-01-01T00:00:00Z"),
        {"id": "without a patch"},
    )
    until = datetime(2026, 2, 1, tzinfo=UTC)
    assert value == {"max": 2, "min": 0, "hosts": ["b", "a"]}
    assert effects == (
        Effect("/hosts", ["b", "a"], ["a"], "two", None),
        Effect("/max", 2, 1, "one", until),
        Effect("/min", 0, ABSENT, "one", until),
    )


def test_without_patches_it_is_the_document_itself():
    """Nothing in force, or nothing that has a patch: the very document, and no effects."""
    document: Any = {"a": 1}
    assert overrides.apply(document, [{"id": "a"}, {"id": "b", "patch": None}], now=NOW) == (document, ())
    assert overrides.apply(document, [], now=NOW)[0] is document


def test_the_last_to_change_a_place_is_named():
    """Who changed it before is not told, nor who set it to what it was already; `before` is the document's own."""
    _, effects = in_force({"a": 1}, override("x", {"a": 2}), override("y", {"a": 3}), override("z", {"a": 3}))
    assert effects == (Effect("/a", 3, 1, "y", None),)


def test_a_place_that_is_as_before_has_no_effect():
    """Overrides that undo each other are as none."""
    assert in_force({"a": 1}, override("x", {"a": None, "b": 2}), override("y", {"a": 1.0, "b": None}))[1] == ()


def test_true_is_not_one():
    """A change that Python takes for none is told."""
    assert in_force({"a": 1}, override("x", {"a": True}))[1] == (Effect("/a", True, 1, "x", None),)


PLACES = {
    "an added object is entered": (
        {},
        [{"tls": {"cert": "c"}}, {"tls": {"key": "k"}}],
        [("/tls/cert", "c", ABSENT, 0), ("/tls/key", "k", ABSENT, 1)],
    ),
    "an added empty object is one place": ({}, [{"tls": {}}], [("/tls", {}, ABSENT, 0)]),
    "a removed object is one place": (
        {"tls": {"cert": "c", "key": "k"}},
        [{"tls": {"cert": None}}, {"tls": None}],
        [("/tls", ABSENT, {"cert": "c", "key": "k"}, 1)],
    ),
    "an emptied object is entered": (
        {"tls": {"cert": "c"}},
        [{"tls": {"cert": None}}],
        [("/tls/cert", ABSENT, "c", 0)],
    ),
    "an object in the place of a scalar is one place": (
        {"tls": True},
        [{"tls": {"cert": "c"}}, {"tls": {"key": "k"}}],
        [("/tls", {"cert": "c", "key": "k"}, True, 1)],
    ),
    "a list is one place": (
        {"a": [{"b": 1}, {"c": 1}]},
        [[{"op": "replace", "path": "/a/1/c", "value": 2}], [{"op": "remove", "path": "/a/0"}]],
        [("/a", [{"c": 2}], [{"b": 1}, {"c": 1}], 1)],
    ),
    "a detour through a list leaves no trace": (
        {"a": {"0": 1}},
        [{"a": [7]}, {"a": {"0": 1, "b": 2}}],
        [("/a/b", 2, ABSENT, 1)],
    ),
    "the whole document": ({"a": 1}, [[{"op": "replace", "path": "", "value": [1]}]], [("", [1], {"a": 1}, 0)]),
    "a document that is no object": ([1], [{"a": 1}], [("", {"a": 1}, [1], 0)]),
    "names are escaped, pointers in order": (
        {"a": {"b": 1}},
        [{"a": {"b": 2}, "a!": 3, "m~n": 4, "x/y": 5}],
        [("/a!", 3, ABSENT, 0), ("/a/b", 2, 1, 0), ("/m~0n", 4, ABSENT, 0), ("/x~1y", 5, ABSENT, 0)],
    ),
}


@pytest.mark.parametrize(("document", "patches", "expected"), PLACES.values(), ids=PLACES)
def test_effects_are_told_of_the_smallest_places(document, patches, expected):
    """Objects are entered, lists are not; each place names the override that changed it last."""
    _, effects = in_force(document, *[override(number, patch) for number, patch in enumerate(patches)])
    assert [(effect.pointer, effect.value, effect.before, effect.id) for effect in effects] == expected


def test_entries_with_attributes_are_applied():
    """The id in an effect is as JSON writes it, and the end is the entry's own moment."""
    end = (NOW + A_DAY).astimezone(timezone(timedelta(hours=2)))
    entry = SimpleNamespace(id=UUID(int=5), expires_at=end, patch={"a": 2})
    assert overrides.apply({"a": 1}, [entry], now=NOW)[1] == (Effect("/a", 2, 1, str(UUID(int=5)), end),)


def renamed(value, schema_version):
    """At version "1.0" the port is called `p`."""
    old, new = ("port", "p") if schema_version == "1.0" else ("p", "port")
    return {new if name == old else name: item for name, item in value.items()}


def test_a_patch_of_another_schema_version_is_carried_over():
    """It is applied to the document at its own version and told at the document's; without `at` the version is idle."""
    old = override("old", [{"op": "replace", "path": "/p", "value": 2}], schema_version="1.0")
    value, effects = in_force({"port": 1}, override("new", {"host": "h"}), old, at=renamed)
    assert value == {"port": 2, "host": "h"}
    assert [(effect.pointer, effect.id) for effect in effects] == [("/host", "new"), ("/port", "old")]
    assert in_force({"p": 1}, old)[0] == {"p": 2}


def test_a_schema_version_that_is_no_text_is_refused():
    """To guess the version would change another place than was meant."""
    with pytest.raises(InvalidValueError, match=r"override 'x', or revoke it: schema_version must be a text, not 1\.0"):
        in_force({}, override("x", {}, schema_version=1.0), at=renamed)


def test_what_carrying_over_raises_is_raised():
    """An error of `at` says more than that the patch does not fit."""
    fault = InvalidValueError("no way to 1.0")

    def refuse(value, schema_version):
        raise fault

    with pytest.raises(InvalidValueError) as caught:
        in_force({}, override("x", {}, schema_version="1.0"), at=refuse)
    assert caught.value is fault


DEEPER = [{"op": "copy", "from": "", "path": "/a"}] * 250

BAD = {
    "text": ("max=5", "a patch is an object (RFC 7396) or a list of operations (RFC 6902)", ""),
    "false": (False, "a patch is an object (RFC 7396) or a list of operations (RFC 6902)", ""),
    "a list of no operations": ([{"op": "add", "path": "/b", "value": 1}, 5], "operation 2 of 2 is no object", ""),
    "nothing there": ([{"op": "remove", "path": "/b/c"}], "operation 1 of 1 (remove): nothing named 'b'", "/b/c"),
    "no path": ([{"op": "remove"}], "operation 1 of 1 (remove): 'path' must be a pointer", ""),
    "no value": ([{"op": "add", "path": "/b"}], "operation 1 of 1 (add): 'value' is missing", "/b"),
    "no op": ([{"path": "/b"}], "operation 1 of 1 (without op): no operation is called None", "/b"),
    "a test that fails": ([{"op": "test", "path": "/a", "value": 1}], "operation 1 of 1 (test): the value is", "/a"),
    "the document goes": ([{"op": "remove", "path": ""}], "it removes the whole document", ""),
    "no JSON": ({"b": float("nan")}, "nan is not a JSON number", "/b"),
    "nested too deep": (DEEPER, "nested deeper than 200", "/a" * 200),
}


@pytest.mark.parametrize(("patch", "reason", "pointer"), BAD.values(), ids=BAD)
def test_a_patch_that_does_not_fit_names_its_override(patch, reason, pointer):
    """The reason names the id and the fault, the pointer the place; nothing is left half done."""
    document: Any = {"a": 1}
    with pytest.raises(InvalidValueError) as caught:
        overrides.apply(document, [override("good", {"a": 2}), override("hot fix", patch)], now=NOW)
    assert caught.value.reason.startswith(f"mend the patch of override 'hot fix', or revoke it: {reason}")
    assert caught.value.pointer == pointer
    assert document == {"a": 1}


def test_a_patch_that_nests_past_the_stack_is_refused():
    """A value too deep to compare is a fault of the override like any other."""
    twin: Any = 1
    for _ in range(3000):
        twin = {"a": twin}
    patch = [{"op": "copy", "from": "", "path": "/a"}] * 2999 + [{"op": "test", "path": "", "value": twin}]
    with pytest.raises(InvalidValueError, match="override 'x', or revoke it: nested too deep for the stack") as caught:
        overrides.apply({"a": 1}, [override("x", patch)], now=NOW)
    assert caught.value.pointer == ""


def test_a_patch_that_is_not_in_force_does_no_harm():
    """To revoke a patch that does not fit mends the document."""
    assert in_force({"a": 1}, override("x", "bad"), {"revoked": True, "revokes": "x"}) == ({"a": 1}, ())
