"""Choose crash states of a workload: all that there are, or those that tell most, and a sample of the others."""

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from crash_model import Builder, Change, Disk, Layout, Part, Plan
from file_events import Acknowledged, Begun, Event, Synced, SyncedAll, SyncFailed

Unit: TypeAlias = Sequence[Plan]
"""What may be there of one part of the open changes, which is independent of all others: first nothing, last all."""

_BUILT_EACH = 20
"""So many plans are built for each state that is wanted, to see whether these are all: most give one that is known."""


class State(NamedTuple):
    """What a crash may leave once so many steps were acknowledged."""

    acknowledged: int
    layout: Layout


@dataclass
class Tally:
    """How many moments there were, and at how many of them every state was chosen that there is."""

    moments: int = 0
    exhausted: int = 0


def whole(events: Iterable[Event]) -> list[Layout]:
    """Give the folder at the beginning, and as each step left it for the program itself."""
    disk, found = Disk(), []
    for event in events:
        if isinstance(event, Begun | Acknowledged):
            plan = {change.number: Part.WHOLE for _, change in disk.open_changes()}
            found.append(Builder(disk).layout(plan))
        disk.apply(event)
    return found


def least(events: Iterable[Event]) -> Layout:
    """Give what is left at the end if nothing that is open is there."""
    disk = Disk()
    for event in events:
        disk.apply(event)
    return Builder(disk).layout({})


def states(
    events: Sequence[Event], most: int, seed: str, *, in_order: bool = False, tally: Tally | None = None
) -> Iterator[State]:
    """Give crash states, each once: about `most` at the most; the same ones for the same seed.

    Between two syncs the open changes only become more, so every state of a moment in between is one of the moment
    before the second; and the steps acknowledged by then are the most that must be there.
    """
    begun = events.index(Begun())
    is_moment = [isinstance(event, Synced | SyncedAll | SyncFailed) for event in events[begun + 1 :]]
    each = max(20, most // (sum(is_moment) + 1))
    seen: set[object] = set()
    for nth, (acknowledged, disk) in enumerate(_moments(events, begun, is_moment)):
        chosen, is_all = _at(disk, each, f"{seed} {nth}", in_order=in_order)
        if tally is not None:
            tally.moments += 1
            tally.exhausted += is_all
        for key, layout in chosen:
            if (acknowledged, key) not in seen:
                seen.add((acknowledged, key))
                yield State(acknowledged, layout)


def _moments(events: Sequence[Event], begun: int, is_moment: Sequence[bool]) -> Iterator[tuple[int, Disk]]:
    """Give what is durable and what is open just before each sync, and at the end."""
    disk, acknowledged = Disk(), 0
    for event in events[: begun + 1]:
        disk.apply(event)
    for event, stops in zip(events[begun + 1 :], is_moment, strict=True):
        if stops:
            yield acknowledged, disk
        disk.apply(event)
        acknowledged += isinstance(event, Acknowledged)
    yield acknowledged, disk


def _at(disk: Disk, most: int, seed: str, *, in_order: bool) -> tuple[list[tuple[object, Layout]], bool]:
    """Choose states of one moment; tells whether these are all."""
    changes = list(disk.open_changes())
    units = _units_in_order(changes) if in_order else _units(changes)
    builder = Builder(disk)
    chance = random.Random(seed)
    found: dict[object, Layout] = {}
    rest: list[tuple[object, Layout]] = []
    is_all = math.prod(map(len, units)) <= _BUILT_EACH * most
    if is_all:
        for plans in itertools.product(*units):
            _add(found, builder.layout(_together(plans)))
        if len(found) <= most:
            return list(found.items()), True
        rest = list(found.items())
        found = {}
    for plan in _telling(changes, units):
        _add(found, builder.layout(plan))
    if is_all:
        found.update(chance.sample(rest, min(most, len(rest))))
        return list(found.items()), False
    tries = 4 * most
    while len(found) < most and tries:
        tries -= 1
        _add(found, builder.layout(_random(units, chance)))
    return list(found.items()), False


def _add(found: dict[object, Layout], layout: Layout) -> None:
    found.setdefault(frozenset(layout.items()), layout)


def _together(plans: Iterable[Plan]) -> Plan:
    return {number: part for plan in plans for number, part in plan.items()}


def _units(changes: Sequence[tuple[int, Change]]) -> list[Unit]:
    return [({}, *({change.number: part} for part in change.parts())) for _, change in changes]


def _units_in_order(changes: Sequence[tuple[int, Change]]) -> list[Unit]:
    """Give one unit for all names, and one for each file: nothing, then one change more each time."""
    of: dict[object, list[Change]] = {}
    for inode, change in changes:
        of.setdefault("names" if change.event is None else inode, []).append(change)
    units: list[Unit] = []
    for those in of.values():
        unit: list[Plan] = [{}]
        for _, at_once in itertools.groupby(those, key=lambda change: change.moment):
            before, together = unit[-1], list(at_once)
            if len(together[0].parts()) > 1:
                unit.append({**before, together[0].number: together[0].parts()[0]})
            unit.append({**before, **{change.number: Part.WHOLE for change in together}})
        units.append(unit)
    return units


def _telling(changes: Sequence[tuple[int, Change]], units: Sequence[Unit]) -> Iterator[Plan]:
    """Give the plans that tell most: all up to a change; each way of one unit, beside nothing else and beside all."""
    for length in range(len(changes) + 1):
        yield {change.number: Part.WHOLE for _, change in changes[:length]}
    everything = [unit[-1] for unit in units]
    for nth, unit in enumerate(units):
        for plan in unit:
            yield plan
            yield _together([*everything[:nth], plan, *everything[nth + 1 :]])


def _random(units: Sequence[Unit], chance: random.Random) -> Plan:
    """Choose nothing, all or something of each unit; of some plans most is there, of others little."""
    share = chance.choice((0.2, 0.5, 0.8))
    plans = []
    for unit in units:
        at = chance.random()
        plans.append(unit[-1] if at < share else unit[0] if at < share + (1 - share) * 0.6 else chance.choice(unit))
    return _together(plans)
