"""Take care of a store: check that nothing in it was damaged, and keep it small."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

import click
import msgspec

from muniment import Report
from muniment.cli import arguments, output, shapes, text
from muniment.cli.command import verb
from muniment.cli.exit_code import ExitCode
from muniment.cli.progress_line import ProgressLine
from muniment.cli.session import Session

if TYPE_CHECKING:
    from muniment import Finding
    from muniment.ledger.report import LedgerFinding


@verb("verify", example="muniment verify\nmuniment verify --fast")
@click.option("--fast", is_flag=True, help="Find contents to be there, without reading and hashing them.")
@click.pass_context
def verify(ctx: click.Context, session: Session, fast: bool) -> None:  # noqa: FBT001
    """Hash every object again, follow every reference, check heads, journal and working files.

    Exits with 1 if anything is wrong, and says what to do about it. On a terminal it shows how far it is.
    """
    with session.open() as store, ProgressLine() as line:
        report = store.verify(full=not fast, progress=line.show if line.is_shown else None)
    if session.as_json:
        output.json_document(shapes.report(report))
    else:
        print_report(report)
    if not report.ok:
        ctx.exit(ExitCode.NO)


@verb("pack", example="muniment pack")
@click.option("--all", "everything", is_flag=True, help="Take in all packs, large ones too: as small as it gets.")
def pack(session: Session, *, everything: bool) -> None:
    """Gather loose objects, and small packs, into one pack of a fraction of their size.

    Others may read and write meanwhile. A store packs itself when it is closed with 10,000 loose objects or more, or
    with 50 packs.
    """
    with session.open() as store:
        done = store.pack(everything=everything)
    if session.as_json:
        output.json_document(msgspec.structs.asdict(done))
    elif not done.objects:
        click.echo("Nothing to pack")
    else:
        what = f"{done.loose:,} loose objects" + (f" and {done.packs:,} packs" if done.packs else "")
        sizes = f"{text.size(done.before_bytes)} to {text.size(done.after_bytes)}"
        click.echo(f"{click.style('Packed', fg='green', bold=True)} {what}: {sizes}")


@verb("collect", example="muniment collect --dry-run")
@click.option(
    "--older-than",
    default="14d",
    callback=arguments.age,
    metavar="AGE",
    show_default=True,
    help="Spare what is younger, and what operations since then need: 14d, 2h, 30m, or a number of days.",
)
@arguments.DRY_RUN
def collect(session: Session, older_than: timedelta, dry_run: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Delete the objects that no head, tag, note, merge under way or recent operation leads to.

    Others may read and write meanwhile. Where something that is needed is missing or damaged, nothing is deleted.
    """
    with session.open() as store:
        done = store.collect(older_than=older_than, dry_run=dry_run)
    if session.as_json:
        output.json_document({**msgspec.structs.asdict(done), "freed_bytes": done.freed_bytes})
    elif not done.deleted:
        click.echo(f"Nothing to collect among {done.kept:,} objects")
    else:
        what = click.style("Would delete" if dry_run else "Deleted", fg="green", bold=True)
        sizes = f"{text.size(done.before_bytes)} to {text.size(done.after_bytes)}"
        click.echo(f"{what} {done.deleted:,} objects, {done.kept:,} are kept: {sizes}")


def print_findings(findings: "Iterable[Finding | LedgerFinding]") -> None:
    """Tell what is wrong, each with where and what to do about it."""
    for finding in findings:
        click.echo(f"{click.style(finding.code, fg='red', bold=True)}  {output.one_line(finding.path)}")
        click.echo(f"    {output.one_line(finding.detail)}")
        click.echo(f"    {click.style(output.one_line(finding.remedy), fg='yellow')}")


def print_report(report: Report) -> None:
    """Tell what a check found, and what it looked at."""
    print_findings(report.findings)
    seen = (
        f"{report.objects} objects ({report.commits} commits, {report.trees} tree nodes, {report.blobs} contents), "
        f"{report.packs} packs, {report.heads} heads, {report.documents} working files"
    )
    if report.entries:
        seen += f", {report.entries} entries of ledgers"
    if report.ok:
        click.echo(f"{click.style('All is well:', fg='green', bold=True)} {seen}")
    else:
        count = len(report.findings)
        click.echo(f"{click.style(f'{count} wrong', fg='red', bold=True)} among {seen}")
    if report.erased:
        click.echo(f"{report.erased} contents were erased on purpose: see the ledger `erasures`")
    if report.leftovers:
        click.echo(f"{report.leftovers} half-written objects that nothing needs: harmless")
