"""Erase a content that must not stay in history."""

import click

from muniment.cli import arguments, output, shapes
from muniment.cli.command import verb
from muniment.cli.session import Session


@verb("erase", example="muniment history users/ada --json\nmuniment erase 3a1cdcc1f12f30fc -m 'Ada asked for it'")
@click.argument("blob")
@click.option("-m", "--message", required=True, callback=arguments.reason, metavar="WHY", help="Why: it is recorded.")
@arguments.AUTHOR
def erase(session: Session, blob: str, message: str, author: str | None) -> None:
    """Remove one content of a document for good: BLOB is its id, or the beginning of it, as `history --json` tells it.

    What a branch, a file or a merge still holds is refused: commit a version without it first. Other copies of the
    store, backups, and commits of the host repository keep it: erase it there too. There is no undo.
    """
    with session.open() as store:
        who = session.author_of(author, store)
        entry = store.erase(blob, message, author=who)
    if session.as_json:
        output.json_document(shapes.erasure(entry))
    else:
        click.echo(f"Erased {entry.payload['blob'][:16]} for good; the ledger `erasures` says who and why.")
