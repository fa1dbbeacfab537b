"""`append_many`: all of a batch or none."""

from contextlib import suppress
from pathlib import Path

import pytest
from disk_calls import WRITES, At, intercepted

from muniment.errors import DanglingReferenceError, InvalidNameError, InvalidValueError, KeyReusedError
from muniment.values import entry_line


def drafts(count, **more):
    """Make that many entries to append."""
    return [{"kind": "turn", "payload": number, **more} for number in range(count)]


def test_a_batch_is_appended_in_its_order(ledger, again):
    """The entries of a batch follow each other, and each knows which of how many it is."""
    made = ledger.append_many(drafts(5))
    assert [entry.payload for entry in made] == [0, 1, 2, 3, 4]
    assert [entry.batch for entry in made] == [(number, 5) for number in range(5)]
    assert [(entry.clock, entry.offset) for entry in made] == [(number, number) for number in range(1, 6)]
    assert list(again()) == made


def test_a_batch_of_one_or_none_is_no_batch(ledger, layout):
    """One entry is as if appended alone; none makes nothing, not even the ledger."""
    assert ledger.append_many([]) == []
    assert not Path(layout.root).exists()
    (entry,) = ledger.append_many(iter(drafts(1)))
    assert entry.batch is None
    assert ledger.append("turn", 0) == entry


def test_what_a_batch_says_twice_is_there_once(ledger):
    """Each draft has its entry, be it an earlier one's, one that was there, or a new one."""
    there = ledger.append("turn", 1)
    made = ledger.append_many([*drafts(3), *drafts(4), {"kind": "turn", "payload": "k", "key": "k"}] * 2)
    assert [entry.payload for entry in made] == [0, 1, 2, 0, 1, 2, 3, "k"] * 2
    assert made[1] == made[4] == there
    assert len(ledger) == 5
    assert [entry.batch for entry in ledger] == [None, (0, 4), (1, 4), (2, 4), (3, 4)]
    assert ledger.append_many(drafts(4)) == made[:3] + made[6:7]


def test_a_key_twice_in_a_batch(ledger):
    """It means one entry if both say the same, and is refused otherwise."""
    with pytest.raises(KeyReusedError):
        ledger.append_many([{"kind": "a", "key": "k", "payload": 1}, {"kind": "a", "key": "k", "payload": 2}])
    one, two = ledger.append_many([{"kind": "a", "key": "k"}, {"kind": "a", "key": "k"}])
    assert one == two
    assert len(ledger) == 1


BAD = {
    "payload": ({"kind": "a", "payload": {"x": [1, object()]}}, InvalidValueError),
    "kind": ({"kind": "two\nlines"}, InvalidNameError),
    "no kind": ({"payload": 1}, InvalidNameError),
    "member": ({"kind": "a", "colour": "red"}, InvalidValueError),
    "prev": ({"kind": "a", "prev": ["0" * 64]}, DanglingReferenceError),
    "prev of no ids": ({"kind": "a", "prev": ["x"]}, InvalidValueError),
    "prev as text": ({"kind": "a", "prev": "0" * 64}, InvalidValueError),
    "key": ({"kind": "a", "payload": "other", "key": "taken"}, KeyReusedError),
    "attributes": ({"kind": "a", "attributes": [1]}, InvalidValueError),
    "time": ({"kind": "a", "time": "now"}, InvalidValueError),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("place", [0, 7, 20])
def test_one_that_cannot_be_refuses_all(ledger, again, bad, place):
    """Wherever in a batch it stands, nothing of the batch is appended, and the ledger goes on."""
    taken = ledger.append("a", key="taken")
    one, error = BAD[bad]
    batch = drafts(20)
    batch.insert(place, one)
    with pytest.raises(error):
        ledger.append_many(batch)
    assert list(ledger) == [taken] == list(again())
    assert [entry.clock for entry in ledger.append_many(drafts(2))] == [2, 3]


def test_the_error_tells_which_and_where(ledger):
    """The pointer of a payload that is no JSON leads to the value."""
    with pytest.raises(InvalidValueError) as caught:
        ledger.append("a", {"x": [1, {"y": object()}]})
    assert caught.value.pointer == "/payload/x/1/y"
    with pytest.raises(InvalidValueError) as caught:
        ledger.append("a", float("nan"))
    assert caught.value.pointer == "/payload"
    with pytest.raises(InvalidValueError) as caught:
        ledger.append("a", attributes={"x": "\ud800"})
    assert caught.value.pointer == "/attributes/x"


@pytest.mark.parametrize("count", [3, 6_000])
def test_an_interrupted_write_leaves_none(ledger, again, count):
    """Ctrl-C in the middle of any write of a batch: all of it is there or nothing, and it can be repeated."""
    first = ledger.append("first")
    batch = drafts(count)
    for nth in range(1, 5):

        def interrupted(call):
            call.write_part(lambda size: size // 2)
            raise KeyboardInterrupt

        with intercepted(At(nth, interrupted, WRITES)), suppress(KeyboardInterrupt):
            ledger.append_many(batch)
        found = [entry.payload for entry in again().tail(after=first)]
        assert found in ([], list(range(count)))
        if found:
            break
    made = ledger.append_many(batch)
    assert [entry.payload for entry in again().tail(after=first)] == list(range(count))
    assert ledger.get(made[-1].id) == made[-1]


def test_half_a_batch_is_none(ledger, again, elsewhere, bring, layout, tmp_path):
    """Of a batch whose last lines are missing nothing is seen, until they come; what stands before it is."""
    elsewhere.append("before")
    elsewhere.append_many(drafts(4))
    elsewhere.append("after")
    (source,) = (tmp_path / "elsewhere/.muniment/ledgers/runs").glob("*.jsonl")
    whole = source.read_bytes()
    rows = whole.splitlines(keepends=True)
    target = Path(layout.root) / source.name
    target.parent.mkdir(parents=True)
    for size, count in [(1, 1), (2, 1), (4, 1), (5, 5), (6, 6)]:
        data = b"".join(rows[:size])
        for torn in (b"", rows[size][:20] if size < 6 else b""):
            target.write_bytes(data + torn)
            assert len(ledger) == count == len(list(again())) == len(list(ledger)), (size, torn)
    ledger.append("mine")
    assert len(again()) == 7
    assert all(entry_line.check("x", row.rstrip()) for row in rows)
