"""Append entries to a ledger: one by options, or many as JSON Lines."""

from collections.abc import Iterable, Mapping
from typing import Any

import click

from muniment import Entry, Ledger, Store
from muniment.cli import entries, entry_lines, output, value_word
from muniment.cli.command import verb
from muniment.cli.ledger_group import name_of
from muniment.cli.session import Session
from muniment.history import revision
from muniment.values import ids

_STANDARD_INPUT = "-"


@verb(
    "append",
    example='muniment ledger runs append --kind turn --stream run-7 --key run-7/1 --payload \'{"move": "e4"}\'\n'
    "cat turns.jsonl | muniment ledger runs append --stdin --stream run-7",
)
@click.option("--kind", metavar="KIND", help="What happened.")
@click.option("--payload", metavar="JSON", help="What it is about; text that is no JSON is taken for text.")
@click.option("--stream", metavar="STREAM", help="Which run or session it belongs to.")
@click.option("--actor", metavar="ACTOR", help="Who did it, if not MUNIMENT_AUTHOR nor git's user.")
@click.option("--key", metavar="KEY", help="Its name in this ledger: appended again, it is the same entry.")
@click.option(
    "--prev",
    multiple=True,
    metavar="ID",
    help="An entry that it follows on, or the beginning of its id; several if need be.",
)
@click.option("--attributes", metavar="JSON", help="More to tell of it, as an object.")
@click.option("--time", metavar="TIME", help="When it happened (2026-01-31T12:00:00Z), if not now.")
@click.option("--erasable", is_flag=True, help="Keep the payload apart, so that `erase` can remove it.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read entries from standard input, one JSON object a line.")
@click.option("--each", is_flag=True, help="With --stdin: append each as it comes, not all or none.")
@click.pass_context
def append(
    ctx: click.Context,
    session: Session,
    /,
    *,
    payload: str | None,
    erasable: bool,
    from_stdin: bool,
    each: bool,
    **given: Any,
) -> None:
    """Append an entry, durably, and print its id; or that of the entry that said the same before.

    With --stdin, a line is an object of what else are options: {"kind": "turn", "payload": {"move": "e4"}}. All are
    appended or none; --kind, --stream and --actor count where a line says none. What `tail --json` tells is taken, too.
    With --json, one line for each entry.
    """
    if payload == _STANDARD_INPUT and given["kind"] is None:
        from_stdin, payload = True, None
    _check(ctx, given, payload, from_stdin=from_stdin, each=each)
    with session.open() as store:
        ledger = store.ledger(name_of(ctx))
        defaults = _Defaults(session, store, given)
        if not from_stdin:
            members = defaults.complete(_members(ledger, payload, given))
            _tell(session, ledger.append_many([members], erasable=erasable))
            return
        lines = entry_lines.read(ledger.name, defaults.complete, erasable=erasable)
        for batch in ([line] for line in lines) if each else [list(lines)]:
            with entry_lines.told(ledger.name, batch):
                made = ledger.append_many([members for _, members in batch], erasable=erasable)
            _tell(session, made)


def _check(ctx: click.Context, given: Mapping[str, Any], payload: str | None, *, from_stdin: bool, each: bool) -> None:
    if each and not from_stdin:
        raise click.UsageError("--each is for the entries of --stdin", ctx)
    if from_stdin and (payload is not None or any(given[name] for name in ("key", "prev", "attributes", "time"))):
        raise click.UsageError(
            "with --stdin each line says what it is: only --kind, --stream and --actor go with it", ctx
        )
    if not from_stdin and not given["kind"]:
        raise click.UsageError("say what happened: --kind KIND", ctx)


class _Defaults:
    """What counts for entries that do not say it themselves."""

    def __init__(self, session: Session, store: Store, given: Mapping[str, Any]) -> None:
        self._session = session
        self._store = store
        self._given = {name: given[name] for name in ("kind", "stream", "actor") if given[name] is not None}
        self._knows_actor = "actor" in self._given

    def complete(self, members: Mapping[str, Any]) -> dict[str, Any]:
        """Give the members of an entry with what it does not say; git is asked for an actor once, and if need be."""
        if not self._knows_actor and not members.get("actor"):
            self._given["actor"] = self._session.known_author(self._store)
            self._knows_actor = True
        return self._given | {name: value for name, value in members.items() if value is not None}


def _members(ledger: Ledger, payload: str | None, given: Mapping[str, Any]) -> dict[str, Any]:
    members = {**given, "prev": [_whole_id(ledger, word) for word in given["prev"]]}
    name, remedy = ledger.name, "nothing was appended"
    if payload is not None:
        members["payload"] = value_word.read(name, payload, remedy=remedy)
    if given["attributes"] is not None:
        members["attributes"] = value_word.read_json(name, given["attributes"], remedy=remedy)
    if given["time"] is not None:
        members["time"] = revision.moment(given["time"])
    return members


def _whole_id(ledger: Ledger, word: str) -> str:
    """Give the id that a word abbreviates; what does not look like one is left for the ledger to judge."""
    return ledger.whole_id(word) if ids.is_prefix(word) and not ids.is_id(word) else word


def _tell(session: Session, found: Iterable[Entry]) -> None:
    for entry in found:
        if session.as_json:
            output.json_line(entries.shape(entry))
        else:
            click.echo(entry.id)
