"""What programs do with a store while the machine crashes: small workloads, each of steps that are acknowledged.

To add one: write its steps, and a line in `WORKLOADS`. What must be there after each step is not written down: it is
what the store shows once the step is done.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from errno import EIO
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from muniment import NotFoundError, Store
from muniment.files import disk, journal
from muniment.ledger import appending, own_segment
from muniment.ledger.ledger import Ledger
from muniment.storage import checkpoint, local

AUTHOR = "Ada <ada@example.org>"
SECRET = "do not keep this"  # noqa: S105 - the content of a document
_GROWTH = 1 << 14


class Session:
    """One program at work on the store below a folder."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._store: Store | None = None
        self._ledger: Ledger | None = None
        self.kept: dict[str, Any] = {}

    @property
    def store(self) -> Store:
        """The store, opened once."""
        if self._store is None:
            self._store = Store.open(self.root, author=AUTHOR)
        return self._store

    @property
    def ledger(self) -> Ledger:
        """The ledger of the workloads on ledgers."""
        if self._ledger is None:
            self._ledger = self.store.ledger("runs")
        return self._ledger

    def close(self) -> None:
        """Close the store; the next step opens it again."""
        if self._ledger is not None:
            self._ledger.close()
        if self._store is not None:
            self._store.close()
        self._store = self._ledger = None

    def change(self, worktree: bool = True, **documents: Any) -> None:
        """Commit some documents; one that is None is deleted."""
        with self.store.transaction("change", worktree=worktree) as change:
            for name, value in documents.items():
                if value is None:
                    change.delete(name)
                else:
                    change.write(name, value)


Step = Callable[[Session], object]


class Workload(NamedTuple):
    """Steps on a store that was made, if `has_store`, and then prepared.

    `settings` are limits of modules that the steps find changed. From `gone_after` acknowledged steps on, `SECRET` must
    be in no file. `repeat` is what the store's pages demand of whoever was stopped: to do it again. `afterwards` is
    something that the next program may do, beside the next change.
    """

    steps: tuple[Step, ...]
    prepare: Step = lambda session: session.change(a=0, b={"kept": [1, 2]})
    settings: Mapping[tuple[Any, str], object] = {}
    gone_after: int | None = None
    has_store: bool = True
    repeat: Callable[[Store], object] | None = None
    afterwards: Callable[[Store], object] | None = None


@contextmanager
def prepared(workload: Workload, root: str) -> Iterator[Session]:
    """Make a store in a folder, prepare it, and give the session that takes the steps, with the limits they find."""
    os.makedirs(root)
    with ExitStack() as settings:
        settings.enter_context(patch.object(journal, "GROWTH", _GROWTH))
        session = Session(root)
        if workload.has_store:
            init(session)
        workload.prepare(session)
        session.close()
        for (module, name), value in workload.settings.items():
            settings.enter_context(patch.object(module, name, value))
        yield session


def nothing(_: Session) -> None:
    """Prepare nothing."""


def init(session: Session) -> None:
    """Make the store itself."""
    Store.init(session.root, author=AUTHOR).close()


def write(name: str, value: Any) -> Step:
    """Write one document without committing it."""
    return lambda session: session.store.write(name, value)


def commit(*, worktree: bool = True, **documents: Any) -> Step:
    """Commit some documents."""
    return lambda session: session.change(worktree, **documents)


def forty(session: Session) -> None:
    """Commit more objects than are written one by one."""
    with session.store.transaction("forty", worktree=False) as change:
        for number in range(40):
            change.write(f"many/{number}", number)


def close(session: Session) -> None:
    """Close the store, which empties the journal."""
    session.close()


def two_branches(session: Session) -> None:
    """Prepare branches `main` and `side` that changed different places of one document, and the same of another."""
    session.change(a={"x": 1, "y": 1}, b=1)
    session.store.branches.create("side", description="to be merged")
    session.change(a={"x": 2, "y": 1})
    with session.store.transaction("theirs", branch="side", worktree=False) as change:
        change.write("a", {"x": 1, "y": 2})
        change.write("c", "theirs")


def in_conflict(session: Session) -> None:
    """Prepare branches that changed one place differently."""
    session.change(a=1)
    session.store.branches.create("side")
    session.change(a=2)
    with session.store.transaction("theirs", branch="side", worktree=False) as change:
        change.write("a", 3)


def resolve(session: Session) -> None:
    """Settle the conflict of the merge under way."""
    session.store.resolve(session.store.conflicts()[0], "theirs")


def a_branch_too_many(session: Session) -> None:
    """Prepare a pack, and a branch with commits of its own, loose and packed, that was deleted."""
    session.change(a=1, b="kept")
    session.store.branches.create("side")
    for number in (1, 2):
        with session.store.transaction("theirs", branch="side", worktree=False) as change:
            change.write("theirs", number)
        if number == 1:
            session.store.pack()
    session.store.branches.delete("side")


def pack(session: Session) -> None:
    """Gather the objects in one pack."""
    session.store.pack()


def collect(session: Session) -> None:
    """Delete what nothing leads to, however new it is."""
    session.store.collect(older_than=timedelta(0))


def bring_back(store: Store) -> None:
    """Make branches of all commits that ever were heads, as far as they are there."""
    ids = {move.new for operation in store.operations() for move in operation.heads if move.new is not None}
    for commit_id in ids:
        with suppress(NotFoundError):
            store.branches.create(f"back-{commit_id}", commit_id)


def tag(session: Session) -> None:
    """Tag the head."""
    session.store.tags.create("release", message="the first")


def add_note(session: Session) -> None:
    """Add a note to the head."""
    session.kept["note"] = session.store.notes.add("HEAD", "well done").id


def append(payload: Any) -> Step:
    """Append one entry."""
    return lambda session: session.ledger.append("step", payload)


def append_many(count: int, payload: Any = "x") -> Step:
    """Append entries together."""
    return lambda session: session.ledger.append_many(
        [{"kind": "batch", "payload": [number, payload]} for number in range(count)]
    )


def begun_ledger(session: Session) -> None:
    """Prepare a ledger with two entries."""
    session.ledger.append("before", 1)
    session.ledger.append("before", 2)


def append_erasable(session: Session) -> None:
    """Append an entry whose payload lies in a file of its own."""
    session.kept["entry"] = session.ledger.append("step", {"name": SECRET}, erasable=True).id


def erase_again(store: Store) -> None:
    """Erase the payloads again of which a record says that they are erased."""
    ledger = store.ledger("runs")
    for entry in list(ledger):
        if entry.kind == "payload-erased":
            ledger.erase(entry.payload["entry"], entry.payload["reason"])


def archive(session: Session) -> None:
    """Move what the ledger has into an archive."""
    session.ledger.archive(session.ledger.cursor(), all_writers=True)


def other_ledger(session: Session) -> None:
    """Prepare a store, and one in another folder whose ledger has entries."""
    with Store.init(f"{session.root}-other", author="Eve <eve@example.org>") as other:
        other.ledger("runs").append_many([{"kind": "theirs", "payload": number} for number in range(3)])


def sync(session: Session) -> None:
    """Exchange entries with the other store."""
    with Store.open(f"{session.root}-other") as other:
        session.ledger.sync(other.ledger("runs"))


def erase(session: Session) -> None:
    """Erase the first version of a document."""
    first = session.store.history("confided")[-1]
    session.store.erase(str(first.blob), "it was a secret")


def crashed(session: Session) -> None:
    """Prepare what a crash left of which only the journal was durable: two commits, with files, of a store."""
    made = Session(f"{session.root}-made")
    init(made)
    made.change(a=0)
    made.close()
    before = _read(Path(made.root))
    made.change(a=1, b="new")
    made.change(a=2)
    journal = Path(made.root, ".muniment", "local", "journal")
    for path, data in {**before, journal.relative_to(made.root): journal.read_bytes()}.items():
        target = Path(session.root, path)
        if data is None:
            target.mkdir()
        else:
            target.write_bytes(data)


def _read(root: Path) -> dict[Path, bytes | None]:
    return {path.relative_to(root): None if path.is_dir() else path.read_bytes() for path in sorted(root.rglob("*"))}


def look(session: Session) -> None:
    """Look at the history, which finishes what a crash left."""
    session.store.log()


def close_while_syncs_fail(session: Session) -> None:
    """Close the store; no object can be made durable, and the system forgets that it could not."""
    right = disk.sync_file

    def failing(path: str) -> None:
        if "/objects/" not in path:
            return right(path)
        os.write(1, f"mark failed {path}\n".encode())
        raise OSError(EIO, os.strerror(EIO), path)

    disk.sync_file = failing
    session.close()
    disk.sync_file = right


EMPTY_AT_ONCE = {(local, "JOURNAL_LIMIT"): 0}
SMALL_REDO_LOG = {(own_segment, "_CHECKPOINT_BYTES"): 600, (own_segment, "_DIRECT_BYTES"): 1500}

WORKLOADS: dict[str, Workload] = {
    "two-commits": Workload((commit(a=1), commit(a=2)), nothing),
    "two-commits-no-files": Workload((commit(a=1, worktree=False), commit(a=2, worktree=False)), nothing),
    "new-store": Workload((init, commit(a=1, worktree=False)), nothing, has_store=False),
    "commit": Workload((commit(a="changed", new={"deep": 1}, b=None), close)),
    "working-files": Workload(
        (
            write("a", 1),
            write("new/folder/c", 2),
            lambda session: session.store.delete("b"),
            lambda session: session.store.commit("files"),
        )
    ),
    "past-the-journal": Workload((commit(a=1), write("a", 0), commit(c=1), write("a", 1), close, write("a", 0))),
    "transaction-of-forty": Workload((forty, commit(a=1), close)),
    "checkpoint": Workload((commit(a=1, c="new"), commit(c=None, a=2), close), settings=EMPTY_AT_ONCE),
    "checkpoint-by-syncfs": Workload(
        (commit(a=1, c="new"), forty), settings={**EMPTY_AT_ONCE, (checkpoint, "MANY_BYTES"): 0}
    ),
    "merge": Workload((lambda session: session.store.merge("side"), close), two_branches),
    "merge-with-conflict": Workload(
        (
            lambda session: session.store.merge("side"),
            resolve,
            lambda session: session.store.merge_continue(),
            close,
        ),
        in_conflict,
    ),
    "branches": Workload(
        (
            lambda session: session.store.branches.create("other", description="for a while"),
            lambda session: session.store.branches.switch("side"),
            lambda session: session.store.branches.rename("other", "another"),
            lambda session: session.store.branches.delete("another"),
            close,
        ),
        two_branches,
    ),
    "pack": Workload((commit(a=1), pack, forty, pack, commit(a=2), close)),
    "collect": Workload((commit(a=2), collect, commit(a=3), collect, close), a_branch_too_many, afterwards=bring_back),
    "tag-and-note": Workload(
        (
            tag,
            add_note,
            lambda session: session.store.notes.delete(session.kept["note"]),
            lambda session: session.store.tags.delete("release"),
            close,
        )
    ),
    "undo": Workload(
        (
            commit(a=1),
            lambda session: session.store.undo(),
            lambda session: session.store.redo(),
            lambda session: session.store.rollback("HEAD~1", reason="it was better"),
            close,
        )
    ),
    "recovery": Workload((look, commit(a=3)), crashed, has_store=False),
    "failed-sync": Workload((commit(a=1), close_while_syncs_fail, commit(b="more"), close)),
    "erase": Workload(
        (commit(confided=SECRET), commit(confided="harmless"), erase, close),
        gone_after=3,
    ),
    "ledger-append": Workload((append(1), append(2), append_many(3), close), nothing),
    "ledger-checkpoint": Workload(
        (append("x" * 300), append("y" * 300), append_many(8, "z" * 200), append(3)), begun_ledger, SMALL_REDO_LOG
    ),
    "ledger-next-segment": Workload((append(3), append(4)), begun_ledger, {(appending, "LARGEST_BYTES"): 1}),
    "ledger-erase": Workload(
        (
            append_erasable,
            lambda session: session.ledger.erase(session.kept["entry"], "a secret"),
            append(1),
        ),
        begun_ledger,
        gone_after=2,
        repeat=erase_again,
    ),
    "ledger-archive": Workload((append(3), archive, append(4), archive), begun_ledger),
    "ledger-sync": Workload((append(1), append_many(3), sync, append(2)), other_ledger),
}
