"""A way from one schema version to another: the steps of one chain, composed."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import msgspec

from muniment.errors import InvalidValueError, MigrationFailedError
from muniment.schema import kept
from muniment.schema.version import STAMP, SchemaVersion
from muniment.values import json_diff
from muniment.values.json_value import same

Document: TypeAlias = dict[str, Any]

_MOST_REMEMBERED = 4096


class Leg(NamedTuple):
    """One step in one direction; `run` may change the document it is given, and gives the result.

    One that `is_data` is made of lenses: it keeps what it cannot carry.
    """

    start: SchemaVersion
    end: SchemaVersion
    run: Callable[[Document], Document]
    is_data: bool = False


class Way:
    """A chain of steps of one kind, the shortest there is, and the others that must agree with it."""

    def __init__(self, kind: str, chain: Sequence[Leg], others: Sequence[Sequence[Leg]] = ()) -> None:
        self._kind = kind
        self._chain = tuple(chain)
        self._others = tuple(map(tuple, others))
        self._agreed: set[int] = set()
        self.end = chain[-1].end
        self.keeps_all = all(leg.is_data for leg in chain)

    def run(self, document: Document, name: str) -> Document:
        """Bring a document, which this may change, to the end of the way, and stamp it.

        Raises:
            MigrationFailedError: A step raised, or does not suit document `name`, or two ways disagree.
        """
        if not self._others:
            return self._run(self._chain, document, name)
        original = msgspec.msgpack.encode(document)
        result = self._run(self._chain, document, name)
        if hash(original) not in self._agreed:
            for other in self._others:
                found = self._run(other, msgspec.msgpack.decode(original), name)
                self._refuse_other_result(result, other, found, name)
            self._remember(hash(original))
        return result

    def _remember(self, agreed: int) -> None:
        """Note a document on which the ways agree: that need not be found out at each reading."""
        if len(self._agreed) >= _MOST_REMEMBERED:
            self._agreed.clear()
        self._agreed.add(agreed)

    def _run(self, chain: Sequence[Leg], document: Document, name: str) -> Document:
        for leg in chain:
            try:
                document = leg.run(document)
            except InvalidValueError as error:
                raise self._failed(leg, name, error.reason, error.pointer) from error
            except Exception as error:
                raise self._failed(leg, name, f"the step raised {type(error).__name__}: {error}", None) from error
        document[STAMP] = str(self.end)
        return document

    def _refuse_other_result(self, result: Document, other: Sequence[Leg], found: Document, name: str) -> None:
        ours, theirs = kept.without(result), kept.without(found)
        if same(ours, theirs):
            return
        place = json_diff.diff(ours, theirs)[0]["path"]
        through = ", ".join(str(leg.end) for leg in other[:-1]) or "no other version"
        reason = f"two ways disagree: the shortest, and that through {through}"
        raise MigrationFailedError(name, reason, self._kind, str(self._chain[0].start), str(self.end), pointer=place)

    def _failed(self, leg: Leg, name: str, reason: str, pointer: str | None) -> MigrationFailedError:
        return MigrationFailedError(name, reason, self._kind, str(leg.start), str(leg.end), pointer=pointer)
