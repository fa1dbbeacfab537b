"""How commands that change something tell what they did."""

from collections.abc import Iterable

import click

from muniment import Commit, DocumentChange, Store
from muniment.cli import output, shapes, text
from muniment.cli.session import Session
from muniment.values import canonical
from muniment.values.json_value import ABSENT, Absent, JsonValue


def written(session: Session, name: str, before: JsonValue | Absent, after: JsonValue | Absent) -> None:
    """Tell how a working document changed."""
    old, new = _blob(before), _blob(after)
    if old == new:
        _unchanged(session, name)
        return
    change = DocumentChange(name, old, new)
    if session.as_json:
        output.json_document(shapes.change(change))
    else:
        click.echo("\n".join(text.changes([change])))


def committed(session: Session, store: Store, made: Commit) -> None:
    """Tell of a commit that was just made on the branch that is checked out."""
    _, changes = store.show(made.id)
    if session.as_json:
        told = {**shapes.commit(made), "branch": store.branch, "changes": list(map(shapes.brief, changes))}
        output.json_document(told)
        return
    click.echo(headline(store.branch, made))
    names(map(shapes.brief, changes))
    for line in text.forced(made):
        click.echo(f"  {line}")


def headline(branch: str, made: Commit) -> str:
    """Tell a commit that a branch stands at now on one line: the branch, the id, the message."""
    return f"[{text.branch(branch)} {text.short(made.id)}] {text.subject(made)}"


def names(changes: Iterable[dict[str, str]]) -> None:
    """Tell which documents changed, below what did it."""
    for change in changes:
        click.echo(f"  {text.sign(change['change'], change['name'])}")


def between(store: Store, old: str | None, new: str | None) -> list[dict[str, str]]:
    """List the documents that differ between two commits, None being one that holds nothing."""
    if old is not None and new is not None:
        return list(map(shapes.brief, store.diff(old, new)))
    change, commit = ("added", new) if old is None else ("removed", old)
    return [] if commit is None else [{"name": name, "change": change} for name in store.at(commit).names()]


def _unchanged(session: Session, name: str) -> None:
    if session.as_json:
        output.json_document({"name": name, **shapes.UNCHANGED})
    else:
        click.echo(f"{output.one_line(name)} is so already: nothing was written")


def _blob(value: JsonValue | Absent) -> bytes | None:
    return None if value is ABSENT else canonical.encode(value)
