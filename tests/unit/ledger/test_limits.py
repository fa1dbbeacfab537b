"""What is refused, before anything is written: names, texts, values; and what may be as long as allowed."""

import gc
import os
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from muniment import Store
from muniment.errors import (
    AmbiguousRevisionError,
    ClockError,
    EntryNotFoundError,
    InvalidNameError,
    InvalidValueError,
    MunimentError,
    StorageError,
    StoreClosedError,
)
from muniment.files import disk
from muniment.ledger import appending, places
from muniment.values import canonical, entry
from muniment.values.entry import MAX_TEXT_BYTES

BAD_NAMES = ["", ".", "..", "a/b", "a\\b", ".hidden", "a\nb", "CON", "a.", "a ", "a" * 300, "\ud800", "*", 7, None]


@pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
def test_names_that_no_ledger_has(store, root, name):
    """They are refused, and no folder is made."""
    with pytest.raises(InvalidNameError):
        store.ledger(name)
    assert store.ledgers() == []


@pytest.mark.parametrize("name", ["runs", "training-runs", "Läufe", "run_1.2", "a b"])
def test_names_that_a_ledger_has(store, name):
    """They can be used, and are listed once there is an entry."""
    try:
        ledger = store.ledger(name)
    except InvalidNameError:
        assert " " in name
        return
    assert store.ledgers() == []
    ledger.append("a")
    assert store.ledgers() == [ledger.name] == [name]


def test_names_that_differ_by_case(store):
    """Two such ledgers would be one where the file system takes them for the same."""
    store.ledger("runs").append("a")
    with pytest.raises(InvalidNameError):
        store.ledger("Runs")
    assert len(store.ledger("runs")) == 1


TEXTS = ["kind", "actor", "stream", "key"]


@pytest.mark.parametrize("field", TEXTS)
def test_texts_are_one_line_and_not_too_long(ledger, field):
    """A kind, actor, stream or key of the greatest length is kept as it is; a longer one, or none of text, is not."""
    longest = "ü" * (MAX_TEXT_BYTES // 2)
    made = ledger.append(**{"kind": "k", field: longest})
    assert getattr(ledger.get(made.id), field) == longest
    for bad in (longest + "x", "two\nlines", "nul\0", "bell\a", "\u2028", "\ud800", 7, b"bytes", ["list"], "\x7f"):
        with pytest.raises(InvalidNameError):
            ledger.append(**{"kind": "k", field: bad})
    assert len(ledger) == 1


def test_a_kind_and_a_key_say_something(ledger):
    """Neither may be empty; an empty actor is the store's author, an empty stream is none."""
    for empty in ({"kind": ""}, {"kind": "k", "key": ""}):
        with pytest.raises(InvalidNameError):
            ledger.append(**empty)
    made = ledger.append("k", actor="", stream="")
    assert (made.actor, made.stream) == ("Ada <ada@example.org>", "")


TEXT = 'quotes " and \\ slashes / and 🎲 e\u0301 <&> \u00a0'


@pytest.mark.parametrize("field", TEXTS)
def test_texts_are_kept_as_they_are(ledger, again, field):
    """Whatever signs are in a text, it is found by it, and its line checks."""
    made = ledger.append(**{"kind": "k", field: TEXT})
    assert getattr(again().get(made.id), field) == TEXT
    assert ledger.append(**{"kind": "k", field: TEXT}) == made
    if field != "key":
        assert list(ledger.tail(**{f"{field}s": TEXT})) == [made]


BAD_PAYLOADS = [float("nan"), {"a": float("inf")}, {1: 2}, object(), [1, "\udfff"], {"a": {"b": lambda: 0}}, 1j]


@pytest.mark.parametrize("payload", BAD_PAYLOADS, ids=range(len(BAD_PAYLOADS)))
def test_payloads_that_are_no_json(ledger, layout, payload):
    """They are refused, with a place in them, and nothing is written."""
    with pytest.raises(InvalidValueError) as caught:
        ledger.append("a", payload)
    assert str(caught.value.pointer).startswith("/payload")
    assert not os.path.exists(layout.root)


def nested(depth):
    """Make lists within lists."""
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


def test_the_deepest_payload_is_read_again(ledger, again):
    """What can be appended can be read, however deep it is; what is too deep is refused."""
    depth = canonical.MAX_DEPTH + 2
    with pytest.raises(InvalidValueError):
        ledger.append("a", nested(depth))
    made = None
    while made is None:
        depth -= 1
        try:
            made = ledger.append("a", nested(depth))
        except InvalidValueError:
            continue
    assert depth >= canonical.MAX_DEPTH - 2
    assert again().get(made.id).payload == nested(depth)
    assert ledger.append("a", nested(depth)) == made


VALUES: list[object] = [
    None,
    True,
    0,
    1e300,
    5e-324,
    2**53,
    "",
    "\u0000\u001f\u2028",
    [],
    {},
    {"": {"ü": [None]}},
    "🎲" * 1000,
]


def test_values_come_back_as_json_has_them(ledger, again):
    """Every JSON value is kept, and the same again is the same entry."""
    made = [ledger.append("a", value) for value in VALUES]
    assert [entry.payload for entry in again()] == VALUES
    assert [ledger.append("a", value) for value in VALUES] == made
    assert ledger.append("a", -0.0) == ledger.append("a", 0.0) == made[2]


def test_times(ledger, again):
    """A time is aware and is kept to the microsecond, in UTC; a naive one is refused."""
    early = datetime(1, 1, 1, tzinfo=UTC)
    late = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    made = [ledger.append("a", number, time=moment) for number, moment in enumerate([early, late])]
    assert [one.time for one in again()] == [early, late]
    assert [one.clock for one in made] == [1, 2]
    for bad in (datetime(2026, 1, 1), "2026-01-01T00:00:00Z", 0):  # noqa: DTZ001
        with pytest.raises(InvalidValueError) as caught:
            ledger.append("a", time=bad)
        assert caught.value.pointer == "/time"
    assert made[0].time + timedelta(days=1) < made[1].time


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))),
    ],
)
def test_a_time_that_utc_does_not_have(ledger, moment):
    """Before the year 1 or after 9999 it cannot be written: it is refused, and nothing is appended."""
    with pytest.raises(InvalidValueError) as caught:
        ledger.append("a", time=moment)
    assert caught.value.pointer == "/time"
    assert len(ledger) == 0


def test_prev_is_a_list_of_ids(ledger, monkeypatch):
    """Anything else is refused, and so are too many."""
    made = [ledger.append("a", number) for number in range(4)]
    for bad in ("x", made[0].id, ["x"], [["x"]], [1], [None], {"a": 1}, 5, [made[0].id[:8]], [made[0].id.upper()]):
        with pytest.raises(InvalidValueError) as caught:
            ledger.append("b", prev=bad)
        assert caught.value.pointer == "/prev"
    monkeypatch.setattr(entry, "MAX_PREV", 3)
    assert ledger.append("b", prev=tuple(made[:3])).prev == tuple(one.id for one in made[:3])
    with pytest.raises(InvalidValueError):
        ledger.append("b", prev=made)


@pytest.mark.parametrize(
    "entries", [[1], [None], ["kind"], {"kind": "x"}, "kind", None, 5, [{"kind": "x", 5: 6, "y": 7}]]
)
def test_what_is_no_list_of_entries(ledger, entries):
    """`append_many` refuses whatever is no list of mappings, and appends nothing."""
    with pytest.raises(InvalidValueError):
        ledger.append_many(entries)
    assert len(ledger) == 0


def test_a_filter_is_text(ledger):
    """What is no text is refused; a text that no entry can have finds none, and so does such a key, or an odd id."""
    ledger.append("a", key="k")
    for bad in (["a", 5], [None], 5, [["a"]]):
        with pytest.raises(InvalidValueError):
            ledger.tail(kinds=bad)
    with pytest.raises(InvalidValueError):
        ledger.latest(stream=5)
    assert list(ledger.tail(kinds=["\ud800"])) == list(ledger.tail(streams="\udcff")) == []
    assert len(list(ledger.tail(kinds=["\ud800", "a"]))) == 1
    assert ledger.latest(actor="\ud800") is ledger.by_key("\ud800") is None
    for odd in (5, None, ["a"], "\ud800"):
        with pytest.raises(EntryNotFoundError):
            ledger.get(odd)
        assert odd not in ledger


def test_an_id_may_be_abbreviated(ledger, again, monkeypatch):
    """Eight digits or more that one id alone begins with; not fewer, nor other signs, nor those of none or several."""
    made = [ledger.append("a", number) for number in range(5)]
    for one in (ledger, again()):
        assert [one.whole_id(entry.id[:size]) for entry, size in zip(made, (8, 9, 16, 63, 64), strict=True)] == [
            entry.id for entry in made
        ]
    other = "f" if made[0].id[8] != "f" else "0"
    for bad in (made[0].id[:7], made[0].id[:8] + other, made[0].id + "0", "0" * 64, "x" * 8, "", 5, None, "\udcff" * 8):
        with pytest.raises(EntryNotFoundError):
            ledger.whole_id(bad)
    monkeypatch.setattr(places, "beginning_with", lambda *_: made[:2])
    with pytest.raises(AmbiguousRevisionError) as caught:
        ledger.whole_id("0" * 8)
    assert caught.value.candidates == tuple(sorted(entry.id for entry in made[:2]))


def test_a_clock_that_is_used_up(ledger, monkeypatch):
    """Where no later moment can be counted, nothing is appended."""
    ledger.append("a", 1)
    monkeypatch.setattr(appending, "MAX_CLOCK", 3)
    ledger.append_many([{"kind": "a", "payload": number} for number in (2, 3)])
    with pytest.raises(ClockError) as caught:
        ledger.append("a", 4)
    assert (caught.value.ledger, caught.value.clock) == ("runs", 3)
    assert ledger.append("a", 3).clock == 3


def test_what_is_no_index_and_no_schema(store):
    """The fields that an index can have are named, and a schema is one."""
    for fields in (("payload",), ("kind", "time")):
        with pytest.raises(InvalidValueError):
            store.ledger("runs", index=fields)
    for bad in (7, [7], {"kind": 7}, "kind"):
        with pytest.raises(MunimentError):
            store.ledger("runs", schema=bad)


def test_a_closed_ledger_or_store(store, ledger, root, elsewhere):
    """Closing twice is harmless. A closed ledger opens itself anew and loses nothing; one of a closed store tells."""
    made = ledger.append("a")
    ledger.close()
    ledger.close()
    assert list(ledger) == [made]
    second = ledger.append("b")
    reader = ledger.tail()
    store.close()
    ledger.close()
    asked = [
        lambda: ledger.append("c"),
        lambda: ledger.append_many([{"kind": "c"}]),
        ledger.tail,
        ledger.subscribe,
        ledger.cursor,
        ledger.latest,
        ledger.streams,
        ledger.heads,
        ledger.verify,
        lambda: ledger.get(made.id),
        lambda: ledger.by_key("k"),
        lambda: made in ledger,
        lambda: len(ledger),
        lambda: ledger.erase(made.id, "why"),
        lambda: ledger.archive(1),
        lambda: ledger.fold(0, lambda count, _: count + 1),
        lambda: ledger.sync(root.parent / "elsewhere"),
    ]
    for verb in asked:
        with pytest.raises(StoreClosedError):
            verb()
    assert list(reader) == [made, second]


def test_a_ledger_of_a_store_that_nobody_holds(root, store):
    """A program may keep the ledger alone: only whoever closes a store wants it closed."""
    ledger = Store.open(root, author="Ada <ada@example.org>").ledger("runs")
    gc.collect()
    made = ledger.append("a")
    assert list(ledger) == [made]
    ledger.close()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_store_that_may_only_be_read(ledger, root, again, store, elsewhere, bring):
    """Everything can be read of it, also what arrived since; appending is refused with the system's word."""
    made = [ledger.append("a", number) for number in range(5)]
    store.close()
    elsewhere.append("b")
    bring()
    folders = [root, *root.rglob("*")]
    modes = [path.stat().st_mode for path in folders]
    for path in folders:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    try:
        reader = again()
        assert len(list(reader)) == 6
        assert reader.get(made[0].id) == made[0]
        with pytest.raises(StorageError):
            reader.append("c")
    finally:
        for path, mode in zip(folders, modes, strict=True):
            path.chmod(mode)


def test_a_medium_that_takes_no_writes(ledger, again, elsewhere, bring, monkeypatch):
    """Where the system refuses every write, all is read, also what arrived since, and appending says `StorageError`."""
    made = [ledger.append("a", number) for number in range(5)]
    ledger.close()
    late = elsewhere.append("b")
    bring()
    number = 30  # EROFS

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    reading, open_fd = os.O_RDONLY, disk.open_fd
    for name in ("write", "pwrite", "mkdir", "rename", "replace", "unlink", "truncate", "link"):
        monkeypatch.setattr(disk, name, refuse)
    monkeypatch.setattr(
        disk, "open_fd", lambda *a: open_fd(*a) if a[1] & (os.O_WRONLY | os.O_RDWR) == reading else refuse()
    )
    reader = again()
    for _ in range(2):
        assert set(reader) == {*made, late}
        assert reader.get(late.id) == late
        assert reader.by_key("x") is None
        assert list(reader.tail(kinds="b")) == [late]
        assert list(reader.tail(after=5)) == [late]
    assert reader.fold(0, lambda state, _: state + 1, snapshot="count") == 6
    with pytest.raises(StorageError):
        reader.append("c")


def test_without_syncs(root, store, again):
    """With `durability="os"` nothing waits for the disk, and whatever a program wrote the next one sees."""
    store.close()
    with Store.open(root, author="Ada", durability="os") as quick:
        ledger = quick.ledger("runs")
        made = [ledger.append("a", number) for number in range(50)]
        made += ledger.append_many([{"kind": "b", "payload": number} for number in range(50)])
        assert list(again()) == made
    assert list(again()) == made
    assert again().append("c").offset == 101
    assert len(list(Path(root / ".muniment/ledgers/runs").glob("*.jsonl"))) == 1
