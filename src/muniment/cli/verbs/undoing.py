"""What was done in this copy, newest first; take it back, and make it again."""

from collections.abc import Iterable, Iterator

import click

from muniment import Branch, Operation, Store
from muniment.cli import answers, arguments, candidates, output, shapes, text
from muniment.cli.command import verb
from muniment.cli.session import Session

_OPERATION = click.argument("operation", required=False, metavar="[OPERATION]", shell_complete=candidates.operations)


@verb("operations", example="muniment operations -n 10")
@click.option("-n", "--limit", type=click.IntRange(min=0), metavar="N", help="No more than N.")
def operations(session: Session, limit: int | None) -> None:
    """List what was done in this copy to branches and tags, newest first.

    With --json, one line for each operation.
    """
    with session.open() as store:
        found = store.operations(limit)
    undone = _undone(found)
    if session.as_json:
        for one in found:
            output.json_line({**shapes.operation(one), "undone": one.id in undone})
        return
    widths = [max((len(word(one)) for one in found), default=0) for word in (_verb, text.author)]
    for one in found:
        verb_of_it, who = (f"{word(one):{width}}" for word, width in zip((_verb, text.author), widths, strict=True))
        note = click.style("  (undone)", dim=True) if one.id in undone else ""
        click.echo(
            f"{text.short(one.id)}  {text.moment(one)}  {click.style(verb_of_it, bold=True)}  "
            f"{click.style(who, fg='cyan')}  {text.subject(one)}{note}"
        )
    if not found:
        click.echo("Nothing was done in this copy yet", err=True)


@verb("undo", example="muniment undo\nmuniment operations && muniment undo 3fa2c81b9d07")
@_OPERATION
@arguments.AUTHOR
def undo(session: Session, operation: str | None, author: str | None) -> None:
    """Take back the last operation that was not, or the one of that id, whatever it was: a commit, a merge, a branch.

    Files that it replaced follow, where nobody touched them since; what was committed from files stays in them.
    Where its branch went on since, it is taken out by a new commit. `muniment redo` takes back an undo.
    """
    with session.open() as store:
        before = _checked_out(store)
        done = store.undo(operation, author=author or session.known_author(store))
        _tell(session, store, before, done)


@verb("redo", example="muniment undo && muniment redo")
@arguments.AUTHOR
def redo(session: Session, author: str | None) -> None:
    """Make the operation again that was undone last, unless something else was done since."""
    with session.open() as store:
        before = _checked_out(store)
        done = store.redo(author=author or session.known_author(store))
        _tell(session, store, before, done)


def _verb(one: Operation) -> str:
    return output.one_line(one.verb)


def _undone(newest_first: Iterable[Operation]) -> set[str]:
    """Tell which operations do not count any more: of those that undo or redo one, the newest that counts decides."""
    undone: dict[str, bool] = {}
    for one in newest_first:
        if undone.get(one.id):
            continue
        if one.undoes is not None:
            undone.setdefault(one.undoes, True)
        if one.redoes is not None:
            undone.setdefault(one.redoes, False)
    return {operation for operation, is_so in undone.items() if is_so}


def _checked_out(store: Store) -> Branch:
    return next(one for one in store.branches.list() if one.is_checked_out)


def _tell(session: Session, store: Store, before: Branch, done: Operation) -> None:
    """Tell what was taken back or made again, where branches and tags stand now, and which documents changed."""
    target = next(one for one in store.operations() if one.id in {done.undoes, done.redoes})
    after = _checked_out(store)
    is_clear = done.worktree and max(len(before.heads), len(after.heads)) <= 1
    changes = answers.between(store, before.head, after.head) if is_clear else []
    if session.as_json:
        told = {"operation": shapes.operation(done), "target": shapes.operation(target)}
        output.json_document({**told, "branch": shapes.branch(after), "changes": changes})
        return
    word = "Undid" if done.undoes else "Made again"
    click.echo(f"{word} {text.short(target.id)}  {click.style(_verb(target), bold=True)}  {text.subject(target)}")
    for line in _standing(store, done):
        click.echo(f"  {line}")
    answers.names(changes)
    if not done.worktree and before.heads != after.heads:
        click.echo("  The files stay as they are: `muniment status` tells what differs")


def _standing(store: Store, done: Operation) -> Iterator[str]:
    """Tell where the branches and tags are now that an operation moved."""
    heads = {one.name: one.heads for one in store.branches.list()}
    if done.selected is not None:
        yield f"On {text.branch(done.selected[1])}"
    for branch in dict.fromkeys(move.branch for move in done.heads):
        if not heads.get(branch):
            yield f"{text.branch(branch)} {'is before its first commit' if branch in heads else 'is gone'}"
        for head in heads.get(branch, ()):
            yield f"{text.branch(branch)} is at {text.short(head)}  {text.subject(store.at(head).commit)}"
    for tag in done.tags:
        yield f"tag {output.one_line(tag.tag)} {'is gone' if tag.after is None else 'is there again'}"
