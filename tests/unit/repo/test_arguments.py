"""Arguments of the wrong kind: each is refused as an error of ours, before anything happens."""

import errno
from datetime import UTC, date, datetime, tzinfo
from typing import Annotated

import msgspec
import pytest

from muniment import InvalidNameError, InvalidValueError, RevisionNotFoundError, StorageError, Store


class NoZone(tzinfo):
    """A zone that does not say how far it is from UTC."""

    def utcoffset(self, _):
        """Say nothing."""
        return


NAMES = {
    "read a list": lambda store: store.read(["a"]),
    "exists": lambda store: store.exists({}),
    "write": lambda store: store.write(5, 1),
    "edit": lambda store: store.edit([1]).__enter__(),
    "history": lambda store: store.history([1]),
    "blame": lambda store: store.blame(5),
    "log": lambda store: store.log(name=5),
    "prefix": lambda store: store.names(5),
    "author": lambda store: store.commit("no", author=5),
    "unhashable author": lambda store: store.commit("no", author=[]),
    "branch": lambda store: store.transaction("no", branch=[]),
    "commit": lambda store: store.commit("no", names=5),
    "commit a letter": lambda store: store.commit("no", names="web"),
    "diff": lambda store: store.diff(names=5),
    "diff a letter": lambda store: store.diff(names="web"),
    "rollback": lambda store: store.rollback("HEAD", names=5, reason="no"),
    "rollback a letter": lambda store: store.rollback("HEAD", names="web", reason="no"),
    "restore": lambda store: store.restore(5),
    "restore a letter": lambda store: store.restore("web"),
    "read a snapshot": lambda store: store.at("HEAD").read(5),
    "get of a snapshot": lambda store: store.at("HEAD").get([1]),
    "prefix of a snapshot": lambda store: store.at("HEAD").names(5),
}

VALUES = {
    "meta": lambda store: store.commit("no", meta=[1], allow_empty=True),
    "empty meta": lambda store: store.commit("no", meta=[], allow_empty=True),
    "meta of a transaction": lambda store: store.transaction("no", meta="text"),
    "key of meta": lambda store: store.commit("no", meta={1: 2}, allow_empty=True),
    "negative limit": lambda store: store.log(limit=-1),
    "limit": lambda store: store.log(limit="x"),
    "day": lambda store: store.log(since=date(2026, 1, 1)),
    "number for a time": lambda store: store.log(until=5),
    "type": lambda store: store.read("web", 5),
    "unhashable type": lambda store: store.read("web", [1]),
    "type of a snapshot": lambda store: store.at("HEAD").read("web", 5),
}


@pytest.fixture
def begun(store):
    """A store with one commit."""
    store.write("web", 1)
    store.commit("begin")
    return store


@pytest.mark.parametrize("use", NAMES.values(), ids=NAMES)
def test_what_is_no_name_is_refused_as_one(begun, use):
    """Where a name is wanted, or a list of them, everything else is an `InvalidNameError`, and nothing is done."""
    with pytest.raises(InvalidNameError):
        use(begun)
    assert len(begun.log()) == 1
    assert begun.status().clean


@pytest.mark.parametrize("use", VALUES.values(), ids=VALUES)
def test_what_is_no_such_value_is_refused_as_one(begun, use):
    """Elsewhere it is an `InvalidValueError`, and nothing is committed."""
    with pytest.raises(InvalidValueError):
        use(begun)
    assert len(begun.log()) == 1


def test_a_type_in_a_transaction_is_checked_too(begun):
    """What it wrote itself is read as a type as well."""
    with begun.transaction("go on") as tx:
        tx.write("api", 1)
        with pytest.raises(InvalidValueError):
            tx.read("api", 5)


def test_any_type_that_msgspec_knows_will_do(begun):
    """One that cannot be hashed, too."""
    kind = Annotated[int, msgspec.Meta(extra={"unhashable": []})]
    assert begun.read("web", kind) == begun.at("HEAD").read("web", kind) == 1


@pytest.mark.parametrize("revision", [5, None, b"x", ["HEAD"]])
def test_what_is_no_string_means_no_commit(begun, revision):
    """For every verb that takes a revision."""
    for use in (begun.at, begun.log, begun.show, begun.diff, lambda other: begun.restore(["web"], other)):
        with pytest.raises(RevisionNotFoundError, match="is a string"):
            use(revision)


@pytest.mark.parametrize("zone", [None, NoZone()])  # type: ignore[abstract]
def test_a_time_without_a_zone_is_none(begun, zone):
    """Also one with a zone that does not tell its distance from UTC."""
    with pytest.raises(InvalidValueError, match="no zone"):
        begun.log(since=datetime(2026, 1, 1, tzinfo=zone))
    assert begun.log(since=datetime(2026, 1, 1, tzinfo=UTC), limit=1) == begun.log()


@pytest.mark.parametrize("path", ["a\0b", "\ud800", 5, None, b"folder"])
@pytest.mark.parametrize("make", [Store.init, Store.open, Store.find])
def test_what_is_no_path_is_refused(make, path):
    """Text, or a path of text, that the system can take; nothing else names a store."""
    with pytest.raises(InvalidNameError, match="cannot name a store"):
        make(path)


@pytest.mark.parametrize(
    "setting",
    [{"lock_timeout_s": bad} for bad in (float("nan"), "x", None, -1, -0.5)]
    + [{"durability": []}, {"durability": "o"}],
)
def test_settings_are_checked_before_a_store_is_made(root, setting):
    """`init` and `open` take the same settings, and a wrong one leaves no half a store."""
    with pytest.raises(InvalidValueError):
        Store.init(root, **setting)
    assert not root.exists()
    Store.init(root).close()
    with pytest.raises(InvalidValueError):
        Store.open(root, **setting)


def test_a_store_is_made_with_the_settings_of_open(root):
    """What `init` gives may wait less, and leave the disk alone, like one that `open` gives."""
    with Store.init(root, author="Ada", lock_timeout_s=float("inf"), durability="os") as store:
        store.write("web", 1)
        store.commit("begin")
        assert store.verify().ok


def test_the_error_of_a_rename_names_its_target():
    """The temporary file, from which it is renamed, tells nobody anything."""
    refused = PermissionError(errno.EACCES, "no", "tmp/17", None, "web.json")
    assert StorageError.of(refused, "write", "the store").path == "web.json"
