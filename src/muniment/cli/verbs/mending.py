"""Mend a store from what it has itself, from other copies, and from the host repository; back it up, bring it back."""

import click
import msgspec

from muniment import BackupReport, Store, git
from muniment.cli import output, shapes, text
from muniment.cli.command import verb
from muniment.cli.exit_code import ExitCode
from muniment.cli.session import Session
from muniment.cli.verbs import care
from muniment.errors import GitError
from muniment.git import History


@verb("repair", example="muniment repair\nmuniment repair --from /backup/config")
@click.option(
    "--from",
    "sources",
    multiple=True,
    metavar="DIR",
    help="Another copy: a store, a backup, or its hidden folder alone.",
)
@click.pass_context
def repair(ctx: click.Context, session: Session, sources: tuple[str, ...]) -> None:
    """Mend what can be mended, verify, and tell what was done and what remains.

    Lost and damaged files come from the store's own packs and logs, from the copies of --from, and from whatever the
    host repository ever held, each checked by its hash. What is well stays; entries of ledgers that only a copy has are
    taken too. What is taken away is moved to .muniment/local/lost, never deleted. Exits with 1 if anything remains.
    """
    with session.open() as store:
        done = store.repair(from_=[*sources, *_host(store)])
    if session.as_json:
        output.json_document(shapes.repair(done))
    else:
        for one in done.mended:
            click.echo(f"{click.style(one.code, fg='green', bold=True)}  {output.one_line(one.path)}")
            click.echo(f"    {output.one_line(one.detail)}")
        if done.lost is not None:
            click.echo(f"What was taken away is kept in {output.one_line(text.path(done.lost))}")
        if not done.mended:
            click.echo("Nothing was mended")
        care.print_report(done.verified)
    if not done.ok:
        ctx.exit(ExitCode.NO)


def _host(store: Store) -> list[History]:
    """Give the history of the host repository; nothing where there is none, or no git."""
    try:
        return [git.history(store)]
    except GitError:
        return []


@verb("backup", example="muniment backup /backup/config")
@click.argument("dest", metavar="DEST")
@click.option("--take-over", is_flag=True, help="Let a backup of another copy of this store become one of this copy.")
@click.pass_context
def backup(ctx: click.Context, session: Session, dest: str, take_over: bool) -> None:  # noqa: FBT001
    """Copy the whole store into the folder DEST, as it is at one moment; others may read and write meanwhile.

    The backup is a store itself: open it, verify it, or copy it back. An earlier backup of this copy gets
    what it lacks; any other folder that is not empty is refused. Exits with 5 if damaged files were left out.
    """
    with session.open() as store:
        done = store.backup(dest, take_over=take_over)
    _tell(ctx, session, done, "Backed up", "new")


@verb("restore-backup", example="muniment restore-backup /backup/config config")
@click.argument("backup", metavar="BACKUP")
@click.argument("directory", metavar="DIR")
@click.pass_context
def restore_backup(ctx: click.Context, session: Session, backup: str, directory: str) -> None:
    """Make a store in the folder DIR out of a backup: all of it, each file checked.

    DIR is made, or is empty. Interrupted anywhere, it may be repeated, and is gone on with. Exits with 5 if damaged
    files were left out, or the backup was not complete. For documents as they once were, see `restore`.
    """
    if session.store_path:
        raise click.UsageError("name the folders as BACKUP and DIR, without --store", ctx)
    with Store.open(backup) as source:
        done = source.restore_to(directory)
    if done.partial and not session.as_json:
        click.echo(f"{click.style('not complete', fg='red', bold=True)}  {output.one_line(text.path(backup))}")
        click.echo("    its last run was interrupted: most of it is as it was before, some files may be newer")
    _tell(ctx, session, done, "Restored", "copied")


def _tell(ctx: click.Context, session: Session, done: BackupReport, did: str, how: str) -> None:
    if session.as_json:
        output.json_document({"ok": done.ok, **msgspec.structs.asdict(done)})
    else:
        for path in done.damaged:
            click.echo(f"{click.style('damaged, not copied', fg='red', bold=True)}  {output.one_line(path)}")
        what = f"{done.objects:,} objects, {done.packs:,} packs, {done.documents:,} documents, {done.entries:,} entries"
        click.echo(f"{click.style(did, fg='green', bold=True)} to {output.one_line(done.path)}: {what} were {how}")
    if not done.ok:
        ctx.exit(ExitCode.CORRUPT)
