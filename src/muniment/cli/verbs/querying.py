"""Ask a ledger for one thing: an entry, the streams, the heads, how many entries there are."""

from collections import deque
from collections.abc import Mapping
from typing import Any

import click

from muniment import Entry, EntryNotFoundError, Ledger
from muniment.cli import arguments, entries, output
from muniment.cli.command import verb
from muniment.cli.faults import RefusedError
from muniment.cli.ledger_group import name_of
from muniment.cli.session import Session

Wanted = Mapping[str, tuple[str, ...]]


@verb(
    "query",
    example="muniment ledger runs query --key run-7/1\nmuniment ledger runs query --latest --stream run-7\n"
    "muniment ledger runs query --count --kind turn",
)
@click.option("--id", "entry_id", metavar="ID", help="The entry whose id is that, or begins so.")
@click.option("--key", metavar="KEY", help="The entry of that key.")
@click.option("--latest", is_flag=True, help="The last entry.")
@click.option("--streams", "lists_streams", is_flag=True, help="The streams, as they began.")
@click.option("--heads", is_flag=True, help="The ids of the entries that no other follows on.")
@click.option("--count", is_flag=True, help="How many entries there are, archived ones included.")
@click.option("--cursor", is_flag=True, help="Where somebody stands who has read everything.")
@arguments.KINDS
@arguments.ACTORS
@arguments.STREAMS
@click.pass_context
def query(
    ctx: click.Context,
    session: Session,
    /,
    *,
    entry_id: str | None,
    key: str | None,
    lists_streams: bool,
    kinds: tuple[str, ...],
    actors: tuple[str, ...],
    streams: tuple[str, ...],
    **asked: bool,
) -> None:
    """Find one entry, or tell the streams, the heads, the number of entries: one thing at a time.

    --latest and --count look at all entries, or at those of any of the kinds, actors and streams named.
    """
    wanted = {"kinds": kinds, "actors": actors, "streams": streams}
    questions = [entry_id is not None, key is not None, lists_streams, *asked.values()]
    if sum(questions) != 1:
        raise click.UsageError("ask one thing: --id, --key, --latest, --streams, --heads, --count or --cursor", ctx)
    if any(wanted.values()) and not (asked["latest"] or asked["count"]):
        raise click.UsageError("--kind, --actor and --stream go with --latest and --count", ctx)
    with session.open() as store:
        ledger = entries.ledger(store, name_of(ctx))
        if entry_id is not None:
            _tell_entry(session, ledger.get(ledger.whole_id(entry_id)))
        elif key is not None:
            _tell_entry(session, _found(ledger, ledger.by_key(key), f"no entry has the key {key!r}"))
        elif asked["latest"]:
            _tell_entry(session, _found(ledger, _latest(ledger, wanted), "no entry is of that kind, actor and stream"))
        elif asked["count"]:
            _tell(session, "count", _count(ledger, wanted))
        elif asked["cursor"]:
            _tell(session, "cursor", str(ledger.cursor()))
        else:
            _tell_list(session, ledger.streams() if lists_streams else list(ledger.heads()))


def _filters(wanted: Wanted) -> dict[str, Any]:
    return {field: values or None for field, values in wanted.items()}


def _latest(ledger: Ledger, wanted: Wanted) -> Entry | None:
    if all(len(values) <= 1 for values in wanted.values()):
        kind, actor, stream = (next(iter(values), None) for values in wanted.values())
        return ledger.latest(kind=kind, actor=actor, stream=stream)
    last = deque(ledger.tail(**_filters(wanted), archived=True), maxlen=1)
    return last[0] if last else None


def _count(ledger: Ledger, wanted: Wanted) -> int:
    if not any(wanted.values()):
        return len(ledger)
    return sum(1 for _ in ledger.tail(**_filters(wanted), archived=True))


def _found(ledger: Ledger, entry: Entry | None, complaint: str) -> Entry:
    if entry is None:
        raise RefusedError(EntryNotFoundError, f"{ledger.name}: {complaint}", ledger=ledger.name, id=None)
    return entry


def _tell_entry(session: Session, entry: Entry) -> None:
    if session.as_json:
        output.json_document(entries.shape(entry))
        return
    for line in entries.block(entry):
        click.echo(line)


def _tell(session: Session, name: str, value: object) -> None:
    if session.as_json:
        output.json_document({name: value})
    else:
        click.echo(str(value))


def _tell_list(session: Session, found: list[str]) -> None:
    if session.as_json:
        output.json_document(found)
        return
    for one in found:
        click.echo(output.one_line(one))
