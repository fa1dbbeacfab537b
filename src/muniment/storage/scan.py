"""Find out which documents there are among the working files, and which of them changed.

What a file was found to hold is remembered with its times, size and inode, in memory and in
`local/cache`; a file whose times are too recent to prove anything is read again, as git does with
its index.
"""

import os
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress

import msgspec

from muniment.errors import DocumentInvalidError, InvalidNameError
from muniment.files import atomic, disk
from muniment.files.layout import DOCUMENT_SUFFIX, Layout
from muniment.storage import confine
from muniment.storage.unchanged import is_settled
from muniment.storage.working import WorkingFiles
from muniment.values import names
from muniment.values.ids import BlobId
from muniment.values.names import DocumentName

Signature = tuple[int, int, int, int]
_Seen = dict[DocumentName, tuple[Signature, BlobId | None]]


class Scan(msgspec.Struct, frozen=True):
    """The working files as they were found: the content of each document, and what could not be one.

    `invalid` tells for a name, or for a path that cannot be one, what is wrong with the file.
    """

    blobs: dict[DocumentName, BlobId]
    invalid: dict[str, DocumentInvalidError | InvalidNameError]


class Scanner:
    """Scans the working files of one store, remembering between scans."""

    def __init__(self, layout: Layout, working: WorkingFiles) -> None:
        self._layout = layout
        self._working = working
        self._seen: _Seen | None = None

    def names(self, prefix: str = "") -> Iterator[DocumentName]:
        """Give the names of the documents that begin with `prefix`, in no particular order.

        Links to folders are not followed.

        Raises:
            InvalidNameError: `prefix` is no string.
        """
        names.check_text("document", prefix)
        folder = prefix.rpartition("/")[0]
        if folder and not confine.is_folder(self._layout, folder):
            return
        for text, _ in self._files(folder):
            if text.startswith(prefix):
                with suppress(InvalidNameError):
                    yield names.document_name(text)

    def scan(self) -> Scan:
        """Look at every document, reading those whose file changed since the last scan."""
        before = self._seen = self._load() if self._seen is None else self._seen
        after: _Seen = {}
        result = Scan({}, {})
        spellings: dict[str, str] = {}
        now_ns = time.time_ns()
        for text, entry in self._files(""):
            try:
                name = names.document_name(text)
                _check_spelling(spellings, name)
                signature = signature_of(entry)
                remembered = before.get(name)
                if remembered is None or remembered[0] != signature:
                    remembered = signature, self._working.blob_id(name)
            except (InvalidNameError, DocumentInvalidError) as error:
                result.invalid[text] = error
                continue
            except FileNotFoundError:  # gone since it was listed
                continue
            except OSError as error:  # it alone: the other documents are none the worse
                result.invalid[text] = _unreadable(text, entry.path, error)
                continue
            if remembered[1] is not None:
                result.blobs[name] = remembered[1]
                if is_settled(max(signature[:2]), now_ns):
                    after[name] = remembered
        self._seen = after
        if after != before:
            self._save()
        return result

    def _files(self, folder: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
        path = f"{self._layout.root}/{folder}" if folder else self._layout.root
        try:
            entries = disk.scandir(path)
        except (FileNotFoundError, NotADirectoryError):
            if not folder:
                raise
            return
        with entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                below = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    yield from self._files(below)
                elif below.endswith(DOCUMENT_SUFFIX) and is_file(entry):
                    yield below.removesuffix(DOCUMENT_SUFFIX), entry

    def _load(self) -> _Seen:
        with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            data = disk.read_file(self._layout.stat_cache)
            if zlib.crc32(data[4:]) == int.from_bytes(data[:4], "little"):
                return _decoder.decode(data[4:])
        return {}

    def _save(self) -> None:
        """Write the memory down for the next program; where that fails, it only costs that one time."""
        data = msgspec.msgpack.encode(self._seen)
        with suppress(OSError):
            checked = zlib.crc32(data).to_bytes(4, "little") + data
            atomic.replace_file(self._layout.stat_cache, checked, self._layout.temporary, sync=False)


_decoder = msgspec.msgpack.Decoder(_Seen)


def is_file(entry: os.DirEntry[str]) -> bool:
    """Tell whether a document may be there; a link that leads round in a circle is one that cannot be read."""
    try:
        return entry.is_file()
    except OSError:
        return True


def _unreadable(name: str, path: str, error: OSError) -> DocumentInvalidError:
    return DocumentInvalidError(name, f"it cannot be read: {error.strerror or error}", path=path)


def signature_of(entry: os.DirEntry[str]) -> Signature:
    """Give what changes when a file is written or replaced."""
    state = entry.stat()
    return state.st_mtime_ns, state.st_ctime_ns, state.st_size, entry.inode()


def _check_spelling(spellings: dict[str, str], name: DocumentName) -> None:
    """Refuse a name that a case-insensitive system takes for one met before, in any folder of it."""
    for path in [*names.folders(name), name]:
        if (other := spellings.setdefault(names.fold(path), path)) != path:
            raise InvalidNameError("document", name, f"{other!r} exists and differs only by case")
