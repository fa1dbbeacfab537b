"""What a reader was told, step by step: each change with what it adds, so that a cursor can be had behind any of them.

The steps of one look share where they began: a cursor is composed only when somebody asks for it, and takes no memory
of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from muniment.values.ids import BlobId, CommitId
from muniment.values.names import BranchName, TagName
from muniment.values.watch_cursor import LogPlace, Moment, WatchCursor
from muniment.watch.changes import Change

Key = TypeVar("Key")
Value = TypeVar("Value")

Maker = Callable[[WatchCursor], Change]


class Same(msgspec.Struct, frozen=True):
    """Stands for a document that is as the commit has it."""


SAME = Same()
_PLAIN = "faults", "heads", "leads", "ledgers", "tags"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A change to be told, or None where the reader is told nothing, and what of the moment is another then.

    In mappings None stands for what is not there any more; a document that is as the commit has it is `SAME`.
    `rests_on` is another commit, and all that differs from it.
    """

    make: Maker | None = None
    documents: Mapping[str, BlobId | Same | None] = {}
    faults: Mapping[str, str | None] = {}
    heads: Mapping[BranchName, tuple[CommitId, ...] | None] = {}
    leads: Mapping[BranchName, CommitId | None] = {}
    ledgers: Mapping[str, int | None] = {}
    log: LogPlace | None = None
    rests_on: tuple[CommitId | None, Mapping[str, BlobId | None]] | None = None
    selected: BranchName | None = None
    tags: Mapping[TagName, tuple[str, ...] | None] = {}


class Composing:
    """The moments behind the steps of one look, composed when they are asked for; each stays what it is.

    The last one is kept, and the next one made of it: who asks in order, as who writes each cursor down does, goes
    through each step once. What is left for each is to copy what differs, which its word has to say anyway.
    """

    def __init__(self, start: Moment, steps: Sequence[Step]) -> None:
        self._start = start
        self._steps = steps
        self._last = 0, start

    def moment(self, given: int) -> Moment:
        """Give the moment behind so many of the steps."""
        count, moment = self._last
        if given < count:
            count, moment = 0, self._start
        moment = after(moment, self._steps[count:given])
        self._last = given, moment
        return moment


def after(moment: Moment, steps: Sequence[Step]) -> Moment:
    """Give the moment that some steps lead to; other members than documents that they leave as they are, both share."""
    if not steps:
        return moment
    base, documents = moment.base, dict(moment.documents)
    log, selected = moment.log, moment.selected
    for step in steps:
        if step.rests_on is not None:
            base, documents = step.rests_on[0], dict(step.rests_on[1])
        for name, blob in step.documents.items():
            if isinstance(blob, Same):
                documents.pop(name, None)
            else:
                documents[name] = blob
        log, selected = step.log or log, step.selected or selected
    fields: dict[str, Any] = {
        field: _changed(getattr(moment, field), [getattr(step, field) for step in steps]) for field in _PLAIN
    }
    return Moment(base=base, documents=documents, log=log, selected=selected, **fields)


def _changed(values: Mapping[Key, Value], steps: Iterable[Mapping[Key, Value | None]]) -> Mapping[Key, Value]:
    """Apply what steps say of one member; the same where they say nothing."""
    changed = [step for step in steps if step]
    if not changed:
        return values
    found = dict(values)
    for step in changed:
        for key, value in step.items():
            if value is None:
                found.pop(key, None)
            else:
                found[key] = value
    return found
