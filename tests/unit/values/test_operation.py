"""Operations as lines of the log: canonical, and read whatever later versions add to them."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import MalformedError
from muniment.values import canonical
from muniment.values.ids import CommitId, TagId
from muniment.values.names import BranchName, TagName
from muniment.values.operation import HeadMove, Operation, OperationId, TagMove, decode, decode_moves, encode

ids = st.sampled_from(["0" * 64, "a1" * 32, "f" * 64])
branches = st.sampled_from(["main", "team/red", "é"]).map(BranchName)
moves = st.builds(HeadMove, branches, st.none() | ids.map(CommitId), st.none() | ids.map(CommitId))
tag_moves = st.builds(
    TagMove, st.sampled_from(["v1", "v/2"]).map(TagName), st.none() | ids.map(TagId), st.none() | ids.map(TagId)
)
operations = st.builds(
    Operation,
    author=st.text(max_size=5),
    heads=st.lists(moves, max_size=3).map(tuple),
    message=st.text(max_size=5),
    time=st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - as Hypothesis asks
    verb=st.sampled_from(["commit", "undo", "a verb to come"]),
    redoes=st.none() | ids.map(OperationId),
    selected=st.none() | st.tuples(branches, branches),
    tags=st.lists(tag_moves, max_size=2).map(tuple),
    undoes=st.none() | ids.map(OperationId),
    worktree=st.booleans(),
    id=st.just(OperationId("")),
)

LEAST = {"author": "", "heads": [], "message": "", "time": "2026-01-01T00:00:00Z", "verb": "tag"}


def line(**members):
    """A line with the members that each has, and others."""
    return canonical.encode({**LEAST, **members})


@given(operations)
def test_an_operation_is_read_as_it_was_written(operation):
    """And its line is canonical, so that its hash names it in every copy of the log."""
    written = encode(operation)
    assert canonical.encode(canonical.decode(written)) == written
    found = decode(written)
    assert found.id == canonical.digest(written)
    assert encode(found) == written
    assert [getattr(found, name) for name in found.__struct_fields__ if name != "id"] == [
        getattr(operation, name) for name in operation.__struct_fields__ if name != "id"
    ]
    assert hash(found) == hash(decode(written))


def test_what_an_operation_does_not_touch_is_left_out():
    """But its heads, which most have."""
    operation = Operation(author="", heads=(), message="m", time=datetime(2026, 1, 1, tzinfo=UTC), verb="tag")
    assert encode(operation) == line(message="m", time="2026-01-01T00:00:00.000000Z")


def test_a_line_of_an_earlier_version_replaced_no_files_and_undoes_nothing():
    """As far as it tells."""
    found = decode(line(heads=[["main", None, "0" * 64]]))
    assert (found.worktree, found.undoes, found.redoes, found.selected, found.tags) == (False, None, None, None, ())
    assert found.heads == (HeadMove(BranchName("main"), None, CommitId("0" * 64)),)


def test_members_of_a_later_version_are_passed_over():
    """So are the order of members and the time's zone."""
    found = decode(json.dumps({"new": [1], **LEAST, "time": "2026-01-01T02:00:00+02:00"}).encode())
    assert found.time == datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b"\xff",
        b"5",
        b"{}",
        line(heads=[["main", None]]),
        line(heads=[["..", None, "0" * 64]]),
        line(heads=[["a~1", None, "0" * 64]]),
        line(tags=[["/", None, "0" * 64]]),
        line(time="2026-01-01T00:00:00"),
        line(selected=["main"]),
        line(selected=["main", "../main"]),
        line(worktree=1),
    ],
)
def test_what_is_no_operation_is_refused(damaged):
    """It is told from what can be taken back."""
    with pytest.raises(MalformedError, match="a line that is no operation"):
        decode(damaged)


@given(operations)
def test_the_moves_alone_are_read_as_with_all_the_rest(operation):
    """When it was, and where heads moved."""
    assert decode_moves(encode(operation)) == (operation.time, operation.heads)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"[]",
        b"\xff",
        line(time="2026-01-01T00:00:00"),
        line(heads=[["main", None]]),
        line(heads=[["main", None, "a1"]]),
        line(heads=[["main", "g" * 64, None]]),
    ],
)
def test_moves_that_are_none_are_refused(damaged):
    """Also of what can be no head."""
    with pytest.raises(MalformedError):
        decode_moves(damaged)
