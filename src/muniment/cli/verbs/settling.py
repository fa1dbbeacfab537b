"""Conflicts of a merge that waits: list them, and settle them one by one."""

from typing import TYPE_CHECKING, Any

import click

from muniment import ABSENT, ConflictNotFoundError, NoMergeError, Store
from muniment.cli import arguments, candidates, outcome, output, shapes, text, value_word
from muniment.cli.command import verb
from muniment.cli.session import Session
from muniment.values.names import DocumentName

if TYPE_CHECKING:
    from muniment import Conflict

_REMEDY = "mend it, or write text in quotes, as JSON has it"


@verb("conflicts", example="muniment conflicts\nmuniment conflicts services/web")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=candidates.conflicted)
def conflicts(session: Session, names: tuple[str, ...]) -> None:
    """List the conflicts that wait to be settled: all, or those of the documents named.

    Of each, what the common ancestor had (base), what the branch has (ours), and what is merged into it (theirs).
    """
    with session.open() as store:
        waiting = store.merge_under_way()
    found = [one for one in (waiting.conflicts if waiting else ()) if not names or one.name in names]
    if session.as_json:
        output.json_document(list(map(shapes.conflict, found)))
        return
    outcome.print_conflicts(found)
    if waiting is None:
        click.echo("No merge is under way")
    else:
        count = len(waiting.conflicts)
        click.echo(f"{text.open_conflicts(count)}. {outcome.next_step(count)}")


@verb(
    "resolve",
    example="muniment resolve limits /max --take theirs\nmuniment resolve limits /max --take 30\n"
    "muniment edit limits && muniment resolve limits /max --take working\nmuniment resolve --all --take ours",
)
@click.argument("name", required=False, metavar="[NAME]", shell_complete=candidates.conflicted)
@click.argument(
    "pointer",
    required=False,
    metavar="[POINTER]",
    callback=arguments.optional_pointer,
    shell_complete=candidates.places_of_conflicts,
)
@click.option(
    "--take", metavar="ours|theirs|base|working|VALUE", shell_complete=candidates.takes, help="What shall be there."
)
@click.option("--value", metavar="JSON", help="This value, as JSON; `-` reads it from standard input.")
@click.option("--delete", is_flag=True, help="Nothing shall be there.")
@click.option("--all", "everything", is_flag=True, help="All open conflicts, or all of NAME.")
@click.pass_context
def resolve(
    ctx: click.Context,
    /,
    session: Session,
    name: str | None,
    pointer: str | None,
    everything: bool,  # noqa: FBT001
    **choice: Any,
) -> None:
    """Settle a conflict: by what a side has, by what the file has there now (working), or by another value.

    POINTER may be left out where the document has just one open conflict; '' is the whole document. VALUE is JSON if it
    parses as JSON, else text. What was settled may be settled again, until the merge is continued.
    """
    if sum((choice["take"] is not None, choice["value"] is not None, choice["delete"])) != 1:
        raise click.UsageError("say what shall be there: --take, --value or --delete, one of the three", ctx)
    if everything and pointer is not None:
        raise click.UsageError("--all is for all conflicts: name no place", ctx)
    if not everything and name is None:
        raise click.UsageError("name the document, or say --all", ctx)
    chosen = _chosen(name or "the conflicts", **choice)
    with session.open() as store:
        settled = _wanted(ctx, store, name, pointer, everything=everything)
        left: tuple[Conflict, ...] = ()
        for conflict in settled:
            left = store.resolve(conflict, **chosen)
    _tell(session, settled, left)


def _chosen(name: str, *, take: str | None, value: str | None, delete: bool) -> dict[str, Any]:
    """Give the choice as the library takes it."""
    if delete:
        return {"value": ABSENT}
    if take in candidates.TAKES:
        return {"take": take}
    if take is not None:
        return {"value": value_word.read(name, take, remedy=_REMEDY)}
    return {"value": value_word.read_json(name, value or "", remedy=_REMEDY)}


def _wanted(
    ctx: click.Context, store: Store, name: str | None, pointer: str | None, *, everything: bool
) -> "list[Conflict]":
    """Find the conflicts that are to be settled.

    Raises:
        NoMergeError, ConflictNotFoundError: No merge is under way, or there is no open conflict of that document.
    """
    waiting = store.merge_under_way()
    if waiting is None:
        raise NoMergeError
    found = [one for one in waiting.conflicts if name in {None, one.name}]
    if everything and (found or name is None):
        return found
    if name is not None and pointer is not None:
        at = [one for one in found if one.pointer == pointer]
        return at[:1] or [_settled(name, pointer)]
    if name is not None and not found:
        raise ConflictNotFoundError(name, "")
    if len(found) > 1:
        places = ", ".join(output.one_line(one.pointer) or "''" for one in found)
        raise click.UsageError(f"{name}: {len(found)} conflicts are open; say which ({places}), or --all", ctx)
    return found


def _settled(name: str, pointer: str) -> "Conflict":
    """Name a conflict by its place alone, which the library finds although it is settled."""
    from muniment import Conflict

    nothing: Any = {"base": ABSENT, "ours": ABSENT, "theirs": ABSENT}
    return Conflict(name=DocumentName(name), pointer=pointer, kind="modify-modify", **nothing)


def _tell(session: Session, settled: "list[Conflict]", left: "tuple[Conflict, ...]") -> None:
    if session.as_json:
        places = [{"name": one.name, "pointer": one.pointer} for one in settled]
        output.json_document({"settled": places, "open": list(map(shapes.conflict, left))})
        return
    for one in settled:
        click.echo(f"Settled {click.style(output.one_line(one.name), bold=True)} {text.place(one.pointer)}")
    click.echo(f"{text.open_conflicts(len(left))}. {outcome.next_step(len(left))}")
