"""What was once wrong with ledgers, and must not be again: each told by what a user would have met."""

import os
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from muniment import BadSignatureError, Schema, Store, lens
from muniment.errors import InvalidValueError
from muniment.ledger import indexing
from muniment.ledger.arrivals import Arrivals
from muniment.values import canonical, entry_line
from muniment.values.entry import MAX_CLOCK

SECRET = "a name that somebody wants forgotten"  # noqa: S105 - no password


def settle(ledger):
    """Let time pass: the folder changed so long ago that its time proves that nothing has since."""
    ledger._parts.copy.pieces._seen = ledger._parts.copy.pieces._stamp()


def test_what_nobody_could_read_again_is_not_written(ledger):
    """A number that the reader of lines refuses would have closed the ledger for everybody, for ever."""
    ledger.append("a", 1)
    with pytest.raises(InvalidValueError, match="read again"):
        ledger.append("a", 10**5000)
    with pytest.raises(InvalidValueError):
        ledger.append_many([{"kind": "a", "payload": 2}, {"kind": "a", "attributes": {"n": -(10**5000)}}])
    assert [entry.payload for entry in ledger.tail()] == [1]
    assert ledger.append("a", 3).clock == 2


@pytest.mark.parametrize("at", ["grown", "note_own"])
def test_an_interrupt_while_noting_leaves_no_gap(ledger, monkeypatch, at, again):
    """The entry stands there; the next one stands behind it, with the next clock."""
    ledger.append("a", 1)

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        owner = ledger._parts.copy if at == "grown" else indexing
        patched.setattr(owner, at, interrupt)
        with pytest.raises(KeyboardInterrupt):
            ledger.append("a", 2)
    settle(ledger)
    ledger.append("a", 3)
    ledger.append("a", 4)
    assert [(entry.offset, entry.clock, entry.payload) for entry in ledger.tail()] == [(n, n, n) for n in range(1, 5)]
    assert [entry.payload for entry in again().tail()] == [1, 2, 3, 4]
    assert ledger.verify().ok
    assert len(ledger.heads()) == 4


def test_a_clone_on_a_medium_that_cannot_be_written(ledger, root, tmp_path, monkeypatch):
    """Without `local/`, it is read all the same, with offsets that last as long as the program."""
    entries = [ledger.append("a", number) for number in range(5)]
    ledger._parts.close()
    shutil.copytree(root, tmp_path / "clone", ignore=shutil.ignore_patterns("local"))

    def refuse(*_):
        raise PermissionError(13, "read-only")

    with Store.open(tmp_path / "clone") as clone:
        reader = clone.ledger("runs")
        monkeypatch.setattr(Arrivals, "_write", refuse)
        assert [(one.offset, one.id) for one in reader.tail()] == [(one.offset, one.id) for one in entries]
        assert reader.get(entries[3].id).payload == 3
        assert list(reader.tail(after=2)) == entries[2:]


def test_offsets_that_were_not_kept_are_given_up(ledger, elsewhere, bring, again, monkeypatch):
    """Once a program that may write has given them, a reader that may not goes by those."""
    ledger.append("here", 1)
    elsewhere.append("there", 1)
    bring()

    def refuse(*_):
        raise PermissionError(13, "read-only")

    reader = again()
    with monkeypatch.context() as patched:
        patched.setattr(Arrivals, "_write", refuse)
        assert sorted(entry.offset for entry in reader.tail()) == [1, 2]
        assert not reader._parts.copy.arrivals.is_kept
    for number in range(2, 5):
        ledger.append("here", number)
    offsets = {entry.id: entry.offset for entry in ledger.tail()}
    assert {entry.id: entry.offset for entry in reader.tail()} == offsets
    assert sorted(offsets.values()) == [1, 2, 3, 4, 5]
    assert len(list(reader.tail(after=4))) == 1


def test_a_fold_does_not_depend_on_what_is_remembered(ledger, layout):
    """What was archived counts, whether the snapshot is there or not."""

    def count(total, _):
        return total + 1

    for number in range(5):
        ledger.append("a", number)
    assert ledger.fold(0, count, snapshot="n") == 5
    ledger.archive(before=ledger.cursor())
    ledger.append("a", "late")
    assert ledger.fold(0, count, snapshot="n") == 6
    shutil.rmtree(layout.folds)
    assert ledger.fold(0, count, snapshot="n") == ledger.fold(0, count) == 6


def test_a_segment_that_goes_on_in_another_branch_is_not_archived(ledger, layout):
    """The host's git could not merge its removal with what stands behind it there."""
    ledger.append("a", 1)
    [path] = Path(layout.root).glob("*.jsonl")
    earlier = path.read_bytes()
    ledger.append("a", 2)
    path.unlink()
    path.write_bytes(earlier)
    report = ledger.archive(before=ledger.cursor())
    assert (report.path, report.left) == (None, (path.stem,))


def test_nothing_computed_from_an_erased_payload_stays(ledger, root, layout):
    """Neither in a snapshot of a fold, nor in what a stopped program left half written, nor in the index."""
    entry = ledger.append("mail", {"to": SECRET}, erasable=True)
    ledger.fold([], lambda state, one: [*state, one.payload], snapshot="all")
    data = ledger._parts.payloads.data(entry.erasable)
    Path(layout.temporary).mkdir(exist_ok=True)
    Path(layout.temporary, "0" * 32 + ".tmp").write_bytes(data[: len(data) - 3])
    ledger.erase(entry.id, "asked")
    assert subprocess.run(["grep", "-rqa", SECRET, str(root)], check=False).returncode != 0
    content = entry_line.content_of(entry)
    indexing.catch_up(ledger._parts)
    assert ledger._parts.index.find(entry_line.fingerprint_of_content(content)) == []


def test_a_refused_entry_leaves_no_payload(store, ledger):
    """Nothing would ever name it, and so nobody could erase it."""
    ledger.require_signatures()
    with pytest.raises(BadSignatureError):
        ledger.append("mail", SECRET, erasable=True)
    assert ledger._parts.payloads.ids() == set()
    assert not os.path.isdir(store.path + "/.muniment/ledgers/runs") or ledger.verify().segments == 0


def test_a_cut_segment_is_told_until_it_is_restored(ledger, layout, again):
    """Also after appending went on, and by every program of this copy."""
    for number in range(6):
        ledger.append("a", number)
    [path] = Path(layout.root).glob("*.jsonl")
    whole = path.read_bytes()
    with path.open("r+b") as file:
        file.truncate(len(whole.splitlines(keepends=True)[0]))
    ledger.append("a", "after")
    for one in (ledger, again()):
        assert [finding.code for finding in one.verify().findings] == ["segment-shortened"]
    path.write_bytes(whole)
    assert again().verify().ok
    assert len(again()) == 7


def test_a_copied_segment_is_found(ledger, layout):
    """Its entries stand in two."""
    ledger.append("a", 1)
    [path] = Path(layout.root).glob("*.jsonl")
    shutil.copy(path, Path(layout.root, "0" * 32 + ".jsonl"))
    assert [finding.code for finding in ledger.verify().findings] == ["entry-duplicated"]


class Old(msgspec.Struct, kw_only=True):
    """A turn, as it once was."""

    step: str


class New(msgspec.Struct, kw_only=True):
    """A turn, as it is now."""

    move: str
    depth: int = 1


def test_a_run_is_resumed_after_an_upgrade(store, again):
    """The key names the entry that was appended by the older program, if that says the same now."""
    old = Schema(Old, kind="turn", version="1.0")
    new = Schema(New, kind="turn", version="1.1")
    new.lens("1.0", "1.1", lens.rename("step", "move"), lens.add("depth", default=1))
    first = store.ledger("runs", schema=old).append("turn", Old(step="e4"), key="run/1")
    resumed = again(schema=new)
    assert resumed.append("turn", New(move="e4"), key="run/1") == first
    assert resumed.append("turn", resumed.by_key("run/1").payload, key="run/1") == first


def test_a_clock_that_was_made_up_stops_nobody(ledger, layout):
    """A file that git brought may tell any clock; what is appended goes by those that can be right."""
    ledger.append("a", 1)
    content = entry_line.Content(b"", b'"kind":"b","payload":1')
    body = entry_line.body(content, MAX_CLOCK, b"2026-01-01T00:00:00.000000Z", None)
    Path(layout.root, "f" * 32 + ".jsonl").write_bytes(entry_line.line(canonical.digest(body), body))
    assert ledger.append("a", 2).clock == 2
    assert "clock-wrong" in [finding.code for finding in ledger.verify().findings]


def test_a_subscription_sees_what_came_before_it_watched(ledger):
    """Between the call and the first entry that is asked for."""
    subscription = ledger.subscribe(poll_s=60.0, timeout_s=20.0)
    entry = ledger.append("a", 1)
    assert next(subscription) == entry
    subscription.stop()


def test_the_latest_of_many_streams_is_one_row(ledger, monkeypatch):
    """However many there are."""
    ledger.append_many([{"kind": "turn", "stream": f"run-{number}", "payload": number} for number in range(300)])
    ledger._parts.write_index()
    rows = []
    query = ledger._parts.index._query

    def counting(*arguments):
        found = query(*arguments)
        rows.append(len(found))
        return found

    monkeypatch.setattr(ledger._parts.index, "_query", counting)
    assert ledger.latest(stream="run-7").payload == 7
    assert ledger.latest(kind="turn").payload == 299
    assert max(rows) <= 1
