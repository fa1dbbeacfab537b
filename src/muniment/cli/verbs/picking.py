"""Take back what one commit did, or do again what a commit elsewhere did."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from muniment import Store
from muniment.cli import arguments, candidates, outcome, output, text
from muniment.cli.command import verb
from muniment.cli.outcome import Outcome
from muniment.cli.session import Session

if TYPE_CHECKING:
    from muniment import MergeResult

_REVISION = click.argument("revision", metavar="REV", shell_complete=candidates.revisions)
_MESSAGE = click.option("-m", "--message", callback=arguments.reason, metavar="MSG", help="Why.")
_PARENT = click.option(
    "--parent", type=int, default=1, metavar="N", help="Of a merge: what changed against its Nth parent.  [default: 1]"
)


def _options(function: Callable[..., None]) -> Callable[..., None]:
    for one in (
        click.pass_context,
        arguments.AUTHOR,
        arguments.DRY_RUN,
        arguments.PREFER,
        _PARENT,
        _MESSAGE,
        _REVISION,
    ):
        function = one(function)
    return function


@verb("revert", example="muniment revert HEAD~2 -m 'the disks are full'\nmuniment revert HEAD --dry-run")
@_options
def revert(ctx: click.Context, session: Session, revision: str, **options: Any) -> None:
    """Take back what a commit changed, by a new commit: what came later stays.

    Where later changes touched the same places, it waits as a merge does, and the exit code is 1.
    """
    with session.open() as store:
        found = _picked(session, store, store.revert, revision, options)
        nothing = f"Nothing of {output.one_line(revision)} is left in {text.branch(found.branch)}"
        ctx.exit(outcome.tell(session, found, nothing=nothing))


@verb("cherry-pick", example="muniment cherry-pick darker\nmuniment cherry-pick darker~1 --prefer ours")
@_options
def cherry_pick(ctx: click.Context, session: Session, revision: str, **options: Any) -> None:
    """Do again what a commit of another branch changed, by a new commit here.

    Where what it changed is not here as it was there, it waits as a merge does, and the exit code is 1.
    """
    with session.open() as store:
        found = _picked(session, store, store.cherry_pick, revision, options)
        nothing = f"{text.branch(found.branch)} has all that {output.one_line(revision)} changed already"
        ctx.exit(outcome.tell(session, found, nothing=nothing))


def _picked(
    session: Session, store: Store, pick: "Callable[..., MergeResult]", revision: str, options: dict[str, Any]
) -> Outcome:
    who = session.author_of(options["author"], store)
    result = pick(revision, **{**options, "author": who})
    return outcome.of(store, result, store.branch, old=None, is_dry=options["dry_run"])
