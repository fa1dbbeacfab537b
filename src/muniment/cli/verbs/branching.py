"""Branches: list, make, rename and delete them, check one out, and compare what two of them hold."""

import click

from muniment import Branch, Comparison, Store
from muniment.cli import answers, candidates, output, shapes, text
from muniment.cli.command import verb
from muniment.cli.session import Session

_NAME = click.argument("name", required=False, metavar="[NAME]", shell_complete=candidates.branches)
_START = click.argument("start", required=False, metavar="[START]", shell_complete=candidates.revisions)


@verb(
    "branch",
    example="muniment branch\nmuniment branch darker HEAD~1 --description 'try a dark mode'\nmuniment branch -d darker",
)
@_NAME
@_START
@click.option("--description", metavar="TEXT", help="What the new branch is for.")
@click.option("-m", "--rename", nargs=2, metavar="OLD NEW", shell_complete=candidates.branches, help="Rename one.")
@click.option("-d", "--delete", metavar="NAME", shell_complete=candidates.branches, help="Delete one.")
@click.pass_context
def branch(
    ctx: click.Context,
    session: Session,
    name: str | None,
    start: str | None,
    description: str | None,
    rename: tuple[str, str] | None,
    delete: str | None,
) -> None:
    """List the branches; or make, rename or delete one.

    A new branch begins at START, the last commit by default, and is not checked out: `muniment switch` does that. The
    commits of a deleted branch stay stored, until they are collected.
    """
    if sum(one is not None for one in (name, rename, delete)) > 1:
        raise click.UsageError("make a branch, rename one or delete one: one at a time", ctx)
    if description is not None and name is None:
        raise click.UsageError("--description is for a new branch: name it", ctx)
    with session.open() as store:
        if name is not None:
            _make(session, store, name, start or "HEAD", description or "")
        elif rename is not None:
            _rename(session, store, *rename)
        elif delete is not None:
            _delete(session, store, delete)
        else:
            _list(session, store)


@verb("switch", example="muniment switch darker")
@click.argument("name", shell_complete=candidates.branches)
def switch(session: Session, name: str) -> None:
    """Check out a branch: the documents become those of its last commit.

    Edits that no commit holds stay, if what they edit is the same on both branches; else nothing is changed.
    """
    with session.open() as store:
        before = next(one for one in store.branches.list() if one.is_checked_out)
        found = store.branches.switch(name, author=session.known_author(store))
        changes = answers.between(store, _lead(store, before), _lead(store, found))
        if session.as_json:
            output.json_document({**shapes.branch(found), "changes": changes})
            return
        click.echo(f"On {_standing(store, found)}")
    answers.names(changes)


@verb("compare", example="muniment compare main darker\nmuniment compare HEAD~3 HEAD")
@click.argument("a", metavar="A", shell_complete=candidates.revisions)
@click.argument("b", metavar="B", shell_complete=candidates.revisions)
def compare(session: Session, a: str, b: str) -> None:
    """Tell which documents two revisions have in common.

    `muniment diff` tells what differs within them.
    """
    with session.open() as store:
        found = store.compare(a, b)
    if session.as_json:
        output.json_document(shapes.comparison(found))
    else:
        _print_comparison(found, a, b)


def _list(session: Session, store: Store) -> None:
    found = store.branches.list()
    if session.as_json:
        output.json_document(list(map(shapes.branch, found)))
        return
    width = max(len(output.one_line(one.name)) for one in found)
    for one in found:
        mark = "*" if one.is_checked_out else " "
        name = click.style(f"{output.one_line(one.name):{width}}", fg="green", bold=one.is_checked_out)
        description = click.style(output.one_line(one.description), dim=True) if one.description else ""
        click.echo(f"{mark} {name}  {_heads(one)}  {description}".rstrip())


def _make(session: Session, store: Store, name: str, start: str, description: str) -> None:
    made = store.branches.create(name, start, description, author=session.known_author(store))
    if session.as_json:
        output.json_document(shapes.branch(made))
    else:
        click.echo(f"Made {_standing(store, made)}")


def _rename(session: Session, store: Store, old: str, new: str) -> None:
    found = store.branches.rename(old, new, author=session.known_author(store))
    if session.as_json:
        output.json_document({**shapes.branch(found), "renamed": old})
    else:
        click.echo(f"Renamed {output.one_line(old)}: it is {_standing(store, found)}")


def _delete(session: Session, store: Store, name: str) -> None:
    """Delete a branch, and tell where it stood: with that it can be made again."""
    found = next((one for one in store.branches.list() if one.name == name), None)
    store.branches.delete(name, author=session.known_author(store))
    heads = found.heads if found else ()
    if session.as_json:
        output.json_document({"deleted": name, "heads": list(heads)})
        return
    told = ", ".join(map(text.short, heads))
    again = f"muniment branch {name} {heads[0][: text.SHORT_ID]}" if heads else "muniment branch NAME ID"
    click.echo(f"Deleted {output.one_line(name)}, which stood at {told}; `{output.one_line(again)}` brings it back")


def _lead(store: Store, branch: Branch) -> str | None:
    """Give the commit whose documents the files of a branch are: its head, or the newest of several."""
    commits = [store.at(head).commit for head in branch.heads]
    return max(commits, key=lambda made: (made.generation, made.time, made.id)).id if commits else None


def _standing(store: Store, branch: Branch) -> str:
    name = text.branch(branch.name)
    if branch.head is None:
        return f"{name}, {_heads(branch)}"
    return f"{name} at {text.short(branch.head)}  {text.subject(store.at(branch.head).commit)}"


def _heads(branch: Branch) -> str:
    if not branch.heads:
        return "before its first commit"
    told = ", ".join(map(text.short, branch.heads))
    return told if branch.head else f"diverged: {told}"


def _print_comparison(found: Comparison, a: str, b: str) -> None:
    one_sided = ((f"Only in {a}", "removed", found.only_a), (f"Only in {b}", "added", found.only_b))
    for heading, change, names in (*one_sided, ("In both, not the same", "changed", found.changed)):
        if names:
            click.echo(output.one_line(heading))
        for name in names:
            click.echo(f"  {text.sign(change, name)}")
    same = "1 document is" if found.identical == 1 else f"{found.identical} documents are"
    click.echo(f"{same} the same in both")
