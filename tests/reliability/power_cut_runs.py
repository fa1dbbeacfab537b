"""Let a program work on a store in a file system of a real kernel, cut the power, and look; again and again."""

import gc
import os
import random
import subprocess
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

import known_changes
from busy_store import BEGINNING, choose
from crash_checks import Problem
from known_changes import Done, Known
from loop_image import Image, Lost
from planted_faults import FAULTS
from recording import quick_folder
from store_workloads import Session, init

from muniment import StorageError
from muniment.files import disk, journal_note
from muniment.ledger import own_segment
from muniment.storage import local

_FRESH_EACH = 8
"""After so many cuts a store is made anew, for it has grown."""
_LONGEST_S = 0.25
_WRITTEN_BACK = 0.5
"""The part of cuts before which the system writes back some files by itself, as it does when memory is short."""
Planted = Callable[[], AbstractContextManager[object]]


@contextmanager
def _no_syncs() -> Iterator[None]:
    with (
        patch.object(disk, "fsync", lambda _: None),
        patch.object(disk, "fdatasync", lambda _: None),
        patch.object(disk, "sync_file_system", lambda _: True),
    ):
        yield


PLANTED: dict[str, Planted] = {"no-syncs": _no_syncs, **{name: fault.planted for name, fault in FAULTS.items()}}
"""Protections that can be taken away, to see that it is noticed."""


@dataclass
class Cuts:
    """What was found of one file system."""

    file_system: str
    cuts: int = 0
    acknowledged: int = 0
    interrupted: int = 0
    """Of how many cuts an action was under way."""
    finished: int = 0
    """Of how many of these it is there all the same."""
    bad: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    kept: list[Path] = field(default_factory=list)
    """Images of what was left by the cuts after which something was wrong."""

    def add(self, problems: list[Problem]) -> None:
        """Count one cut."""
        self.cuts += 1
        self.bad += bool(problems)
        self.kinds.update({problem.kind for problem in problems})
        for problem in problems:
            self.examples.setdefault(problem.kind, problem.seen)


@dataclass(frozen=True)
class _Failed:
    """The program met an error; whether it is one that says that the system refused something."""

    error: str
    is_of_system: bool


def run(
    file_system: str,
    cuts: int,
    seed: int,
    *,
    planted: Planted = nullcontext,
    enough: Callable[[Cuts], bool] = lambda _: False,
    told: Callable[[Cuts], object] = lambda _: None,
) -> Cuts:
    """Cut the power so often, or until it is `enough`; the same seed chooses the same actions, and the same delays."""
    found = Cuts(file_system)
    chance = random.Random(f"{seed} {file_system}")
    with tempfile.TemporaryDirectory(dir=quick_folder()) as place, Image(Path(place), file_system) as image:
        while found.cuts < cuts and not enough(found):
            image.make()
            _series(image, min(_FRESH_EACH, cuts - found.cuts), chance, planted, found)
            told(found)
    return found


def _series(image: Image, cuts: int, chance: random.Random, planted: Planted, found: Cuts) -> None:
    """Make a store, and cut the power some times; what is wrong once ends it."""
    root, left = str(image.mounted / "store"), image.path.with_suffix(".left")
    with _boot(), _session(root) as session:
        init(session)
        for action in BEGINNING:
            action.do(session)
        known = known_changes.seen(session)
    image.unmount()
    image.mount()
    for _ in range(cuts):
        count = len(known.contents)
        with _boot(), planted():
            problems = _cut(image, root, chance, known)
        found.acknowledged += len(known.contents) - count
        found.interrupted += known.under_way is not None
        image.copy_to(left)
        with _boot(), planted():
            known, more = _look(image, root, known, found)
        found.add([*problems, *more])
        if problems or more:
            found.kept.append(_keep(left))
            return


def _keep(left: Path) -> Path:
    """Move what a cut left to where it stays."""
    fd, kept = tempfile.mkstemp(prefix=f"{left.stem}-", suffix=".img")
    os.close(fd)
    subprocess.run(["cp", "--sparse=always", str(left), kept], check=True)
    return Path(kept)


@contextmanager
def _boot() -> Iterator[None]:
    """Let the machine be started anew: what is noted for one boot alone is not believed in this one."""
    boot = os.urandom(16)
    with patch.object(journal_note, "boot_id", lambda: boot):
        yield


@contextmanager
def _session(root: str) -> Iterator[Session]:
    session = Session(root)
    try:
        yield session
    finally:
        session.close()
        gc.collect()  # what was opened on the way is closed while the file system is there


def _cut(image: Image, root: str, chance: random.Random, known: Known) -> list[Problem]:
    """Let a program work, and cut the power; `known` hears what it told. The image is unmounted then."""
    forking = get_context("fork")
    inbox, outbox = forking.Pipe(duplex=False)
    child = forking.Process(target=_work, args=(root, chance.getrandbits(64), known, outbox), daemon=True)
    child.start()
    outbox.close()
    try:
        time.sleep(chance.uniform(0, _LONGEST_S))
        if chance.random() < _WRITTEN_BACK:
            _write_back(root, chance)
        problems = _heard(inbox, known, with_power=True)
        image.cut(chance.choice(list(Lost)))
    finally:
        child.kill()
        child.join()
    problems += _heard(inbox, known, with_power=False)
    inbox.close()
    image.unmount()
    return problems


def _work(root: str, seed: int, known: Known, outbox: Connection) -> NoReturn:
    """Do one action after the other, and tell of each before and after."""
    chance = random.Random(seed)
    content = known.contents[-1]
    session = Session(root)
    try:
        with ExitStack() as settings:
            if chance.random() < 0.5:
                settings.enter_context(patch.object(local, "JOURNAL_LIMIT", 1 << chance.randrange(10, 20)))
                settings.enter_context(patch.object(own_segment, "_CHECKPOINT_BYTES", 1 << chance.randrange(10, 20)))
            while True:
                action = choose(chance, content)
                content = action.on(content)
                outbox.send(action)
                outbox.send(known_changes.done(session, action))
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is told
        outbox.send(_Failed(traceback.format_exc(), isinstance(error, StorageError)))
    finally:
        os._exit(0)


def _write_back(root: str, chance: random.Random) -> None:
    """Have the system write back the data of some files, of whatever is in them now."""
    for folder, _, names in os.walk(root):
        for name in names:
            if chance.random() < 0.3:
                try:
                    fd = os.open(f"{folder}/{name}", os.O_RDONLY)
                except FileNotFoundError:
                    continue
                os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(fd)


def _heard(inbox: Connection, known: Known, *, with_power: bool) -> list[Problem]:
    """Hear all that was told; an error is a problem, unless the power was cut and it says no more than that."""
    try:
        while inbox.poll():
            message: Any = inbox.recv()
            if isinstance(message, _Failed):
                return [Problem("refused", message.error)] if with_power or not message.is_of_system else []
            if isinstance(message, Done):
                known.end(message)
            else:
                known.begin(message)
    except EOFError:
        pass
    return []


def _look(image: Image, root: str, known: Known, found: Cuts) -> tuple[Known, list[Problem]]:
    """Mount the image again, and tell what is wrong; gives what is there once the next change was made."""
    problems: list[Problem] = []
    image.mount()
    try:
        with _session(root) as session:
            now = known_changes.seen(session)
            found.finished += now.contents[0] != known.contents[-1]
            problems.extend(known_changes.missing(session, known, now))
            problems.extend(known_changes.after_next_change(session, now))
            return now, problems
    except Exception:  # noqa: BLE001 - whatever a program meets after a power cut is a problem
        return known, [*problems, Problem("refused", traceback.format_exc())]
