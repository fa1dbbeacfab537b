"""The note of a merge that waits: what is kept of it, and what is no such note."""

import json
from datetime import UTC, datetime

import pytest

from muniment import ABSENT, MalformedError
from muniment.values import unfinished_merge
from muniment.values.conflict import Conflict
from muniment.values.ids import BlobId, CommitId
from muniment.values.names import branch_name, document_name
from muniment.values.unfinished_merge import MergedDocument, UnfinishedMerge, decode, encode, place_of

BLOB, COMMIT = BlobId("ab" * 32), CommitId("cd" * 32)


def conflict(name="a", pointer="/x", **sides):
    """A conflict at some place."""
    values = {"base": 0, "ours": 1, "theirs": 2, **sides}
    return Conflict(name=document_name(name), pointer=pointer, kind="modify-modify", id=f"0:{pointer}", **values)


def merge(*conflicts, **more):
    """A merge with these conflicts."""
    documents = {}
    for one in conflicts:
        places = tuple(place_of(other) for other in conflicts if other.name == one.name)
        documents[one.name] = MergedDocument(before=BLOB, merged=None, places=places)
    fields = {
        "verb": "merge",
        "branch": branch_name("main"),
        "heads": (COMMIT,),
        "parents": (COMMIT, COMMIT),
        "message": "m",
        "author": "Ada <ada@example.org>",
        "time": datetime(2026, 1, 1, tzinfo=UTC),
        "documents": documents,
        "meta": {"revert": COMMIT},
    }
    return UnfinishedMerge(**{**fields, **more})


VALUES = [
    None,
    False,
    0,
    1,
    1.5,
    2**53 - 1,
    1e300,
    "",
    "ABSENT",
    "é\U0001f600",
    [],
    {},
    {"value": None},
    [[1], {"a": []}],
]


@pytest.mark.parametrize("value", [*VALUES, ABSENT], ids=repr)
def test_a_side_is_read_as_it_was_written(value):
    """Null and nothing are told apart, and no value is taken for another."""
    for side in ("base", "ours", "theirs"):
        written = conflict(**{side: value})
        (read,) = decode("p", encode(merge(written))).open_conflicts()
        assert repr(read) == repr(written)
        assert read == written
        assert repr(place_of(written).side(side)) == repr(value)


def test_a_merge_is_read_as_it_was_written():
    """With its reasons, its texts, and what was settled."""
    written = merge(conflict(), conflict("b", ""))
    assert decode("p", encode(written)) == written
    assert encode(decode("p", encode(written))) == encode(written)


def test_open_conflicts_come_by_name_and_in_the_order_of_places():
    """Those that are settled are left out."""
    found = merge(conflict("b", "/2"), conflict("b", "/1"), conflict("a", "/z"))
    assert [(one.name, one.pointer) for one in found.open_conflicts()] == [("a", "/z"), ("b", "/2"), ("b", "/1")]


def test_what_newer_programs_add_is_passed_over():
    """Unknown members are no fault."""
    document = json.loads(encode(merge(conflict())))
    document["more"] = 1
    document["documents"]["a"]["more"] = 1
    document["documents"]["a"]["places"][0]["more"] = 1
    assert decode("p", json.dumps(document).encode()) == merge(conflict())


@pytest.mark.parametrize(
    "change",
    [
        {"type": "other"},
        {"verb": "octopus"},
        {"documents": []},
        {"heads": None},
        {"time": "2026-01-01T00:00:00"},
        {"branch": 5},
    ],
    ids=str,
)
def test_what_is_no_note_of_a_merge_is_malformed(change):
    """The error names the file."""
    document = {**json.loads(encode(merge(conflict()))), **change}
    for data in (json.dumps(document).encode(), b"", b"[]", b"{", b"\xff", b"[" * 100_000):
        with pytest.raises(MalformedError) as raised:
            decode("the/file", data)
        assert raised.value.path == "the/file"


def test_the_canonical_form_says_which_sides_there_are():
    """What docs/format/local.md says of places."""
    place = json.loads(unfinished_merge.encode(merge(conflict(base=ABSENT, ours=None))))["documents"]["a"]["places"][0]
    assert place == {
        "id": "0:/x",
        "kind": "modify-modify",
        "ours": {"value": None},
        "pointer": "/x",
        "theirs": {"value": 2},
    }
