"""The steps of one kind of document, and the ways that they make between its schema versions."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from heapq import heappop, heappush
from itertools import count, islice
from typing import Any, TypeAlias

import msgspec

from muniment.errors import InvalidValueError, SchemaInvalidError
from muniment.schema.lens import Lens, checked
from muniment.schema.motion import Motion, bind_all
from muniment.schema.version import STAMP, SchemaVersion, schema_version
from muniment.schema.way import Leg, Way
from muniment.values import canonical

Function: TypeAlias = Callable[[dict[str, Any]], dict[str, Any] | None]

_MOST_WAYS = 16
"""So many ways between two versions are compared with each other, the shortest first."""


class LensStep(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A step made of lenses, which leads from an older schema version to a newer one and back.

    Two are equal if they are written alike: a default of true is none of 1.
    """

    older: SchemaVersion
    newer: SchemaVersion
    lenses: tuple[Lens, ...]

    @property
    def key(self) -> str:
        """The name under which its lenses keep what they cannot carry."""
        return f"{self.older}>{self.newer}:"

    def __eq__(self, other: object) -> bool:
        """Compare as JSON, not as Python."""
        return isinstance(other, LensStep) and canonical.encode(self) == canonical.encode(other)

    def __ne__(self, other: object) -> bool:
        """Compare as JSON: msgspec would compare by identity."""
        return not self == other

    def __hash__(self) -> int:
        """Hash what tells most steps from each other."""
        return hash(self.key)


class Steps:
    """The steps between the schema versions of one kind: declared one by one, composed to ways on demand.

    A way up uses only steps up, and none beyond its end; a way down only steps down. So no way is
    a circle.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._legs: dict[tuple[SchemaVersion, SchemaVersion], Leg] = {}
        self._lens_steps: list[LensStep] = []
        self._ways: dict[tuple[SchemaVersion, SchemaVersion], Way | None] = {}

    @property
    def lens_steps(self) -> tuple[LensStep, ...]:
        """The steps that are data, in the order of their declaration."""
        return tuple(self._lens_steps)

    def add_function(self, start: SchemaVersion, end: SchemaVersion, function: Function) -> None:
        """Declare a step in Python.

        Raises:
            SchemaInvalidError: There is a step between these versions in this direction already, or it is no function.
        """
        if not callable(function):
            raise self._fault(start, end, f"a step is a function, not {function!r:.60}")
        self._add(Leg(start, end, partial(_call, function, str(start))))

    def add_lenses(self, older: SchemaVersion, newer: SchemaVersion, lenses: tuple[Lens, ...]) -> LensStep:
        """Declare a step made of lenses, for both directions; errors as for `add_function`."""
        try:
            step = LensStep(older=older, newer=newer, lenses=checked(lenses))
            canonical.encode(step)  # what cannot be written, no other program could ever read
        except InvalidValueError as error:
            raise self._fault(older, newer, error.reason) from error
        self._refuse_second(older, newer)
        self._refuse_second(newer, older)
        self._add(Leg(older, newer, partial(_move, bind_all(step.lenses, step.key, up=True)), is_data=True))
        self._add(Leg(newer, older, partial(_move, bind_all(step.lenses, step.key, up=False)), is_data=True))
        self._lens_steps.append(step)
        return step

    def way(self, start: SchemaVersion, end: SchemaVersion) -> Way | None:
        """Give the shortest way between two versions, composed; None where no steps lead there."""
        try:
            return self._ways[start, end]
        except KeyError:
            chains = list(islice(self._chains(start, end), _MOST_WAYS))
            way = Way(self._kind, chains[0], chains[1:]) if chains else None
            self._ways[start, end] = way
            return way

    def with_lenses(self, others: Iterable[LensStep]) -> "Steps":
        """Give these steps and, where there are none between two versions, those of `others`.

        Raises:
            SchemaInvalidError: Two of the others lead between the same versions, and differ.
        """
        joined = Steps(self._kind)
        joined._legs = dict(self._legs)
        seen: dict[tuple[SchemaVersion, SchemaVersion], LensStep] = {}
        for step in others:
            place = step.older, step.newer
            if seen.setdefault(place, step) != step:
                raise self._fault(*place, "the store has two records of this step that differ")
            if place not in joined._legs and place[::-1] not in joined._legs:
                joined.add_lenses(*place, step.lenses)
        return joined

    def _add(self, leg: Leg) -> None:
        self._refuse_second(leg.start, leg.end)
        self._legs[leg.start, leg.end] = leg
        self._ways.clear()

    def _refuse_second(self, start: SchemaVersion, end: SchemaVersion) -> None:
        if (start, end) in self._legs:
            raise self._fault(start, end, "there is such a step already")

    def _fault(self, start: SchemaVersion, end: SchemaVersion, reason: str) -> SchemaInvalidError:
        return SchemaInvalidError(self._kind, reason, from_version=str(start), to_version=str(end))

    def _chains(self, start: SchemaVersion, end: SchemaVersion) -> Iterator[tuple[Leg, ...]]:
        """Give the chains of steps from one version to another, the shortest first.

        The first that waits is that with the shortest whole way, and among equals the one that came furthest. So
        hardly more is looked at than the chains that are given, however many there are.
        """
        forward = [leg for leg in self._legs.values() if start < leg.end <= end or start > leg.end >= end]
        left = _distances(forward, end)
        order = count()
        waiting: list[tuple[int, int, int, tuple[Leg, ...]]] = [(left.get(start, 0), 0, next(order), ())]
        while waiting:
            *_, chain = heappop(waiting)
            here = chain[-1].end if chain else start
            if here == end:
                if chain:
                    yield chain
                continue
            for leg in forward:
                if leg.start == here and leg.end in left and (here < leg.end) is (start < end):
                    longer = (*chain, leg)
                    heappush(waiting, (len(longer) + left[leg.end], -len(longer), next(order), longer))


def _distances(legs: list[Leg], end: SchemaVersion) -> dict[SchemaVersion, int]:
    """Tell of each version from which `legs` lead to `end` by how many at the least."""
    found = {end: 0}
    waiting = deque([end])
    while waiting:
        here = waiting.popleft()
        for leg in legs:
            if leg.end == here and leg.start not in found:
                found[leg.start] = found[here] + 1
                waiting.append(leg.start)
    return found


def declared(kind: str, start: object, end: object, *, up: bool) -> tuple[SchemaVersion, SchemaVersion]:
    """Read the two versions of a step, and check that it leads the way that it says.

    Raises:
        SchemaInvalidError: They are no versions, or a document would go round in a circle.
    """
    try:
        first, second = schema_version(start), schema_version(end)
    except InvalidValueError as error:
        raise SchemaInvalidError(kind, error.reason) from error
    if first == second or (first < second) is not up:
        direction = "an older version to a newer" if up else "a newer version to an older"
        reason = f"such a step leads from {direction} one, or documents would go round in a circle"
        raise SchemaInvalidError(kind, reason, from_version=str(first), to_version=str(second))
    return first, second


def _move(motions: tuple[Motion, ...], document: dict[str, Any]) -> dict[str, Any]:
    for motion in motions:
        motion(document)
    return document


def _call(function: Function, version: str, document: dict[str, Any]) -> dict[str, Any]:
    """Run a step in Python on a document that says its own version; it changes it in place, or gives another.

    The result is a copy: what a function puts in may be shared by all documents, and the next step changes it.
    """
    document[STAMP] = version
    result = function(document)
    if result is not None and not isinstance(result, dict):
        raise InvalidValueError(f"the step gave {type(result).__name__} and not an object", pointer="")
    copied: Any = canonical.decode_trusted(canonical.encode(document if result is None else result))
    return copied  # type: ignore[no-any-return]
