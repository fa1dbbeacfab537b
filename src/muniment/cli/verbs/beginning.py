"""Begin to use Muniment: make a store, teach the shell to complete."""

import click

from muniment import Store
from muniment.cli import output
from muniment.cli.command import verb
from muniment.cli.session import Session


@verb("init", example="muniment init config\ncd config && muniment status")
@click.argument("directory", required=False, metavar="[DIR]", type=click.Path())
def init(session: Session, directory: str | None) -> None:
    """Make a store in DIR, or here; the JSON files that lie there become its documents."""
    if directory and session.store_path:
        raise click.UsageError("name the folder once: DIR, or --store DIR", click.get_current_context())
    with Store.init(directory or session.store_path or ".") as store:
        count = len(store.names())
        if session.as_json:
            output.json_document({"path": store.path, "branch": store.branch, "documents": count})
            return
        click.echo(f"Made a store in {output.one_line(store.path)}")
    if count:
        found = "1 JSON file" if count == 1 else f"{count} JSON files"
        click.echo(f"{found} lie there: `muniment status` lists them, `muniment commit -m WHY` records them")
    else:
        click.echo("Put JSON files there, or make one: muniment set hello '' '{\"world\": true}'")


@verb("completion", example='eval "$(muniment completion bash)"     # this line belongs into ~/.bashrc')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, session: Session, shell: str) -> None:
    """Print what teaches a shell to complete commands, options, documents and revisions."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"click knows no completion for {shell}", ctx)
    script = kind(ctx.find_root().command, {}, "muniment", "_MUNIMENT_COMPLETE").source()
    if session.as_json:
        output.json_document({"shell": shell, "script": script})
    else:
        click.echo(script)
