"""How the changes of a watched store read on a terminal, and what `--json` makes of them."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, assert_never

import click

from muniment import (
    BlobNotFoundError,
    DocumentChanged,
    DocumentInvalid,
    HeadMoved,
    LedgerGrown,
    StoreDiverged,
    TagCreated,
)
from muniment.cli import output, text

if TYPE_CHECKING:
    from muniment.watch.changes import Change

_MOST_PLACES = 3
_MOST_NAMES = 4
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORDS = {"created": "added", "changed": "changed", "removed": "removed"}


def event(change: "Change") -> str:
    """Give what a change is called in JSON and to a command: `document-changed`."""
    return _CAPITAL.sub("-", type(change).__name__).lower()


def shape(change: "Change") -> dict[str, Any]:
    """Give a change as an object; `patch` and `names` are null where what was before is not known any more."""
    told: dict[str, Any] = {"event": event(change), "cursor": str(change.cursor)}
    match change:
        case DocumentChanged():
            return told | {"name": change.name, "change": change.change, "patch": _patch(change)}
        case DocumentInvalid():
            return told | {"name": change.name, "reason": change.reason}
        case HeadMoved():
            return told | {
                "branch": change.branch,
                "from": change.from_,
                "to": change.to,
                "names": None if change.names is None else list(change.names),
            }
        case TagCreated():
            return told | {"name": change.name, "target": change.target}
        case LedgerGrown():
            return told | {"ledger": change.ledger, "offset": change.offset}
        case StoreDiverged():
            return told | {"branch": change.branch, "heads": list(change.heads)}
        case _:
            assert_never(change)


def _patch(change: DocumentChanged) -> list[dict[str, Any]] | None:
    try:
        return change.patch
    except BlobNotFoundError:
        return None


def line(change: "Change") -> str:
    """Tell a change on one line, behind the time of day."""
    told = f"{datetime.now().astimezone():%H:%M:%S}"
    return f"{click.style(told, dim=True)}  {'  '.join(_words(change))}"


def _words(change: "Change") -> Iterator[str]:
    match change:
        case DocumentChanged():
            sign, color = text.SIGNS[_WORDS[change.change]]
            yield click.style(f"{sign} {output.one_line(change.name)}", fg=color)
            if change.change == "changed":
                yield _places(change)
        case DocumentInvalid():
            sign, color = text.SIGNS["invalid"]
            yield click.style(f"{sign} {output.one_line(change.name)}", fg=color)
            yield output.one_line(change.reason)
        case HeadMoved():
            yield f"{text.branch(change.branch)} → {'(gone)' if change.to is None else text.short(change.to)}"
            yield _listed([output.one_line(name) for name in change.names or ()], _MOST_NAMES)
        case TagCreated():
            target = "(unreadable)" if change.target is None else text.short(change.target)
            yield f"tag {click.style(output.one_line(change.name), bold=True)} → {target}"
        case LedgerGrown():
            yield f"ledger {click.style(output.one_line(change.ledger), bold=True)}  up to {change.offset:,}"
        case StoreDiverged():
            heads = ", ".join(map(text.short, change.heads))
            yield click.style(f"! {output.one_line(change.branch)} has diverged", fg="red", bold=True)
            yield f"{heads}: run `muniment reconcile`"
        case _:
            assert_never(change)


def _places(change: DocumentChanged) -> str:
    patch = _patch(change)
    if patch is None:
        return ""
    return _listed(list(dict.fromkeys(output.one_line(step["path"]) or "(all of it)" for step in patch)), _MOST_PLACES)


def _listed(words: list[str], most: int) -> str:
    """List some words, and how many more there are."""
    more = f" and {len(words) - most:,} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more
