"""Try the crash states of workloads, and count what is found."""

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import crash_checks
import crash_states
from crash_checks import LEFT_LOCK, Expected, Problem
from crash_model import without
from crash_states import State, Tally
from file_events import Acknowledged, Event, Synced, SyncedAll
from planted_faults import NOT_NEEDED, Fault
from recording import quick_folder
from store_workloads import WORKLOADS

_MOST_WORKLOADS = 3

Answer = TypeVar("Answer")

Check: TypeAlias = Callable[[State, Path], list[Problem]]


@dataclass
class Result:
    """What was found in the crash states of one workload."""

    name: str
    steps: int
    syncs: int
    tally: Tally = field(default_factory=Tally)
    states: int = 0
    bad: int = 0
    held_up: int = 0
    """States of which nothing is wrong but a lock file that was left."""
    kinds: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, problems: Sequence[Problem]) -> None:
        """Count one state."""
        self.states += 1
        kinds = {problem.kind for problem in problems}
        self.bad += bool(kinds - {LEFT_LOCK})
        self.held_up += kinds == {LEFT_LOCK}
        self.kinds.update(kinds)
        for problem in problems:
            self.examples.setdefault(problem.kind, problem.seen)


@contextmanager
def quick_place() -> Iterator[Path]:
    """Give a folder in memory that is gone afterwards."""
    with tempfile.TemporaryDirectory(dir=quick_folder()) as place:
        yield Path(place)


def expected(name: str, events: Sequence[Event], place: Path) -> Expected:
    """See what each step of a workload of Muniment left."""
    return crash_checks.expected(crash_states.whole(events), WORKLOADS[name], place)


def store_check(wanted: Expected) -> Check:
    """Give the check of a store's states."""
    return partial(_check_store, wanted)


def _check_store(wanted: Expected, state: State, folder: Path) -> list[Problem]:
    return crash_checks.problems(state, wanted, folder)


def run(
    name: str, events: Sequence[Event], check: Check, most: int, seed: int, *, jobs: int = 1, in_order: bool = False
) -> Result:
    """Try the states of one workload, in so many processes; the same states for the same seed."""
    result = Result(
        name,
        sum(isinstance(event, Acknowledged) for event in events),
        sum(isinstance(event, Synced | SyncedAll) for event in events),
    )
    found = crash_states.states(events, most, f"{seed} {name}", in_order=in_order, tally=result.tally)
    with quick_place() as place:
        for problems in _in_processes(check, _placed(found, place), jobs):
            result.add(problems)
    return result


def _placed(states: Iterable[State], place: Path) -> Iterator[tuple[State, Path]]:
    return ((state, place / str(nth)) for nth, state in enumerate(states))


def _in_processes(check: Check, placed: Iterable[tuple[State, Path]], jobs: int) -> Iterator[list[Problem]]:
    if jobs == 1:
        yield from (check(state, folder) for state, folder in placed)
        return
    _checks.append(check)
    with get_context("fork").Pool(jobs) as pool:  # forked, so that the check, and what is patched, is there too
        yield from pool.imap(_call, placed, chunksize=8)
    _checks.pop()


def in_processes(tasks: Sequence[Callable[[], Answer]], jobs: int) -> Iterator[Answer]:
    """Give what each of some tasks gives, in order; as many at a time as there are processes."""
    _tasks[:] = tasks
    with get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(_do, range(len(tasks)))


_checks: list[Check] = []
_tasks: list[Callable[[], Any]] = []


def _do(nth: int) -> Any:
    return _tasks[nth]()


def _call(placed: tuple[State, Path]) -> list[Problem]:
    return _checks[-1](*placed)


def first_bad(
    name: str,
    events: Sequence[Event],
    wanted: Expected,
    most: int,
    seed: int,
    planted: AbstractContextManager[object] | None = None,
) -> tuple[int, Problem | None]:
    """Try states of a workload that lacks a protection, in any order, until one is bad; gives how many that took."""
    states = list(crash_states.states(events, most, f"{seed} {name}"))
    random.Random(seed).shuffle(states)
    with quick_place() as place, planted or nullcontext():
        for number, (state, folder) in enumerate(_placed(states, place), 1):
            if found := crash_checks.problems(state, wanted, folder):
                return number, found[0]
    return len(states), None


def sites(recorded: dict[str, list[Event]]) -> dict[str, list[str]]:
    """Give every place in the program that syncs, with the workloads in which it does, the shortest first."""
    found: dict[str, list[str]] = {}
    for name, events in sorted(recorded.items(), key=lambda item: len(item[1])):
        for site in {event.site for event in events if isinstance(event, Synced | SyncedAll) and event.site}:
            found.setdefault(site, []).append(name)
    return dict(sorted(found.items()))


@dataclass
class Loss:
    """What became of the loss of one protection: the state that shows it, and after how many."""

    protection: str
    where: str
    states: int = 0
    found: Problem | None = None
    reason: str = ""
    """Why nothing is to be found, where that is known."""


def without_sync(
    site: str, names: Sequence[str], recorded: dict[str, list[Event]], wanted: dict[str, Expected], most: int, seed: int
) -> Loss:
    """Leave out the syncs at one site of the program, and look for a bad state in a few of the workloads with it."""
    loss = Loss(f"sync in `{site}`", "", reason=NOT_NEEDED.get(site, ""))
    names = [name for name in names if name != "erase"][:_MOST_WORKLOADS] or names
    for name in names:
        tried, loss.found = first_bad(name, without(recorded[name], site), wanted[name], most, seed)
        loss.states += tried
        loss.where = name
        if loss.found is not None:
            return loss
    loss.where = ", ".join(names)
    return loss


def without_step(fault: Fault, events: Sequence[Event], most: int, seed: int) -> Loss:
    """Look for a bad state in what a workload did that lacked a protection."""
    with quick_place() as place:
        wanted = expected(fault.where, events, place)
    tried, found = first_bad(fault.where, events, wanted, most, seed, fault.planted())
    return Loss(fault.protection, fault.where, tried, found)
