"""The documents as the reader was told of them, compared with what their files hold."""

import os
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from muniment.errors import (
    CorruptionError,
    DocumentInvalidError,
    DocumentNotFoundError,
    InvalidNameError,
    NotFoundError,
)
from muniment.values import canonical, names
from muniment.values.ids import BlobId, CommitId
from muniment.values.watch_cursor import Moment, WatchCursor
from muniment.watch.changes import DocumentChanged, DocumentInvalid, Side
from muniment.watch.passing import MAY_PASS, Passing
from muniment.watch.source import Source
from muniment.watch.steps import SAME, Same, Step
from muniment.watch.wanted import Wanted

DIGITS = 16


class Fault(NamedTuple):
    """A file that holds no document: digits of what is wrong, by which it is known again, and the reason in words."""

    digits: str
    reason: str


UNSEEN = Fault("", "it could not be looked at")
"""Stands for what a file holds that cannot be looked at just now: there is nothing to tell of it."""

Found = Side | Fault | None
"""What a file holds; None where there is no file."""


def _look_at(source: Source, name: str) -> Found:
    """Read the file of a document.

    Raises:
        OSError: It cannot be read, for a reason that may pass.
    """
    text = b""
    try:
        checked = names.document_name(name)
        text = source.working.text(checked)
        data = canonical.encode(source.working.decode(checked, text))
    except DocumentNotFoundError:
        return None
    except DocumentInvalidError as error:
        return Fault(canonical.digest(text)[:DIGITS], error.fault)
    except InvalidNameError as error:
        is_there = not _is_no_text(name) and os.path.lexists(source.layout.document(name))
        return _fault(error.reason) if is_there else None
    except OSError as error:
        if error.errno in MAY_PASS:
            raise
        return _fault(f"it cannot be read: {error.strerror or error}")
    return Side(BlobId(canonical.digest(data)), data)


def _is_no_text(name: str) -> bool:
    """Tell whether a name is none that could be told: bytes that are no UTF-8."""
    return any("\ud800" <= character <= "\udfff" for character in name)


def _fault(reason: str) -> Fault:
    return Fault(canonical.digest(reason.encode(errors="surrogateescape"))[:DIGITS], reason)


class Documents:
    """What the reader was told of each document.

    Of contents that are no objects, the bytes are kept, so that the next change can tell what was there before.
    """

    def __init__(self, source: Source, wanted: Wanted) -> None:
        self._source = source
        self._wanted = wanted
        self._told: dict[str, BlobId] = {}
        self._faults: dict[str, str] = {}
        self._kept: dict[str, Side] = {}
        self._base: CommitId | None = None
        self._differing: set[str] = set()
        self._passing = Passing()

    def look_at(self, name: str) -> Found:
        """Read the file of a document; `UNSEEN` where it has to be tried again, which `due_again` says."""
        try:
            found = _look_at(self._source, name)
        except OSError as error:
            self._passing.note(name, error)
            return UNSEEN
        self._passing.is_well(name)
        return found

    def due_again(self) -> set[str]:
        """Give the names of the documents that could not be looked at, and are to be looked at again by now."""
        return self._passing.due()

    def begin(self, found: dict[str, Found], base: CommitId | None) -> None:
        """Take what there is as told."""
        self._told = {name: one.blob for name, one in found.items() if isinstance(one, Side)}
        self._faults = {name: one.digits for name, one in found.items() if isinstance(one, Fault) and one is not UNSEEN}
        for name in (name for name, one in found.items() if one is UNSEEN):
            with suppress(NotFoundError, CorruptionError):
                if blob := self._source.lookup(base, name):  # what else it may be is told when it can be seen
                    self._told[name] = blob
        self._kept = {}
        for name, one in found.items():
            if isinstance(one, Side):
                self._keep(name, one)
        self._base, self._differing = None, set(self._told)
        self.rest_on(base)

    def resume(self, moment: Moment) -> None:
        """Take what a cursor says as told.

        Raises:
            NotFoundError, CorruptionError: The commit that it rests on cannot be read.
        """
        committed = {} if moment.base is None else dict(self._source.entries(moment.base))
        told = {**committed, **moment.documents}
        fits = self._wanted.fits
        self._told = {name: blob for name, blob in told.items() if blob is not None and fits(name)}
        self._faults = {name: digits for name, digits in moment.faults.items() if fits(name)}
        self._base, self._differing = moment.base, set(filter(fits, moment.documents))

    def against_base(self) -> tuple[CommitId | None, dict[str, BlobId | None], dict[str, str]]:
        """Give the commit that it rests on, what differs from that, and the faults: all that a cursor says of it."""
        return self._base, {name: self._told.get(name) for name in self._differing}, dict(self._faults)

    def names(self) -> set[str]:
        """Give the names that were told of."""
        return self._told.keys() | self._faults.keys()

    def blob(self, name: str) -> BlobId | None:
        """Give the content that was told of a document, None where it is not there or is faulty now."""
        return None if name in self._faults else self._told.get(name)

    def is_told(self, name: str, found: Found) -> bool:
        """Tell whether the reader knows what a file holds."""
        if isinstance(found, Fault):
            return found is UNSEEN or self._faults.get(name) == found.digits
        return name not in self._faults and self._told.get(name) == (found.blob if found else None)

    def take(self, name: str, found: Found) -> Step:
        """Take what a file holds as told, without a word; gives the step that says so."""
        if isinstance(found, Fault):
            self._faults[name] = found.digits
            return Step(faults={name: found.digits})
        had_fault = self._faults.pop(name, None) is not None
        if found is None:
            self._told.pop(name, None)
            self._kept.pop(name, None)
        else:
            self._told[name] = found.blob
            self._keep(name, found)
        return Step(documents={name: self._against_base(name)}, faults={name: None} if had_fault else {})

    def tell(self, name: str, found: Found) -> Step:
        """Take what a file holds as told, and tell it."""
        if isinstance(found, Fault):
            step = self.take(name, found)
            return Step(make=partial(DocumentInvalid, name, found.reason), faults=step.faults)
        before = self._side(name)
        step = self.take(name, found)
        after = self._side(name)
        make = partial(_changed, name, before, after, self._source)
        return Step(make=make, documents=step.documents, faults=step.faults)

    def _side(self, name: str) -> Side | None:
        blob = self._told.get(name)
        if blob is None:
            return None
        kept = self._kept.get(name)
        return kept if kept is not None and kept.blob == blob else Side(blob)

    def _keep(self, name: str, found: Side) -> None:
        """Keep the bytes of a content that is no object."""
        self._kept.pop(name, None)
        if found.data is not None and not self._is_committed(name, found.blob):
            self._kept[name] = found

    def _is_committed(self, name: str, blob: BlobId) -> bool:
        with suppress(NotFoundError, CorruptionError):
            if self._source.lookup(self._base, name) == blob:
                return True
        return self._source.has(blob)

    def _against_base(self, name: str) -> BlobId | Same | None:
        blob = self._told.get(name)
        with suppress(NotFoundError, CorruptionError):
            if self._source.lookup(self._base, name) == blob:
                self._differing.discard(name)
                return SAME
        self._differing.add(name)
        return blob

    def rest_on(self, commit: CommitId | None) -> Step | None:
        """Say what was told by another commit from now on; None where that stays, or its history cannot be read."""
        if commit == self._base:
            return None
        try:
            committed = self._committed(commit)
        except (NotFoundError, CorruptionError):
            return None
        self._base = commit
        documents = {name: self._told.get(name) for name, blob in committed.items() if self._told.get(name) != blob}
        self._differing = set(documents)
        for name in committed.keys() - documents.keys():
            self._kept.pop(name, None)
        return Step(rests_on=(commit, documents))

    def _committed(self, commit: CommitId | None) -> dict[str, BlobId | None]:
        """Give what a commit has of the documents that it has otherwise than the last one, or that were told otherwise.

        Of all documents, where the last one is not here any more.
        """
        changes = self._source.differing(self._base, commit)
        if changes is None:
            entries = () if commit is None else self._source.entries(commit)
            everything: dict[str, BlobId | None] = dict.fromkeys(self._told)
            return everything | {name: blob for name, blob in entries if self._wanted.fits(name)}
        committed = {name: blob for name, _, blob in changes if self._wanted.fits(name)}
        for name in self._differing - committed.keys():
            committed[name] = self._source.lookup(commit, name)
        return committed


def _changed(
    name: str, before: Side | None, after: Side | None, source: Source, cursor: WatchCursor
) -> DocumentChanged:
    return DocumentChanged(name, before, after, source.blob, cursor)
