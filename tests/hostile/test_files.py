"""Packs, archives, indexes and caches that a stranger made: each lies as well as it can, with the right name."""

import contextlib
import gzip
import hashlib
import json
import os
import sqlite3
import struct
import subprocess
import sys
import zlib

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strangers import AUTHOR, SWEEP, attempted

from muniment import InvalidCursorError, MunimentError, Store
from muniment.errors import CorruptionError
from muniment.storage.pack_file import PackFile, check_pack
from muniment.storage.pack_layout import HEADER, MAGIC, TRAILER
from muniment.storage.pack_writer import write_pack
from muniment.values import canonical, word
from muniment.values.watch_cursor import WatchCursor

pytestmark = pytest.mark.usefixtures("quick_disk")

MANY = 3_000 if SWEEP else 80


def run_bounded(program, memory_bytes=3 << 29, timeout_s=120):
    """Run a program that must end by itself, in a bounded part of the memory."""
    limited = f"import resource\nresource.setrlimit(resource.RLIMIT_AS, ({memory_bytes}, {memory_bytes}))\n{program}"
    command = [sys.executable, "-c", f"import sys\nsys.path[:0] = {sys.path!r}\n{limited}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout_s)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The bytes of a pack of several blocks, some against others, and what is in it."""
    folder = tmp_path_factory.mktemp("packs")
    values = [canonical.encode({"number": number, "text": "x" * (number % 50)}) for number in range(300)]
    values += [canonical.encode({"many": list(range(number, number + 4000))}) for number in range(3)]
    objects = [(canonical.digest(data), data) for data in values]
    name = write_pack(str(folder), str(folder), objects, sync=False)
    return (folder / f"{name}.pack").read_bytes(), dict(objects)


def named(folder, data):
    """Put the bytes of a pack under the name that is their hash."""
    path = folder / f"{hashlib.sha256(data).hexdigest()}.pack"
    path.write_bytes(data)
    return str(path)


def asked(path, objects):
    """Ask a pack for everything in every way: what it gives is right, what it refuses is typed."""
    try:
        pack = PackFile(path)
    except MunimentError:
        return
    for object_id, data in list(objects.items())[::37]:
        with contextlib.suppress(MunimentError):
            assert pack.get(object_id) in {data, None}
    for verb in (pack.ids, lambda: pack.ids("ab"), lambda: dict(pack.objects()), pack.index.check):
        with contextlib.suppress(CorruptionError):
            verb()


@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_pack_that_was_changed_gives_nothing_wrong(packed, tmp_path_factory, data):
    """Flipped, cut, moved or claimed otherwise, and named anew by its hash: objects are right, or an error is told."""
    whole, objects = packed
    start, blocks, count = TRAILER.unpack(whole[-TRAILER.size :])
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        match data.draw(st.sampled_from(["bit", "column", "number", "trailer", "cut", "header", "frame"])):
            case "bit":
                changed[data.draw(st.integers(0, len(changed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
            case "column":
                at = start + 4 * data.draw(st.integers(0, (len(whole) - start - TRAILER.size) // 4 - 1))
                changed[at : at + 4] = data.draw(st.sampled_from([b"\0" * 4, b"\xff" * 4, b"\1\0\0\0", b"\0\0\0\x80"]))
            case "number":
                at = start + 8 * data.draw(st.integers(0, 2 * blocks - 1))
                changed[at : at + 8] = struct.pack(
                    "<Q", data.draw(st.sampled_from([0, 1, 1 << 20, 1 << 40, (1 << 64) - 1]))
                )
            case "trailer":
                told = [start, blocks, count]
                told[data.draw(st.integers(0, 2))] = data.draw(st.sampled_from([0, 1, 16, count + 1, (1 << 32) - 1]))
                changed[-TRAILER.size :] = TRAILER.pack(*told)
            case "cut":
                del changed[data.draw(st.integers(1, len(changed) - 1)) :]
                changed += bytes(data.draw(st.integers(1, 64)))
            case "header":
                changed[8:16] = struct.pack("<II", *data.draw(st.tuples(st.integers(0, 3), st.integers(0, 2))))
            case "frame":
                at = data.draw(st.integers(HEADER.size, max(HEADER.size, min(start, len(changed)) - 1)))
                changed[at : at + 14] = data.draw(st.binary(min_size=14, max_size=14))
    path = named(tmp_path_factory.mktemp("changed"), bytes(changed))
    asked(path, objects)
    if bytes(changed) != whole:
        check_pack(path)


def bomb(unpacked, told):
    """Make a pack of one object whose frame unpacks to very much, and whose index tells a size."""
    from muniment.storage.pack_block import zstd

    frame = zstd.compress(bytes(unpacked))
    body = HEADER.pack(MAGIC, 2, 0) + frame
    index = struct.pack("<QQIIQI", HEADER.size, told, 0, 0xFFFFFFFF, 0, 0)
    return body + index + TRAILER.pack(len(body), 1, 1)


@pytest.mark.parametrize("told", [1, 1 << 20, 1 << 25, 1 << 34, (1 << 64) - 1])
def test_a_small_pack_does_not_fill_the_memory(tmp_path, told):
    """A frame of some kilobytes that says it holds much more than its part of the file is never unpacked so far."""
    path = named(tmp_path, bomb(1 << 28, told))
    assert os.path.getsize(path) < 1 << 16
    run_bounded(f"""
from muniment.errors import CorruptionError
from muniment.storage.pack_file import PackFile, check_pack
for verb in (lambda: PackFile({path!r}).get("00" * 32), lambda: dict(PackFile({path!r}).objects())):
    try:
        verb()
    except CorruptionError:
        pass
    else:
        raise AssertionError("it was unpacked")
check_pack({path!r})
""")


@pytest.mark.parametrize("size", [1 << 20, (1 << 28) + (1 << 20)])
def test_a_watch_s_cursor_does_not_fill_the_memory(size):
    """A word of any length is refused before it has become very much."""
    packing, parts = zlib.compressobj(1), []
    parts += [packing.compress(b" " * (1 << 20)) for _ in range(size >> 20)]
    token = word.encode(b"".join([*parts, packing.flush()]))
    assert len(token) < size // 100
    with pytest.raises(InvalidCursorError):
        WatchCursor.parse("store", token)


def archive(root, header, members=b""):
    """Put an archive by hand into the ledger of a store."""
    data = gzip.compress(header, mtime=0) + members
    folder = root / ".muniment" / "ledgers" / "events" / "archives"
    folder.mkdir(exist_ok=True)
    (folder / f"{hashlib.sha256(data).hexdigest()}.jsonl.gz").write_bytes(data)
    os.utime(folder.parent)


def told(*stretches):
    """Write the first line of an archive."""
    return msgspec.json.encode({"archive": 1, "stretches": list(stretches)}) + b"\n"


BIG = (1 << 62) - 1
STRETCHES = {
    "a member that is very long": ["a" * 32, [0, 0], [1, 100], 1, [[100, BIG]]],
    "a member of a terabyte": ["a" * 32, [0, 0], [1, 100], 1, [[100, 1 << 40]]],
    "a member that unpacks to a terabyte": ["a" * 32, [0, 0], [1, 1 << 40], 1, [[1 << 40, 1 << 30]]],
    "a beginning far away": ["a" * 32, [BIG, BIG], [1, 1], 1, [[1, 30]]],
    "an end far away": ["a" * 32, [0, 0], [BIG, BIG], BIG, [[1, 30], [BIG, BIG]]],
    "very many members": ["a" * 32, [0, 0], [1, 1], 1, [[1, 30]] * 50_000],
    "no members": ["a" * 32, [0, 0], [1, 1], 1, []],
    "none of its bytes": ["a" * 32, [0, 0], [1, 1], 1, [[0, 0]] * 10],
}


@pytest.mark.parametrize("stretch", STRETCHES)
def test_an_archive_that_lies_about_its_members_is_refused(root, stretch):
    """What an archive says of sizes is compared with its own: nothing is asked of the memory that is not there."""
    archive(root, told(STRETCHES[stretch]), gzip.compress(b"x" * 100))
    run_bounded(f"""
from strangers import attempted
attempted({str(root)!r}, "entries", "append", "verify")
""")


@pytest.mark.parametrize("filling", [b" ", b"[", b'{"archive":1,"stretches":[' + b"[1]," * 50])
def test_the_first_line_of_an_archive_does_not_fill_the_memory(root, filling):
    """A first line of some kilobytes that unpacks to gigabytes is refused."""
    archive(root, filling * ((1 << 27) // len(filling)))
    run_bounded(
        f"""
from strangers import attempted
found = attempted({str(root)!r}, "entries", "verify")
""",
        1 << 30,
    )


def hostile_indexes():
    """Give databases in place of an index, as SQL, by what they do."""
    endless = "with recursive c(x) as (select 1 union all select x + 1 from c)"
    return {
        "a view that never ends": f"create view kinds_of as {endless} select x as stream, x as kind, x as actor, x as "
        "first_clock, x as first_id, x as last_clock, x as last_id, x as last_offset from c",
        "a view in place of what it says of itself": f"create view meta as {endless} select x as name, x as value from c",
        "a trigger": f"create table found (pair integer primary key); create trigger t before insert on found begin "
        f"select max(x) from ({endless} select x from c); end",
        "a table of other columns": "create table meta (name blob)",
        "a column that is computed": "create table blocks (block integer primary key, segment text as (zeroblob(1000000000)))",
    }


@pytest.mark.parametrize("kind", hostile_indexes())
def test_an_index_with_code_of_its_own_is_made_anew(root, kind):
    """The index of a ledger is a database: one that has views, triggers or other tables than ours is thrown away."""
    folder = root / ".muniment" / "local" / "cache" / "ledgers" / "events"
    (path,) = [file for file in folder.iterdir() if file.suffix == ".sqlite"]
    with sqlite3.connect(path) as database:
        made_for = dict(database.execute("select name, value from meta"))["made_for"]
        for kind_of, name in list(
            database.execute("select type, name from sqlite_master where name not like 'sqlite_%'")
        ):
            database.execute(f"drop {kind_of} {name}")
        database.executescript(hostile_indexes()[kind])
        for statement in ("create table if not exists meta (name text primary key, value text) without rowid",
                          f"insert or replace into meta values ('made_for', '{made_for}'), ('covered', '1')"):  # fmt: skip
            with contextlib.suppress(sqlite3.Error):
                database.execute(statement)
    database.close()
    run_bounded(f"""
from strangers import attempted
found = attempted({str(root)!r}, "entries", "append", "verify")
assert not any(found.values()), found
""")


CACHES = ["local/cache/working.msgpack", "local/cache/commits.jsonl", "local/operations.jsonl", "local/merge.json",
          "local/HEAD", "local/copy-id", "local/ledgers/events/arrivals.jsonl", "local/ledgers/events/writer.json",
          "local/erasure", "format.json", "local/journal", "local/journal.applied", "local/locks/store.lock",
          "allowed_signers"]  # fmt: skip
FILLINGS = [b"", b"\0" * 5000, b"\xff" * 5000, b"[" * 100_000, b'{"a":' * 100_000, b"\n" * 5000, b"\x91" * 100_000,
            b'"\\ud800"', b"9" * 6000, b'{"format":1,"epoch":"x","segment":[[[[[[["}\n[[[[[']  # fmt: skip


@pytest.mark.parametrize("place", CACHES)
def test_any_bytes_in_place_of_a_file_are_no_other_error(root, place):
    """Whatever one of the store's own files holds, verbs work or tell an error of ours."""
    for filling in FILLINGS if SWEEP else FILLINGS[3:8]:
        path = root / ".muniment" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(filling)
        attempted(root, "read", "status", "log", "entries", "append", "write")


def test_a_cache_with_a_right_checksum_is_only_believed_about_times(root):
    """A stat cache that nests without an end is thrown away, though its checksum is right."""
    data = b"\x81\xa6limits" + b"\x91" * 100_000
    path = root / ".muniment" / "local" / "cache" / "working.msgpack"
    path.write_bytes(zlib.crc32(data).to_bytes(4, "little") + data)
    assert not any(attempted(root, "status", "write").values())


@pytest.mark.parametrize("name", ["../x", "..", ".git", "a/b", "/etc", "con", "x\ny", "", "x" * 300, "\x1b[2J"])
def test_a_ledger_s_name_leads_nowhere(root, name):
    """No ledger is made of, or opened at, a name that is none."""
    with Store.open(root, author=AUTHOR) as store, pytest.raises(MunimentError):
        store.ledger(name).append("x", 1)


@pytest.mark.parametrize("name", ["\x1b[2J", "a" * 32, "x" * 250, "..."])
def test_a_folder_of_any_name_beside_the_ledgers_is_no_other_error(root, name):
    """Folders that a stranger made beside the ledgers are passed over, or told by `verify`."""
    folder = root / ".muniment" / "ledgers" / name
    folder.mkdir()
    (folder / f"{'b' * 32}.jsonl").write_text('{"id": 1}\n')
    (folder / f"{'b' * 32}.{'9' * 100}-{'9' * 110}.jsonl").write_text("x\n")
    attempted(root)


def test_segments_of_any_lines_are_no_other_error(root):
    """Lines that are no entries, or lie about their batch or clock, are refused when they are read."""
    (segment,) = (root / ".muniment" / "ledgers" / "events").glob("*.jsonl")
    line = json.loads(segment.read_bytes().splitlines()[0])
    for change in ({"batch": [5, 1 << 61]}, {"batch": [1 << 61, 1 << 62]}, {"clock": (1 << 62) - 1}, {"clock": 1 << 70},
                   {"clock": -1}, {"prev": ["x"] * 1000}, {"time": "9999-12-31T23:59:59-23:59"}, {"erasable": "../" * 20},
                   {"id": "z" * 64}, {"payload": [[[]]] * 9}, {"signature": "x"}):  # fmt: skip
        other = segment.with_name(f"{'c' * 32}.jsonl")
        other.write_bytes(json.dumps({**line, **change}, separators=(",", ":")).encode() + b"\n")
        attempted(root, "entries", "append", "verify", "names")
    other.write_bytes(b"\n" * 100_000)
    attempted(root, "entries", "append", "verify", "names")
