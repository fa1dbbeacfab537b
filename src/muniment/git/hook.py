"""The hooks before a commit and before that of a merge: a few lines of shell in whatever hook is there already.

They stand right behind the first line of the script. So they are reached wherever the rest may end, and whatever it
does; where they find nothing wrong, the rest runs as before.

Limits: a hook that is no shell script, or that git does not run because it is not executable, is left alone.
"""

import os
import shlex
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from muniment.errors import ForeignHookError
from muniment.files import atomic, disk
from muniment.files.layout import CONTROL
from muniment.git import marked, program

_NEW = b"#!/bin/sh\n"
_MODE = 0o755
_SHELLS = frozenset({b"sh", b"ash", b"bash", b"dash", b"ksh", b"mksh", b"zsh"})


def add(paths: Iterable[str], store: str) -> bool:
    """Let the hooks at `paths` check the store in the folder `store`; False if they do so already.

    A hook behind a symbolic link is changed where it is; so two that are one are changed once.

    Raises:
        ForeignHookError: One that is there cannot be added to; none was touched.
    """
    return _write([_added(hook, store) for hook in _hooks(paths)])


def remove(paths: Iterable[str], store: str) -> bool:
    """Take the lines for a store out of the hooks again, and the hooks themselves where nothing else is in them."""
    return _write([_removed(hook, store) for hook in _hooks(paths) if hook.text is not None])


def check_any(paths: Iterable[str]) -> bool:
    """Tell whether the hooks at `paths` check any store."""
    return any(marked.has_any(hook.text or b"") for hook in _hooks(paths))


def line(store: str) -> str:
    """Give the command that the hook runs."""
    return f"{program.COMMAND} {_arguments(store)}"


class _Hook(NamedTuple):
    """Where a hook is, and its text; None where there is none."""

    path: str
    text: bytes | None


class _Change(NamedTuple):
    """The text that a hook had, and the one that it gets; None where it goes."""

    hook: _Hook
    after: bytes | None


def _hooks(paths: Iterable[str]) -> list[_Hook]:
    return [_Hook(path, _text(path)) for path in dict.fromkeys(map(os.path.realpath, paths))]


def _added(hook: _Hook, store: str) -> _Change:
    if hook.text is not None:
        _refuse_foreign(hook.path, hook.text, store)
    text = hook.text or _NEW
    after = marked.replace(text, store, _lines(store))
    if after is None:
        first, _, rest = text.partition(b"\n")
        after = first + b"\n" + marked.render(store, _lines(store)) + rest
    return _Change(hook, after)


def _removed(hook: _Hook, store: str) -> _Change:
    before = hook.text or b""
    after = marked.remove(before, store)
    return _Change(hook, None if after == _NEW and before != after else after)


def _lines(store: str) -> list[str]:
    shown = shlex.quote(store)
    return [
        "# Made by `muniment git install`; `muniment git uninstall` takes it out again.",
        f"if [ ! -d {shown}/{CONTROL} ] || git diff --cached --quiet -- {shown}; then",
        "    : # no such store here, or nothing of it to be committed",
        f"elif {program.is_there()}; then",
        f"    {program.by_python()} {_arguments(store)} || exit 1",
        f"elif command -v {program.COMMAND} > /dev/null; then",
        f"    {line(store)} || exit 1",
        "else",
        "    echo 'muniment: warning: not found, so the store was not checked; install it, or put it on the PATH' >&2",
        "fi",
    ]


def _arguments(store: str) -> str:
    return f"git check --quiet --store={shlex.quote(store)}"


def _refuse_foreign(path: str, text: bytes, store: str) -> None:
    words = text.partition(b"\n")[0].removeprefix(b"#!").split()
    names = [name for word in words if not word.startswith(b"-") and (name := word.rpartition(b"/")[2]) != b"env"]
    if not text.startswith(b"#!") or not names or names[0] not in _SHELLS:
        raise ForeignHookError(path, "a hook that is no shell script is there", line(store))
    if not os.access(path, os.X_OK):
        raise ForeignHookError(path, "a hook that is not executable is there, which git passes over", line(store))


def _text(path: str) -> bytes | None:
    with suppress(FileNotFoundError):
        return disk.read_file(path, disk.READ_LINKED)
    return None


def _write(changes: Iterable[_Change]) -> bool:
    wanted = [(hook.path, after) for hook, after in changes if hook.text != after]
    for path, after in wanted:
        if after is None:
            disk.unlink(path)
        else:
            temporary = atomic.stage(os.path.dirname(path), after, mode=atomic.mode_of(path) or _MODE)
            atomic.publish(temporary, path, after)
    return bool(wanted)
