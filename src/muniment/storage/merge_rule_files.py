"""Sets of merge rules as immutable records, of which the newest of each name counts; the host repository merges them.

Format: docs/format/merge-rules.md.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from muniment.errors import CorruptionError
from muniment.files import atomic, disk
from muniment.files.layout import Layout
from muniment.schema import merge_record
from muniment.schema.merge_record import MergeRecord
from muniment.schema.merge_rules import MergeRules
from muniment.storage import checked
from muniment.storage.unchanged import Unchanged
from muniment.values import canonical

_FILE = re.compile(r"([0-9a-f]{64})\.json")
_MOMENT = timedelta(microseconds=1)


class MergeRuleFiles:
    """The merge rules that one store keeps."""

    def __init__(self, layout: Layout, *, sync: bool) -> None:
        self._layout = layout
        self._sync = sync
        self._names: Unchanged[tuple[str, ...]] = Unchanged()
        self._newest: Unchanged[MergeRecord | None] = Unchanged()

    def all(self) -> tuple[MergeRules, ...]:
        """Give the newest rules of each name, in the order of the names; the same objects while nothing changes."""
        return tuple(record.rules for record in map(self._last, self._sets()) if record)

    def get(self, name: str) -> MergeRules | None:
        """Give the newest rules of a name; None where there are none. A record that is damaged counts for nothing."""
        record = self._last(name)
        return record.rules if record else None

    def put(self, rules: MergeRules) -> None:
        """Keep rules, durably; what counts already is not written again, nor a withdrawal of what is not there.

        They count from now on even where the clock went back: their time is then a moment after that of the last.
        """
        last = self._last(rules.name)
        if last is None:
            if rules.is_empty:
                return
            time = datetime.now(UTC)
        else:
            if merge_record.body(rules) == merge_record.body(last.rules) or (rules.is_empty and last.rules.is_empty):
                return
            time = max(datetime.now(UTC), _after(last.time))
        data = merge_record.encode(MergeRecord(rules, time))
        path = self._layout.merge_rules_record(rules.name, canonical.digest(data))
        atomic.replace_file(path, data, self._layout.temporary, sync=self._sync)

    def withdraw(self, name: str) -> None:
        """Put the rules of a name out of force, durably, where there are some."""
        last = self.get(name)
        if last is not None:
            self.put(MergeRules(last.name, names=()))

    def damaged(self) -> Iterator[tuple[str, CorruptionError]]:
        """Give the records that cannot be read, each with its fault."""
        for name in self._sets():
            for path, found in self._records(name):
                if isinstance(found, CorruptionError):
                    yield path, found

    def _sets(self) -> tuple[str, ...]:
        with suppress(FileNotFoundError, NotADirectoryError):
            return self._names.get(self._layout.merging, lambda path: tuple(sorted(disk.listdir(path))))
        return ()

    def _last(self, name: str) -> MergeRecord | None:
        with suppress(FileNotFoundError, NotADirectoryError):
            return self._newest.get(self._layout.merge_rules(name), lambda _: self._look(name))
        return None

    def _look(self, name: str) -> MergeRecord | None:
        found = [(record.time, path, record) for path, record in self._records(name) if isinstance(record, MergeRecord)]
        return max(found)[2] if found else None

    def _records(self, name: str) -> Iterator[tuple[str, MergeRecord | CorruptionError]]:
        with suppress(FileNotFoundError, NotADirectoryError):
            for match in filter(None, map(_FILE.fullmatch, sorted(disk.listdir(self._layout.merge_rules(name))))):
                path = self._layout.merge_rules_record(name, match[1])
                try:
                    yield path, _read(path, name, match[1])
                except CorruptionError as error:
                    yield path, error


def _read(path: str, name: str, digest: str) -> MergeRecord:
    return merge_record.decode(path, name, checked.read(path, digest))


def _after(time: datetime) -> datetime:
    """Give the moment after another; the last there is has none."""
    try:
        return time + _MOMENT
    except OverflowError:
        return time
