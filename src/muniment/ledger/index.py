"""Where to find entries by id, key, content, stream, kind and actor: a database that is derived and may be lost.

Entries are known by the offsets of this copy. Ids, keys and contents are looked up by a number of 32 bits, so what is
found has to be compared with what was meant. Streams, kinds and actors are noted for blocks of entries, so a reader
who wants few of them skips the other blocks. New entries are kept in memory and written many at a time; whatever
process comes next writes what a stopped one did not, for `covered` says up to where the database knows all.

Format: docs/format/ledgers.md, "The index".
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from muniment.files import disk
from muniment.files.layout import LedgerLayout
from muniment.ledger import index_database
from muniment.ledger.unwritten import SORT, Range, Sort, Unwritten
from muniment.values.cursor import Reach
from muniment.values.entry import Entry

FORMAT = 2
_MOST_PENDING = 50_000
_OFFSETS = (1 << 32) - 1
"""A pair is a number, which says what is looked for, in the upper bits, and an offset in the lower 32."""


class Index:
    """The index of one copy of a ledger, for the order of arrival that is told apart by `epoch`."""

    def __init__(self, layout: LedgerLayout, fields: Sequence[str]) -> None:
        self._fields = tuple(sorted(fields))
        self._path = layout.index(self._fields)
        self._database: sqlite3.Connection | None = None
        self._epoch, self._is_kept = "", True
        self.covered = 0
        """The offset up to which all entries are known, in the database or in memory."""
        self._written = 0
        self._own: tuple[str, Reach] | None = None
        self.holes: list[tuple[int, int]] = []
        """Offsets that were passed over, from and to, because their entries were not here: another host branch's."""
        self._unwritten = Unwritten(self._fields)

    def open(self, epoch: str, *, is_kept: bool = True) -> None:
        """Use the database, if it was made for this order of arrival; else begin anew. One that is not kept has none.

        Where it may not be written, or is damaged beyond that, a temporary one serves, which is lost with the process.
        """
        if self._database is not None and (epoch, is_kept) == (self._epoch, self._is_kept):
            return
        self.close()
        self._is_kept = is_kept
        self._epoch, self.covered, self._written, self._own, self.holes = epoch, 0, 0, None, []
        self._unwritten = Unwritten(self._fields)
        try:
            self._database = self._opened(self._path if epoch and is_kept else "")
        except (sqlite3.Error, OSError):
            self._database = self._opened("")

    def _opened(self, path: str) -> sqlite3.Connection:
        if path:
            disk.make_folders(os.path.dirname(path))
        try:
            return self._trusted(index_database.connect(path))
        except sqlite3.OperationalError:  # not damaged, but busy or forbidden: others may be using it
            raise
        except (sqlite3.DatabaseError, ValueError, RecursionError):
            if not path:
                raise
            index_database.remove(path)
            return self._trusted(index_database.connect(path))

    def _trusted(self, database: sqlite3.Connection) -> sqlite3.Connection:
        """Take over what a database says of itself; `ValueError` if it was made for another order of arrival."""
        try:
            meta = dict(database.execute("select name, value from meta"))
            if meta and meta.get("made_for") != self._made_for():
                raise ValueError("made for another order of arrival")  # noqa: TRY301 - closed below, as for others
            self.covered = self._written = int(meta.get("covered", 0))
            self._own = msgspec.json.decode(meta["own"], type=tuple[str, Reach]) if "own" in meta else None
            self.holes = msgspec.json.decode(meta.get("holes", "[]"), type=list[tuple[int, int]])
        except BaseException:
            database.close()
            raise
        return database

    def _made_for(self) -> str:
        return f"{FORMAT} {self._epoch} {' '.join(self._fields)}"

    def hint(self) -> dict[str, Reach]:
        """Give how many entries the first bytes of this copy's own segment hold, as they were written down."""
        return dict([self._own]) if self._own is not None else {}

    def add(self, entries: Sequence[Entry], numbers: Iterable[int]) -> None:
        """Take note of entries by their offsets, which follow each other; `numbers` are those of keys or contents."""
        self._unwritten.add(entries, numbers)

    def add_block(self, block: int, segment: str, begins: Reach) -> None:
        """Take note of where the first entry of a block begins."""
        self._unwritten.add_block(block, segment, begins)

    def write_if_many(self, own: tuple[str, Reach] | None) -> None:
        """Write what is only in memory, if that has become much."""
        if self._unwritten.count > _MOST_PENDING:
            self.write(own)

    def write(self, own: tuple[str, Reach] | None) -> None:
        """Write what is only in memory; `own` tells how far the open run of this copy has been counted."""
        database = self._database
        if database is None or (self.covered == self._written and not self._unwritten.count):
            return
        try:
            with suppress(sqlite3.OperationalError):
                self._write(database, own)
        except sqlite3.DatabaseError:  # damaged: it is made anew
            self.discard()

    def _write(self, database: sqlite3.Connection, own: tuple[str, Reach] | None) -> None:
        database.execute("begin immediate")
        try:
            stored = database.execute("select value from meta where name = 'covered'").fetchone()
            new = self._unwritten
            pairs = [number << 32 | offset for number, offset in new.pairs()]
            index_database.add(database, pairs, new.blocks, new.marks, new.sorts)
            meta = {"made_for": self._made_for()}
            if stored is None or int(stored[0]) <= self.covered:
                meta["covered"] = str(self.covered)
                meta["holes"] = _json(self.holes)
                if own is not None:
                    meta["own"] = _json(own)
            database.executemany("insert or replace into meta values (?, ?)", meta.items())
            database.execute("commit")
        except BaseException:
            with suppress(sqlite3.Error):
                database.execute("rollback")
            raise
        self._written = self.covered
        self._unwritten = Unwritten(self._fields)
        self._own = own

    def discard(self) -> None:
        """Throw the database away, because it proved to be wrong; the next `open` makes another."""
        self.close()
        index_database.remove(self._path)

    def find(self, number: int) -> list[int]:
        """Give the offsets of entries that may be meant by a number, in order."""
        first = number << 32
        found = self._query(index_database.PAIRS_BETWEEN, (first, first | _OFFSETS)) if self._written else []
        return sorted({*(pair & _OFFSETS for (pair,) in found), *self._unwritten.offsets_of(number)})

    def find_many(self, numbers: Sequence[int]) -> dict[int, list[int]]:
        """Give the offsets of entries that may be meant by each of many numbers; those that mean none are left out."""
        found: dict[int, set[int]] = {}
        recent = self._unwritten.numbers()
        for number in numbers if recent else ():
            if number in recent:
                found.setdefault(number, set()).update(self._unwritten.offsets_of(number))
        if self._written:
            for (pair,) in self._query(index_database.PAIRS_OF, (_json(sorted(number << 32 for number in numbers)),)):
                found.setdefault(pair >> 32, set()).add(pair & _OFFSETS)
        return {number: sorted(offsets) for number, offsets in found.items()}

    def shared(self) -> set[int]:
        """Give the numbers that may mean several entries; among them those that are only in memory."""
        return {number for (number,) in self._query(index_database.SHARED, ())} | set(self._unwritten.numbers())

    def block(self, block: int) -> tuple[str, Reach] | None:
        """Give where the first entry of a block begins: its segment, and how much of that stands before it."""
        if block in self._unwritten.blocks:
            segment, entries, size_bytes = self._unwritten.blocks[block]
            return segment, Reach(entries, size_bytes)
        for segment, entries, size_bytes in self._query(
            "select segment, entries, size_bytes from blocks where block = ?", (block,)
        ):
            return segment, Reach(entries, size_bytes)
        return None

    def blocks_with(self, wanted: dict[str, Iterable[str]]) -> list[int] | None:
        """Give the blocks that hold entries with one of the values wanted, of each field, in order.

        None where no field of those is indexed. Writes first what is only in memory.
        """
        fields = [field for field in wanted if field in self._fields]
        if not fields or self._database is None or self._unwritten.count:
            return None
        queries, values = [], []
        for field in fields:
            queries.append(
                "select distinct block from marks where field = ? and value in (select value from json_each(?))"
            )
            values += [field, _json(sorted(wanted[field]))]
        query = f"{' intersect '.join(queries)} order by block"
        return [block for (block,) in self._query(query, tuple(values))]

    def streams(self) -> list[str]:
        """Give the streams in the order of their first entries."""
        first: dict[str, tuple[int, str]] = {}
        for (stream, _, _), (key, _, _) in self._all_sorts():
            first[stream] = min(first.get(stream, key), key)
        return sorted(first, key=first.__getitem__)

    def latest(self, wanted: dict[str, Iterable[str]]) -> int | None:
        """Give the offset of the last entry that has one of the values wanted, of each field; None if none has."""
        found = [
            (last, offset)
            for sort, (_, last, offset) in self._unwritten.sorts.items()
            if all(value in wanted.get(field, (value,)) for field, value in zip(SORT, sort, strict=True))
        ]
        conditions = "".join(f" and {field} in (select value from json_each(?))" for field in wanted)  # noqa: S608 - ours
        values = tuple(_json(sorted(values)) for values in wanted.values())
        for clock, entry_id, offset in self._query(
            index_database.LATEST.format(conditions), values
        ):  # of constant names
            found.append(((clock, entry_id), offset))
        return max(found)[1] if found else None

    def _all_sorts(self) -> Iterator[tuple[Sort, Range]]:
        yield from self._unwritten.sorts.items()
        for row in self._query("select * from kinds_of", ()):
            yield row[:3], (row[3:5], row[5:7], row[7])

    def _query(self, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        if self._database is None:
            raise index_database.LostError
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:  # not damaged: others may be using it, and this program does without
            self._path = ""
            self.close()
            raise index_database.LostError from error
        except sqlite3.DatabaseError as error:
            self.discard()
            raise index_database.LostError from error

    def close(self) -> None:
        """Close the database; what is only in memory is found again by whoever opens it."""
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()
        self._database = None
        self._epoch = ""


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
