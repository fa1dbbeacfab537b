"""Take care of a ledger: check it, put old entries out of the way, erase what must not be kept."""

import click
import msgspec

from muniment.cli import arguments, entries, output, text
from muniment.cli.command import verb
from muniment.cli.exit_code import ExitCode
from muniment.cli.ledger_group import name_of
from muniment.cli.session import Session
from muniment.cli.verbs import care
from muniment.ledger.report import LedgerReport


@verb("verify", example="muniment ledger runs verify")
@click.pass_context
def verify(ctx: click.Context, session: Session) -> None:
    """Check every line of a ledger: that it is what was appended, stands where it was put, and is signed if it must be.

    Exits with 5 if anything is wrong, and says what to do about it.
    """
    with session.open() as store:
        report = entries.ledger(store, name_of(ctx)).verify()
    if session.as_json:
        output.json_document({"ok": report.ok, **msgspec.structs.asdict(report)})
    else:
        _print(report)
    if not report.ok:
        ctx.exit(ExitCode.CORRUPT)


@verb("archive", example='muniment ledger runs archive --before "$(muniment ledger runs query --cursor)"')
@click.option("--before", required=True, metavar="CURSOR", help="What lies before a cursor, or an offset.")
@click.option("--all-writers", is_flag=True, help="Also what other copies wrote: none of them appends meanwhile.")
@click.pass_context
def archive(ctx: click.Context, session: Session, before: str, all_writers: bool) -> None:  # noqa: FBT001
    """Move the files that lie wholly before a cursor into one compressed file.

    Ids, keys, offsets and cursors stay as they are; reading from the beginning passes over them. Files that other
    copies may still append to are left, unless --all-writers.
    """
    with session.open() as store:
        done = entries.ledger(store, name_of(ctx)).archive(arguments.after(before), all_writers=all_writers)
    if session.as_json:
        output.json_document(msgspec.structs.asdict(done))
        return
    if done.path is None:
        click.echo("Nothing lies wholly before that: nothing was archived")
    else:
        click.echo(f"Archived {entries.count(done.entries)} in {output.one_line(text.path(done.path))}")
    if done.left:
        files = entries.counted(len(done.left), "file")
        click.echo(f"{files} left, which other copies may still append to: --all-writers says that none does")


@verb("erase", example="muniment ledger runs erase ID -m 'asked for by the person it is about'")
@click.argument("entry_id", metavar="ID")
@click.option("-m", "--message", required=True, callback=arguments.reason, metavar="WHY", help="Why.")
@click.option("--actor", metavar="ACTOR", help="Who does it, if not MUNIMENT_AUTHOR nor git's user.")
@click.pass_context
def erase(ctx: click.Context, session: Session, entry_id: str, message: str, actor: str | None) -> None:
    """Erase the payload of an entry for good, and append who did it and why.

    ID may be the beginning of it. It must have been appended with --erasable. The entry stays, and verifies. What the
    host's git and backups have of the payload is not touched.
    """
    with session.open() as store:
        who = actor or session.known_author(store)
        ledger = entries.ledger(store, name_of(ctx))
        erased = ledger.whole_id(entry_id)
        made = ledger.erase(erased, message, actor=who)
    if session.as_json:
        output.json_document(entries.shape(made))
    else:
        click.echo(f"Erased the payload of {text.short(erased)}; {text.short(made.id)} says why")


def _print(report: LedgerReport) -> None:
    care.print_findings(report.findings)
    seen = (
        f"{entries.count(report.entries)} ({report.signed} signed) in {entries.counted(report.segments, 'segment')}, "
        f"{entries.counted(report.archives, 'archive')}, {entries.counted(report.payloads, 'payload')} kept apart"
    )
    if report.ok:
        click.echo(f"{click.style('All is well:', fg='green', bold=True)} {seen}")
    else:
        click.echo(f"{click.style(f'{len(report.findings)} wrong', fg='red', bold=True)} among {seen}")
    if report.set_aside:
        files = entries.counted(report.set_aside, "file")
        click.echo(f"{files} set aside with what stopped programs left half written: harmless")
