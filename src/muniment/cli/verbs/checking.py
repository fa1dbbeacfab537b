"""Check what people typed against the kinds of documents."""

import click

from muniment import DocumentFault, Store
from muniment.cli import candidates, output, shapes, text
from muniment.cli.command import verb
from muniment.cli.exit_code import ExitCode
from muniment.cli.session import Session


@verb("check", example="muniment schema check\nmuniment schema check services/web --json")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=candidates.documents)
@click.pass_context
def check(ctx: click.Context, session: Session, names: tuple[str, ...]) -> None:
    """Tell which documents are not valid for their kinds, and where.

    One line for each, which begins with file, line and column as those of compilers do. Exits with 1 if there is any.
    """
    with session.open() as store:
        faults = store.schemas.check(names or None)
        if session.as_json:
            output.json_document({"ok": not faults, "faults": list(map(shapes.fault, faults))})
        else:
            _print(store, faults, names)
    if faults:
        ctx.exit(ExitCode.NO)


def _print(store: Store, faults: tuple[DocumentFault, ...], names: tuple[str, ...]) -> None:
    for fault in faults:
        click.echo(text.fault(fault))
    if faults:
        told = "1 document is not valid" if len(faults) == 1 else f"{len(faults)} documents are not valid"
        click.secho(told, fg="red", bold=True)
        return
    checked = len(set(names)) if names else sum(sum(kind.documents.values()) for kind in store.schemas.list())
    count = "1 document" if checked == 1 else f"{checked} documents"
    well = click.style("All is well:", fg="green", bold=True)
    click.echo(f"{well} {count} checked" if checked else text.NO_KINDS)
