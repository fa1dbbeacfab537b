"""What functions may do to a document on its way, and what becomes of it if they do something else."""

import pickle
from copy import deepcopy

import pytest

from muniment.errors import MigrationFailedError
from muniment.schema import lens
from muniment.schema.steps import Steps
from muniment.schema.version import schema_version


def way(function, *lenses):
    """The way from 1.0 through a function and then a step of lenses."""
    steps = Steps("k")
    steps.add_function(schema_version("1.0"), schema_version("1.1"), function)
    steps.add_lenses(schema_version("1.1"), schema_version("1.2"), lenses)
    return steps.way(schema_version("1.0"), schema_version("1.2"))


def refuse(_):
    """A step that raises."""
    raise KeyError("host")


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (refuse, "KeyError"),
        (lambda raw: raw["missing"], "KeyError"),
        (lambda raw: raw.update(a=1) or [raw], "list and not an object"),
        (lambda raw: raw.update(a={1: 2}), "cannot be a name"),
        (lambda raw: raw.update(a=object()), "no JSON form"),
        (lambda raw: raw.update(a=float("nan")), "not a JSON number"),
        (lambda raw: raw.update(a=raw), "nested"),
        (lambda: None, "TypeError"),
    ],
)
def test_a_function_that_fails_is_a_typed_error(function, reason):
    """It names the document, the kind and the step, and travels between processes whole."""
    with pytest.raises(MigrationFailedError, match=reason) as caught:
        way(function).run({"x": 1}, "services/web")
    for error in caught.value, pickle.loads(pickle.dumps(caught.value)):  # noqa: S301
        assert (error.name, error.kind, error.from_version, error.to_version) == ("services/web", "k", "1.0", "1.1")
        assert "mend the step, or the document" in str(error)


def test_a_function_may_change_the_document_or_give_another():
    """And sees the version that it comes from; whatever it does to the stamp, the end of the way counts."""
    seen = []

    def replaced(raw):
        seen.append(raw["schema_version"])
        return {"new": raw["x"], "schema_version": "9.9"}

    assert way(replaced).run({"x": 1}, "doc") == {"new": 1, "schema_version": "1.2"}
    assert way(lambda raw: raw.clear()).run({"x": 1}, "doc") == {"schema_version": "1.2"}
    assert way(lambda raw: raw.update(t=("a", "b"))).run({}, "doc")["t"] == ["a", "b"]
    assert seen == ["1.0"]


def test_what_a_function_shares_between_documents_is_not_changed():
    """A default that stands in the program is the same for the second document as for the first."""
    limits = {"limits": {"max": 1}}
    before = deepcopy(limits)
    for function in lambda raw: raw.update(limits), lambda _: limits:
        there = way(function, lens.inside("limits", lens.rename("max", "most")))
        first = there.run({}, "doc")
        first["limits"]["most"] = 2
        assert there.run({}, "doc")["limits"] == {"most": 1}
    assert limits == before


def test_a_lens_that_does_not_suit_names_its_own_step():
    """Not the whole way: that is where to look."""
    with pytest.raises(MigrationFailedError) as caught:
        way(lambda _: None, lens.each("a", lens.wrap("b"))).run({"a": [{}]}, "doc")
    error = caught.value
    assert (error.from_version, error.to_version, error.pointer) == ("1.1", "1.2", "/a/0")


def test_only_lenses_keep_all():
    """A function may drop what the other version has no place for."""
    steps = Steps("k")
    versions = [schema_version(f"1.{minor}") for minor in range(3)]
    steps.add_lenses(versions[0], versions[1], ())
    steps.add_function(versions[1], versions[2], lambda _: None)
    lossless, lossy = steps.way(versions[0], versions[1]), steps.way(versions[0], versions[2])
    assert lossless is not None
    assert lossless.keeps_all
    assert lossy is not None
    assert not lossy.keeps_all


def test_other_ways_are_run_once_for_each_content():
    """What agreed once agrees again, whatever document it stands in; another content is compared anew."""
    steps, long_way = Steps("k"), []
    versions = [schema_version(f"1.{minor}") for minor in range(3)]
    steps.add_function(versions[0], versions[2], lambda raw: raw.update(b=raw["a"]))
    steps.add_function(versions[0], versions[1], lambda raw: long_way.append(raw["a"]))
    steps.add_function(versions[1], versions[2], lambda raw: raw.update(b=min(raw["a"], 2)))
    way = steps.way(versions[0], versions[2])
    assert way is not None
    for name in ("one", "one", "other"):
        assert way.run({"a": 1}, name) == {"a": 1, "b": 1, "schema_version": "1.2"}
    assert long_way == [1]
    way.run({"a": 2}, "one")
    assert long_way == [1, 2]
    for _ in range(2):  # what did not agree is told again
        with pytest.raises(MigrationFailedError, match="disagree"):
            way.run({"a": 3}, "one")
    assert long_way == [1, 2, 3, 3]
