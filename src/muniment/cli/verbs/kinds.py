"""The kinds of documents: list them, describe them to editors, and forget one that is no more."""

import os
from typing import Any

import click

from muniment import KindReport, Store
from muniment.cli import candidates, output, shapes, text
from muniment.cli.command import verb
from muniment.cli.session import Session
from muniment.schema import pattern

_STATES = {"none": "without a schema version", "invalid": "not readable"}


@verb("list", example="muniment schema list\nmuniment schema list --json")
def list_kinds(session: Session) -> None:
    """List the kinds of documents, and how many are at which version.

    Of each kind: its newest schema version, the patterns of the names that are of it, its documents.
    """
    with session.open() as store:
        found = store.schemas.list()
    if session.as_json:
        output.json_document(list(map(shapes.kind, found)))
        return
    for kind in found:
        click.echo(f"{_title(kind.kind, kind.version)}  {output.one_line(', '.join(kind.names))}")
        click.echo(f"    {_counted(kind)}")
    if not found:
        click.echo(text.NO_KINDS)


@verb("export", example="muniment schema export\nmuniment schema export --json")
def export(session: Session) -> None:
    """Write the JSON Schemas by which editors complete and check documents.

    A document points its editor at one by its member `$schema`: the path of the file from the document's folder.
    """
    with session.open() as store:
        found = _exported(store)
    if session.as_json:
        output.json_document(found)
        return
    for one in found:
        click.echo(f"{_title(one['kind'], one['version'])}  {output.one_line(text.path(one['path']))}")
        if example := one["example"]:
            name, pointing = output.one_line(example["name"]), output.compact(example["$schema"])
            click.echo(f'    in {name}: "$schema": {pointing}')
    if not found:
        click.echo(text.NO_KINDS)


@verb("forget", example="muniment schema forget service\nmuniment schema forget service --json")
@click.argument("kind", shell_complete=candidates.kinds)
def forget(session: Session, kind: str) -> None:
    """Delete all that the store keeps of a kind that is no more.

    Documents, and what was committed, stay as they are. A program that has the type lets the store keep it again when
    it next writes such a document.
    """
    with session.open() as store:
        deleted = store.schemas.forget(kind)
    if session.as_json:
        output.json_document({"kind": kind, "deleted": list(deleted)})
        return
    count = "1 file" if len(deleted) == 1 else f"{len(deleted)} files"
    click.echo(f"Forgot {output.one_line(kind)}: {count} deleted")


def _title(kind: str, version: str) -> str:
    return click.style(output.one_line(f"{kind} {version}"), fg="green", bold=True)


def _counted(kind: KindReport) -> str:
    told = [f"{count} {_STATES.get(version, f'at {version}')}" for version, count in kind.documents.items()]
    return ", ".join(told) or "no documents"


def _exported(store: Store) -> list[dict[str, Any]]:
    """Write the files, and tell of each; the newest of a kind with an example: how a document would point at it."""
    newest = {(kind.kind, kind.version): kind for kind in store.schemas.list()}
    found = []
    for path in store.schemas.export():
        folder, file = os.path.split(path)
        kind, version = os.path.basename(folder), file.removesuffix(".schema.json")
        example = _example(store, path, newest[kind, version]) if (kind, version) in newest else None
        found.append({"kind": kind, "version": version, "path": path, "example": example})
    return found


def _example(store: Store, path: str, kind: KindReport) -> dict[str, str] | None:
    """Give the first document of a kind, and what its `$schema` has to be; None where there is none."""
    name = next((name for name in store.names() if pattern.fits(kind.names, name)), None)
    if name is None:
        return None
    folder = os.path.dirname(os.path.join(store.path, name))
    return {"name": name, "$schema": os.path.relpath(path, folder).replace(os.sep, "/")}
