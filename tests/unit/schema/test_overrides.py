"""Overrides: which are in force at a moment, and where a document has them."""

import logging
from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import msgspec
import pytest

from muniment import overrides as public
from muniment.errors import InvalidValueError
from muniment.schema import overrides
from muniment.schema.overrides import Effect

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)


class Entry(msgspec.Struct, kw_only=True):
    """An entry as a program with types has it."""

    id: str | UUID
    expires_at: datetime | str | msgspec.UnsetType | None = msgspec.UNSET
    revoked: bool = False
    revokes: str | UUID | None = None


def ids(entries, now=NOW):
    """The ids of the entries in force."""
    return [entry["id"] for entry in overrides.active(entries, now)]


def tombstone(revokes, key="t"):
    """An entry that revokes another."""
    return {"id": key, "revoked": True, "revokes": revokes}


def warnings(caplog):
    """What was told to the logger of overrides, and to no other."""
    assert {record.name for record in caplog.records} <= {"muniment.overrides"}
    assert {record.levelno for record in caplog.records} <= {logging.WARNING}
    return [record.getMessage() for record in caplog.records]


def test_the_public_module_offers_active_and_effect():
    """`muniment.overrides` offers these names and no others."""
    assert public.__all__ == ["Effect", "active"]
    assert (public.active, public.Effect) == (overrides.active, Effect)


def test_entries_without_an_end_are_in_force(caplog):
    """Null means the same as absent, the order is kept, the entries are given themselves, and nothing is logged."""
    entries = [{"id": "b"}, {"id": "a", "expires_at": None, "revoked": None, "revokes": None, "patch": None}]
    found = overrides.active(iter(entries), NOW)
    assert [given is entry for given, entry in zip(found, entries, strict=True)] == [True, True]
    assert warnings(caplog) == []


@pytest.mark.parametrize("first", [True, False])
def test_a_tombstone_works_before_and_after_what_it_revokes(first, caplog):
    """The place in the list means nothing; all entries of the id are revoked, and no others."""
    entries = [{"id": "a"}, {"id": "b"}, {"id": "a"}]
    entries.insert(0 if first else 3, tombstone("a"))
    assert ids(entries) == ["b"]
    assert warnings(caplog) == []


@pytest.mark.parametrize("expires_at", ["2020-01-01T00:00:00Z", "never", 5])
def test_a_tombstone_never_expires(expires_at, caplog):
    """What is revoked stays so, whatever the tombstone has as its end."""
    assert ids([{"id": "a"}, {**tombstone("a"), "expires_at": expires_at}]) == []
    assert warnings(caplog) == []


def test_a_tombstone_needs_no_id_to_work(caplog):
    """In doubt the override is not in force; the missing id is told."""
    assert ids([{"id": "a"}, {"revoked": True, "revokes": "a"}]) == []
    assert warnings(caplog) == ["override 2 of 2 has no id and is not in force: give it one"]


def test_a_revoked_entry_that_expired_is_no_orphans_target(caplog):
    """A tombstone of an entry that ended by itself is no orphan."""
    assert ids([{"id": "a", "expires_at": "2020-01-01T00:00:00Z"}, tombstone("a")]) == []
    assert warnings(caplog) == []


@pytest.mark.parametrize("revokes", ["x", None, "", 5, ["a"], True, "t", "u"])
def test_an_orphan_tombstone_is_logged_and_ignored(revokes, caplog):
    """It revokes nothing, and other tombstones are nothing that could be revoked."""
    entries = [{"id": "a"}, tombstone("a", "u"), {"id": "b"}, tombstone(revokes)]
    assert ids(entries) == ["b"]
    assert warnings(caplog) == [f"tombstone 't' is ignored: it revokes {revokes!r}, and no override has this id"]


@pytest.mark.parametrize("revoked", [True, "false", 1, "yes", [0]])
def test_whatever_says_revoked_is_never_in_force(revoked):
    """An entry that is marked itself is a tombstone, and anything that may mean true does."""
    assert ids([{"id": "a", "revoked": revoked}, {"id": "b"}]) == ["b"]
    assert ids([{"id": "a"}, {"id": "b", "revoked": revoked, "revokes": "a"}]) == []


def test_an_entry_that_is_not_revoked_is_in_force():
    """`revoked: false` says nothing, and `revokes` alone makes no tombstone."""
    assert ids([{"id": "a", "revoked": False}, {"id": "b", "revokes": "a"}]) == ["a", "b"]


@pytest.mark.parametrize(
    ("expires_at", "in_force"),
    [
        ("2026-01-31T12:00:00Z", False),
        ("2026-01-31T12:00:00.000001Z", True),
        ("2026-01-31T11:59:59.999999999Z", False),
        ("2026-01-31T13:59:59+02:00", False),
        ("2026-01-31T14:00:00+02:00", False),
        ("2026-01-31T14:00:01+02:00", True),
        ("2026-01-31t12:00:01z", True),
        ("2026-01-31T12:00:01-00:00", True),
        ("9999-12-31T23:59:59-23:59", True),
        ("0001-01-01T00:00:00+23:59", False),
        (NOW, False),
        (NOW + A_DAY, True),
        ((NOW + A_DAY).astimezone(timezone(timedelta(hours=-9))), True),
    ],
)
def test_an_entry_is_in_force_until_it_expires(expires_at, in_force, caplog):
    """The moment itself is past; offsets count; text and datetime mean the same."""
    assert ids([{"id": "a", "expires_at": expires_at}]) == ["a"] * in_force
    assert warnings(caplog) == []


@pytest.mark.parametrize(
    "expires_at",
    [
        "2099-01-31T12:00:00",
        "2099-01-31",
        "2099-01-31 12:00:00Z",
        "2099-01-31T12:00Z",
        "2099-01-31T12:00:00+0200",
        "2099-01-31T12:00:00+24:00",
        "2099-01-31T12:00:00+02:00:30",
        "2099-01-31T24:00:00Z",
        "2099-02-30T12:00:00Z",
        "2099-W05-6T12:00:00Z",
        "20990131T120000Z",
        "2099-01-31T12:00:00,5Z",
        "2099-01-31T12:00:00Z\n",
        " 2099-01-31T12:00:00Z",
        "\uff12\uff1099-01-31T12:00:00Z",
        "99999-01-31T12:00:00Z",
        "tomorrow",
        "",
        4_000_000_000,
        True,
        False,
        [],
        {},
        (NOW + A_DAY).replace(tzinfo=None),
        date(2099, 1, 31),
    ],
)
def test_an_end_that_cannot_be_read_is_past(expires_at, caplog):
    """What is no RFC 3339 time with an offset counts as expired, and is told with the id."""
    assert ids([{"id": "a", "expires_at": expires_at}, {"id": "b"}]) == ["b"]
    assert len(warnings(caplog)) == 1
    assert warnings(caplog)[0].startswith(f"override 'a' counts as expired: its expires_at, {expires_at!r}, is no time")


@pytest.mark.parametrize(
    "entry", [None, "a", 5, True, ["id", "a"], {}, {"id": None}, {"id": ""}, {"id": True}, {"id": 1.0}, {"id": ["a"]}]
)
def test_what_is_no_entry_is_not_in_force(entry, caplog):
    """No object, or an object without an id that is a text or an integer: logged, by its place."""
    assert ids([{"id": "a"}, entry]) == ["a"]
    assert warnings(caplog) == ["override 2 of 2 has no id and is not in force: give it one"]


def test_ids_are_the_same_only_when_they_are_written_alike():
    """The text "1" is not the number 1."""
    assert ids([{"id": 1}, {"id": "1"}, tombstone("1")]) == [1]


def test_entries_may_be_structs_and_objects():
    """Attributes count as members do; `UNSET` is absent, and a UUID is the text that JSON has for it."""
    uuid = UUID(int=5)
    a, late, other = Entry(id="a"), Entry(id="b", expires_at=NOW), SimpleNamespace(id="c", expires_at=NOW + A_DAY)
    revoked, gone = Entry(id=uuid), Entry(id="t", revoked=True, revokes=str(uuid))
    assert overrides.active([a, late, other, revoked, gone], NOW) == [a, other]


def test_without_a_moment_it_is_now():
    """The present moment counts where none is given."""
    present = datetime.now(UTC)
    entries = [{"id": "a", "expires_at": present + A_DAY}, {"id": "b", "expires_at": present - A_DAY}]
    assert [entry["id"] for entry in overrides.active(entries)] == ["a"]


@pytest.mark.parametrize("now", [NOW.replace(tzinfo=None), "2026-01-31T12:00:00Z", NOW.date(), 0])
def test_a_moment_without_offset_is_refused(now):
    """Nobody knows which moment is meant, so nothing is answered, not even for no entries."""
    with pytest.raises(InvalidValueError, match="now must be an aware datetime"):
        overrides.active([], now)


@pytest.mark.parametrize("entries", [None, 5, "a", b"a", {"id": "a"}, Entry(id="a")])
def test_entries_that_are_no_list_are_refused(entries):
    """One entry alone is no list of entries, and text is none."""
    with pytest.raises(InvalidValueError, match="overrides are a list of entries, not"):
        overrides.active(entries, NOW)


@pytest.mark.parametrize("document", [{}, {"a": 1}, [], 5, None, "text", [1]])
def test_a_document_without_overrides_has_none(document):
    """Nothing at the pointer is an empty list."""
    assert overrides.entries_of(document) == []


def test_the_entries_lie_at_the_pointer():
    """Any place will do; the list is the document's own."""
    document: Any = {"overrides": [{"id": "a"}], "x": [{"overrides": [5]}]}
    assert overrides.entries_of(document) is document["overrides"]
    assert overrides.entries_of(document, "/x/0/overrides") == [5]
    assert overrides.entries_of(document, "/x/1/overrides") == []


@pytest.mark.parametrize("found", [None, {}, {"a": {"id": "a"}}, "a", 5, True])
def test_overrides_that_are_no_list_are_refused(found):
    """Something that cannot be read as entries is not taken for none; the error says where it is."""
    with pytest.raises(InvalidValueError, match="overrides must be a list of entries at /overrides") as caught:
        overrides.entries_of({"overrides": found})
    assert caught.value.pointer == "/overrides"


def test_a_pointer_that_is_none_is_refused():
    """A slip in the pointer is not taken for a document without overrides."""
    with pytest.raises(InvalidValueError, match="a pointer begins with"):
        overrides.entries_of({}, "overrides")
