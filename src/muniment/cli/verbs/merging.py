"""Merge a branch, continue or abort a merge that waits, and bring the heads of diverged branches together."""

from collections.abc import Iterable
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import click

from muniment import Operation, Store
from muniment.cli import answers, arguments, candidates, outcome, output, shapes, text
from muniment.cli.command import verb
from muniment.cli.exit_code import ExitCode
from muniment.cli.session import Session

if TYPE_CHECKING:
    from muniment import MergeResult


@verb(
    "merge",
    example="muniment merge darker --dry-run\nmuniment merge darker -m 'dark mode for all'\n"
    "muniment merge --continue\nmuniment merge --abort",
)
@click.argument("branch", required=False, metavar="[BRANCH]", shell_complete=candidates.revisions)
@click.option("--into", metavar="NAME", shell_complete=candidates.branches, help="Not into the one checked out.")
@arguments.DRY_RUN
@arguments.PREFER
@click.option("-m", "--message", callback=arguments.reason, metavar="MSG", help="Why.")
@click.option("--allow-unrelated", is_flag=True, help="Even if the two have no commit in common.")
@click.option("--continue", "proceed", is_flag=True, help="Commit the merge that waits, now that all is settled.")
@click.option("--abort", is_flag=True, help="Give the merge up that waits: its documents are as before.")
@arguments.AUTHOR
@click.pass_context
def merge(ctx: click.Context, /, session: Session, branch: str | None, **options: Any) -> None:
    """Merge a branch, or any revision, into the branch that is checked out.

    Documents that both changed are merged place by place. Where the two disagree, the merge waits: settle the
    conflicts and continue it, or abort it; the exit code is 1. --continue and --abort end a merge, a revert, a
    cherry-pick and a reconcile alike.
    """
    _refuse_mixture(ctx, branch, options)
    with session.open() as store:
        if options["proceed"]:
            who = _who(session, store, options)
            answers.committed(session, store, store.merge_continue(options["message"], author=who))
        elif options["abort"]:
            _abort(session, store)
        elif branch is not None:
            ctx.exit(_merge(session, store, branch, options))


def _who(session: Session, store: Store, options: dict[str, Any]) -> str | None:
    """Give who continues a merge, where it is not who began it: nobody began a reconcile."""
    found = store.merge_under_way()
    is_nobodys = found is not None and found.verb == "reconcile"
    given: str | None = options["author"]
    return given or (session.known_author(store) if is_nobodys else None)


@verb("reconcile", example="git pull && muniment reconcile")
@click.option("--drop-incomplete", is_flag=True, help="Drop heads that came without their history.")
@click.pass_context
def reconcile(ctx: click.Context, session: Session, drop_incomplete: bool) -> None:  # noqa: FBT001
    """Merge the heads of branches that diverged, as a merge in the host repository leaves them.

    Where a decision is needed, it waits as a merge does: settle the conflicts, then `muniment merge --continue`.
    Commands that commit do this by themselves where none is needed.
    """
    with session.open() as store:
        before = store.operations(limit=1)
        result = store.reconcile(drop_incomplete=drop_incomplete)
        done = [one for one in takewhile(lambda one: one not in before, store.operations()) if one.verb == "reconcile"]
        found = outcome.of(store, result, _subject(store, result, done), old=None, is_dry=False)
        if not session.as_json:
            _tell_others(store, found, reversed(done))
        fields = {"operations": list(map(shapes.operation, done))}
        ctx.exit(outcome.tell(session, found, nothing="Every branch has one head", **fields))


def _refuse_mixture(ctx: click.Context, branch: str | None, options: dict[str, Any]) -> None:
    """Refuse what has no meaning together."""
    if sum((branch is not None, options["proceed"], options["abort"])) != 1:
        raise click.UsageError("merge a branch, --continue a merge or --abort it: one of the three", ctx)
    beginning = {"--into": "into", "--dry-run": "dry_run", "--prefer": "prefer", "--allow-unrelated": "allow_unrelated"}
    if branch is None and (wrong := next((spelled for spelled, name in beginning.items() if options[name]), None)):
        raise click.UsageError(f"{wrong} is for a merge that begins: name its branch", ctx)
    if options["abort"] and (options["message"] is not None or options["author"] is not None):
        raise click.UsageError("--abort commits nothing: it takes no message and no author", ctx)


def _merge(session: Session, store: Store, branch: str, options: dict[str, Any]) -> ExitCode:
    into = store.branch if options["into"] in {None, "HEAD"} else options["into"]
    known = next((one for one in store.branches.list() if one.name == into), None)
    result = store.merge(
        branch,
        into,
        prefer=options["prefer"],
        author=session.author_of(options["author"], store),
        message=options["message"],
        dry_run=options["dry_run"],
        allow_unrelated=options["allow_unrelated"],
    )
    old = next(iter(known.heads), None) if known else None
    found = outcome.of(store, result, into, old=old, is_dry=options["dry_run"])
    nothing = f"{text.branch(into)} has all of {output.one_line(branch)} already"
    return outcome.tell(session, found, nothing=nothing)


def _abort(session: Session, store: Store) -> None:
    waiting = store.merge_under_way()
    store.merge_abort()
    if session.as_json:
        output.json_document({"aborted": shapes.under_way(waiting)})
    else:
        verb_of_it = waiting.verb if waiting else "merge"
        click.echo(f"Gave up the {verb_of_it}: its documents are as before")


def _subject(store: Store, result: "MergeResult", done: list[Operation]) -> str:
    """Tell which branch a reconciliation came of, which gives the result alone."""
    if (waiting := store.merge_under_way()) is not None:
        return waiting.branch
    commit = getattr(result, "commit", None)
    if commit is not None:
        return next((move.branch for one in done for move in one.heads if move.new == commit.id), store.branch)
    return next((one.name for one in store.branches.list() if len(one.heads) > 1), store.branch)


def _tell_others(store: Store, found: outcome.Outcome, done: Iterable[Operation]) -> None:
    """Tell what was done besides what the result is of: heads that were dropped, and merges of other heads."""
    for one in done:
        made = one.heads[0].new
        if made is None:
            for move in one.heads:
                click.echo(f"Dropped {text.short(move.expected or '')}, a head of {text.branch(move.branch)}")
        elif found.commit is None or made != found.commit.id:
            click.echo(answers.headline(one.heads[0].branch, store.at(made).commit))
