"""The merge driver itself: the three files that git hands over, merged as JSON values and not as lines."""

import os
from contextlib import suppress
from typing import NamedTuple

import msgspec

from muniment.errors import InvalidNameError, InvalidValueError
from muniment.errors.system import translated
from muniment.files import disk
from muniment.files.layout import DOCUMENT_SUFFIX, find_root
from muniment.repo.merging.document_merge import DocumentMerge
from muniment.repo.store import Store
from muniment.values import canonical, conflict, json_merge, names
from muniment.values import place as place_in_text
from muniment.values.conflict import Conflict
from muniment.values.json_value import ABSENT


class FileMerge(msgspec.Struct, frozen=True):
    """What came of a merge: `name` is that of the document, and `conflicts` are where the sides disagree."""

    name: str
    conflicts: tuple[Conflict, ...]


@translated("merge")
def merge_file(base: str, ours: str, theirs: str, path: str | None = None) -> FileMerge:
    """Merge three files and write the result to that of `ours`, in the form that documents have.

    An empty file `base`, or none, says that both sides made the document. Where they disagree, what ours has stands.
    `path` is where the result will lie, from the current folder. Where that is in a store, it tells the document, and
    with it the kind, whose rules are kept.

    Raises:
        DocumentInvalidError: One of the files is not JSON that can be stored; `ours` was not touched.
    """
    place = _place(ours if path is None else path)
    before = None
    with suppress(FileNotFoundError):
        before = disk.read_file(base, disk.READ_LINKED) or None
    mine = _content(place, "ours", disk.read_file(ours, disk.READ_LINKED))
    other = _content(place, "theirs", disk.read_file(theirs, disk.READ_LINKED))
    merged = _merged(place, None if before is None else _content(place, "base", before), mine, other)
    with open(ours, "wb") as file:
        file.write(canonical.pretty(merged.blob or mine))
    return FileMerge(place.name, merged.conflicts)


class _Place(NamedTuple):
    """Where the result of a merge lies: the document's name and the folder of its store, if it is one's."""

    path: str
    name: str
    store: str | None


def _place(path: str) -> _Place:
    absolute = os.path.abspath(path)
    root = find_root(os.path.dirname(absolute))
    if root is not None and path.endswith(DOCUMENT_SUFFIX):
        with suppress(InvalidNameError):
            text = os.path.relpath(absolute, root).replace(os.sep, "/").removesuffix(DOCUMENT_SUFFIX)
            return _Place(path, names.document_name(text), root)
    return _Place(path, path, None)


def _content(place: _Place, side: str, text: bytes) -> bytes:
    """Give the canonical bytes of one side."""
    try:
        return canonical.encode(canonical.decode(text))
    except InvalidValueError as error:
        told = InvalidValueError(f"{side}: {error.reason}", pointer=error.pointer, offset=error.offset)
        raise place_in_text.document_invalid(place.name, text, told, path=place.path) from error


def _merged(place: _Place, base: bytes | None, ours: bytes, theirs: bytes) -> DocumentMerge:
    if place.store is not None:
        with Store.open(place.store) as store:
            return store.merge_document(place.name, base, ours, theirs)
    before = ABSENT if base is None else canonical.decode_trusted(base)
    found = json_merge.merge(before, canonical.decode_trusted(ours), canonical.decode_trusted(theirs))
    return DocumentMerge(canonical.encode(found.value), conflict.named(place.name, found))
