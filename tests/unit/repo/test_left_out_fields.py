"""Fields that a file leaves out because they have their defaults: an edit of something else does not write them."""

import json
from typing import Any

import msgspec
import pytest

from muniment import Schema, Store, lens


class Check(msgspec.Struct):
    """A type within others."""

    path: str
    every: int = 60


class Service(msgspec.Struct):
    """A type in which all but one field have defaults."""

    host: str
    port: int = 8080
    owner: str | None = None
    best: Check | None = None
    checks: list[Check] = []


RAW: dict[str, Any] = {"checks": [{"path": "/", "x": 1}], "host": "h", "schema_version": "1.0"}


@pytest.fixture
def typed(root):
    """A new store opened with the schema."""
    schema = Schema(Service, kind="service", version="1.0", names="web", keys={"/checks": "path"})
    with Store.init(root, author="Ada <ada@example.org>", schemas=[schema]) as made:
        yield made


@pytest.fixture
def on_disk(root):
    """Give the document's file as plain JSON."""
    return lambda: json.loads((root / "web.json").read_text())


def by_edit(store):
    """In place."""
    with store.edit("web") as web:
        web.host = "g"


def by_write(store):
    """By a value that was never read."""
    store.write("web", Service("g", checks=[Check("/")]))


def in_transaction(store):
    """In a transaction."""
    with store.transaction("change") as tx, tx.edit("web") as web:
        web.host = "g"


@pytest.mark.parametrize("change", [by_edit, by_write, in_transaction], ids=lambda function: function.__name__)
def test_what_is_left_out_and_unchanged_stays_left_out(typed, put, on_disk, change):
    """At the top, in nested objects and in items."""
    put("web", json.dumps(RAW))
    typed.commit("by hand")
    change(typed)
    assert on_disk() == {**RAW, "host": "g"}


def test_what_is_set_is_written(typed, put, on_disk):
    """To something else; and what was there stays there when it is set to its default."""
    put("web", json.dumps({**RAW, "owner": "ada"}))
    with typed.edit("web") as web:
        web.port = 1
        web.owner = None
        web.checks[0].every = 5
    assert on_disk() == {**RAW, "owner": None, "port": 1, "checks": [{"every": 5, "path": "/", "x": 1}]}


def test_what_is_new_is_written_in_full(typed, put, on_disk):
    """An object or an item that the file did not have, with its defaults; and so is a new document."""
    put("web", json.dumps(RAW))
    with typed.edit("web") as web:
        web.best = Check("/best")
        web.checks.append(Check("/new"))
    full = {"every": 60, "path": "/new"}
    assert on_disk() == {**RAW, "best": {"every": 60, "path": "/best"}, "checks": [*RAW["checks"], full]}
    typed.delete("web")
    typed.write("web", Service("h"))
    assert on_disk().keys() == {"best", "checks", "host", "owner", "port", "schema_version"}


def test_what_is_left_out_stays_so_through_lenses(root, put, on_disk):
    """An old program edits a newer document that leaves out a field of which lenses know another default."""

    class Newer(Service):
        """What the newer program knows."""

        tls: bool = True

    newer = Schema(Newer, kind="service", version="1.1", names="web")
    newer.lens("1.0", "1.1", lens.add("tls", default=False))
    with Store.init(root, schemas=[newer]) as store:
        store.write("web", Newer("h"))
        put("web", '{"host": "h", "schema_version": "1.1"}')
        with Store.open(root, schemas=[Schema(Service, kind="service", version="1.0", names="web")]) as old_one:
            by_edit(old_one)
        assert on_disk() == {"host": "g", "schema_version": "1.1"}
        assert store.read("web").tls
