"""What must be in a store whose power was cut, by what the program that worked on it told; and whether it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from busy_store import Action, Append, Commit, Content, look
from crash_checks import Problem
from store_workloads import Session


@dataclass(frozen=True)
class Done:
    """An action was acknowledged: the heads as they are then, the last operation, and the entries appended."""

    heads: Mapping[str, str | None]
    operation: str
    entries: Sequence[tuple[str, Any]]


@dataclass
class Known:
    """What was acknowledged, and what was under way when the power was cut."""

    contents: list[Content]
    """What the store held, after each action."""
    heads: Mapping[str, str | None]
    operations: set[str]
    entries: list[tuple[str, Any]]
    under_way: Action | None = field(default=None)

    def begin(self, action: Action) -> None:
        """Hear that an action is about to be done."""
        self.under_way = action

    def end(self, done: Done) -> None:
        """Hear that it is done."""
        if self.under_way is None:
            raise ValueError("nothing was under way")
        self.contents.append(self.under_way.on(self.contents[-1]))
        self.heads = done.heads
        self.operations.add(done.operation)
        self.entries.extend(done.entries)
        self.under_way = None


def seen(session: Session) -> Known:
    """See all that a store has."""
    store = session.store
    return Known(
        [look(session)],
        {branch.name: branch.head for branch in store.branches.list()},
        {operation.id for operation in store.operations()},
        [(entry.id, entry.payload) for entry in session.ledger],
    )


def done(session: Session, action: Action) -> Done:
    """Do an action, and give what the program has of it then."""
    entries = action.do(session) or ()
    store = session.store
    heads = {branch.name: branch.head for branch in store.branches.list()}
    return Done(heads, store.operations(1)[0].id, [(entry.id, entry.payload) for entry in entries])


def missing(session: Session, known: Known, now: Known) -> Iterator[Problem]:
    """Tell what is wrong with what is there now."""
    yield from _lost(session, known, now)
    yield from _half(known, now.contents[0])
    yield from (Problem("verify", f"{finding}") for finding in session.store.verify().findings)


def after_next_change(session: Session, now: Known) -> Iterator[Problem]:
    """Make the next changes, and tell what is wrong then."""
    for action in (
        Commit("main", {"documents/next": len(now.entries)}, worktree=False),
        Append(({"next": len(now.entries)},), erasable=False),
    ):
        now.begin(action)
        now.end(done(session, action))
    after = look(session)
    if after != now.contents[-1]:
        yield Problem("next", _difference(after, now.contents[-1]))
    yield from (Problem("next", f"{finding}") for finding in session.store.verify(full=False).findings)


def _lost(session: Session, known: Known, found: Known) -> Iterator[Problem]:
    """Tell what was acknowledged and is not there; of heads and contents, more may have been under way."""
    for branch in known.heads.keys() & found.heads.keys():
        if known.heads[branch] not in {commit.id for commit in session.store.log(branch)}:
            yield Problem("lost", f"{branch} does not lead to {known.heads[branch]}")
    if missing := known.operations - found.operations:
        yield Problem("lost", f"operations {sorted(missing)}")
    if found.entries[: len(known.entries)] != known.entries:
        yield Problem("lost", f"of {len(known.entries)} entries some are not there: {len(found.entries)} are")


def _half(known: Known, content: Content) -> Iterator[Problem]:
    before = known.contents[-1]
    after = known.under_way.on(before) if known.under_way else before
    if content not in (before, after):
        kind = "lost" if content in known.contents else "half"
        yield Problem(kind, f"{_difference(content, before)}; under way was {known.under_way!r:.200}")


def _difference(content: Content, wanted: Content) -> str:
    parts = [part.name for part in fields(Content) if getattr(content, part.name) != getattr(wanted, part.name)]
    return "; ".join(
        f"{part}: {getattr(content, part)!r:.300} instead of {getattr(wanted, part)!r:.300}" for part in parts
    )
