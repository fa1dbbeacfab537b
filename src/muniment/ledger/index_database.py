"""The database that an index of a ledger is: its tables, its settings, and the statements that are more than a line.

Format: docs/format/ledgers.md, "The index".
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from functools import cache, wraps
from typing import ParamSpec, TypeVar

import msgspec

from muniment.files import disk

P = ParamSpec("P")
R = TypeVar("R")

_SCHEMA = """
create table if not exists meta (name text primary key, value text) without rowid;
create table if not exists found (pair integer primary key);
create table if not exists blocks (block integer primary key, segment text, entries integer, size_bytes integer);
create table if not exists marks (field text, value text, block integer, primary key (field, value, block))
    without rowid;
create table if not exists kinds_of (stream text, kind text, actor text, first_clock integer, first_id text,
    last_clock integer, last_id text, last_offset integer, primary key (stream, kind, actor)) without rowid;
"""

ADD_PAIRS = "insert or ignore into found select value from json_each(?)"
PAIRS_BETWEEN = "select pair from found where pair between ? and ?"
SHARED = "select pair >> 32 from found group by pair >> 32 having count(*) > 1"
LATEST = (
    "select last_clock, last_id, last_offset from kinds_of where true{} order by last_clock desc, last_id desc limit 1"
)
PAIRS_OF = "select pair from json_each(?) join found on pair between value and value + 4294967295"

ADD_SORT = """
insert into kinds_of values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do update set
    (first_clock, first_id) = (select min_clock, min_id from (
        select first_clock as min_clock, first_id as min_id union all select excluded.first_clock, excluded.first_id
        order by 1, 2 limit 1)),
    (last_clock, last_id, last_offset) = (select max_clock, max_id, max_offset from (
        select last_clock as max_clock, last_id as max_id, last_offset as max_offset
        union all select excluded.last_clock, excluded.last_id, excluded.last_offset order by 1 desc, 2 desc limit 1))
"""


class LostError(Exception):
    """The database cannot be used any more: whoever asked begins again, with a new one."""


def asking_again(verb: Callable[P, R]) -> Callable[P, R]:
    """Decorate a verb that asks the index, and changes nothing before: it is done again where the index was lost."""

    @wraps(verb)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return verb(*args, **kwargs)
        except LostError:
            return verb(*args, **kwargs)

    return call


def connect(path: str) -> sqlite3.Connection:
    """Open the database at `path`, and make its tables; without a path, one that ends with this process.

    One that has anything else in it than these tables was made by hand: its views and triggers would run in this
    program, and need not end.

    Raises:
        sqlite3.DatabaseError: It is damaged, or of another make, or may not be written.
    """
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30.0)
    try:
        database.execute("pragma trusted_schema=off")
        database.execute("pragma journal_mode=wal")
        database.execute("pragma synchronous=normal")  # a power cut may take the last changes, but damages nothing
        database.execute("pragma cache_size=-32768")  # in KiB
        database.execute("pragma wal_autocheckpoint=8192")  # in pages of 4 KiB
        database.execute("pragma mmap_size=1073741824")
        database.executescript(_SCHEMA)
        if _made(database) != _made_by_us():
            raise sqlite3.DatabaseError("it has other tables than an index has")  # noqa: TRY301 - closed below
    except BaseException:
        database.close()
        raise
    return database


def _made(database: sqlite3.Connection) -> set[tuple[str, ...]]:
    """Tell what a database is made of: reading that runs nothing of it."""
    return set(database.execute("select type, name, sql from sqlite_master"))


@cache
def _made_by_us() -> set[tuple[str, ...]]:
    with closing(sqlite3.connect("")) as database:
        database.executescript(_SCHEMA)
        return _made(database)


def add(
    database: sqlite3.Connection,
    pairs: list[int],
    blocks: Mapping[int, tuple[str, int, int]],
    marks: Iterable[tuple[str, str, int]],
    sorts: Mapping[tuple[str, str, str], tuple[tuple[int, str], tuple[int, str], int]],
) -> None:
    """Add what an index has in memory; part of a transaction."""
    pairs.sort()  # so that the database goes through its pages once
    database.execute(ADD_PAIRS, (msgspec.json.encode(pairs).decode(),))
    places = ((block, *place) for block, place in blocks.items())
    database.executemany("insert or ignore into blocks values (?, ?, ?, ?)", places)
    database.executemany("insert or ignore into marks values (?, ?, ?)", sorted(marks))
    rows = ((*sort, *first, *last, offset) for sort, (first, last, offset) in sorts.items())
    database.executemany(ADD_SORT, rows)


def remove(path: str) -> None:
    """Remove the files of a database."""
    for suffix in ("", "-wal", "-shm"):
        with suppress(OSError):
            disk.unlink(path + suffix)
