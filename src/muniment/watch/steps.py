"""What a reader was told, step by step: each change with what it adds, so that a cursor can be had behind any of them.

The steps of one look share where they began: a cursor is composed only when somebody asks for it, and takes no memory
but that of the documents.
"""

from collections.abc import Callable, Mapping, Sequence
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


def after(moment: Moment, steps: Sequence[Step]) -> Moment:
    """Give the moment that some steps lead to."""
    if not steps:
        return moment
    base, documents = moment.base, dict(moment.documents)
    fields: dict[str, dict[Any, Any]] = {
        name: dict(getattr(moment, name)) for name in ("faults", "heads", "leads", "ledgers", "tags")
    }
    log, selected = moment.log, moment.selected
    for step in steps:
        if step.rests_on is not None:
            base, documents = step.rests_on[0], dict(step.rests_on[1])
        for name, blob in step.documents.items():
            if isinstance(blob, Same):
                documents.pop(name, None)
            else:
                documents[name] = blob
        for field, values in fields.items():
            _update(values, getattr(step, field))
        log, selected = step.log or log, step.selected or selected
    return Moment(base=base, documents=documents, log=log, selected=selected, **fields)


def _update(values: dict[Key, Value], changed: Mapping[Key, Value | None]) -> None:
    for key, value in changed.items():
        if value is None:
            values.pop(key, None)
        else:
            values[key] = value
