"""What programs do with a store until the power fails: actions chosen at random, and what each leaves.

To add an action: write a class that does it, and that tells what the store holds afterwards; and a line in `choose`.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from store_workloads import Session

from muniment import Entry

MAIN, SIDE = "main", "side"
_MOST_BRANCHES = 5


@dataclass(frozen=True)
class Content:
    """What a store holds: the documents of each branch, the working files, tags, and the payloads of the ledger."""

    branches: dict[str, dict[str, Any]]
    working: dict[str, Any]
    tags: frozenset[str]
    payloads: tuple[Any, ...]


class Action(Protocol):
    """One change of a store."""

    def do(self, session: Session) -> Sequence[Entry] | None:
        """Do it; gives the entries that it appended."""

    def on(self, content: Content) -> Content:
        """Give what the store holds once it is done."""


@dataclass(frozen=True)
class Commit:
    """Commit documents; one that is None is deleted."""

    branch: str
    documents: dict[str, Any]
    worktree: bool

    def do(self, session: Session) -> None:
        """See `Action`."""
        with session.store.transaction("change", branch=self.branch, worktree=self.worktree) as change:
            for name, value in self.documents.items():
                if value is None:
                    change.delete(name)
                else:
                    change.write(name, value)

    def on(self, content: Content) -> Content:
        """See `Action`."""
        on_branch = _changed(content.branches[self.branch], self.documents)
        working = _changed(content.working, self.documents) if self.worktree else content.working
        return replace(content, branches={**content.branches, self.branch: on_branch}, working=working)


@dataclass(frozen=True)
class Merge:
    """Merge the side branch, whose documents the main branch has from nowhere else."""

    def do(self, session: Session) -> None:
        """See `Action`."""
        session.store.merge(SIDE)

    def on(self, content: Content) -> Content:
        """See `Action`."""
        side = {name: value for name, value in content.branches[SIDE].items() if name.startswith("side/")}
        main, working = (
            {name: value for name, value in documents.items() if not name.startswith("side/")} | side
            for documents in (content.branches[MAIN], content.working)
        )
        return replace(content, branches={**content.branches, MAIN: main}, working=working)


@dataclass(frozen=True)
class Write:
    """Write a working file past the history; None deletes it."""

    name: str
    value: Any

    def do(self, session: Session) -> None:
        """See `Action`."""
        if self.value is None:
            session.store.delete(self.name)
        else:
            session.store.write(self.name, self.value)

    def on(self, content: Content) -> Content:
        """See `Action`."""
        return replace(content, working=_changed(content.working, {self.name: self.value}))


@dataclass(frozen=True)
class Branch:
    """Make a branch, or delete it."""

    name: str
    is_made: bool

    def do(self, session: Session) -> None:
        """See `Action`."""
        if self.is_made:
            session.store.branches.create(self.name, description="for a while")
        else:
            session.store.branches.delete(self.name)

    def on(self, content: Content) -> Content:
        """See `Action`."""
        branches = {name: documents for name, documents in content.branches.items() if name != self.name}
        return replace(content, branches={**branches, self.name: branches[MAIN]} if self.is_made else branches)


@dataclass(frozen=True)
class Tag:
    """Tag the head."""

    name: str

    def do(self, session: Session) -> None:
        """See `Action`."""
        session.store.tags.create(self.name, message="it was so")

    def on(self, content: Content) -> Content:
        """See `Action`."""
        return replace(content, tags=content.tags | {self.name})


@dataclass(frozen=True)
class Append:
    """Append entries together; those that can be erased have their payloads in files of their own."""

    payloads: tuple[Any, ...]
    erasable: bool

    def do(self, session: Session) -> Sequence[Entry]:
        """See `Action`."""
        return session.ledger.append_many(
            [{"kind": "step", "payload": payload} for payload in self.payloads], erasable=self.erasable
        )

    def on(self, content: Content) -> Content:
        """See `Action`."""
        return replace(content, payloads=content.payloads + self.payloads)


_UPKEEP: dict[str, Callable[[Session], object]] = {
    "checkpoint": lambda session: session.store.checkpoint(),
    "close": lambda session: session.close(),
    "pack": lambda session: session.store.pack(),
    "collect": lambda session: session.store.collect(older_than=timedelta(0)),
}


@dataclass(frozen=True)
class Upkeep:
    """Do what changes nothing that a store holds."""

    verb: str

    def do(self, session: Session) -> None:
        """See `Action`."""
        _UPKEEP[self.verb](session)

    def on(self, content: Content) -> Content:
        """See `Action`."""
        return content


def choose(chance: random.Random, content: Content) -> Action:
    """Choose what to do next with a store that holds this."""
    kinds: dict[Callable[[random.Random, Content], Action], int] = {
        _commit: 30,
        _forty: 4,
        _on_side: 10,
        _merge: 8,
        _write: 8,
        _branch: 5,
        _tag: 1,
        _append: 26,
        _keep: 8,
    }
    return chance.choices(list(kinds), list(kinds.values()))[0](chance, content)


def _commit(chance: random.Random, content: Content) -> Action:
    with_files = chance.random() < 0.5
    folder = "files" if with_files else "documents"
    return Commit(MAIN, _changes(chance, content.branches[MAIN], folder, 20), with_files)


def _forty(chance: random.Random, content: Content) -> Action:
    return Commit(MAIN, {f"many/{number}": _value(chance) for number in range(40)}, worktree=False)


def _on_side(chance: random.Random, content: Content) -> Action:
    return Commit(SIDE, _changes(chance, content.branches[SIDE], "side", 10), worktree=False)


def _merge(chance: random.Random, content: Content) -> Action:
    return Merge()


def _write(chance: random.Random, content: Content) -> Action:
    name = f"uncommitted/{chance.randrange(5)}"
    return Write(name, None if name in content.working and chance.random() < 0.3 else _value(chance))


def _branch(chance: random.Random, content: Content) -> Action:
    others = [name for name in content.branches if name not in {MAIN, SIDE}]
    if others and len(others) + chance.randrange(3) >= _MOST_BRANCHES - 2:
        return Branch(chance.choice(others), is_made=False)
    return Branch(f"b{chance.getrandbits(64):x}", is_made=True)


def _tag(chance: random.Random, content: Content) -> Action:
    return Tag(f"t{chance.getrandbits(64):x}")


def _keep(chance: random.Random, content: Content) -> Action:
    return Upkeep(chance.choice(list(_UPKEEP)))


def _append(chance: random.Random, content: Content) -> Action:
    count = chance.choices([1, chance.randrange(2, 60)], [4, 1])[0]
    return Append(tuple(_value(chance) for _ in range(count)), chance.random() < 0.1)


def _changes(chance: random.Random, documents: dict[str, Any], folder: str, most: int) -> dict[str, Any]:
    names = [f"{folder}/{chance.randrange(most)}" for _ in range(chance.randrange(1, 5))]
    return {
        name: None if name in documents and chance.random() < 0.2 else _value(chance) for name in dict.fromkeys(names)
    }


def _value(chance: random.Random) -> Any:
    size = chance.choices([10, 300, 6000], [8, 3, 1])[0]
    return {"new": chance.getrandbits(64), "filled": "x" * chance.randrange(size)}


def _changed(documents: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**documents, **changes}.items() if value is not None}


def look(session: Session) -> Content:
    """See what a store holds."""
    store = session.store
    return Content(
        branches={branch.name: dict(store.at(branch.name)) for branch in store.branches.list()},
        working={name: store.read(name) for name in store.names()},
        tags=frozenset(tag.name for tag in store.tags.list()),
        payloads=tuple(entry.payload for entry in session.ledger),
    )


BEGINNING: Sequence[Action] = (
    Commit(MAIN, {"files/0": 0}, worktree=True),
    Branch(SIDE, is_made=True),
    Append((0,), erasable=False),
    *(Upkeep(verb) for verb in _UPKEEP),
)
"""What makes of a new store one for which `choose` has something to do."""
