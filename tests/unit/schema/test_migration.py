"""Bringing documents to a version: own steps and stored ones, what is newer, and the edit's way back."""

from copy import deepcopy

import pytest

from muniment.errors import (
    InvalidValueError,
    MalformedError,
    MigrationFailedError,
    MigrationMissingError,
    SchemaMajorMismatchError,
)
from muniment.schema import kept, lens
from muniment.schema.migration import Migration
from muniment.schema.record import Stored
from muniment.schema.steps import LensStep, Steps
from muniment.schema.version import schema_version
from muniment.values import canonical


def step(older, newer, *lenses):
    """A step that the store keeps."""
    return LensStep(older=schema_version(older), newer=schema_version(newer), lenses=lenses)


def migration(version, *own, stored=(), unversioned=None, functions=()):
    """The migration of a program of some version, with its own steps and those of the store."""
    steps = Steps("k")
    for one in own:
        steps.add_lenses(one.older, one.newer, one.lenses)
    for start, end, function in functions:
        steps.add_function(schema_version(start), schema_version(end), function)
    return Migration("k", version, unversioned, steps, stored if callable(stored) else lambda: Stored(tuple(stored)))


def text(version=None, **members):
    """A document."""
    return canonical.encode(members if version is None else {"schema_version": version, **members})


RENAMED = step("1.0", "1.1", lens.rename("host", "hostname"), lens.add("tls", default=False))


def edited(here, data, **changes):
    """A document after an edit at the program's version, brought back to its own."""
    before, found = here.own("doc", data)
    return here.carry_back("doc", before, {**deepcopy(before), **changes}, data, found)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"[]", ""),
        (b'"a"', ""),
        (b'{"schema_version":1.1}', "/schema_version"),
        (text("1"), "/schema_version"),
    ],
)
def test_what_is_no_document_of_the_kind(data, place):
    """No object, or no version in its stamp: a fault with its place."""
    with pytest.raises(InvalidValueError) as caught:
        migration("1.1").own("doc", data)
    assert caught.value.pointer == place


def test_a_document_without_a_version():
    """Is refused, unless the schema says what to take it for."""
    with pytest.raises(SchemaMajorMismatchError) as caught:
        migration("1.1").own("doc", text(host="a"))
    error = caught.value
    assert (error.name, error.kind, error.from_version, error.to_version) == ("doc", "k", None, "1.1")
    document, found = migration("1.1", RENAMED, unversioned="1.0").own("doc", text(host="a"))
    assert (document, str(found)) == ({"schema_version": "1.1", "hostname": "a", "tls": False}, "1.0")


@pytest.mark.parametrize(
    ("version", "sort"),
    [("1.0", MigrationMissingError), ("0.9", SchemaMajorMismatchError), ("2.0", SchemaMajorMismatchError)],
)
def test_no_steps_lead_there(version, sort):
    """Each names the document, the kind and both versions; of another major it is said so."""
    with pytest.raises(MigrationMissingError) as caught:
        migration("1.1").own("doc", text(version))
    error = caught.value
    assert type(error) is sort
    assert (error.name, error.kind, error.from_version, error.to_version) == ("doc", "k", version, "1.1")


def test_steps_across_majors():
    """Are steps like others."""
    here = migration("2.0", RENAMED, step("1.1", "2.0", lens.remove("tls")))
    document, _ = here.own("doc", text("1.0", host="a"))
    assert document == {"schema_version": "2.0", "hostname": "a", "schema_kept": {"1.1>2.0:0": False}}


def test_a_newer_minor_version():
    """The store's lenses bring it down; without them it stays as it is."""
    data = text("1.1", hostname="a", tls=True)
    document, _ = migration("1.0", stored=[RENAMED]).own("doc", data)
    assert kept.without(document) == {"schema_version": "1.0", "host": "a"}
    assert migration("1.0").own("doc", data)[0] == canonical.decode_trusted(data)


def test_the_store_is_asked_only_where_the_program_knows_no_way():
    """So a damaged record harms nobody who does not need it; who does is told."""
    damaged = Stored(unreadable=(MalformedError("schemas/k/x.json", "no record"),))
    here = migration("1.1", RENAMED, stored=lambda: damaged)
    assert here.own("doc", text("1.0", host="a"))[0]["hostname"] == "a"
    with pytest.raises(MigrationFailedError, match="malformed") as caught:
        here.own("doc", text("1.2"))
    assert (caught.value.name, caught.value.from_version, caught.value.to_version) == ("doc", "1.2", "1.1")
    differing = [RENAMED, step("1.0", "1.1")]
    with pytest.raises(MigrationFailedError, match="differ"):
        migration("1.0", stored=differing).own("doc", text("1.1"))


def test_new_records_in_the_store_are_seen():
    """A program that is open notices what another wrote."""
    stored = [Stored()]
    here = migration("1.0", stored=lambda: stored[0])
    assert here.own("doc", text("1.1", hostname="a", tls=True))[0]["hostname"] == "a"
    stored[0] = Stored((RENAMED,))
    assert here.own("doc", text("1.1", hostname="a", tls=True))[0]["host"] == "a"


def test_an_edit_of_a_newer_document_goes_back_up():
    """By lenses with all that the newer version has; without lenses it keeps its stamp."""
    data = text("1.1", hostname="a", tls=True, z=1)
    expected = {"schema_version": "1.1", "hostname": "b", "tls": True, "z": 1}
    assert edited(migration("1.0", stored=[RENAMED]), data, host="b") == expected
    assert edited(migration("1.0"), data, hostname="b") == expected
    without = text("1.1", hostname="a")
    assert edited(migration("1.0", stored=[RENAMED]), without, host="b") == {"schema_version": "1.1", "hostname": "b"}


def test_an_edit_of_an_older_document_stays_at_the_newer_version():
    """Writing stamps the version of the program."""
    expected = {"schema_version": "1.1", "hostname": "b", "tls": False}
    assert edited(migration("1.1", RENAMED), text("1.0", host="a"), hostname="b") == expected


def test_what_a_function_drops_on_the_way_down_is_still_there():
    """Only what the edit changed is carried over."""
    data = text("1.1", hostname="a", tls=True, z=[1])

    def down(raw):
        raw["host"] = raw.pop("hostname")
        del raw["tls"], raw["z"]

    def up(raw):
        raw["hostname"] = raw.pop("host")
        raw["tls"] = False

    expected = {"schema_version": "1.1", "hostname": "b", "tls": True, "z": [1]}
    functions = [("1.1", "1.0", down), ("1.0", "1.1", up)]
    assert edited(migration("1.0", functions=functions), data, host="b") == expected


def test_lenses_up_and_a_function_down():
    """The shortest way down is a function that drops: the lenses that lead up would not know what."""

    def down(raw):
        del raw["a"], raw["b"]

    own = step("1.0", "1.1", lens.add("a", 0)), step("1.1", "1.2", lens.add("b", 0))
    here = migration("1.0", *own, functions=[("1.2", "1.0", down)])
    assert edited(here, text("1.2", a=1, b=2, x=1), x=2) == {"schema_version": "1.2", "a": 1, "b": 2, "x": 2}


def test_an_edit_that_cannot_go_back_up_is_refused():
    """Steps lead down only: written at the older version, it would lose what the newer one has."""
    here = migration("1.0", functions=[("1.1", "1.0", lambda raw: raw.pop("tls") and None)])
    with pytest.raises(MigrationMissingError) as caught:
        edited(here, text("1.1", tls=True), host="b")
    assert (caught.value.from_version, caught.value.to_version) == ("1.0", "1.1")


def test_states_are_brought_to_one_version():
    """The newest among them and the program's own; what is not there stays so."""
    here = migration("1.0", stored=[RENAMED])
    sides = [text("1.0", host="a"), None, text("1.1", hostname="b", tls=True)]
    assert here.level("doc", sides) == [
        {"schema_version": "1.1", "hostname": "a", "tls": False},
        None,
        {"schema_version": "1.1", "hostname": "b", "tls": True},
    ]
    assert here.level("doc", [None, text("1.0", host="a")]) == [None, {"schema_version": "1.0", "host": "a"}]
