"""Read documents: list them, print one or a place in it, tell what its own overrides make of it."""

from typing import Any

import click

from muniment import ABSENT, InvalidValueError, MigrationMissingError, Store
from muniment.cli import arguments, candidates, output, shapes, text, warning
from muniment.cli.command import verb
from muniment.cli.faults import RefusedError, no_such_place
from muniment.cli.session import Session
from muniment.schema.overrides import Effect
from muniment.values import pointer as pointers


@verb("names", example="muniment names\nmuniment names services/ --at HEAD~1")
@click.argument("prefix", default="", shell_complete=candidates.documents)
@click.option("--at", "revision", metavar="REV", shell_complete=candidates.revisions, help="As they were at REV.")
def names(session: Session, prefix: str, revision: str | None) -> None:
    """List the documents, or those whose names begin with PREFIX."""
    with session.open() as store:
        found = store.names(prefix) if revision is None else store.at(revision).names(prefix)
    if session.as_json:
        output.json_document(found)
        return
    for name in found:
        click.echo(output.one_line(name))


@verb(
    "get",
    example="muniment get services/web\n"
    "muniment get services/web /port --at HEAD~3\n"
    "muniment get services/web --as 1.1\n"
    "muniment get limits --overrides",
)
@click.argument("name", shell_complete=candidates.documents)
@click.argument("pointer", default="", callback=arguments.pointer)
@click.option("--at", "revision", metavar="REV", shell_complete=candidates.revisions, help="As it was at REV.")
@click.option("--as", "version", metavar="VERSION", callback=arguments.version, help="At a schema version of its kind.")
@click.option("--overrides", is_flag=True, help="As it is in force now: with its own overrides applied.")
@click.pass_context
def get(
    ctx: click.Context,
    session: Session,
    name: str,
    pointer: str,
    revision: str | None,
    version: str | None,
    overrides: bool,  # noqa: FBT001
) -> None:
    """Print a document, or what is at POINTER (RFC 6901: /limits/max).

    A string is printed as its text, for the shell; --json quotes it.
    """
    if overrides and not (revision is version is None):
        raise click.UsageError("--overrides is for the document as it is now: without --at and --as", ctx)
    with session.open() as store, warning.of_overrides(session):
        value = store.read(name, overrides=True) if overrides else _read(store, name, revision, version)
    try:
        value = pointers.get(value, pointer)
    except InvalidValueError as error:
        raise no_such_place(name, error) from error
    if session.as_json or not isinstance(value, str):
        output.json_document(value)
    else:
        output.one_text(value)


@verb("explain", example="muniment explain limits\nmuniment get limits --overrides")
@click.argument("name", shell_complete=candidates.documents)
def explain(session: Session, name: str) -> None:
    """Tell what overrides make of a document, and until when.

    Of the entries in its member `overrides`, those count that are neither revoked nor expired: each place that they
    change is told, what was there and what is there now, and by which.
    """
    with session.open() as store, warning.of_overrides(session):
        found = store.explain(name)
    if session.as_json:
        output.json_document(list(map(shapes.effect, found)))
        return
    for effect in found:
        _print(effect)
    if not found:
        click.echo(f"{output.one_line(name)} is in force as it stands: no override changes it now")


def _read(store: Store, name: str, revision: str | None, version: str | None) -> Any:
    source = store if revision is None else store.at(revision)
    if version is None:
        return source.read(name)
    try:
        return source.read_as(name, version)
    except MigrationMissingError as error:
        if error.kind is not None:
            raise
        message = f"{name}: it is of no kind, so it has no schema version {version}; see `muniment schema list`"
        raise RefusedError(MigrationMissingError, message, **vars(error)) from error


def _print(effect: Effect) -> None:
    for line in text.difference(*_sides(effect)):
        click.echo(line)
    end = "for good" if effect.until is None else f"until {effect.until.isoformat(sep=' ')}"
    click.echo(f"        by {click.style(output.one_line(str(effect.id)), fg='cyan')}, {end}")


def _sides(effect: Effect) -> tuple[str, str, Any]:
    if effect.before is ABSENT:
        return "added", effect.pointer, effect.value
    if effect.value is ABSENT:
        return "removed", effect.pointer, effect.before
    return "changed", effect.pointer, {"before": effect.before, "after": effect.value}
