"""The store as programs use it: opens it, wires its parts, and hands each verb to the file that does it."""

import os
import weakref
from types import TracebackType
from typing import Any, Literal, Self

from muniment.errors import InvalidValueError, NotAStoreError, StoreClosedError
from muniment.files.layout import Layout, find_root
from muniment.repo import creation
from muniment.repo.history_verbs import HistoryVerbs
from muniment.repo.parts import Parts
from muniment.repo.system_errors import translated
from muniment.repo.working_verbs import WorkingVerbs
from muniment.values import names as grammar

Path = str | os.PathLike[str]


class Store(WorkingVerbs, HistoryVerbs):
    """A folder of JSON documents with their whole history beside them.

    Make one with `init`, `open` or `find`, not with the constructor. It may be shared between
    threads, used by any number of processes at once, and used on after a fork. Leaving its `with`
    block, or the end of the program, closes it.

    Every verb may raise `StorageError`, when the system refuses something; what was acknowledged
    before is safe then, and nothing is half done.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._finalizer = weakref.finalize(self, parts.close)

    @classmethod
    @translated("make a store")
    def init(cls, path: Path, *, author: str | None = None) -> Self:
        """Make a store in the folder `path`; JSON files that lie there show in `status` as added.

        Raises:
            StoreExistsError: There is one already: open it.
        """
        creation.make(Layout(path))
        return cls.open(path, author=author)

    @classmethod
    @translated("open the store")
    def open(
        cls,
        path: Path,
        *,
        author: str | None = None,
        lock_timeout_s: float = 30.0,
        durability: Literal["full", "os"] = "full",
    ) -> Self:
        """Open the store in the folder `path`; reads one small file, and nothing is written.

        `author` stands for changes that name none. `lock_timeout_s` is how long to wait for other
        programs before `LockTimeoutError`. With `durability="os"` no commit waits for the disk:
        what was acknowledged survives the end of this program, but perhaps not that of the
        machine, and after a power cut the store may need `verify` and a copy.

        Raises:
            NotAStoreError: There is no store: make one with `init`.
            UnsupportedFormatError: A newer Muniment made it: upgrade; nothing was touched.
        """
        if durability not in {"full", "os"}:
            raise InvalidValueError(f"durability is 'full' or 'os', not {durability!r}")
        layout = Layout(path)
        found = creation.read_format(layout)
        return cls(
            Parts(
                layout,
                author=None if author is None else grammar.author(author),
                lock_timeout_s=lock_timeout_s,
                sync=durability == "full",
                default_branch=found.default_branch,
            )
        )

    @classmethod
    @translated("look for a store")
    def find(
        cls,
        start: Path = ".",
        *,
        author: str | None = None,
        lock_timeout_s: float = 30.0,
        durability: Literal["full", "os"] = "full",
    ) -> Self:
        """Open the store in `start` or the nearest folder above it; the rest is as for `open`."""
        root = find_root(start)
        if root is None:
            raise NotAStoreError(os.path.abspath(start))
        return cls.open(root, author=author, lock_timeout_s=lock_timeout_s, durability=durability)

    @property
    def path(self) -> str:
        """The folder of the store, absolute."""
        return self._parts.layout.root

    @property
    @translated("read the branch")
    def branch(self) -> str:
        """The branch that is checked out: `commit` moves its head."""
        return self._parts.selected_branch()

    def close(self) -> None:
        """Make everything durable that still waits for it, and close all files; harmless twice."""
        self._finalizer()
        self._parts = _Closed(self._parts.layout)

    def __enter__(self) -> Self:
        """Use the store for the length of a block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """Say where it is."""
        return f"<Store {self.path}>"


class _Closed(Parts):
    """Stands in for the parts of a closed store: any use says so."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def __getattr__(self, name: str) -> Any:
        raise StoreClosedError(self.layout.root)
