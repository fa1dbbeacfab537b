"""Names and words given to commits later: tags, and notes."""

import click

from muniment import Note, Store, Tag
from muniment.cli import arguments, candidates, output, shapes, text
from muniment.cli.command import verb
from muniment.cli.session import Session


@verb("tag", example="muniment tag\nmuniment tag v1 -m 'as delivered'\nmuniment tag v0 HEAD~3\nmuniment tag -d v0")
@click.argument("name", required=False, metavar="[NAME]", shell_complete=candidates.tags)
@click.argument("revision", required=False, metavar="[REV]", shell_complete=candidates.revisions)
@click.option("-m", "--message", callback=arguments.reason, metavar="MSG", help="Why.")
@click.option("-d", "--delete", metavar="NAME", shell_complete=candidates.tags, help="Delete one; its commit stays.")
@arguments.AUTHOR
@arguments.SIGN
@arguments.SIGNING_KEY
@click.pass_context
def tag(
    ctx: click.Context,
    session: Session,
    name: str | None,
    revision: str | None,
    message: str | None,
    delete: str | None,
    author: str | None,
) -> None:
    """List the tags; or give a commit a name once and for all; or delete one.

    The commit is the last one, unless REV names another. A tag never moves.
    """
    if delete is not None and (name is not None or message is not None):
        raise click.UsageError("make a tag or delete one: one at a time", ctx)
    if message is not None and name is None:
        raise click.UsageError("--message is for a new tag: name it", ctx)
    with session.open() as store:
        if delete is not None:
            _delete_tag(session, store, delete, author)
        elif name is None:
            _list_tags(session, store)
        else:
            who = session.author_of(author, store)
            _made_tag(session, store, store.tags.create(name, revision or "HEAD", message or "", author=who))


@verb(
    "note", example="muniment note HEAD 'approved by Ben'\nmuniment note v1 'too high' --on limits\nmuniment note HEAD"
)
@click.argument("revision", metavar="REV", shell_complete=candidates.revisions)
@click.argument("words", metavar="[TEXT]", required=False)
@click.option("--on", "name", metavar="NAME", shell_complete=candidates.documents, help="A document of the commit.")
@arguments.AUTHOR
def note(session: Session, revision: str, words: str | None, name: str | None, author: str | None) -> None:
    """Add a note to a commit, or to one document of it; without TEXT, list the notes.

    The commit itself stays as it is.
    """
    with session.open() as store:
        if words is None:
            found = [one for one in store.notes.list(revision) if name in {None, one.name}]
            _list_notes(session, found)
            return
        made = store.notes.add(revision, words, name, author=session.author_of(author, store))
    if session.as_json:
        output.json_document(shapes.note(made))
    else:
        click.echo(f"Noted on {_subject(made)}")


def _made_tag(session: Session, store: Store, made: Tag) -> None:
    if session.as_json:
        output.json_document(shapes.tag(made))
    else:
        told = text.subject(store.at(made.target).commit)
        click.echo(f"{_styled(made.name)} is {text.short(made.target)}  {told}")


def _delete_tag(session: Session, store: Store, name: str, author: str | None) -> None:
    """Delete a tag, and tell which commit it named: with that it can be made again."""
    targets = [one.target for one in store.tags.list() if one.name == name]
    store.tags.delete(name, author=session.author_of(author, store))
    if session.as_json:
        output.json_document({"deleted": name, "targets": targets})
    else:
        click.echo(f"Deleted {output.one_line(name)}, which was {', '.join(map(text.short, targets))}")


def _list_tags(session: Session, store: Store) -> None:
    found = store.tags.list()
    if session.as_json:
        output.json_document(list(map(shapes.tag, found)))
        return
    width = max((len(output.one_line(one.name)) for one in found), default=0)
    for one in found:
        message = click.style(text.subject(one), dim=True) if one.message.strip() else ""
        click.echo(f"{_styled(one.name, width)}  {text.short(one.target)}  {message}".rstrip())
    if not found:
        click.echo("No tags here: `muniment tag NAME` names the last commit")


def _list_notes(session: Session, found: list[Note]) -> None:
    if session.as_json:
        output.json_document(list(map(shapes.note, found)))
        return
    for one in found:
        click.echo(f"{_subject(one)}  {text.moment(one)}  {click.style(text.author(one), fg='cyan')}")
        for line in output.paragraph(one.text).splitlines():
            click.echo(f"    {line}".rstrip())
    if not found:
        click.echo("No notes here")


def _subject(note: Note) -> str:
    commit = text.short(note.commit)
    return commit if note.name is None else f"{commit} {click.style(output.one_line(note.name), bold=True)}"


def _styled(name: str, width: int = 0) -> str:
    return click.style(f"{output.one_line(name):{width}}", fg="magenta", bold=True)
