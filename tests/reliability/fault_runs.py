"""Let system calls of workloads fail, one in each run, and see what becomes of the store."""

import os
import random
import re
import shutil
import socket
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import failing_calls
from crash_checks import Observation, Problem, observed, unsound
from crash_runs import quick_place
from failing_calls import Failing
from store_workloads import AUTHOR, WORKLOADS, Session, Workload, prepared

from muniment import MunimentError, Store

_ID = re.compile(r"[0-9a-f]{16,64}")
_TIME = re.compile(r"datetime\.datetime\([^)]*\)|\d{4}-\d\d-\d\dT[0-9:.]*Z?")
_MOST_BYTES = 1 << 16
_AGAIN = "again"
_SAID = "it cannot be read"
"""What `status` says of a file that the system will not let be read."""
WORKLOADS_TO_FAIL = [name for name in WORKLOADS if name != "failed-sync"]
"""All but the one that lets calls fail itself."""

Form = dict[str, str]
"""What a store shows, each part as text; but for ids and times, which are others in each run."""
Planted = Callable[[], AbstractContextManager[object]]


@dataclass
class Faults:
    """What was found of one workload."""

    name: str
    calls: int = 0
    possible: int = 0
    """Calls, each with each error that fits."""
    tried: int = 0
    refused: int = 0
    """Of so many runs a step ended with an error of ours."""
    bad: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, call: str, problems: Sequence[Problem], *, refused: bool) -> None:
        """Count one run."""
        self.tried += 1
        self.refused += refused
        self.bad += bool(problems)
        self.kinds.update({problem.kind for problem in problems})
        for problem in problems:
            self.examples.setdefault(f"{problem.kind}: {call}", problem.seen)


@dataclass(frozen=True)
class Expected:
    """What the store shows after each step; and what it does where one more commit is made then."""

    plain: Sequence[Form]
    again: Sequence[Form]

    def allowed(self, word: str, done: int) -> Sequence[Form]:
        """Give what may be there once so many steps were done, and the next was not, or failed."""
        reached = slice(done, done + 1 if word == _WHOLE else done + 2)
        if word == _WHOLE:
            return self.plain[reached]
        return self.again[reached] if word == _WENT_ON else [*self.plain[reached], *self.again[reached]]


_WHOLE, _WENT_ON, _STOPPED = "whole", "went on", "stopped"
"""Every step was done; one failed, and one more commit was made; one failed, and no more was to be done."""


def form(seen: Observation, root: str) -> Form:
    """Give what a store showed, as it is in every run: an id is a number, in the order in which it appears."""
    numbers: dict[str, int] = {}

    def plain(part: object) -> str:
        text = repr(part).replace(root, "ROOT")
        return _TIME.sub("TIME", _ID.sub(lambda match: f"#{numbers.setdefault(match[0], len(numbers))}", text))

    entries = {  # those that nothing orders stand in the order of their ids
        name: sorted((entry.kind, entry.actor, repr(entry.payload)) for entry in entries)
        for name, entries in seen["ledgers"].items()
    }
    return {part: plain(entries if part == "ledgers" else seen[part]) for part in seen if part != "offsets"}


def is_allowed(found: Form, allowed: Sequence[Form], *, but_files: bool) -> bool:
    """Tell whether this may be.

    Working files may lag where the system will not let them be replaced, and only where `status` tells.
    """
    left_out = {"working", "status"} if but_files else set[str]()
    return any(
        all(one.get(part) == found.get(part) for part in {*one, *found} - left_out)
        and (one.get("working") == found.get("working") or one.get("status") != found.get("status"))
        for one in allowed
    )


def _may_lag(failing: Failing | None) -> bool:
    """Tell whether working files may lag: what is forbidden is not tried for ever."""
    return failing is not None and (failing.lasts or failing.error == "EACCES")


def difference(found: Form, wanted: Form) -> str:
    """Tell in which parts they differ."""
    parts = [part for part in {**found, **wanted} if found.get(part) != wanted.get(part)]
    return "; ".join(f"{part}: {found.get(part):.300} instead of {wanted.get(part):.300}" for part in parts)


def expected(workload: Workload, place: Path) -> Expected:
    """See what each step leaves where nothing fails."""
    counts = range(len(workload.steps) + 1)
    plain = [_left(workload, place / f"plain-{done}", done) for done in counts]
    return Expected(plain, [_left(workload, place / f"again-{done}", done, is_again=True) for done in counts])


def _left(workload: Workload, place: Path, done: int, *, is_again: bool = False) -> Form:
    root = str(place / "store")
    with prepared(workload, root) as session:
        for step in workload.steps[:done]:
            step(session)
        if is_again:
            with suppress(MunimentError):  # there is no store yet, or a merge is under way
                _commit_again(session)
        session.close()
        repeat(workload, root)
        left = form(observed(Path(root)), root)
    shutil.rmtree(place)
    return left


def _commit_again(session: Session) -> None:
    with session.store.transaction("again", worktree=False) as change:
        change.write(_AGAIN, 1)


def repeat(workload: Workload, root: str) -> None:
    """Do again what has to be done again after an interruption."""
    if workload.repeat is not None:
        with Store.open(root, author=AUTHOR) as store:
            workload.repeat(store)


def run(name: str, most: int | None, seed: int, *, every: int = 1, planted: Planted = nullcontext) -> Faults:
    """Let calls of one workload fail: about so many, or each so-manieth; the same ones for the same seed."""
    found = Faults(name)
    workload = WORKLOADS[name]
    with quick_place() as place:
        wanted = expected(workload, place)
        failing = list(_calls(workload, wanted, place, planted))
        found.calls, found.possible = len({one[:2] for one in failing}), len(failing)
        if most is not None and len(failing) > most:
            failing = sorted(random.Random(f"{seed} {name}").sample(failing, most))
        for nth, one in enumerate(failing[::every]):
            _try(workload, wanted, place / str(nth), one, planted, found)
    return found


def _calls(workload: Workload, wanted: Expected, place: Path, planted: Planted) -> Iterator[Failing]:
    """Run a workload where nothing fails, to see its calls."""
    told, log = _traced(workload, wanted, place / "calls", None, planted)
    if told[:1] != (_WHOLE,):
        raise RuntimeError(f"the workload failed by itself: {told}")
    yield from failing_calls.of_log(log, str(place / "calls"))
    shutil.rmtree(place / "calls")


def _try(workload: Workload, wanted: Expected, place: Path, failing: Failing, planted: Planted, found: Faults) -> None:
    """Let one call fail; a run in which it was another that failed is not counted."""
    told, log = _traced(workload, wanted, place, failing, planted)
    call = failing_calls.injected(log, str(place))
    if call is not None:
        problems = list(_problems(workload, wanted, place, told, failing))
        found.add(call.replace(str(place), ""), problems, refused=told[:1] not in {(_WHOLE,), ()})
    shutil.rmtree(place)


def _traced(
    workload: Workload, wanted: Expected, place: Path, failing: Failing | None, planted: Planted
) -> tuple[tuple[str, ...], Path]:
    """Run a workload in a process of its own that is traced from the first step on; give what it told, and the log."""
    place.mkdir()
    log = place.with_suffix(".log")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = os.fork()
    if not process:
        ours.close()
        _work(workload, wanted, str(place / "store"), theirs, planted, failing)
    theirs.close()
    with ours:
        ours.recv(1)
        with failing_calls.traced(process, log, failing):
            ours.send(b"!")
            told = ours.recv(_MOST_BYTES).decode()
            os.waitpid(process, 0)
    return tuple(told.split("\0")), log


def _work(
    workload: Workload, wanted: Expected, root: str, channel: socket.socket, planted: Planted, failing: Failing | None
) -> NoReturn:
    """Take the steps, once traced, and tell how it ended, how many were done, and what was wrong."""
    try:
        with prepared(workload, root) as session, planted():
            failing_calls.allow_tracing()
            channel.send(b"?")
            channel.recv(1)
            told = _steps(workload, wanted, root, session, failing)
    except BaseException:  # noqa: BLE001 - whatever it is, it is told
        told = [_STOPPED, "0", traceback.format_exc()]
    channel.send("\0".join(told).encode()[:_MOST_BYTES])
    os._exit(0)


def _steps(workload: Workload, wanted: Expected, root: str, session: Session, failing: Failing | None) -> list[str]:
    word, done, wrong = _WHOLE, 0, ""
    try:
        for step in workload.steps:
            step(session)
            done += 1
    except MunimentError:
        word = _STOPPED
        with suppress(MunimentError):
            _commit_again(session)
            word = _WENT_ON
    except Exception:  # noqa: BLE001 - an error that is none of ours
        word, wrong = _STOPPED, traceback.format_exc()
    with suppress(MunimentError):
        session.close()
    try:
        seen = form(observed(Path(root)), root)
        allowed = wanted.allowed(word, done)
        lasts = failing is not None and failing.lasts  # then a reader reads what there is, finished or not
        but_files = _SAID in seen.get("status", "") or _may_lag(failing)
        if not (lasts or workload.repeat) and not is_allowed(seen, allowed, but_files=but_files):
            wrong = wrong or f"{word} after {done}: {difference(seen, allowed[0])}"
    except MunimentError:
        if word == _WHOLE:
            word = _STOPPED
    except Exception:  # noqa: BLE001 - an error that is none of ours
        wrong = wrong or traceback.format_exc()
    return [word, str(done), wrong]


def _problems(
    workload: Workload, wanted: Expected, place: Path, told: tuple[str, ...], failing: Failing
) -> Iterator[Problem]:
    """Look at the store where nothing fails any more."""
    word, done, wrong = told
    root = place / "store"
    if wrong:
        yield Problem("untyped" if wrong.startswith("Traceback") else "wrong", wrong)
    try:
        repeat(workload, str(root))
        seen = observed(root)
        left = form(seen, str(root))
        allowed = wanted.allowed(word, int(done))
        if not is_allowed(left, allowed, but_files=_may_lag(failing)):
            yield Problem("half", f"{word} after {done}: {difference(left, allowed[0])}")
        yield from unsound(root, workload, seen)
    except Exception:  # noqa: BLE001 - whatever a program meets in a store that is to be well is a problem
        yield Problem("refused", traceback.format_exc())
