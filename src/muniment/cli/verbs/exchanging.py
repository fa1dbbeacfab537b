"""Let copies of a ledger have the same entries: sync both ways, and back up."""

import click
import msgspec

from muniment.cli import entries, output, text
from muniment.cli.command import verb
from muniment.cli.ledger_group import name_of
from muniment.cli.session import Session


@verb("sync", example="muniment ledger runs sync ../other-clone/config")
@click.argument("other", metavar="OTHER", type=click.Path())
@click.pass_context
def sync(ctx: click.Context, session: Session, other: str) -> None:
    """Let this copy of a ledger, and that of the store in the folder OTHER, have the entries that only one of them has.

    In any order, repeated, interrupted: it comes to the same. Every line is checked before it is taken.
    """
    with session.open() as store:
        done = store.ledger(name_of(ctx)).sync(other)
    if session.as_json:
        output.json_document(msgspec.structs.asdict(done))
    elif done.received or done.sent:
        click.echo(f"Received {entries.count(done.received)}, sent {entries.count(done.sent)}")
    else:
        click.echo("Both had all entries already")


@verb("backup", example="muniment ledger runs backup /mnt/backup/config")
@click.argument("dest", metavar="DEST", type=click.Path())
@click.pass_context
def backup(ctx: click.Context, session: Session, dest: str) -> None:
    """Copy all entries into the store in the folder DEST, which is made if there is none.

    Also while programs append. A backup that is there gets what it lacks; `sync` brings everything back from it.
    """
    with session.open() as store:
        ledger = entries.ledger(store, name_of(ctx))
        done = ledger.backup(dest)
        count = len(ledger)
    if session.as_json:
        output.json_document({"path": dest, "copied": done.sent, "entries": count})
        return
    where = output.one_line(text.path(dest))
    if done.sent:
        click.echo(f"Copied {entries.count(done.sent)} to {where}")
    else:
        click.echo(f"{where} had all entries already")
