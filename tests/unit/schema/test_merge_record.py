"""Records of merge rules: what is read back, and what is none."""

import json
from datetime import UTC, datetime

import pytest

from muniment.errors import MalformedError
from muniment.schema import merge_record
from muniment.schema.merge_record import MergeRecord
from muniment.schema.merge_rules import MergeRules

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
RULES = MergeRules("a", names=["b", "a"], keys={"/l": "id"}, strategies={"/x": "max", "/*": "ours"})
BODY = {**merge_record.body(RULES), "time": "2026-01-01T12:00:00.000000Z", "type": "merge-rules"}


def read(**changed):
    """Read a record that differs in some members."""
    return merge_record.decode("file", "a", json.dumps({**BODY, **changed}).encode())


def test_a_record_comes_back():
    """With the places in their order, and the patterns in order too."""
    found = merge_record.decode("file", "a", merge_record.encode(MergeRecord(RULES, NOON)))
    assert found.rules == MergeRules("a", names=["a", "b"], keys=RULES.keys, strategies=RULES.strategies)
    assert found.time == NOON


def test_what_the_order_of_patterns_is_does_not_matter():
    """The same patterns in another order, or twice, are the same record."""
    other = MergeRules("a", names=["a", "b", "a"], keys=RULES.keys, strategies=RULES.strategies)
    assert merge_record.body(other) == merge_record.body(RULES)


def test_a_function_is_written_as_none():
    """Programs that do not have it must not take a later place's strategy instead."""
    made = MergeRules("a", names="a", strategies={"/x": max, "/*": "ours"})
    assert merge_record.body(made)["strategies"] == [["/x", None], ["/*", "ours"]]


def test_what_a_newer_program_may_write_is_read():
    """An unknown member is passed over; an unknown strategy is none."""
    assert read(more=1).rules.strategies == RULES.strategies
    assert read(strategies=[["/x", "newest"], ["/*", "ours"]]).rules.strategies == {"/x": None, "/*": "ours"}


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "branch"},
        {"name": "b"},
        {"name": "a/b"},
        {"names": ["***"]},
        {"names": "a"},
        {"keys": {"/l": "id"}},
        {"keys": [["l", "id"]]},
        {"keys": [["/l", "id"], ["/l", "name"]]},
        {"strategies": [["/x", 1]]},
        {"strategies": [["/x", "max"], ["/x", None]]},
        {"time": "2026-01-01T12:00:00"},
        {"time": None},
    ],
)
def test_what_is_no_record_is_told_with_its_file(changed):
    """Each member has to be what the page says."""
    with pytest.raises(MalformedError) as raised:
        read(**changed)
    assert raised.value.path == "file"


@pytest.mark.parametrize("member", BODY)
def test_no_member_may_be_missing(member):
    """The type neither."""
    body = {name: value for name, value in BODY.items() if name != member}
    with pytest.raises(MalformedError):
        merge_record.decode("file", "a", json.dumps(body).encode())


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"[" * 100_000])
def test_what_is_no_object_is_no_record(data):
    """Also where it is no JSON, or nested without end."""
    with pytest.raises(MalformedError):
        merge_record.decode("file", "a", data)
