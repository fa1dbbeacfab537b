"""Migrate the documents themselves to the newest schema versions; reading does so each time, and writes nothing."""

import click

from muniment import Migrated, Store
from muniment.cli import answers, arguments, candidates, output, shapes, text
from muniment.cli.command import verb
from muniment.cli.session import Session


@verb("migrate", example="muniment schema migrate --dry-run\nmuniment schema migrate -m 'all services to 1.2'")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=candidates.documents)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("-m", "--message", callback=arguments.reason, metavar="MSG", help="Why, if not just to be current.")
@arguments.AUTHOR
def migrate(
    session: Session,
    names: tuple[str, ...],
    dry_run: bool,  # noqa: FBT001
    message: str | None,
    author: str | None,
) -> None:
    """Bring committed documents to the newest schema versions.

    All, or those named, by one commit; the working files follow. If one of them cannot be migrated, none is.
    """
    with session.open() as store:
        who = None if dry_run else session.author_of(author, store)
        done = store.schemas.migrate(names=names or None, message=message, author=who, dry_run=dry_run)
        if session.as_json:
            output.json_document(shapes.migrated(done, dry_run=dry_run))
        else:
            _print(store, done)


def _print(store: Store, done: Migrated) -> None:
    if not done.changes:
        click.echo("No committed document is of an older schema version: nothing to migrate")
        return
    for line in text.changes(done.changes):
        click.echo(line)
    if done.commit is not None:
        click.echo(answers.headline(store.branch, done.commit))
        return
    count = "1 document" if len(done.changes) == 1 else f"{len(done.changes)} documents"
    click.echo(f"{count} would be migrated, by one commit; nothing was changed")
