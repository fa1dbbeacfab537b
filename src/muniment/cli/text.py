"""How commits and changes read on a terminal."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from muniment import (
    ABSENT,
    BadSignature,
    Commit,
    DocumentChange,
    DocumentFault,
    GoodSignature,
    Note,
    Operation,
    Tag,
    UnknownSigner,
)
from muniment.cli import output

if TYPE_CHECKING:
    from muniment import Entry, SignatureState
    from muniment.git import StagedFault
    from muniment.values.conflict import Conflict

SHORT_ID = 12
_WIDE = 72
_WIDEST_VALUE = 32
_KILO = 1000
_UNITS = ("kB", "MB", "GB")

NO_KINDS = "No kinds of documents are known here: a program brings them by passing `schemas=` to Store.open"

SIGNS = {"added": ("+", "green"), "changed": ("~", "yellow"), "removed": ("-", "red"), "invalid": ("!", "magenta")}


def short(object_id: str) -> str:
    """Abbreviate an id to what `muniment show` will still understand."""
    return click.style(object_id[:SHORT_ID], fg="yellow")


def branch(name: str) -> str:
    """Give the name of a branch that one is at, or comes to."""
    return click.style(output.one_line(name), fg="green", bold=True)


def subject(made: Commit | Operation | Tag) -> str:
    """Give the first line of a message."""
    lines = made.message.strip().splitlines()
    return output.one_line(lines[0]) if lines else "(no message)"


def author(made: Commit | Note | Operation) -> str:
    """Give an author's name without the mail address."""
    return person(made.author)


def person(name: str) -> str:
    """Give somebody's name without the mail address."""
    return output.one_line(name.partition(" <")[0] or name)


def moment(made: "Commit | Note | Operation | Entry") -> str:
    """Give the time of a commit, note, operation or entry as the clock on the wall showed it here."""
    return f"{output.local_time(made.time):%Y-%m-%d %H:%M}"


def commit_lines(commits: Sequence[Commit], *, branch: str = "", head: str | None = None) -> dict[str, str]:
    """Tell each commit on one line, by id; `branch` stands beside the one that is its `head`."""
    width = max((len(author(commit)) for commit in commits), default=0)
    return {commit.id: _line(commit, width, branch if commit.id == head else "") for commit in commits}


def _line(commit: Commit, width: int, branch: str) -> str:
    who = click.style(f"{author(commit):{width}}", fg="cyan")
    here = click.style(f"({branch}) ", fg="green", bold=True) if branch else ""
    return f"{short(commit.id)}  {moment(commit)}  {who}  {here}{subject(commit)}"


def blame_lines(found: Mapping[str, Commit], values: Mapping[str, Any]) -> Iterator[str]:
    """Tell each value of a document on one line: its pointer, the value as far as it fits, the commit that set it."""
    places = {place: output.one_line(place) for place in found}
    shown = {place: _shortened(output.compact(values[place])) for place in found}
    commits = commit_lines(list(found.values()))
    width, value_width = (max(map(len, column.values()), default=0) for column in (places, shown))
    for place, commit in found.items():
        where = click.style(f"{places[place]:{width}}", bold=True)
        yield f"{where}  {shown[place]:{value_width}}  {commits[commit.id]}"


def _shortened(value: str) -> str:
    return value if len(value) <= _WIDEST_VALUE else f"{value[: _WIDEST_VALUE - 1]}…"


def signature(found: "SignatureState") -> str:
    """Tell in a few words how it stands with a signature."""
    if isinstance(found, GoodSignature):
        return click.style(f"signed by {output.one_line(found.principal)}", fg="green") + f"  {found.fingerprint}"
    if isinstance(found, UnknownSigner):
        return click.style(f"signed, but {_UNTRUSTED[found.reason]}", fg="yellow") + f"  {found.fingerprint}"
    if isinstance(found, BadSignature):
        return click.style(f"BAD signature: {found.reason}", fg="red", bold=True)
    return "not signed"


_UNTRUSTED = {
    "unknown-signer": "no allowed signer has this key",
    "certificate": "with a certificate",
    "other-namespaces": "this key is not allowed for that",
    "not-valid-then": "this key was not valid then",
    "other-identity": "this key is somebody else's",
}


def commit_block(commit: Commit) -> Iterator[str]:
    """Tell all of a commit."""
    yield click.style(f"commit {commit.id}", fg="yellow")
    yield from (f"parent {parent}" for parent in commit.parents)
    yield f"author {output.one_line(commit.author)}"
    yield f"time   {output.local_time(commit.time):%Y-%m-%d %H:%M:%S %z}"
    yield from (f"meta   {name}: {output.compact(value)}" for name, value in commit.meta.items())
    yield ""
    yield from (f"    {line}" for line in output.paragraph(commit.message).splitlines())
    yield from (f"    {line}" for line in forced(commit))


def forced(commit: Commit) -> Iterator[str]:
    """Name the documents that were committed though they are not valid for their kinds."""
    names = commit.meta.get("forced")
    if names and isinstance(names, list) and all(isinstance(name, str) for name in names):
        yield click.style(f"(forced: {output.one_line(', '.join(names))})", fg="magenta")


def sign(change: str, name: str) -> str:
    """Mark a name as added, changed, removed or invalid, by a sign and its colour."""
    mark, colour = SIGNS[change]
    return click.style(f"{mark} {output.one_line(name)}", fg=colour, bold=True)


def place(pointer: str) -> str:
    """Give a place in a document as people read it."""
    return output.one_line(pointer) or "(the whole document)"


def open_conflicts(count: int) -> str:
    """Tell how many conflicts wait to be settled."""
    if count < 2:  # noqa: PLR2004 - as English counts
        return "1 conflict is open" if count else "No conflict is open"
    return f"{count} conflicts are open"


def fault(found: "DocumentFault | StagedFault") -> str:
    """Tell what is wrong with a file as compilers do, so that an editor leads there."""
    numbers = [str(number) for number in (found.line, found.column) if number is not None]
    reason = f"{found.pointer}: {found.reason}" if found.pointer else found.reason
    place = output.one_line(":".join([path(found.path), *numbers]))
    return f"{click.style(place, bold=True)}: {output.one_line(reason)}"


def conflict(found: "Conflict") -> str:
    """Tell a place where two sides of a merge disagree, and what each of them has there."""
    sides = (("base", found.base), ("ours", found.ours), ("theirs", found.theirs))
    told = ", ".join(f"{side} {'nothing' if value is ABSENT else output.compact(value)}" for side, value in sides)
    place = output.one_line(f"{found.name}: {found.pointer}" if found.pointer else found.name)
    reason = f" ({output.one_line(found.reason)})" if found.reason else ""
    return f"{click.style(place, bold=True)}: {found.kind}{reason}: {told}"


def path(absolute: str) -> str:
    """Give the path of a file as seen from the current folder, where that is shorter."""
    try:
        return min(os.path.relpath(absolute), absolute, key=len)
    except (OSError, ValueError):  # the current folder is gone, or on another drive
        return absolute


def changes(found: Iterable[DocumentChange]) -> Iterator[str]:
    """Tell document by document what differs: the path, what was there, and what is there."""
    for change in found:
        yield sign(change.change, change.name)
        for kind, entries in _entries(change).items():
            for path, entry in entries.items():
                yield from difference(kind, path, entry)


def _entries(change: DocumentChange) -> dict[str, dict[str, Any]]:
    """Give the flat form; of a document that came or went whole, each member by itself."""
    flat = change.flat()
    if change.change == "changed":
        return flat
    value = change.before if change.after is ABSENT else change.after
    return {change.change: dict(value)} if isinstance(value, dict) and value else flat


def difference(kind: str, path: str, entry: Any) -> Iterator[str]:
    """Tell one place that was added, removed or changed; `entry` is as in the flat form."""
    label = output.one_line(path)
    label = f"{label}: " if label else ""
    if kind == "added":
        yield from _one_side("+", "green", label, entry)
    elif kind == "removed":
        yield from _one_side("-", "red", label, entry)
    else:
        before, after = output.compact(entry["before"]), output.compact(entry["after"])
        if len(label) + len(before) + len(after) <= _WIDE:
            yield f"    {label}{click.style(before, fg='red')} → {click.style(after, fg='green')}"
        else:
            yield from _one_side("-", "red", label, entry["before"])
            yield from _one_side("+", "green", label, entry["after"])


def _one_side(mark: str, colour: str, label: str, value: object) -> Iterator[str]:
    text = output.compact(value)
    if len(label) + len(text) > _WIDE:
        text = output.pretty(value)
    for number, line in enumerate(text.splitlines()):
        yield click.style(f"  {mark} {label if number == 0 else ''}{line}", fg=colour)


def size(size_bytes: int) -> str:
    """Tell a size: `913 bytes`, `1.9 MB`."""
    if size_bytes < _KILO:
        return f"{size_bytes} bytes"
    power = min((len(str(size_bytes)) - 1) // 3, len(_UNITS))
    return f"{size_bytes / _KILO**power:,.1f} {_UNITS[power - 1]}"
