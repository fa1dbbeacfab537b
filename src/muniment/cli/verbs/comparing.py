"""Compare: two revisions, the working files and a revision, a commit and its parent."""

from collections.abc import Iterable
from typing import Any

import click

from muniment import (
    DocumentChange,
    DocumentNotFoundError,
    InvalidNameError,
    NotFoundError,
    RevisionNotFoundError,
    Store,
)
from muniment.cli import arguments, candidates, output, shapes, text
from muniment.cli.command import Verb, verb
from muniment.cli.exit_code import ExitCode
from muniment.cli.faults import RefusedError
from muniment.cli.session import Session

_WORKING = ":working"
_MOST_REVISIONS = 2
_NAMES_AFTER_DASHES = "muniment.names"


class _DiffVerb(Verb):
    """Notes what stands behind `--`, which click would drop the trace of."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "--" in args:
            place = args.index("--")
            ctx.meta[_NAMES_AFTER_DASHES] = args[place + 1 :]
            args = args[:place]
        return super().parse_args(ctx, args)


@verb(
    "diff",
    example="muniment diff\nmuniment diff HEAD~3 services/web\nmuniment diff HEAD~3 HEAD -- services/web limits",
    cls=_DiffVerb,
)
@click.argument("words", nargs=-1, metavar="[A [B]] [--] [NAME]...", shell_complete=candidates.either)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything differs.")
@click.pass_context
def diff(ctx: click.Context, session: Session, words: tuple[str, ...], exit_code: bool) -> None:  # noqa: FBT001
    """Show what differs between A and B; A is HEAD and B the working files (`:working`) unless named.

    The first two words are taken for revisions as long as they mean one, and what follows for documents. What
    could be either is refused: `--` stands between revisions and documents and settles it.
    """
    with session.open() as store:
        sides, names = _sort(store, words, ctx.meta.get(_NAMES_AFTER_DASHES))
        before, after = [*sides, *["HEAD", _WORKING][len(sides) :]]
        _check_names(store, (before, after), names)
        found = store.diff(before, after, names or None)
    if session.as_json:
        output.json_document(list(map(shapes.change, found)))
    else:
        _print(found)
    if found and exit_code:
        ctx.exit(ExitCode.NO)


@verb("show", example="muniment show\nmuniment show HEAD~2")
@click.argument("revision", default="HEAD", metavar="[REV]", shell_complete=candidates.revisions)
@arguments.SHOW_SIGNATURE
def show(session: Session, revision: str, show_signature: bool) -> None:  # noqa: FBT001
    """Show a commit, the last one by default, and what it changed."""
    with session.open() as store:
        commit, found = store.show(revision)
        signature = store.signature_of(commit) if show_signature else None
    if session.as_json:
        told = shapes.commit(commit) | shapes.verdict(signature)
        output.json_document({"commit": told, "changes": list(map(shapes.change, found))})
        return
    if signature is not None:
        click.echo(text.signature(signature))
    click.echo("\n".join([*text.commit_block(commit), ""]))
    _print(found)


def _print(found: Iterable[DocumentChange]) -> None:
    for line in text.changes(found):
        click.echo(line)


def _sort(store: Store, words: tuple[str, ...], after_dashes: list[str] | None) -> tuple[list[str], list[str]]:
    """Tell revisions from names of documents."""
    if after_dashes is not None:
        if len(words) > _MOST_REVISIONS:
            raise click.UsageError("at most two revisions before --", click.get_current_context())
        return list(words), after_dashes
    count = 0
    while count < min(len(words), _MOST_REVISIONS) and _is_revision(store, words[count], may_be_name=count == 0):
        count += 1
    return list(words[:count]), list(words[count:])


def _is_revision(store: Store, word: str, *, may_be_name: bool) -> bool:
    """Tell whether a word means a revision and no document.

    Raises:
        RefusedError: It means both, or neither.
    """
    is_name = _is_name(store, word)
    if word in {_WORKING, "HEAD"} and not is_name:
        return True
    try:
        store.at(word)
    except RevisionNotFoundError as error:
        if is_name or not may_be_name:
            return False
        message = f"{word}: neither a document nor a revision ({error.reason}); see `muniment names` and `muniment log`"
        raise RefusedError(NotFoundError, message, revision=word, reason=error.reason) from error
    if is_name:
        message = f"{word}: both a revision and a document; write -- before it, or after it, to say which"
        raise click.UsageError(message, click.get_current_context())
    return True


def _is_name(store: Store, word: str) -> bool:
    try:
        return store.exists(word)
    except InvalidNameError:
        return False


def _check_names(store: Store, sides: tuple[str, str], names: list[str]) -> None:
    """Refuse a name that no side has: an empty answer would look like "nothing differs"."""
    snapshots: list[Any] = []
    for name in names:
        if _WORKING in sides and store.exists(name):
            continue
        if not snapshots:
            snapshots = [store.at(side) for side in sides if side != _WORKING]
        if not any(name in snapshot for snapshot in snapshots):
            raise DocumentNotFoundError(name, " or ".join(sides))
