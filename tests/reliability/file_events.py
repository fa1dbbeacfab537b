"""What a program did to the files below one folder, as typed events; the names of files are behind it.

A file or folder is an *inode*: a number that it keeps whatever it is called. The folder itself is inode 0.
"""

from dataclasses import dataclass
from typing import TypeAlias

TOP = 0


@dataclass(frozen=True, slots=True)
class Named:
    """`name` was put into a folder: of a new file or folder, or as a second name of one that is there."""

    folder: int
    name: str
    inode: int
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """`name` was taken out of a folder."""

    folder: int
    name: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """What was `name` in one folder is `new_name` in another, or the same, and replaces what was there."""

    folder: int
    name: str
    new_folder: int
    new_name: str


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes were written at an offset of a file."""

    inode: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Resized:
    """A file was cut, or made longer by zeros."""

    inode: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Synced:
    """A sync of one file or folder succeeded; `site` tells where in the program, if the program told."""

    inode: int
    site: str


@dataclass(frozen=True, slots=True)
class SyncedAll:
    """A sync of the whole file system succeeded."""

    site: str


@dataclass(frozen=True, slots=True)
class SyncFailed:
    """A sync of one file failed: the kernel takes what it could not write for written."""

    inode: int


@dataclass(frozen=True, slots=True)
class Begun:
    """All before is preparation, and durable."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The program was told that a change is done; `word` is what it says about it."""

    word: str


Change: TypeAlias = Named | Removed | Renamed | Written | Resized
Event: TypeAlias = Change | Synced | SyncedAll | SyncFailed | Begun | Acknowledged
