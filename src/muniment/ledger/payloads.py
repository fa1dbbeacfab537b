"""Payloads that can be erased: each in a file of its own, beside the ledger, which only tells its id.

The file is an object: canonical JSON of the payload and of a random number, named by its hash. Without that number,
whoever guesses what an erased payload was could prove it by its id.

Format: docs/format/ledgers.md, "Erasable payloads".
"""

import os
from contextlib import suppress
from typing import Any

import msgspec

from muniment.errors import MalformedError
from muniment.files import atomic, disk
from muniment.files.layout import LedgerLayout
from muniment.storage import checked
from muniment.values import canonical
from muniment.values.entry import ERASED, Entry
from muniment.values.ids import is_id

_BEGINS = b'{"payload":'


class _Kept(msgspec.Struct, frozen=True):
    payload: Any
    salt: str


class Payloads:
    """The erasable payloads of one ledger."""

    def __init__(self, layout: LedgerLayout, *, sync: bool) -> None:
        self._layout = layout
        self._sync = sync

    def put(self, payload: object) -> str:
        """Keep a payload, durably, and give the id of its file.

        Raises:
            InvalidValueError: It is no JSON; it says where.
        """
        data = canonical.encode({"payload": payload, "salt": os.urandom(16).hex()})
        return self.put_data(canonical.digest(data), data)

    def put_data(self, payload_id: str, data: bytes) -> str:
        """Keep the file of a payload as another copy has it."""
        atomic.replace_file(self._path(payload_id), data, self._layout.temporary, sync=self._sync)
        return payload_id

    def data(self, payload_id: str) -> bytes | None:
        """Read the file of a payload, and check it; None where there is none.

        Raises:
            HashMismatchError: It was changed.
        """
        try:
            return checked.read(self._path(payload_id), payload_id)
        except FileNotFoundError:
            return None

    def filled(self, entry: Entry) -> Entry:
        """Give an entry its payload, if that is kept apart: `ERASED` where it is not there any more."""
        if entry.erasable is None:
            return entry
        data = self.data(entry.erasable)
        if data is None:
            payload: Any = ERASED
        else:
            try:
                payload = msgspec.json.decode(data, type=_Kept).payload
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                raise MalformedError(self._path(entry.erasable), f"not a payload: {error}") from error
        msgspec.structs.force_setattr(entry, "payload", payload)
        return entry

    def has(self, payload_id: str) -> bool:
        """Tell whether the file of a payload is there."""
        return disk.exists(self._path(payload_id))

    def _path(self, payload_id: str) -> str:
        """Give the file of a payload; whoever wrote the entry that tells of it need not be known."""
        if not is_id(payload_id):
            raise MalformedError(self._layout.payloads, f"{payload_id[:64]!r} is no id of a payload")
        return self._layout.payload(payload_id)

    def remove(self, payload_id: str) -> bool:
        """Remove a payload for good; tells whether it was there."""
        path = self._path(payload_id)
        with suppress(FileNotFoundError):
            disk.unlink(path)
            if self._sync:
                atomic.sync_names([path])
            return True
        return False

    def clean(self) -> None:
        """Remove what programs have computed out of payloads, and what they left of them half written.

        Durably, as are the removals of temporary names under which payloads were written.
        """
        for folder in (self._layout.folds, self._layout.temporary):
            for path in _files(folder):
                with suppress(FileNotFoundError):
                    if path.endswith(".json") or disk.read_start(path, len(_BEGINS)) == _BEGINS:
                        disk.unlink(path)
            if self._sync:
                with suppress(FileNotFoundError):
                    disk.sync_folder(folder)

    def ids(self) -> set[str]:
        """List the ids of all payloads that are there."""
        found = set()
        with suppress(FileNotFoundError, NotADirectoryError):
            for folder in disk.listdir(self._layout.payloads):
                with suppress(NotADirectoryError, FileNotFoundError):
                    names = disk.listdir(f"{self._layout.payloads}/{folder}")
                    found |= {folder + name.removesuffix(".json") for name in names if name.endswith(".json")}
        return found


def _files(folder: str) -> list[str]:
    with suppress(FileNotFoundError):
        return [f"{folder}/{name}" for name in disk.listdir(folder)]
    return []
