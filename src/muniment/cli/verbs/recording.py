"""Record: what differs from the head, commit it, or go back by a new commit."""

from typing import TYPE_CHECKING

import click

from muniment import Status, Store
from muniment.cli import answers, arguments, candidates, outcome, output, shapes, text
from muniment.cli.command import verb
from muniment.cli.session import Session

if TYPE_CHECKING:
    from muniment import MergeUnderWay

_NAMES = click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=candidates.documents)


@verb("status", example="muniment status")
def status(session: Session) -> None:
    """Show which documents were added, changed or removed since the last commit, and which are invalid."""
    with session.open() as store:
        found, merge = store.status(), store.merge_under_way()
        if session.as_json:
            output.json_document(shapes.status(found, merge))
            return
        click.echo(_where(store, found))
        if merge is not None:
            _tell_merge(store, merge)
    if found.clean:
        click.echo("Nothing differs from it.")
        return
    if found.added or found.changed or found.removed:
        advice = "" if merge else ", `muniment commit -m WHY` records it"  # it would not, before the merge is done
        click.echo(f"\nTo commit  (`muniment diff` shows what differs{advice})")
        _list_changes(found)
    _list_invalid(found)


@verb("commit", example="muniment commit -m 'raise the port'\nmuniment commit -m 'only this one' services/web")
@_NAMES
@click.option("-m", "--message", required=True, callback=arguments.reason, metavar="MSG", help="Why.")
@arguments.AUTHOR
@arguments.SIGN
@arguments.SIGNING_KEY
@click.option("--allow-empty", is_flag=True, help="Commit even if nothing differs.")
@click.option("--force", is_flag=True, help="Commit documents that are not valid for their kinds; the commit tells.")
def commit(
    session: Session,
    names: tuple[str, ...],
    message: str,
    author: str | None,
    allow_empty: bool,  # noqa: FBT001
    force: bool,  # noqa: FBT001
) -> None:
    """Record the documents as they are now: all that differ from the last commit, or those named."""
    with session.open() as store:
        who = session.author_of(author, store)
        made = store.commit(message, author=who, names=names or None, allow_empty=allow_empty, force=force)
        answers.committed(session, store, made)


@verb("rollback", example="muniment rollback limits --to HEAD~2 -m 'the new limits were too low'")
@_NAMES
@click.option("--to", "revision", required=True, metavar="REV", shell_complete=candidates.revisions, help="To when.")
@click.option("-m", "--message", required=True, callback=arguments.reason, metavar="WHY", help="The reason.")
@click.option("--all", "everything", is_flag=True, help="All documents, instead of those named.")
@arguments.AUTHOR
@click.pass_context
def rollback(
    ctx: click.Context,
    session: Session,
    names: tuple[str, ...],
    revision: str,
    message: str,
    everything: bool,  # noqa: FBT001
    author: str | None,
) -> None:
    """Bring documents back as they were at REV, by a new commit: history stays, and tells why."""
    if everything == bool(names):
        raise click.UsageError("name the documents to bring back, or say --all", ctx)
    with session.open() as store:
        who = session.author_of(author, store)
        made = store.rollback(revision, names=names or None, reason=message, author=who)
        answers.committed(session, store, made)


@verb("restore", example="muniment restore services/web\nmuniment restore limits --from HEAD~2")
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=candidates.documents)
@click.option(
    "--from", "revision", default="HEAD", metavar="REV", shell_complete=candidates.revisions, help="As at REV."
)
def restore(session: Session, names: tuple[str, ...], revision: str) -> None:
    """Discard the edits of documents that were not committed: the files are again as at the head, or at REV."""
    with session.open() as store:
        store.restore(names, revision)
    if session.as_json:
        output.json_document({"restored": sorted(set(names)), "revision": revision})
        return
    for name in sorted(set(names)):
        click.echo(f"{name} is as at {revision} again")


def _where(store: Store, found: Status) -> str:
    branch = text.branch(found.branch)
    if found.head is None:
        return f"On {branch}, before its first commit"
    return f"On {branch} at {text.short(found.head)}  {text.subject(store.at(found.head).commit)}"


def _tell_merge(store: Store, merge: "MergeUnderWay") -> None:
    source = f"{text.short(merge.source)}  {text.subject(store.at(merge.source).commit)}"
    click.echo(f"\nA {merge.verb} into {text.branch(merge.branch)} is under way, of {source}")
    count = len(merge.conflicts)
    step = "`muniment conflicts` lists them" if count else outcome.next_step(count)
    click.echo(f"{text.open_conflicts(count)}: {step}; `muniment merge --abort` gives it up")


def _list_changes(found: Status) -> None:
    groups = {"added": found.added, "changed": found.changed, "removed": found.removed}
    for change, names in groups.items():
        for name in names:
            click.echo(f"  {text.sign(change, name)}")


def _list_invalid(found: Status) -> None:
    if not found.invalid:
        return
    click.echo("\nInvalid  (mend them: until then, commit others by name)")
    for name in found.invalid:
        click.echo(f"  {text.sign('invalid', name)}: {output.one_line(found.reasons.get(name, ''))}")
