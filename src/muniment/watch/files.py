"""Which files may hold another document than they did: found by their times, as a hint to read them.

A file counts as changed as long as its times are too recent to prove that it is not.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from muniment.files import disk
from muniment.files.layout import Layout, document_in, folder_in, is_within
from muniment.storage.scan import Signature, is_file, signature_of
from muniment.storage.unchanged import is_settled
from muniment.watch.passing import Passing
from muniment.watch.wanted import Wanted

_BREATH = 64
"""Of how many files or folders at a time the caller gets a pause."""


class Files:
    """The files of the documents that are wanted, as they were found at the last look; folders by their paths."""

    def __init__(self, layout: Layout, wanted: Wanted, watch: Callable[[str], None]) -> None:
        self._layout = layout
        self._wanted = wanted
        self._watch = watch
        self._seen: dict[str, dict[str, Signature | None]] = {}
        self._folders: dict[str, tuple[int, int]] = {}
        """Each folder's time, 0 where it is too recent, and number."""
        self._inner: dict[str, frozenset[str]] = {}
        """The folders in each that names which are wanted may lie below: no others are looked at."""
        self._passing = Passing()

    def walk(self) -> Iterator[str | None]:
        """Look at all files; gives the names of those that may have changed, and None for a pause now and then."""
        yield from self._visit("", deep=True)

    def glance(self) -> Iterator[str | None]:
        """Look into the folders whose own times changed: files came or went there, or were replaced; as `walk`."""
        for count, (folder, known) in enumerate(list(self._folders.items())):
            if count % _BREATH == 0:
                yield None
            if self._state(folder) != known:
                yield from self._visit(folder, deep=False)

    def below(self, folder: str) -> Iterator[str | None]:
        """Look at a folder that came, or is gone, and at those below it; as `walk`."""
        if not self._wanted.may_lie_below(folder):
            return
        self.doubt(folder)
        yield from self._visit(folder, deep=True)

    def doubt(self, folder: str = "") -> None:
        """Take the folders at and below one for others than they were: each is watched again when it is found."""
        for one in self._at_and_below(self._folders, folder):
            del self._folders[one]

    @staticmethod
    def _at_and_below(folders: Iterable[str], folder: str) -> list[str]:
        return [one for one in folders if not folder or is_within(one, folder)]

    def _state(self, folder: str) -> tuple[int, int] | None:
        try:
            state = disk.stat(self._layout.folder(folder))
        except OSError:
            return None
        return state.st_mtime_ns, state.st_ino

    def _visit(self, folder: str, *, deep: bool) -> Iterator[str | None]:
        path = self._layout.folder(folder)
        inner: dict[str, int] = {}
        after: dict[str, Signature | None] = {}
        before = self._seen.get(folder, {})
        try:
            state = disk.stat(path)
            if folder not in self._folders or self._folders[folder][1] != state.st_ino:
                self._watch(path)  # before it is listed: what comes later is told
            yield from self._list(folder, path, before, (inner, after))
        except (FileNotFoundError, NotADirectoryError):
            if not folder:
                raise
            yield from self._leave(folder)
            return
        except PermissionError:  # nothing can be said of what is in it
            return
        except OSError as error:  # nor here, and it is looked at again
            self._passing.note(path, error)
            self._seen.setdefault(folder, {})
            self._folders[folder] = 0, 0  # as no folder is
            return
        self._passing.is_well(path)
        self._seen[folder] = after
        yield from before.keys() - after.keys()
        is_old = is_settled(state.st_mtime_ns, time.time_ns())
        self._folders[folder] = (state.st_mtime_ns if is_old else 0), state.st_ino
        yield from self._visit_inner(folder, inner, deep=deep)

    def _list(
        self,
        folder: str,
        path: str,
        before: Mapping[str, Signature | None],
        found: tuple[dict[str, int], dict[str, Signature | None]],
    ) -> Iterator[str | None]:
        """Find the folders in a folder with their numbers, and the files; gives the names of those that changed."""
        inner, files = found
        now_ns = time.time_ns()
        with disk.scandir(path) as entries:
            for count, entry in enumerate(entries):
                if count % _BREATH == 0:
                    yield None
                if entry.is_dir(follow_symlinks=False):
                    one = folder_in(folder, entry.name)
                    if one is not None and self._wanted.may_lie_below(one):
                        inner[one] = entry.inode()
                    continue
                name = document_in(folder, entry.name)
                if name is not None and self._wanted.fits(name) and is_file(entry):
                    files[name] = signature = _settled_signature(entry, before.get(name), now_ns)
                    if signature is None or signature is not before.get(name):
                        yield name

    def _visit_inner(self, folder: str, inner: dict[str, int], *, deep: bool) -> Iterator[str | None]:
        for one in self._inner.get(folder, frozenset()) - inner.keys():
            yield from self._leave(one)
        self._inner[folder] = frozenset(inner)
        for one, number in inner.items():
            if deep or one not in self._folders or self._folders[one][1] != number:
                yield from self._visit(one, deep=True)

    def _leave(self, folder: str) -> Iterator[str]:
        """Take note that a folder is gone, and those below it."""
        for one in self._at_and_below(self._seen, folder):
            self._folders.pop(one, None)
            self._inner.pop(one, None)
            yield from self._seen.pop(one)


def _settled_signature(entry: os.DirEntry[str], known: Signature | None, now_ns: int) -> Signature | None:
    """Give what tells a file from what it was; what is known itself where it is that; None where it proves nothing."""
    try:
        signature = signature_of(entry)
    except OSError:
        return None
    if signature == known:
        return known
    return signature if is_settled(max(signature[:2]), now_ns) else None
