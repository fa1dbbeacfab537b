"""`append`: what an entry says, and that nothing is said twice."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from muniment.errors import DanglingReferenceError, KeyReusedError
from muniment.values import entry_line
from muniment.values.entry import Entry


def segments(layout):
    """Give the files of the ledger's segments."""
    return sorted(Path(layout.root).glob("*.jsonl"))


def lines(layout):
    """Give all lines of the ledger as JSON, file by file."""
    return [json.loads(line) for path in segments(layout) for line in path.read_bytes().splitlines()]


def test_an_entry_says_what_was_given(ledger, layout):
    """All that a caller gives is in the entry that comes back, in the one that is read, and in the file."""
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone(timedelta(hours=2)))
    first = ledger.append("start")
    entry = ledger.append(
        "turn",
        {"move": "e4", "score": [1, 2.5, None, "ü"]},
        actor="Bo",
        stream="game-1",
        key="k",
        prev=[first],
        attributes={"tool": "x"},
        time=moment,
    )
    (found,) = ledger.tail(after=first)
    assert found == entry
    for one in (entry, found, ledger.get(entry.id), ledger.by_key("k")):
        assert (one.kind, one.actor, one.stream, one.key) == ("turn", "Bo", "game-1", "k")
        assert one.payload == {"move": "e4", "score": [1, 2.5, None, "ü"]}
        assert (one.prev, one.attributes, one.time) == ((first.id,), {"tool": "x"}, moment)
        assert (one.clock, one.offset, one.above, one.batch) == (2, 2, first.id, None)
        assert one.time.utcoffset() == timedelta(0)
    assert lines(layout)[1]["time"] == "2026-01-02T01:04:05.678901Z"


def test_what_is_not_given_is_not_written(ledger, layout):
    """An entry of a kind alone has the store's author, no payload, no stream, and the time of its writing."""
    before = datetime.now(UTC)
    entry = ledger.append("start")
    assert before <= entry.time <= datetime.now(UTC)
    assert (entry.actor, entry.payload, entry.stream, entry.key, entry.prev) == (
        "Ada <ada@example.org>",
        None,
        "",
        None,
        (),
    )
    assert set(lines(layout)[0]) == {"id", "actor", "clock", "kind", "payload", "time"}


def test_each_line_checks(ledger, layout):
    """Every line that is written is canonical, bears the hash of its body, and names the one above it."""
    ledger.append("a", 1)
    ledger.append_many([{"kind": "b", "payload": number} for number in range(3)])
    (path,) = segments(layout)
    checked = [entry_line.check(str(path), line) for line in path.read_bytes().splitlines()]
    assert [entry.above for entry in checked] == [None, *(entry.id for entry in checked[:-1])]
    assert checked == list(ledger)


def test_the_same_is_said_once(ledger, again):
    """An entry without a key that says what one says already is that one, in this program and in others."""
    first = ledger.append("turn", {"a": 1, "b": 2}, stream="s")
    assert ledger.append("turn", {"b": 2, "a": 1}, stream="s", time=datetime(2020, 1, 1, tzinfo=UTC)) == first
    assert again().append("turn", {"b": 2.0, "a": 1}, stream="s") == first
    assert len(ledger) == 1
    for other in ({"stream": "t"}, {"stream": "s", "actor": "Bo"}, {"stream": "s", "attributes": {"x": 1}}):
        assert ledger.append("turn", {"a": 1, "b": 2}, **other) != first
    assert ledger.append("turn", {"a": 1, "b": 2}, stream="s", prev=[first]) != first
    assert ledger.append("turn", {"a": 1, "b": 2}, stream="s", key="k") != first
    assert len(ledger) == 6


def test_a_key_names_one_entry(ledger, again):
    """With its key an entry is said once; to say something else with it is refused, and appends nothing."""
    first = ledger.append("turn", 1, key="k")
    assert ledger.append("turn", 1, key="k") == first == again().append("turn", 1, key="k")
    with pytest.raises(KeyReusedError) as caught:
        again().append("turn", 2, key="k")
    assert (caught.value.ledger, caught.value.key, caught.value.id) == ("runs", "k", first.id)
    with pytest.raises(KeyReusedError):
        ledger.append("turn", 1, key="k", stream="s")
    assert ledger.append("turn", 1, key="K") != first
    assert [entry.key for entry in ledger] == ["k", "K"]


def test_a_key_that_two_copies_used_apart_names_both(ledger, elsewhere, bring):
    """Each of them can be said again; by the key the first in causal order is found, and anything else is refused."""
    here = ledger.append("turn", "here", key="k")
    elsewhere.append("before", None)
    there = elsewhere.append("turn", "there", key="k", actor="Ada <ada@example.org>")
    bring()
    assert ledger.by_key("k") == here
    assert ledger.append("turn", "here", key="k") == here
    assert ledger.append("turn", "there", key="k") == there
    with pytest.raises(KeyReusedError):
        ledger.append("turn", "other", key="k")
    assert len(ledger) == 3


@pytest.mark.parametrize("is_reopened", [False, True])
def test_numbers_that_collide_mean_nothing(ledger, again, monkeypatch, is_reopened):
    """Where ids, keys and contents all share one number, each is still found, and only what is the same is the same."""
    for name in ("fingerprint_of_id", "fingerprint_of_key", "fingerprint_of_content"):
        monkeypatch.setattr(entry_line, name, lambda _: 7)
        for module in ("finding", "drafting", "places", "indexing"):
            monkeypatch.setattr(f"muniment.ledger.{module}.{name}", lambda _: 7, raising=False)
    made = [ledger.append("k", number % 3, key=f"{number}" if number % 2 else None) for number in range(6)]
    opened = again() if is_reopened else ledger
    assert [opened.append("k", number % 3, key=f"{number}" if number % 2 else None) for number in range(6)] == made
    assert [opened.get(entry.id).id for entry in made] == [entry.id for entry in made]
    assert [opened.by_key(f"{number}") for number in (1, 3, 5)] == made[1::2]
    assert opened.by_key("2") is None
    assert len(opened) == 6
    with pytest.raises(KeyReusedError):
        opened.append("k", 9, key="1")


def test_an_entry_follows_on_entries_that_are_here(ledger, again):
    """`prev` takes ids and entries, each once; one that is not here is refused, and nothing appended."""
    one, two = ledger.append("a"), ledger.append("b")
    assert again().append("c", prev=[one, two.id, one.id]).prev == (one.id, two.id)
    for missing in ("0" * 64, one.id[:-1] + ("0" if one.id[-1] != "0" else "1")):
        with pytest.raises(DanglingReferenceError) as caught:
            ledger.append("d", prev=[one, missing])
        assert (caught.value.ledger, caught.value.id) == ("runs", missing)
    assert len(ledger) == 3


def test_a_batch_cannot_follow_on_itself(ledger):
    """The ids of a batch are not known before it is appended, so none of it is there to follow on."""
    with pytest.raises(DanglingReferenceError):
        ledger.append_many([{"kind": "a"}, {"kind": "b", "prev": ["1" * 64]}])
    assert len(ledger) == 0


def test_the_clock_is_behind_all_that_is_known(ledger, again, elsewhere, bring):
    """Each entry has a later clock than every other that was here, whoever appended it and wherever it came from."""
    other = again()
    assert [one.append("a", number).clock for number, one in enumerate([ledger, other, other, ledger])] == [1, 2, 3, 4]
    for number in range(20):
        elsewhere.append("b", number)
    bring()
    assert ledger.append("c").clock == 21
    assert other.append("d").clock == 22
    assert ledger.append("c").clock == 21
    assert [entry.clock for entry in ledger] == sorted(entry.clock for entry in ledger)


def test_entries_are_equal_by_their_ids(ledger, elsewhere, bring):
    """Wherever an entry stands in its copy it is the same; entries that were made apart are not."""
    assert ledger.append("a", time=datetime(2026, 1, 1, tzinfo=UTC)).clock == 1
    entry = elsewhere.append("b")
    bring()
    found = ledger.get(entry.id)
    assert (found.offset, entry.offset) == (2, 1)
    assert found == entry
    assert hash(found) == hash(entry)
    assert found in ledger
    assert found.id in ledger
    assert "0" * 64 not in ledger
    assert found != found.id
    assert isinstance(found, Entry)


def test_threads_share_a_ledger(ledger):
    """Eight threads append through one ledger: each entry is there once, in one order of clocks."""
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: ledger.append("a", number % 80), range(160)))
    assert len(ledger) == 80
    assert {entry.id for entry in made} == {entry.id for entry in ledger}
    assert [entry.clock for entry in ledger] == list(range(1, 81))
    assert sorted(entry.payload for entry in ledger) == list(range(80))
