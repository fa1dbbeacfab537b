"""Which entries a reader wants."""

from collections.abc import Iterable
from typing import NamedTuple, Self

from muniment.errors import InvalidValueError
from muniment.values.entry import Entry


class Filters(NamedTuple):
    """Which entries are wanted: of these kinds, actors and streams; None where it does not matter."""

    kind: frozenset[str] | None
    actor: frozenset[str] | None
    stream: frozenset[str] | None

    @classmethod
    def of(cls, kinds: Iterable[str] | None, actors: Iterable[str] | None, streams: Iterable[str] | None) -> Self:
        """Make filters of what a caller gives: one text alone stands for a list of it.

        Raises:
            InvalidValueError: One of them is no text.
        """
        return cls(*map(_values, (kinds, actors, streams)))

    @property
    def wanted(self) -> dict[str, Iterable[str]]:
        """The values that are wanted of each field that matters."""
        return {field: values for field, values in self._asdict().items() if values is not None}

    def fits(self, entry: Entry) -> bool:
        """Tell whether an entry is wanted."""
        return (
            (self.kind is None or entry.kind in self.kind)
            and (self.actor is None or entry.actor in self.actor)
            and (self.stream is None or entry.stream in self.stream)
        )


EVERYTHING = Filters(None, None, None)


def _values(given: object) -> frozenset[str] | None:
    if given is None:
        return None
    values = [given] if isinstance(given, str) else list(given) if isinstance(given, Iterable) else [None]
    if not all(isinstance(value, str) for value in values):
        raise InvalidValueError("kinds, actors and streams are texts, or lists of them")
    return frozenset(filter(can_be_kept, values))


def can_be_kept(text: str) -> bool:
    """Tell whether an entry may say this: a lone surrogate is in none, and no index can be asked for it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
