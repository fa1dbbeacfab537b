"""What branches are for, as records beside them."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from muniment.storage.descriptions import Descriptions
from muniment.values.names import BranchName

ADA = "Ada <ada@example.org>"
MAIN, SIDE, INNER = BranchName("main"), BranchName("side"), BranchName("side/inner")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def descriptions(layout):
    """The descriptions of an empty store."""
    return Descriptions(layout)


def records(layout, branch):
    """List the files of a branch's descriptions."""
    return sorted(path for path in Path(layout.descriptions(branch)).glob("*") if path.is_file())


def test_a_branch_without_one_is_described_by_nothing(descriptions, layout):
    """Neither reading nor describing it by nothing makes a file."""
    assert descriptions.get(MAIN) == ""
    descriptions.put(MAIN, "", ADA, NOON)
    assert not Path(layout.descriptions(MAIN)).exists()


def test_a_record_is_canonical_and_named_by_its_hash(descriptions, layout):
    """What docs/format/heads.md says of it."""
    descriptions.put(SIDE, "for trying: ünd so", ADA, NOON)
    (path,) = records(layout, SIDE)
    data = path.read_bytes()
    assert path.name == f"{hashlib.sha256(data).hexdigest()}.json"
    assert data.decode() == (
        '{"author":"Ada <ada@example.org>","branch":"side","description":"for trying: ünd so",'
        '"time":"2026-01-01T12:00:00.000000Z","type":"branch"}'
    )
    assert descriptions.get(SIDE) == "for trying: ünd so"


def test_the_newest_counts_and_the_older_stay(descriptions, layout):
    """Records are immutable: another one is another file, so that the host's git merges them."""
    descriptions.put(SIDE, "first", ADA, NOON)
    descriptions.put(SIDE, "second", ADA, NOON + timedelta(seconds=1))
    assert descriptions.get(SIDE) == "second"
    assert len(records(layout, SIDE)) == 2


def test_the_same_again_writes_nothing(descriptions, layout):
    """A description that counts already is not told twice."""
    descriptions.put(SIDE, "first", ADA, NOON)
    descriptions.put(SIDE, "first", ADA, NOON + timedelta(days=1))
    assert len(records(layout, SIDE)) == 1


@pytest.mark.parametrize("back", [timedelta(0), timedelta(microseconds=1), timedelta(days=400)])
@pytest.mark.parametrize("texts", [("one", "two"), ("two", "one"), ("text", "")])
def test_the_last_one_put_counts_though_the_clock_went_back(descriptions, texts, back):
    """Whoever described it last meant it, whatever their clock said."""
    before, after = texts
    descriptions.put(SIDE, before, ADA, NOON)
    descriptions.put(SIDE, after, ADA, NOON - back)
    assert descriptions.get(SIDE) == after


def test_branches_within_each_other_are_described_apart(descriptions):
    """A branch's folder also holds those of the branches below it."""
    descriptions.put(INNER, "inner", ADA, NOON)
    assert descriptions.get(SIDE) == ""
    descriptions.put(SIDE, "outer", ADA, NOON)
    assert (descriptions.get(SIDE), descriptions.get(INNER)) == ("outer", "inner")


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"type":"branch"', b"\xff", b'{"author":1,"type":"branch"}'])
def test_a_damaged_record_counts_for_nothing(descriptions, layout, damage):
    """The one before it counts then."""
    descriptions.put(SIDE, "first", ADA, NOON)
    (first,) = records(layout, SIDE)
    descriptions.put(SIDE, "second", ADA, NOON + timedelta(seconds=1))
    (second,) = set(records(layout, SIDE)) - {first}
    second.chmod(0o644)
    second.write_bytes(damage)
    assert descriptions.get(SIDE) == "first"


@pytest.mark.parametrize("body", [{}, [], {"type": "commit"}, {"type": "branch", "description": 1}])
def test_a_foreign_file_of_a_right_name_counts_for_nothing(descriptions, layout, body):
    """It is hashed rightly, and is no description."""
    descriptions.put(SIDE, "first", ADA, NOON)
    data = json.dumps(body).encode()
    (Path(layout.descriptions(SIDE)) / f"{hashlib.sha256(data).hexdigest()}.json").write_bytes(data)
    assert descriptions.get(SIDE) == "first"
