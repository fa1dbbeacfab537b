"""`sync` is a union: verified, idempotent, in any order, interrupted anywhere. `backup` is one half of it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment import ERASED, Store
from muniment.errors import ClockError, InvalidNameError, MalformedError, NotAStoreError
from muniment.files import atomic
from muniment.ledger import syncing
from muniment.values import canonical, entry_line
from muniment.values.entry import MAX_CLOCK


def said(ledger):
    """Give what a copy tells, in its order."""
    return [(entry.clock, entry.id, entry.payload) for entry in ledger.tail()]


def test_both_have_all_afterwards(ledger, elsewhere):
    """In the same order, with the same ids; each entry once."""
    for number in range(5):
        ledger.append("here", number)
        elsewhere.append("there", number)
    synced = ledger.sync(elsewhere)
    assert (synced.received, synced.sent) == (5, 5)
    assert said(ledger) == said(elsewhere)
    assert len(ledger) == 10
    assert ledger.verify().ok
    assert elsewhere.verify().ok


def test_again_it_does_nothing(ledger, elsewhere):
    """Whoever asks."""
    ledger.append("here", 1)
    ledger.sync(elsewhere)
    assert ledger.sync(elsewhere) == elsewhere.sync(ledger)
    assert ledger.sync(elsewhere).received == ledger.sync(elsewhere).sent == 0


def test_the_path_of_a_store_will_do(ledger, elsewhere, tmp_path):
    """The ledger of the same name in it is meant; where there is no store, nothing is made."""
    ledger.append("here", 1)
    assert ledger.sync(tmp_path / "elsewhere").sent == 1
    assert len(elsewhere) == 1
    with pytest.raises(NotAStoreError):
        ledger.sync(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_another_ledger_is_no_copy(ledger, store):
    """Mixed up once, two ledgers could never be told apart again."""
    ledger.append("here", 1)
    other = store.ledger("plans")
    other.append("there", 1)
    with pytest.raises(InvalidNameError, match=r"plans.*'runs'"):
        ledger.sync(other)
    assert len(ledger) == len(other) == 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc-"), st.integers(1, 3)), max_size=12))
def test_any_order_comes_to_the_same(steps, tmp_path_factory):
    """Three copies append and sync as they like; in the end a round makes them equal, each entry once."""
    folder = tmp_path_factory.mktemp("copies")
    stores = {name: Store.init(folder / name, author=name, durability="os") for name in "abc"}
    copies = {name: store.ledger("runs") for name, store in stores.items()}
    appended = 0
    for number, (one, other, count) in enumerate(steps):
        if other in {"-", one}:
            copies[one].append_many([{"kind": "turn", "payload": [number, item, one]} for item in range(count)])
            appended += count
        else:
            copies[one].sync(copies[other])
    for one, other in ("ab", "bc", "ab"):
        copies[one].sync(copies[other])
    assert said(copies["a"]) == said(copies["b"]) == said(copies["c"])
    assert len(copies["a"]) == appended
    for store in stores.values():
        store.close()


@pytest.mark.parametrize("stop_at", range(6))
def test_interrupted_anywhere_it_can_be_repeated(ledger, elsewhere, monkeypatch, stop_at):
    """What was taken stays, and nothing is taken twice."""
    monkeypatch.setattr(syncing, "_PART_BYTES", 400)
    for number in range(4):
        ledger.append("here", number)
        elsewhere.append("there", number)
    replace, calls = atomic.replace_file, 0

    def stop(*arguments, **options):
        nonlocal calls
        calls += 1
        if calls > stop_at:
            raise KeyboardInterrupt
        replace(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(atomic, "replace_file", stop)
        with pytest.raises(KeyboardInterrupt):
            ledger.sync(elsewhere)
    ledger.sync(elsewhere)
    assert said(ledger) == said(elsewhere)
    assert len(ledger) == 8
    assert ledger.verify().ok


def test_a_changed_line_is_not_taken(ledger, elsewhere, tmp_path):
    """What stands before it may be; the error names the entry."""
    elsewhere.append("there", 1)
    entry = elsewhere.append("there", 2)
    [path] = (tmp_path / "elsewhere/.muniment/ledgers/runs").glob("*.jsonl")
    path.write_bytes(path.read_bytes().replace(b'"payload":2', b'"payload":3'))
    with pytest.raises(MalformedError, match=entry.id[:16]):
        ledger.sync(elsewhere)
    assert 3 not in [one.payload for one in ledger.tail()]


def test_a_damaged_segment_stops_no_other(ledger, elsewhere, tmp_path):
    """Nor what was erased; the error is told when all else is exchanged, in both directions."""
    secret = ledger.append("mail", "hidden", erasable=True)
    ledger.sync(elsewhere)
    damaged = elsewhere.append("there", 0)
    elsewhere.append("there", 1)
    with Store.init(tmp_path / "third") as third:
        third.ledger("runs").append_many([{"kind": "third", "payload": number} for number in range(3)])
        third.ledger("runs").sync(elsewhere)
    for path in (tmp_path / "elsewhere/.muniment/ledgers/runs").glob("*.jsonl"):
        path.write_bytes(path.read_bytes().replace(b'"kind":"there","payload":0', b'"kind":"there","payload":9'))
    ledger.erase(secret.id, "asked")
    with pytest.raises(MalformedError, match=damaged.id[:16]):
        ledger.sync(elsewhere)
    assert [entry.payload for entry in ledger.tail(kinds=["third"])] == [0, 1, 2]
    assert elsewhere.get(secret.id).payload is ERASED
    assert not ledger.latest(kind="there")


@pytest.mark.parametrize("shorter", [0, 1])
def test_a_segment_that_was_rewritten_is_told(ledger, elsewhere, root, tmp_path, shorter):
    """With ids that fit, so that both copies verify; the error names both files, and all else is exchanged."""
    for number in range(3):
        elsewhere.append("there", number)
    ledger.sync(elsewhere)
    for _ in range(shorter):
        elsewhere.append("there", 3)
    ledger.append("here", 1)
    [path] = (root / ".muniment/ledgers/runs").glob("*.*-*.jsonl")
    *lines, last = path.read_bytes().splitlines(keepends=True)
    body = entry_line.body_of(last[:-1], None).replace(b'"payload":2', b'"payload":7')
    path.write_bytes(b"".join(lines) + entry_line.line(canonical.digest(body), body))
    assert ledger.verify().ok
    with pytest.raises(MalformedError) as caught:
        ledger.sync(elsewhere)
    assert str(root) in str(caught.value)
    assert str(tmp_path / "elsewhere") in str(caught.value)
    assert elsewhere.latest(kind="here").payload == 1


def test_a_clock_from_the_far_future_is_refused(ledger, elsewhere, tmp_path):
    """Whoever took it could append nothing any more."""
    ledger.append("here", 1)
    elsewhere.append("there", 1)
    [path] = (tmp_path / "elsewhere/.muniment/ledgers/runs").glob("*.jsonl")
    body = entry_line.body(
        entry_line.Content(b"", b'"kind":"there","payload":1'), MAX_CLOCK, b"2026-01-01T00:00:00Z", None
    )
    path.write_bytes(entry_line.line(canonical.digest(body), body))
    with pytest.raises(ClockError) as caught:
        ledger.sync(elsewhere)
    assert caught.value.clock == MAX_CLOCK
    assert ledger.append("here", 2).clock == 2


def test_a_backup_is_a_store_with_the_same_entries(ledger, tmp_path):
    """It can be opened, verifies, and gets what is new when it is made again."""
    ids = [ledger.append("turn", number).id for number in range(4)]
    assert ledger.backup(tmp_path / "backup").sent == 4
    with Store.open(tmp_path / "backup") as copy:
        kept = copy.ledger("runs")
        assert [entry.id for entry in kept.tail()] == ids
        assert kept.verify().ok
    ids.append(ledger.append("turn", "late").id)
    assert ledger.backup(tmp_path / "backup").sent == 1
    with Store.open(tmp_path / "backup") as copy:
        assert [entry.id for entry in copy.ledger("runs").tail()] == ids


def test_everything_comes_back_from_a_backup(ledger, tmp_path):
    """Into a new store."""
    ledger.append("turn", 1)
    ledger.append("turn", {"mail": "x@example.org"}, erasable=True)
    ledger.backup(tmp_path / "backup")
    with Store.init(tmp_path / "restored") as restored:
        again = restored.ledger("runs")
        assert again.sync(tmp_path / "backup").received == 2
        assert said(again) == said(ledger)
        assert again.verify().ok


def test_cursors_are_good_in_every_copy(ledger, elsewhere):
    """Segments are the same there."""
    ledger.append_many([{"kind": "turn", "payload": number} for number in range(6)])
    elsewhere.append("there", "x")
    ledger.sync(elsewhere)
    tail = ledger.tail()
    given_here = [next(tail).id for _ in range(3)]
    given_there = [entry.id for entry in elsewhere.tail(after=str(tail.cursor))]
    assert sorted(given_here + given_there) == sorted(entry.id for entry in ledger.tail())


def test_a_synced_part_lies_in_a_file_that_nobody_appends_to(ledger, elsewhere, root):
    """So that the host's git never sees two copies extend one file."""
    elsewhere.append("there", 1)
    ledger.sync(elsewhere)
    [path] = Path(root, ".muniment/ledgers/runs").glob("*.jsonl")
    before = path.read_bytes()
    ledger.append("here", 1)
    elsewhere.append("there", 2)
    ledger.sync(elsewhere)
    assert path.read_bytes() == before
    assert len(ledger) == 3
