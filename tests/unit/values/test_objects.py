"""Commits and tree nodes in their canonical form: the bytes that name them."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import InvalidValueError, MalformedError
from muniment.values.ids import CommitId
from muniment.values.objects import (
    TreeNode,
    decode_commit,
    decode_link,
    decode_node,
    encode_commit,
    encode_node,
    format_time,
)

ID: Any = "0123456789abcdef" * 4
FIELDS: dict[str, Any] = {
    "tree": ID,
    "parents": (ID, "f" * 64),
    "author": "Ada <ada@example.org>",
    "time": datetime(2026, 11, 20, 15, 4, 5, 123456, tzinfo=UTC),
    "message": "raise the port",
    "generation": 12,
    "meta": {},
}
TEXT = (
    '{"author":"Ada <ada@example.org>","generation":12,"message":"raise the port",'
    f'"parents":["{ID}","{"f" * 64}"],"time":"2026-11-20T15:04:05.123456Z","tree":"{ID}","type":"commit"}}'
)


def test_a_commit_is_written_as_the_format_says():
    """Sorted names, no spaces; `meta` only where it holds something."""
    assert encode_commit(**FIELDS) == TEXT.encode()
    with_meta = encode_commit(**{**FIELDS, "meta": {"b": 1, "a": [1.0]}})
    assert with_meta == TEXT.replace('"parents"', '"meta":{"a":[1],"b":1},"parents"').encode()


def test_a_commit_comes_back_as_it_was():
    """With its id, which is not in its bytes."""
    data = encode_commit(**{**FIELDS, "meta": {"a": 1}})
    commit = decode_commit(CommitId(hashlib.sha256(data).hexdigest()), data)
    assert {name: getattr(commit, name) for name in FIELDS} == {**FIELDS, "meta": {"a": 1}}
    assert commit.id == hashlib.sha256(data).hexdigest()
    assert commit.signature is None


@given(
    message=st.text(),
    author=st.text(max_size=9),
    generation=st.integers(1, 2**53),
    time=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-11, minutes=-30))])),
)
def test_every_commit_survives_and_is_canonical(message, author, generation, time):
    """Whatever is written in it; another canonicaliser agrees about the bytes."""
    if not datetime(2, 1, 1, tzinfo=UTC) < time < datetime(9998, 1, 1, tzinfo=UTC):
        time = FIELDS["time"]
    fields = {**FIELDS, "message": message, "author": author, "generation": generation, "time": time}
    data = encode_commit(**fields)
    commit = decode_commit(ID, data)
    assert {name: getattr(commit, name) for name in FIELDS} == fields
    assert commit.time.utcoffset() == timedelta(0)
    if generation < 2**53:
        assert rfc8785.dumps(msgspec.json.decode(data)) == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b'"commit"',
        b"\xff",
        b'{"type":"tree","entries":[],"level":0}',
        TEXT.replace('"type":"commit"', '"type":"tag"').encode(),
        TEXT.replace(',"type":"commit"', "").encode(),
        TEXT.replace('"generation":12,', "").encode(),
        TEXT.replace("12", '"12"').encode(),
        TEXT.replace("12", "1.5").encode(),
        TEXT.replace("12", str(2**62)).encode(),
        TEXT.replace("2026-11-20T", "yesterday").encode(),
        TEXT.replace("123456Z", "123456").encode(),
        TEXT.replace('["', "[7,").encode(),
        TEXT.encode() + b"x",
    ],
)
def test_what_is_no_commit_is_refused(data):
    """Another kind of object, a missing field, a wrong type, a time without a zone."""
    with pytest.raises(MalformedError) as raised:
        decode_commit(ID, data)
    assert raised.value.path == ID


def test_a_link_is_the_commit_as_far_as_it_leads_on():
    """Its parents, its time and its generation; and what is no commit leads nowhere."""
    commit, link = decode_commit(ID, TEXT.encode()), decode_link(ID, TEXT.encode())
    assert (link.parents, link.time, link.generation) == (commit.parents, commit.time, commit.generation)
    for data in (
        b"",
        b"[]",
        TEXT.encode()[:-1],
        TEXT.replace("12", str(2**62)).encode(),
        encode_node(TreeNode([], 0)),
        TEXT.replace("Z", "").encode(),
    ):
        with pytest.raises(MalformedError) as raised:
            decode_link(ID, data)
        assert raised.value.path == ID


def test_a_field_that_cannot_be_stored_is_refused():
    """The pointer says which."""
    with pytest.raises(InvalidValueError) as raised:
        encode_commit(**{**FIELDS, "message": "\ud800"})
    assert raised.value.pointer == "/message"


def test_a_commit_cannot_be_changed():
    """Values are frozen."""
    commit = decode_commit(ID, TEXT.encode())
    with pytest.raises(AttributeError):
        commit.message = "another"  # type: ignore[misc]


def test_a_tree_node_is_written_as_the_format_says():
    """Names and ids in pairs, and the level."""
    node = TreeNode([("services/api", ID), ("é\U0001f600", "f" * 64)], 0)
    text = f'{{"entries":[["services/api","{ID}"],["é\U0001f600","{"f" * 64}"]],"level":0,"type":"tree"}}'
    assert encode_node(node) == text.encode()
    assert decode_node(ID, encode_node(node)) == node
    assert encode_node(TreeNode([], 0)) == b'{"entries":[],"level":0,"type":"tree"}'


@given(names=st.lists(st.text(max_size=5), unique=True, max_size=9), level=st.integers(0, 9))
def test_every_tree_node_survives_and_is_canonical(names, level):
    """Whatever names it holds."""
    node = TreeNode([(name, ID) for name in sorted(names)], level)
    data = encode_node(node)
    assert decode_node(ID, data) == node
    assert rfc8785.dumps(msgspec.json.decode(data)) == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        TEXT.encode(),
        b'{"entries":[],"level":0}',
        b'{"entries":[],"type":"tree"}',
        b'{"entries":[["a"]],"level":0,"type":"tree"}',
        b'{"entries":[["a","b","c"]],"level":0,"type":"tree"}',
        b'{"entries":[["a",1]],"level":0,"type":"tree"}',
        b'{"entries":{"a":"b"},"level":0,"type":"tree"}',
        b'{"entries":[],"level":"0","type":"tree"}',
    ],
)
def test_what_is_no_tree_node_is_refused(data):
    """Another kind of object, a missing field, a wrong shape."""
    with pytest.raises(MalformedError) as raised:
        decode_node(ID, data)
    assert raised.value.path == ID


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05.000000Z"),
        (
            datetime(2026, 1, 2, 3, 4, 5, 7, tzinfo=timezone(timedelta(hours=5, minutes=30))),
            "2026-01-01T21:34:05.000007Z",
        ),
        (datetime(7, 1, 2, tzinfo=UTC), "0007-01-02T00:00:00.000000Z"),
    ],
)
def test_times_are_written_in_utc_with_six_decimals(time, text):
    """So that the order of the texts is the order of the moments."""
    assert format_time(time) == text
