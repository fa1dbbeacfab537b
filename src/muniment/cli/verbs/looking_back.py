"""Look back: the commits that led here, what they did to one document, and which of them set what it says."""

import click

from muniment import Commit, InvalidValueError, Store
from muniment.cli import arguments, candidates, graph, output, shapes, text
from muniment.cli.command import verb
from muniment.cli.faults import no_such_place
from muniment.cli.session import Session
from muniment.values import pointer as pointers

_COLOURS = {"created": "green", "updated": "yellow", "deleted": "red", "restored": "magenta", "merged": "blue"}


@verb("log", example="muniment log\nmuniment log services/web -n 5\nmuniment log --since 2026-01-31T12:00:00Z")
@click.argument("name", required=False, shell_complete=candidates.documents)
@click.option("-n", "--limit", type=click.IntRange(min=0), metavar="N", help="No more than N.")
@click.option("--graph", "with_graph", is_flag=True, help="Draw how the commits follow from each other.")
@click.option("--at", "revision", default="HEAD", metavar="REV", shell_complete=candidates.revisions, help="Up to REV.")
@click.option("--since", metavar="TIME", help="Made at TIME or later (2026-01-31T12:00:00Z).")
@click.option("--until", metavar="TIME", help="Made at TIME or earlier.")
@arguments.SHOW_SIGNATURE
def log(
    session: Session,
    name: str | None,
    limit: int | None,
    with_graph: bool,  # noqa: FBT001
    revision: str,
    since: str | None,
    until: str | None,
    show_signature: bool,  # noqa: FBT001
) -> None:
    """List the commits that led here, newest first: all, or those that changed one document.

    With --json, one line for each commit.
    """
    with session.open() as store:
        commits = store.log(revision, name=name, limit=limit, since=since, until=until)
        branch, head = _head(store, commits)
        signatures = {str(made.id): store.signature_of(made) for made in commits} if show_signature else {}
    if session.as_json:
        for commit in commits:
            output.json_line(shapes.commit(commit) | shapes.verdict(signatures.get(commit.id)))
        return
    lines = text.commit_lines(commits, branch=branch, head=head)
    drawn = graph.draw((made.id, made.parents) for made in commits) if with_graph else (("", made) for made in lines)
    for picture, commit_id in drawn:
        click.echo((picture + lines.get(commit_id, "")).rstrip())
        if commit_id in signatures:
            click.echo(f"{' ' * len(picture)}    {text.signature(signatures[commit_id])}")
    if not commits:
        click.echo("no commits here", err=True)


@verb("history", example="muniment history services/web")
@click.argument("name", shell_complete=candidates.documents)
def history(session: Session, name: str) -> None:
    """List what commits did to a document, newest first: created, updated, deleted, restored, merged.

    With --json, one line for each version.
    """
    with session.open() as store:
        versions = store.history(name)
    lines = text.commit_lines([version.commit for version in versions])
    for version in versions:
        if session.as_json:
            output.json_line(shapes.version(version))
        else:
            change = click.style(f"{version.change:8}", fg=_COLOURS[version.change])
            tags = click.style(f"  ({output.one_line(', '.join(version.tags))})", fg="magenta") if version.tags else ""
            click.echo(f"{change}  {lines[version.commit.id]}{tags}")


@verb("blame", example="muniment blame limits\nmuniment blame services/web /hosts --at HEAD~3")
@click.argument("name", shell_complete=candidates.documents)
@click.argument("pointer", default="", callback=arguments.pointer)
@click.option("--at", "revision", default="HEAD", metavar="REV", shell_complete=candidates.revisions, help="As of REV.")
def blame(session: Session, name: str, pointer: str, revision: str) -> None:
    """Tell for each value in a document, or at POINTER and below, which commit set it.

    Followed back through merges, moves of list items and schema versions. With --json, one line for each value.
    """
    with session.open() as store:
        snapshot = store.at(revision)
        found = store.blame(name, snapshot.commit.id)
        document = snapshot.read(name)
    try:
        pointers.get(document, pointer)
    except InvalidValueError as error:
        raise no_such_place(name, error) from error
    wanted = {place: commit for place, commit in found.items() if f"{place}/".startswith(f"{pointer}/")}
    values = {place: pointers.get(document, place) for place in wanted}
    if session.as_json:
        for place, commit in wanted.items():
            output.json_line({"pointer": place, "value": values[place], "commit": shapes.commit(commit)})
        return
    for line in text.blame_lines(wanted, values):
        click.echo(line)
    if not wanted:
        click.echo("no values here", err=True)


def _head(store: Store, commits: list[Commit]) -> tuple[str, str | None]:
    return store.branch, store.at("HEAD").commit.id if commits else None
