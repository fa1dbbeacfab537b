"""What a store can ask of the git repository around it."""

import click

from muniment import git
from muniment.cli import output, shapes, text, warning
from muniment.cli.command import verb
from muniment.cli.exit_code import ExitCode
from muniment.cli.session import Session
from muniment.git import StagedReport


@verb("install", example="muniment git install\nmuniment git install --merge-driver")
@click.option("--merge-driver", is_flag=True, help="Let git merge the documents by meaning, too.")
def install(session: Session, merge_driver: bool) -> None:  # noqa: FBT001
    """Let git check the store before each commit, of a merge too.

    `muniment git check` says what is checked. A hook that is there already stays, and runs after it.
    """
    with session.open() as store:
        made = git.install(store, merge_driver=merge_driver)
    if session.as_json:
        output.json_document(shapes.installation(made))
        return
    click.echo(f"Checks before each commit: {_paths(made.hooks)}")
    if made.attributes is not None:
        click.echo(f"Merges documents by meaning: {_path(made.attributes)}, and git's own configuration")
    if not made.changed:
        click.echo("It was so already: nothing was changed")


@verb("uninstall", example="muniment git uninstall")
def uninstall(session: Session) -> None:
    """Take out of the repository what `install` put in."""
    with session.open() as store:
        done = git.uninstall(store)
    if session.as_json:
        output.json_document(shapes.installation(done))
    elif done.changed:
        click.echo(f"Taken out of the repository: {_paths(done.hooks)} check this store no more")
    else:
        click.echo("Nothing was installed here: nothing was changed")


@verb("check", example="muniment git check\nmuniment git check --json")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing where all is well, as the hook does.")
@click.pass_context
def check(ctx: click.Context, session: Session, quiet: bool) -> None:  # noqa: FBT001
    """Check that what git is about to commit is whole and valid.

    What counts is what is staged of the store, not the working files. One line for each fault, which begins with file,
    line and column as those of compilers do. Exits with 1 if there is any.
    """
    with session.open() as store:
        report = git.check(store)
    if session.as_json:
        output.json_document(shapes.staged(report))
    else:
        _print(session, report, quiet=quiet)
    if not report.ok:
        ctx.exit(ExitCode.NO)


@verb("merge-file", example="muniment git merge-file base.json ours.json theirs.json")
@click.argument("base", type=click.Path())
@click.argument("ours", type=click.Path())
@click.argument("theirs", type=click.Path())
@click.argument("path", required=False, type=click.Path())
@click.pass_context
def merge_file(ctx: click.Context, session: Session, base: str, ours: str, theirs: str, path: str | None) -> None:
    """Merge three files by meaning, as git asks of a merge driver.

    The result is written to OURS. PATH, from the current folder, is where it will lie: that tells the document. One
    line on standard error for each place where both sides disagree; OURS has ours there, and is valid JSON. Exits with
    1 if there is any.
    """
    merged = git.merge_file(base, ours, theirs, path)
    if session.as_json:
        output.json_document(shapes.file_merge(merged))
    else:
        for conflict in merged.conflicts:
            click.echo(text.conflict(conflict), err=True)
    if merged.conflicts:
        ctx.exit(ExitCode.NO)


def _print(session: Session, report: StagedReport, *, quiet: bool) -> None:
    for fault in report.faults:
        click.echo(text.fault(fault))
    for found in report.warnings:
        warning.tell(session, click.unstyle(text.fault(found)))
    if report.faults:
        told = "1 fault" if len(report.faults) == 1 else f"{len(report.faults)} faults"
        click.secho(f"{told} in what is staged", fg="red", bold=True)
    elif not quiet:
        count = "1 staged document" if report.documents == 1 else f"{report.documents} staged documents"
        click.echo(f"{click.style('All is well:', fg='green', bold=True)} {count} checked")


def _paths(paths: tuple[str, ...]) -> str:
    return " and ".join(map(_path, paths))


def _path(path: str) -> str:
    return output.one_line(text.path(path))
