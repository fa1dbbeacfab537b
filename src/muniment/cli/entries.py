"""How ledgers and their entries read on a terminal, and what `--json` makes of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click
import msgspec

from muniment import LedgerNotFoundError, Store
from muniment.cli import output, text

if TYPE_CHECKING:
    from muniment import Cursor, Entry, Ledger, WatchCursor

_WIDEST_PAYLOAD = 60


def ledger(store: Store, name: str) -> "Ledger":
    """Open a ledger that is there.

    Raises:
        LedgerNotFoundError: Nothing was ever appended to it.
    """
    opened = store.ledger(name)
    if name not in store.ledgers():
        raise LedgerNotFoundError(name)
    return opened


def shape(entry: "Entry") -> dict[str, Any]:
    """Give an entry as an object; `payload` is null, and `erased` true, where the payload was erased."""
    payload = None if entry.is_erased else entry.payload
    return {**msgspec.structs.asdict(entry), "payload": payload, "erased": entry.is_erased}


def line(entry: "Entry") -> str:
    """Tell an entry on one line: offset, time, kind, actor, stream, and the payload as far as it fits."""
    told = [
        click.style(f"{entry.offset:>6}", fg="yellow"),
        text.moment(entry),
        click.style(output.one_line(entry.kind), bold=True),
    ]
    if entry.actor:
        told.append(click.style(text.person(entry.actor), fg="cyan"))
    if entry.stream:
        told.append(click.style(output.one_line(entry.stream), fg="green"))
    return "  ".join([*told, _payload(entry)])


def _payload(entry: "Entry") -> str:
    if entry.is_erased:
        return click.style("(erased)", fg="magenta")
    told = output.compact(entry.payload)
    return told if len(told) <= _WIDEST_PAYLOAD else f"{told[: _WIDEST_PAYLOAD - 1]}…"


def block(entry: "Entry") -> Iterator[str]:
    """Tell all of an entry."""
    yield click.style(f"entry {entry.id}", fg="yellow")
    yield f"offset {entry.offset}, clock {entry.clock}"
    yield f"time   {output.local_time(entry.time):%Y-%m-%d %H:%M:%S %z}"
    for field in ("kind", "actor", "stream", "key"):
        if value := getattr(entry, field):
            yield f"{field:6} {output.one_line(value)}"
    yield from (f"prev   {before}" for before in entry.prev)
    yield from (f"meta   {output.one_line(name)}: {output.compact(value)}" for name, value in entry.attributes.items())
    if entry.signature:
        yield "signed"
    yield ""
    told = "(erased)" if entry.is_erased else output.pretty(entry.payload)
    yield from (f"    {one}" for one in told.splitlines())


def summary(found: "Ledger") -> dict[str, Any]:
    """Give what there is of a ledger; `last` is null where it has no entry."""
    latest = found.latest()
    return {
        "name": found.name,
        "entries": len(found),
        "streams": len(found.streams()),
        "last": None if latest is None else latest.time,
    }


def summary_lines(found: Sequence[dict[str, Any]]) -> Iterable[str]:
    """Tell each ledger on one line."""
    width = max((len(one["name"]) for one in found), default=0)
    for one in found:
        name = click.style(f"{one['name']:{width}}", fg="green", bold=True)
        last = "" if one["last"] is None else f", the last of {output.local_time(one['last']):%Y-%m-%d %H:%M}"
        yield f"{name}  {count(one['entries'])} in {counted(one['streams'], 'stream')}{last}"


def count(number: int) -> str:
    """Count entries as English does."""
    return "1 entry" if number == 1 else f"{number:,} entries"


def counted(number: int, word: str) -> str:
    """Count things as English does."""
    return f"{number:,} {word if number == 1 else f'{word}s'}"


def tell_cursor(cursor: "Cursor | WatchCursor", *, as_json: bool) -> None:
    """Tell on standard error where to resume."""
    if as_json:
        output.json_line({"cursor": str(cursor)}, err=True)
    else:
        click.echo(str(cursor), err=True)
