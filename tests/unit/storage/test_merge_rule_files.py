"""Merge rules as files: immutable, the newest of each name in force."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from muniment.errors import HashMismatchError, MalformedError
from muniment.schema import merge_record
from muniment.schema.merge_record import MergeRecord
from muniment.schema.merge_rules import MergeRules
from muniment.storage import merge_rule_files
from muniment.storage.merge_rule_files import MergeRuleFiles
from muniment.values import canonical

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)


def rules(strategy, name="a", names=("**",)):
    """Make rules that differ in a strategy."""
    return MergeRules(name, names=names, strategies={"/x": strategy})


WITHDRAWN = MergeRules("a", names=())


@pytest.fixture
def files(layout):
    """The merge rules of an empty store."""
    return MergeRuleFiles(layout, sync=False)


@pytest.fixture
def clock(monkeypatch):
    """Set the time that records are written at: `clock.now = datetime(...)`."""
    hand = SimpleNamespace(now=NOON)
    monkeypatch.setattr(merge_rule_files, "datetime", SimpleNamespace(now=lambda _: hand.now))
    return hand


def put_raw(layout, data, name="a", digest=None):
    """Leave any bytes as a record."""
    path = Path(layout.merge_rules_record(name, digest or canonical.digest(data)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path)


def records(layout, name="a"):
    """List the records of a set."""
    return sorted(Path(layout.merge_rules(name)).glob("*"))


def test_there_are_none_at_first(files):
    """Nothing is found where not even the folder is there."""
    assert (files.all(), files.get("a"), list(files.damaged())) == ((), None, [])


def test_a_record_is_canonical_and_named_by_its_hash(files, layout, clock):
    """What docs/format/merge-rules.md says of it."""
    files.put(rules("max"))
    (path,) = records(layout)
    data = path.read_bytes()
    assert path.name == f"{canonical.digest(data)}.json"
    assert data.decode() == (
        '{"keys":[],"name":"a","names":["**"],"strategies":[["/x","max"]],'
        '"time":"2026-01-01T12:00:00.000000Z","type":"merge-rules"}'
    )
    assert files.get("a") == rules("max")


def test_the_newest_counts_and_the_older_stay(files, layout):
    """Records are immutable: another one is another file, so that the host's git merges them."""
    files.put(rules("max"))
    files.put(rules("min"))
    files.put(rules("max", "b"))
    assert files.all() == (rules("min"), rules("max", "b"))
    assert len(records(layout)) == 2


def test_what_counts_already_is_not_written_again(files, layout):
    """Nor with its patterns in another order; nor a withdrawal where there is nothing to withdraw."""
    files.put(WITHDRAWN)
    files.withdraw("a")
    assert records(layout) == []
    files.put(rules("max", names=("a", "b")))
    files.put(rules("max", names=("b", "a")))
    assert len(records(layout)) == 1
    files.put(WITHDRAWN)
    files.put(MergeRules("a", names="elsewhere"))
    files.withdraw("a")
    assert len(records(layout)) == 2
    assert files.get("a") == WITHDRAWN


@pytest.mark.parametrize("back", [timedelta(0), timedelta(microseconds=1), timedelta(days=400)])
@pytest.mark.parametrize("turn", [("max", "min"), ("min", "max")])
def test_the_last_put_counts_though_the_clock_went_back(files, clock, turn, back):
    """Whoever declared last meant it, whatever their clock said."""
    files.put(rules(turn[0]))
    clock.now = NOON - back
    files.put(rules(turn[1]))
    assert files.get("a") == rules(turn[1])


def test_of_one_time_the_greatest_name_counts(files, layout, clock):
    """So all copies agree; and the last time there is has none after it."""
    clock.now = LAST
    last = {}
    for strategy in ("max", "min", "ours", "theirs", "text"):
        data = merge_record.encode(MergeRecord(rules(strategy), LAST))
        last[put_raw(layout, data)] = strategy
    assert files.get("a") == rules(last[max(last)])
    files.put(rules("union"))
    assert len(records(layout)) == 6


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff"])
def test_a_damaged_record_counts_for_nothing_and_is_found(files, layout, damage):
    """The one before it counts then."""
    files.put(rules("max"))
    (first,) = records(layout)
    files.put(rules("min"))
    (second,) = set(records(layout)) - {first}
    second.write_bytes(damage)
    files = MergeRuleFiles(layout, sync=False)
    assert files.get("a") == rules("max")
    ((path, error),) = files.damaged()
    assert path == str(second)
    assert isinstance(error, HashMismatchError)


def test_what_is_none_of_the_set_counts_for_nothing_and_is_found(files, layout):
    """Rules of another name, and what is no record, though their hash is right."""
    stray = put_raw(layout, merge_record.encode(MergeRecord(rules("max", "b"), NOON)))
    none = put_raw(layout, b"[]")
    assert (files.get("a"), files.all()) == (None, ())
    found = dict(files.damaged())
    assert set(found) == {stray, none}
    assert all(isinstance(error, MalformedError) for error in found.values())


def test_other_files_are_passed_over(files, layout):
    """Files of editors and file managers, beside the sets and within them."""
    files.put(rules("max"))
    Path(layout.merging, ".DS_Store").write_text("x")
    Path(layout.merge_rules("a"), "notes.txt").write_text("x")
    Path(layout.merging, "empty").mkdir()
    assert files.all() == (rules("max"),)
    assert list(files.damaged()) == []


def test_others_see_it_at_once(files, layout):
    """A set that another program declares, and its next rules, are seen without opening anew."""
    assert files.all() == ()
    other = MergeRuleFiles(layout, sync=False)
    for strategy in ("max", "min"):
        other.put(rules(strategy))
        assert files.all() == (rules(strategy),)
