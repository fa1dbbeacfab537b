"""The commands on ledgers: append-only logs beside the documents."""

import click

from muniment.cli import candidates, entries, output
from muniment.cli.ledger_group import LedgerGroup
from muniment.cli.session import Session


@click.pass_context
def _list_unless_called(ctx: click.Context, name: str | None) -> None:
    """List the ledgers, or the one that is named, where no command follows."""
    if ctx.invoked_subcommand is not None:
        return
    session = ctx.ensure_object(Session)
    with session.open() as store:
        if name is None:
            found = [entries.summary(store.ledger(one)) for one in store.ledgers()]
        else:
            found = [entries.summary(entries.ledger(store, name))]
    if session.as_json:
        output.json_document(found if name is None else found[0])
        return
    for line in entries.summary_lines(found):
        click.echo(line)
    if not found:
        click.echo("No ledgers here: `muniment ledger NAME append --kind KIND` makes one")


ledger = LedgerGroup(
    "ledger",
    params=[click.Argument(["name"], required=False, metavar="NAME", shell_complete=candidates.ledgers)],
    callback=_list_unless_called,
    places={
        "Commands": {
            "append": "appending:append",
            "tail": "tailing:tail",
            "query": "querying:query",
            "verify": "ledger_care:verify",
            "sync": "exchanging:sync",
            "backup": "exchanging:backup",
            "archive": "ledger_care:archive",
            "erase": "ledger_care:erase",
        }
    },
    example='muniment ledger\nmuniment ledger runs append --kind turn --stream run-7 --payload \'{"move": "e4"}\'\n'
    "muniment ledger runs tail --stream run-7",
    help="""Append to ledgers and read them: logs of entries that never change.

    The first entry makes a ledger. Without a command, list the ledgers, or tell of the one named NAME.
    """,
)
