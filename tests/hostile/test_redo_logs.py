"""A stranger's redo logs: what they tell to write is written inside the store, or nowhere."""

import struct
import zlib
from contextlib import suppress

import msgspec
import pytest
from strangers import attempted, pictured

from muniment import MalformedError, MunimentError, Store
from muniment.files import journal_note
from muniment.files.journal import MAGIC, START
from muniment.files.journal_frame import FRAME, FRAME_MAGIC
from muniment.files.journal_note import Note
from muniment.storage.change import Change, Replacement, encode_change
from muniment.values.operation import HeadMove, TagMove

pytestmark = pytest.mark.usefixtures("quick_disk")

ID = "ab" * 32
AWAY = "../../../../outside/secret"


def forged(path, payload):
    """Put a journal at `path` that has one record, which nobody has applied."""
    generation = bytes(range(16))
    frame = FRAME.pack(FRAME_MAGIC, zlib.crc32(payload, zlib.crc32(generation)), len(payload)) + payload
    path.write_bytes((MAGIC + generation).ljust(START, b"\0") + frame)
    path.with_name(path.name + journal_note.SUFFIX).unlink(missing_ok=True)


CHANGES = {
    "an object": {"objects": [(f"..{AWAY}", b"1")]},
    "an object of no id": {"objects": [("abc", b"1")]},
    "a pack": {"packs": [AWAY]},
    "a branch": {"moves": [HeadMove(AWAY, None, ID)]},
    "a new head": {"moves": [HeadMove("main", None, AWAY)]},
    "an old head": {"moves": [HeadMove("main", AWAY, ID)]},
    "a head that goes": {"moves": [HeadMove("main", f"../../../{AWAY}.json", None)]},
    "a tag": {"tags": [TagMove(AWAY, None, ID)]},
    "a tag's object": {"tags": [TagMove("v2", None, AWAY)]},
    "a tag that goes": {"tags": [TagMove("v1", f"../../{AWAY}.json", None)]},
    "a document": {"replacements": [Replacement(AWAY, None, ID)], "texts": {AWAY: b"1"}},
    "a document's text": {"replacements": [Replacement("new", None, "../x")], "texts": {"new": b"1"}},
    "a document in the store's folder": {"replacements": [Replacement(".muniment/x", None, ID)]},
    "a branch to check out": {"select": "../x\nrefs/heads/main"},
    "an operation of many lines": {"operation": b"1\n2"},
    "a commit of many lines": {"commits": [b"1\n2"]},
}
EMPTY = {"objects": [], "packs": [], "moves": [], "replacements": [], "commits": [], "operation": b""}


@pytest.mark.parametrize("told", CHANGES)
def test_a_record_writes_nothing_outside(root, outside, told):
    """Whatever a forged record names, nothing beside the store changes: it is refused as malformed."""
    before = pictured(outside)
    forged(root / ".muniment" / "local" / "journal", encode_change(Change(**{**EMPTY, **CHANGES[told]})))
    (root / ".muniment" / "refs" / "heads" / "main" / "x").mkdir()  # a place for `..` to lead through
    inside = {path for path in pictured(root) if "/local/" not in path}
    found = attempted(root, "read", "log", "names", "tag", "write")
    assert pictured(outside) == before
    assert isinstance(found["write"], MalformedError), found
    assert found["read"] is None
    assert {path for path in pictured(root) if "/local/" not in path} == inside


@pytest.mark.parametrize(
    "payload",
    [b"", b"\xc1", b"\x91" * 100_000, msgspec.msgpack.encode([1]), encode_change(Change(**EMPTY)) + b"\0"],
    ids=["nothing", "no msgpack", "deep", "of other types", "with more behind"],
)
@pytest.mark.parametrize("place", ["journal", "ledgers/events/journal"])
def test_a_record_of_any_bytes_is_refused(root, payload, place):
    """A record that is none is malformed, however its bytes were chosen."""
    forged(root / ".muniment" / "local" / place, payload)
    found = attempted(root, "read", "log", "entries", "verify", "write", "append")
    assert isinstance(found["append" if "ledgers" in place else "write"], MunimentError)


@pytest.mark.parametrize("segment", ["../../../outside/secret", f"../{'a' * 32}", "a" * 31])
def test_a_ledger_s_record_writes_no_other_file(root, outside, segment):
    """The redo log of a ledger names a segment, not a path."""
    (outside / "secret.jsonl").write_bytes(b"mine\n")
    before = pictured(outside)
    payload = msgspec.msgpack.encode([segment, 0, b"theirs\n"])
    forged(root / ".muniment" / "local" / "ledgers" / "events" / "journal", payload)
    found = attempted(root, "entries", "append")
    assert pictured(outside) == before
    assert isinstance(found["append"], MalformedError)


def test_a_ledger_is_continued_in_its_own_files_only(root, outside):
    """What notes the file that this copy appends to names a segment, not a path."""
    mine = outside / "secret.jsonl"
    mine.write_bytes(b"mine\n")
    state = mine.stat()
    writer = {"segment": "../../../outside/secret", "inode": state.st_ino, "device": state.st_dev, "held": False}
    local = root / ".muniment" / "local" / "ledgers" / "events"
    (local / "writer.json").write_bytes(msgspec.json.encode(writer))
    arrivals = (local / "arrivals.jsonl").read_bytes()
    segment = next((root / ".muniment" / "ledgers" / "events").glob("*.jsonl")).stem.encode()
    (local / "arrivals.jsonl").write_bytes(arrivals.replace(segment, b"../../../outside/secret"))
    attempted(root, "entries", "append")
    assert mine.read_bytes() == b"mine\n"


@pytest.mark.parametrize("position", [0, 1, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
def test_a_note_that_points_anywhere_is_not_believed(root, position):
    """The note beside the journal is believed only about places that the journal has."""
    with Store.open(root, author="Ada <ada@example.org>") as store:
        store.write("limits", 7)
        store.commit("seven")
    path = root / ".muniment" / "local" / "journal.applied"
    generation = path.with_name("journal").read_bytes()[8:24]
    path.write_bytes(journal_note.encode(Note(generation, journal_note.boot_id(), position, 0, documents=True)))
    assert not any(attempted(root, "log", "write", "status").values())


def test_a_frame_that_claims_any_size_is_none(root):
    """A frame longer than the file is no frame."""
    path = root / ".muniment" / "local" / "journal"
    for size in (1, 1 << 30, (1 << 63) - 1, (1 << 64) - 1):
        forged(path, b"")
        with path.open("ab") as file:
            file.truncate(START)
        with path.open("ab") as file:
            file.write(struct.pack("<4sIQ", FRAME_MAGIC, 0, size))
        with Store.open(root, author="Ada <ada@example.org>") as store:
            store.write("limits", size % 1000)
            store.commit("another")


HEADS = [
    [["main", "../../../../outside/secret.json", None]],
    [["main", None, "../../../../x"]],
    [["main", "z" * 64, None]],
]
TAGS = [[["v1", "../../../../outside/secret.json", None]], [["v1", None, "../../../../x"]]]


@pytest.mark.parametrize(
    "line", [*({"heads": heads} for heads in HEADS), *({"heads": [], "tags": tags} for tags in TAGS)]
)
def test_an_operation_that_names_no_ids_is_none(root, outside, line):
    """Undo moves heads and tags from and to ids: a line of the log that tells of anything else is passed over."""
    before = pictured(outside)
    told = {"author": "Eve", "message": "m", "time": "2030-01-01T00:00:00.000000Z", "verb": "commit", **line}
    with (root / ".muniment" / "local" / "operations.jsonl").open("ab") as file:
        file.write(msgspec.json.encode(told) + b"\n")
    with Store.open(root) as store:
        assert store.operations()[0].message != "m"
    attempted(root, "names", "write", "tag", "undo")
    assert pictured(outside) == before


def test_an_error_of_the_journal_is_typed_for_readers_too(root):
    """Who only reads is told of no record that cannot be applied, and by `verify`."""
    forged(root / ".muniment" / "local" / "journal", b"\x91" * 100_000)
    with Store.open(root) as store:
        assert store.read("limits")
        with suppress(MunimentError):
            store.log()
