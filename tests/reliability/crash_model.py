"""What a crash may leave of a folder: a model of a file system that is strict, and legal by POSIX.

Each event changes one file's bytes or one folder's names. After a crash a change is there for sure if a sync that
came after it succeeded, of that very file or folder; any other change is *open*: it may be there or not.

- `fsync` and `fdatasync` of a file make its bytes and its length durable, and not its name. `fsync` of a folder makes
  the names in it durable, and not what they lead to: neither the bytes of a file nor the names in a folder. A `syncfs`
  makes everything durable. (POSIX.1-2017, `fsync`; "All File Systems Are Not Created Equal", OSDI 2014, section 2;
  ext4, XFS and btrfs promise more: a new file's name comes with its `fsync`, for instance.)
- An open write is there, or not, or half of it, the first or the second; and where it made the file longer, there may
  be zeros in place of it, as where the length reached the disk and the bytes did not. What it was not to change stays.
  The halves meet where a sector of 512 bytes begins, because a sector is written whole or not at all; but a file that
  became longer may have been cut anywhere.
- An open change of length is there or not.
- Names in one folder change independently of those in every other. A rename within one folder is atomic: the old name
  or the new, never both or neither, and what was replaced is there until then. Of a rename from one folder to another
  each half may be there without the other.
- Within a folder a change that takes a name away needs the change that had put it there: what never was cannot be
  moved. All others are independent.
- A sync that failed settles nothing, and no later sync makes durable what it left open: the kernel took it for
  written ("Can Applications Recover from fsync Failures?", USENIX ATC 2020).
- What nobody named is gone; permissions and times are not modelled.

With `in_order` the names change in the order of the program, in all folders alike, and the bytes of one file too, as
where one journal holds all metadata (ext4, XFS); bytes and names stay independent. Each of these states is one of the
others as well.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from file_events import (
    TOP,
    Begun,
    Event,
    Named,
    Removed,
    Renamed,
    Resized,
    Synced,
    SyncedAll,
    SyncFailed,
    Written,
)

SECTOR_BYTES = 512


class Left(NamedTuple):
    """A file as it was left: two names with one inode are one file."""

    inode: int
    content: bytes


Layout: TypeAlias = dict[str, Left | None]
"""A folder as it was left: each file by its path, and None for a folder; what is in one follows it."""


class Part(Enum):
    """How much of an open change is there."""

    FIRST_HALF = "first half"
    SECOND_HALF = "second half"
    CUT = "cut in the middle"
    ZEROS = "zeros"
    WHOLE = "whole"


Plan: TypeAlias = Mapping[int, Part]
"""What of the open changes is there, by their numbers; one that is left out is not."""


@dataclass(slots=True)
class Change:
    """One change of one file or folder; the two halves of a rename from one to another have one `moment`."""

    number: int
    moment: int
    event: Written | Resized | None = None
    removes: str | None = None
    adds: tuple[str, int] | None = None
    needs: "Change | None" = None
    makes_longer: bool = False
    is_durable: bool = False
    is_stuck: bool = False

    def parts(self) -> tuple[Part, ...]:
        """Give how much of it may be there, if not nothing; the last is all of it."""
        if not isinstance(self.event, Written):
            return (Part.WHOLE,)
        halves = (Part.FIRST_HALF, Part.SECOND_HALF) if self.border() else ()
        if self.makes_longer:
            halves = (*halves, Part.CUT, Part.ZEROS)
        return (*halves, Part.WHOLE)

    def border(self) -> int:
        """Give how many bytes of a write lie before the sector in its middle; 0 where all are in one sector."""
        if not isinstance(self.event, Written):
            return 0
        start, end = self.event.offset, self.event.offset + len(self.event.data)
        border = -(-(start + 1) // SECTOR_BYTES) * SECTOR_BYTES
        middle = (start + end) // 2 // SECTOR_BYTES * SECTOR_BYTES
        return max(border, middle) - start if border < end else 0


@dataclass
class Disk:
    """What is durable after some events, and what is open."""

    contents: dict[int, bytes] = field(default_factory=dict)
    names: dict[int, dict[str, int]] = field(default_factory=lambda: {TOP: {}})
    changes: dict[int, list[Change]] = field(default_factory=dict)
    count: int = 0
    _sizes: dict[int, int] = field(default_factory=dict)
    _numbers: int = 0

    def apply(self, event: Event) -> None:
        """Take in the next event."""
        self.count += 1
        match event:
            case Named() | Removed() | Renamed():
                self._apply_to_names(event)
            case Written(inode) | Resized(inode):
                self._change_bytes(inode, event)
            case Synced(inode):
                self._settle(inode)
            case SyncedAll() | Begun():
                for inode in list(self.changes):
                    self._settle(inode)
            case SyncFailed(inode):
                self._let_go(inode)
            case _:
                pass

    def _apply_to_names(self, event: Named | Removed | Renamed) -> None:
        match event:
            case Named(folder, name, inode, is_folder):
                if is_folder:
                    self.names[inode] = {}
                else:
                    self.contents.setdefault(inode, b"")
                self._change_names(folder, None, (name, inode))
            case Removed(folder, name):
                self._change_names(folder, name, None)
            case Renamed(folder, name, new_folder, new_name):
                inode = self._inode(folder, name)
                if folder == new_folder:
                    self._change_names(folder, name, (new_name, inode))
                else:
                    self._change_names(new_folder, None, (new_name, inode))
                    self._change_names(folder, name, None)
            case _:
                pass

    def _change_bytes(self, inode: int, event: Written | Resized) -> None:
        end = event.offset + len(event.data) if isinstance(event, Written) else event.size_bytes
        is_longer = end > self._sizes.get(inode, 0)
        if is_longer or isinstance(event, Resized):
            self._sizes[inode] = end
        change = self._numbered(event)
        change.makes_longer = is_longer
        self.changes.setdefault(inode, []).append(change)

    def _numbered(self, *fields: Any) -> Change:
        self._numbers += 1
        return Change(self._numbers, self.count, *fields)

    def _change_names(self, folder: int, removes: str | None, adds: tuple[str, int] | None) -> None:
        changes = self.changes.setdefault(folder, [])
        needs = next((one for one in reversed(changes) if one.adds and one.adds[0] == removes), None)
        changes.append(self._numbered(None, removes, adds, needs))

    def _inode(self, folder: int, name: str) -> int:
        """Give what a name leads to for the program itself."""
        for change in reversed(self.changes.get(folder, [])):
            if change.adds and change.adds[0] == name:
                return change.adds[1]
        return self.names[folder][name]

    def _settle(self, inode: int) -> None:
        changes = self.changes.get(inode, [])
        for change in changes:
            change.is_durable = change.is_durable or not change.is_stuck
        while changes and changes[0].is_durable:  # behind one that is stuck, all wait for it
            self._fold(inode, changes.pop(0))
        if not changes:
            self.changes.pop(inode, None)

    def _let_go(self, inode: int) -> None:
        for change in self.changes.get(inode, ()):
            change.is_stuck = change.is_stuck or not change.is_durable

    def _fold(self, inode: int, change: Change) -> None:
        if inode in self.names:
            _rename(self.names[inode], change)
        else:
            content = bytearray(self.contents[inode])
            _write(content, change, Part.WHOLE)
            self.contents[inode] = bytes(content)

    def open_changes(self) -> Iterator[tuple[int, Change]]:
        """Give the changes that may be there or not, each with its inode, in the order in which they were made."""
        found = [(inode, one) for inode, changes in self.changes.items() for one in changes if not one.is_durable]
        return iter(sorted(found, key=lambda pair: pair[1].number))


class Builder:
    """Lays out what is there by one plan or another, at one moment."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._contents: dict[tuple[int, tuple[Part | None, ...]], bytes] = {}

    def layout(self, plan: Plan) -> Layout:
        """Give the folder as the plan leaves it."""
        found: Layout = {}
        self._walk(TOP, "", plan, found)
        return found

    def _walk(self, folder: int, path: str, plan: Plan, found: Layout) -> None:
        for name, inode in self._names(folder, plan).items():
            below = f"{path}/{name}" if path else name
            if inode in self._disk.names:
                found[below] = None
                self._walk(inode, below, plan, found)
            else:
                found[below] = Left(inode, self._content(inode, plan))

    def _names(self, folder: int, plan: Plan) -> dict[str, int]:
        changes = self._disk.changes.get(folder)
        names = self._disk.names[folder]
        if changes:
            names = dict(names)
            for change in changes:
                if _is_there(change, plan):
                    _rename(names, change)
        return names

    def _content(self, inode: int, plan: Plan) -> bytes:
        changes = self._disk.changes.get(inode)
        if not changes:
            return self._disk.contents[inode]
        parts = tuple(Part.WHOLE if one.is_durable else plan.get(one.number) for one in changes)
        if (inode, parts) not in self._contents:
            content = bytearray(self._disk.contents[inode])
            for change, part in zip(changes, parts, strict=True):
                if part is not None:
                    _write(content, change, part)
            self._contents[inode, parts] = bytes(content)
        return self._contents[inode, parts]


def _is_there(change: Change, plan: Plan) -> bool:
    is_kept = change.is_durable or change.number in plan
    return is_kept and (change.needs is None or _is_there(change.needs, plan))


def _rename(names: dict[str, int], change: Change) -> None:
    if change.removes is not None:
        names.pop(change.removes, None)
    if change.adds is not None:
        names[change.adds[0]] = change.adds[1]


def _write(content: bytearray, change: Change, part: Part) -> None:
    match change.event:
        case Resized(_, size):
            del content[size:]
            content.extend(bytes(size - len(content)))
        case Written(_, offset, data):
            if part is Part.ZEROS:
                content.extend(bytes(max(0, offset + len(data) - len(content))))
                return
            border = change.border()
            if part is Part.FIRST_HALF:
                data = data[:border]
            elif part is Part.SECOND_HALF:
                offset, data = offset + border, data[border:]
            elif part is Part.CUT:
                data = data[: len(data) // 2]
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(data)] = data
        case _:
            pass


def without(events: Iterable[Event], site: str) -> list[Event]:
    """Give the events as if the syncs at one site of the program were left out."""
    return [event for event in events if not (isinstance(event, Synced | SyncedAll) and event.site == site)]
