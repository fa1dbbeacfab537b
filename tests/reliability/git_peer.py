"""The same two commits by git, its crash states checked by git itself: how another program fares in the same model.

`git fsck` finds nothing; the last acknowledged commit, or the one under way, is the head; the next commit works. Where
that is refused only for a lock file that the crash left, the state is counted apart: somebody has to remove the file by
hand.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import strace_log
from crash_checks import LEFT_LOCK, Problem, lay_out
from crash_runs import Check
from crash_states import State
from file_events import Acknowledged, Event
from recording import quick_folder, split

SETTINGS = {
    "git, as it comes": "",
    "git, core.fsync=all": "git config core.fsync all && git config core.fsyncMethod fsync",
}

_SCRIPT = """set -e
echo mark run git
cd git/store
git init -q --template= .
git config gc.auto 0
git config maintenance.auto false
{settings}
echo mark begin
echo 1 > a.json
git add a.json
git commit -qm one
echo mark ack $(git rev-parse HEAD)
echo 2 > a.json
git add a.json
git commit -qm two
echo mark ack $(git rev-parse HEAD)
"""


def version() -> str:
    """Name the git that is installed."""
    return _git(Path(), "version").stdout.strip()


def record(settings: str) -> list[Event]:
    """Run the two commits with some settings, and give their events."""
    with tempfile.TemporaryDirectory(dir=quick_folder()) as place:
        os.makedirs(f"{place}/git/store")
        log = Path(place, "log")
        script = _SCRIPT.format(settings=settings or "true")
        strace_log.run(["sh", "-c", script], log, Path(place), _environment())
        return split(log, place)["git"]


def check(events: Sequence[Event]) -> Check:
    """Give the check of states of the repository."""
    return partial(_check, [event.word for event in events if isinstance(event, Acknowledged)])


def _check(commits: Sequence[str], state: State, folder: Path) -> list[Problem]:
    lay_out(state.layout, folder)
    try:
        return list(_problems(commits, state.acknowledged, folder))
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def _problems(commits: Sequence[str], acknowledged: int, folder: Path) -> Iterator[Problem]:
    fsck = _git(folder, "fsck", "--full", "--no-dangling")
    if fsck.returncode:
        yield Problem("verify", f"{fsck.stdout}{fsck.stderr}".strip())
    head = _git(folder, "rev-parse", "-q", "--verify", "HEAD").stdout.strip()
    allowed = ["", *commits][acknowledged : acknowledged + 2]
    if head not in allowed:
        yield Problem("lost", f"the head is {head or 'missing'} instead of {allowed[0]}")
    if _commit(folder).returncode:
        locks = list((folder / ".git").rglob("*.lock"))
        for lock in locks:
            lock.unlink()
        again = _commit(folder)
        if again.returncode:
            yield Problem("next", again.stderr.strip())
        else:
            yield Problem(LEFT_LOCK, ", ".join(lock.name for lock in locks))


def _commit(folder: Path) -> "subprocess.CompletedProcess[str]":
    return _git(folder, "commit", "-q", "--allow-empty", "-m", "next")


def _git(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=_environment(), capture_output=True, text=True, check=False
    )


def _environment() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    with suppress(KeyError):
        del environment["XDG_CONFIG_HOME"]
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in _ADA.items()}
    return {**environment, **who, "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}


_ADA = {"NAME": "Ada", "EMAIL": "ada@example.org"}
