"""The packs of a store as one set of objects.

A lookup asks one pack after the other: the one that answered last first, newly found packs before
those known longer. So its cost grows with the number of packs, and packing them into one is the cure.

There is no lock: what is known of the folder is one value that is replaced as a whole.

Format: docs/format/packs.md, "Reading".
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

from muniment.errors import CorruptionError, UnsupportedFormatError
from muniment.files import disk
from muniment.files.layout import PACK_SUFFIX
from muniment.storage.pack_file import REMEMBERED_BYTES, PackFile, Remembered, check_pack
from muniment.storage.recent import Recent
from muniment.storage.unchanged import is_settled
from muniment.values.ids import is_id


class _Listing(NamedTuple):
    """The packs that are known, in the order to ask them, and the folder's time of change they reflect.

    The time is None if it was too recent to prove anything: the next change may bear the same.
    """

    names: tuple[str, ...]
    as_of_ns: int | None


_NOTHING = _Listing((), None)


class Packs:
    """All packs in `folder`, which need not exist; may be shared by threads and by forked children.

    Nothing is read before the first question, and a pack is not opened before it is asked. A lookup
    that finds nothing looks at the folder again, for packs that others wrote meanwhile.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._listing = _NOTHING
        self._opened: dict[str, PackFile] = {}
        self._blocks: Remembered = Recent(REMEMBERED_BYTES)

    def get(self, object_id: str) -> bytes | None:
        """Give an object's bytes, checked against its id; None where no pack has it.

        Raises:
            CorruptionError: A pack that may hold it is damaged, and no other pack has it whole.
            UnsupportedFormatError: A newer program wrote a pack, and no other pack has it.
        """
        while True:
            names = self._listing.names
            data, fault = self._ask_each(names, object_id)
            if data is not None:
                return data
            if not self._has_news(names):
                break
        if fault is not None:
            raise fault
        return None

    def get_known(self, object_id: str) -> bytes | None:
        """Give an object's bytes as `get` does, if a pack that was asked before has it; no fault is told."""
        return self._ask_each(self._listing.names, object_id)[0]

    def has_now(self, object_id: str) -> bool:
        """Tell whether one of the packs that are there now has an object; errors as for `get`."""
        self.refresh()
        return self.get(object_id) is not None

    def ids(self, prefix: str = "") -> set[str]:
        """Give the ids in the packs that are there now and begin with these hex digits.

        Raises:
            CorruptionError, UnsupportedFormatError: A pack that may hold some cannot be read, and no other has any.
        """
        while True:
            names = self.refresh()
            found: set[str] = set()
            fault, is_gone = None, False
            for name in names:
                try:
                    found.update(self._pack(name).ids(prefix))
                except FileNotFoundError:  # what it held was packed anew
                    is_gone = True
                except (CorruptionError, UnsupportedFormatError) as error:
                    fault = fault or error
            if not (is_gone or fault) or not self._has_news(names):
                break
        if fault is not None and not found:
            raise fault
        return found

    def opened(self, *, newer: bool = True) -> list[PackFile]:
        """Open every pack that is there now, or all but those that a newer program wrote; errors as for `PackFile`."""
        found = []
        for name in self.refresh():
            try:
                found.append(self._pack(name))
            except UnsupportedFormatError:
                if newer:
                    raise
        return found

    def refresh(self) -> tuple[str, ...]:
        """Look at the folder again; gives the names of the packs that are there, in the order to ask them."""
        now_ns = time.time_ns()
        known = self._listing
        try:
            changed_ns = disk.stat(self._folder).st_mtime_ns
            if changed_ns == known.as_of_ns:
                return known.names
            found = {name for name in disk.listdir(self._folder) if _is_pack(name)}
        except FileNotFoundError:
            changed_ns, found = now_ns, set()
        names = (*sorted(found.difference(known.names)), *filter(found.__contains__, known.names))
        self._listing = _Listing(names, changed_ns if is_settled(changed_ns, now_ns) else None)
        for gone in set(self._opened) - found:
            self._opened.pop(gone, None)
        return names

    def files(self) -> Iterator[str]:
        """Give the path of every pack that is there now, in the order of their names."""
        return (f"{self._folder}/{name}" for name in sorted(self.refresh()))

    def check(self, path: str) -> CorruptionError | UnsupportedFormatError | None:
        """Tell what is wrong with one of `files`, which is read in full; None if nothing is."""
        return check_pack(path)

    def close(self) -> None:
        """Forget all packs; a map is released when its last reader is done, and the next use opens anew."""
        self._listing = _NOTHING
        self._opened = {}
        self._blocks.forget()

    def _has_news(self, names: tuple[str, ...]) -> bool:
        """Look whether there are packs besides these, or another in the place of one."""
        there = self.refresh()
        replaced = [name for name, pack in list(self._opened.items()) if pack.is_replaced()]
        for name in replaced:
            self._opened.pop(name, None)
        return bool(replaced) or not set(names).issuperset(there)

    def _ask_each(self, names: tuple[str, ...], object_id: str) -> tuple[bytes | None, Exception | None]:
        """Ask until one has the object; a faulty pack hides nothing that another holds."""
        fault: Exception | None = None
        for name in names:
            try:
                data = self._pack(name).get(object_id)
            except FileNotFoundError:  # deleted, after what it held was packed anew
                continue
            except (CorruptionError, UnsupportedFormatError) as error:
                fault = fault or error
                continue
            if data is not None:
                if name != names[0]:
                    self._put_first(name)
                return data, None
        return None, fault

    def _put_first(self, name: str) -> None:
        listing = self._listing
        if name in listing.names:
            names = (name, *(other for other in listing.names if other != name))
            self._listing = listing._replace(names=names)

    def _pack(self, name: str) -> PackFile:
        pack = self._opened.get(name)
        if pack is None:
            pack = self._opened[name] = PackFile(f"{self._folder}/{name}", self._blocks)
        return pack


def _is_pack(name: str) -> bool:
    return name.endswith(PACK_SUFFIX) and is_id(name.removesuffix(PACK_SUFFIX))
