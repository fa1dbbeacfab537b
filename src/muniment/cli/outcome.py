"""How the commands that merge tell what came of it, and what is to be done about conflicts."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import click

from muniment import ABSENT, Commit, Store
from muniment.cli import answers, output, shapes, text
from muniment.cli.exit_code import ExitCode
from muniment.cli.session import Session

if TYPE_CHECKING:
    from muniment import Conflict, MergeResult

_LONGEST = 160
_SIDES = {"base": "blue", "ours": "green", "theirs": "magenta"}

_TAKE = "muniment resolve NAME POINTER --take ours|theirs|base|working|VALUE"


class Outcome(NamedTuple):
    """What came of a merge into `branch`.

    `commit` is what the branch stands at now, or would; None where it would be a new one, or stays. `changes` are the
    documents that differ from before, None where that is not known. A merge that `waits` has its conflicts kept.
    """

    word: Literal["up-to-date", "fast-forward", "merged", "conflicted"]
    branch: str
    commit: Commit | None = None
    changes: Sequence[dict[str, str]] | None = ()
    conflicts: "tuple[Conflict, ...]" = ()
    is_dry: bool = False
    waits: bool = False


def of(store: Store, result: "MergeResult", branch: str, *, old: str | None, is_dry: bool) -> Outcome:
    """Look at what came of a merge into `branch`, which stood at `old`."""
    from muniment import Conflicted, FastForward, Merged, UpToDate

    match result:
        case UpToDate():
            return Outcome("up-to-date", branch, is_dry=is_dry)
        case FastForward(commit):
            return Outcome("fast-forward", branch, commit, answers.between(store, old, commit.id), is_dry=is_dry)
        case Merged(_) if is_dry:
            return Outcome("merged", branch, None, None, is_dry=True)
        case Merged(commit):
            return Outcome("merged", branch, commit, list(map(shapes.brief, store.show(commit.id)[1])))
        case Conflicted(conflicts):
            waiting = store.merge_under_way()
            waits = waiting is not None and waiting.branch == branch
            return Outcome("conflicted", branch, conflicts=conflicts, is_dry=is_dry, waits=waits)


def tell(session: Session, found: Outcome, *, nothing: str, **fields: Any) -> ExitCode:
    """Tell the outcome and give the exit code; `nothing` says that there was nothing to do.

    `fields` stand beside the others where the answer is for programs.
    """
    if session.as_json:
        output.json_document({**_shape(found), **fields})
    elif found.word == "up-to-date":
        click.echo(nothing)
    else:
        _print(found)
    return ExitCode.NO if found.conflicts else ExitCode.DONE


def _shape(found: Outcome) -> dict[str, Any]:
    return {
        "result": found.word,
        "branch": found.branch,
        "commit": None if found.commit is None else shapes.commit(found.commit),
        "changes": found.changes,
        "conflicts": list(map(shapes.conflict, found.conflicts)),
        "dry_run": found.is_dry,
        "waits": found.waits,
    }


def _print(found: Outcome) -> None:
    if found.conflicts:
        print_conflicts(found.conflicts)
        click.echo(_advice(found))
        return
    if found.commit is None:
        click.echo(f"No conflicts: {text.branch(found.branch)} would get a commit; nothing was changed")
        return
    would = "would be a " if found.is_dry else ""
    forward = f"  ({would}fast-forward)" if found.word == "fast-forward" else ""
    click.echo(answers.headline(found.branch, found.commit) + forward)
    answers.names(found.changes or ())


def _advice(found: Outcome) -> str:
    count = len(found.conflicts)
    counted = "1 conflict" if count == 1 else f"{count} conflicts"
    if found.waits:
        return f"{counted}: the merge waits. {next_step(count)}"
    if found.is_dry:
        return f"{counted}; nothing was changed"
    branch = output.one_line(found.branch)
    return f"{counted}; nothing was changed, because {branch} is not checked out: `muniment switch {branch}` and retry"


def next_step(count: int) -> str:
    """Tell what is to be done about a merge that waits, with so many conflicts open."""
    if not count:
        return "`muniment merge --continue` commits it"
    each = "it" if count == 1 else "each"
    return f"Settle {each} by\n  {_TAKE}\nthen `muniment merge --continue`, or give up by `muniment merge --abort`"


def print_conflicts(found: "Iterable[Conflict]") -> None:
    """Tell each conflict in a block of its own."""
    for conflict in found:
        for line in _block(conflict):
            click.echo(line)
        click.echo()


def _block(conflict: "Conflict") -> Iterator[str]:
    place = click.style(text.place(conflict.pointer), bold=True)
    yield f"{text.sign('invalid', conflict.name)} {place}  {conflict.kind}"
    if conflict.reason is not None:
        yield f"    {output.one_line(conflict.reason)}"
    for side, colour in _SIDES.items():
        yield f"    {side:6}  {click.style(_value(getattr(conflict, side)), fg=colour)}"


def _value(value: Any) -> str:
    if value is ABSENT:
        return "(nothing)"
    shown = output.compact(value)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
