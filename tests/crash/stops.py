"""Stop a program at each of its calls in turn, each time on a new copy of a store."""

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from children import Child, Tell
from disk_calls import KILLED, At, Decide, intercepted
from promises import opened


def in_a_store(verb: Callable[[Any], object]) -> Callable[[Path, At, Tell], None]:
    """Make the work of a program out of a verb of a store, which is opened before anything is stopped."""

    def work(root: Path, at: At, _: Tell) -> None:
        store = opened(root)
        with intercepted(at):
            verb(store)

    return work


class Stop(NamedTuple):
    """What came of one run: the copy that it was on, whether it was stopped, and what it told before."""

    root: Path
    was_stopped: bool
    told: list[Any]


def each_stop(
    begun: Path,
    place: Path,
    decision: Decide,
    calls: frozenset[str],
    work: Callable[[Path, At, Tell], object],
    *,
    step: int = 1,
) -> Iterator[Stop]:
    """Give each run of `work(root, at, tell)`, up to the one that comes to its end, and remove its copy.

    With a `step` it stops at the first call, and from there at each one that lies so many calls further.
    """
    nth, was_stopped = 1 - step, True
    while was_stopped:
        nth += step
        root = place / f"case-{nth}"
        shutil.copytree(begun, root)
        child = Child(partial(work, root, At(nth, decision, calls)))
        told = child.told()
        assert child.status in {0, KILLED}
        was_stopped = child.status == KILLED
        yield Stop(root, was_stopped, told)
        shutil.rmtree(root)
