"""Read a ledger in order, and follow it as it grows."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

import click

from muniment import Cursor, Entry, Ledger
from muniment.cli import arguments, entries, output, reader_gone
from muniment.cli.command import verb
from muniment.cli.exit_code import ExitCode
from muniment.cli.ledger_group import name_of
from muniment.cli.session import Session

if TYPE_CHECKING:
    from muniment import Subscription, Tail


class Wanted(NamedTuple):
    """Which entries are wanted; an empty tuple where it does not matter."""

    kinds: tuple[str, ...]
    actors: tuple[str, ...]
    streams: tuple[str, ...]


@verb(
    "tail",
    example="muniment ledger runs tail -n 20\nmuniment ledger runs tail --stream run-7 --follow\n"
    'muniment ledger runs tail --after "$cursor" --cursor --json',
)
@click.option("--after", default="0", metavar="CURSOR", help="Begin behind a cursor, or an offset.")
@arguments.KINDS
@arguments.ACTORS
@arguments.STREAMS
@click.option("-n", "--limit", type=click.IntRange(min=0), metavar="N", help="Of what is there, only the last N.")
@click.option("--archived", is_flag=True, help="Show from the beginning what was archived, too.")
@click.option("--follow", is_flag=True, help="Go on with new entries, until Ctrl-C.")
@click.option("--cursor", "tells_cursor", is_flag=True, help="At the end, tell on standard error where to resume.")
@click.pass_context
def tail(
    ctx: click.Context,
    session: Session,
    /,
    *,
    after: str,
    limit: int | None,
    archived: bool,
    follow: bool,
    tells_cursor: bool,
    **wanted: tuple[str, ...],
) -> None:
    """Show the entries in causal order: all, or those of any of the kinds, actors and streams named.

    What follows on a cursor is shown once and left out never, whatever order it arrives in. With --json, one line for
    each entry.
    """
    with session.open() as store:
        ledger = entries.ledger(store, name_of(ctx))
        reader = _Reader(ledger, Wanted(**wanted), _teller(session), arguments.after(after), archived=archived)
        is_interrupted = False
        try:
            reader.show(limit)
            if follow:
                reader.follow()
        except KeyboardInterrupt:
            if not follow:
                raise
            is_interrupted = True
        if tells_cursor:
            entries.tell_cursor(reader.cursor, as_json=session.as_json)
    if is_interrupted:
        ctx.exit(ExitCode.INTERRUPTED)


def _teller(session: Session) -> Callable[[Entry], None]:
    if session.as_json:
        return lambda entry: output.json_line(entries.shape(entry))
    return lambda entry: click.echo(entries.line(entry))


class _Reader:
    """Shows entries of one ledger, and knows how far it came."""

    def __init__(
        self, ledger: Ledger, wanted: Wanted, tell: Callable[[Entry], None], after: int | str, *, archived: bool
    ) -> None:
        self._ledger = ledger
        self._kinds, self._actors, self._streams = (values or None for values in wanted)
        self._tell = tell
        self._source: Tail | Subscription = ledger.tail(
            after, kinds=self._kinds, actors=self._actors, streams=self._streams, archived=archived
        )

    @property
    def cursor(self) -> Cursor:
        """Where to resume."""
        return self._source.cursor

    def show(self, limit: int | None) -> None:
        """Show what is there now, or only the last of it."""
        last: Iterable[Entry] = self._source if limit is None else deque(self._source, maxlen=limit)
        for entry in last:
            self._tell(entry)

    def follow(self) -> None:
        """Show what comes behind that, until nobody reads it any more.

        Raises:
            BrokenPipeError: Nobody does.
        """
        self._source = found = self._ledger.subscribe(
            self.cursor, kinds=self._kinds, actors=self._actors, streams=self._streams
        )
        is_gone = reader_gone.tell(found.stop)
        with found:
            for entry in found:
                self._tell(entry)
        if is_gone():
            raise BrokenPipeError
