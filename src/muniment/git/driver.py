"""The merge driver: git's configuration says what it is, `.gitattributes` in the store which files are for it.

The configuration belongs to one clone; `.gitattributes` is committed. A clone that has only that merges the documents
as text, as if there were none.
"""

import os
from contextlib import suppress

from muniment.files import atomic, disk
from muniment.files.layout import CONTROL, DOCUMENT_SUFFIX
from muniment.git import marked, program
from muniment.git.host import Host

NAME = "muniment"
_SECTION = f"merge.{NAME}"
_CALL = "git merge-file -- %O %A %B %P"
_LABEL = "merge driver"
_LINES = (f"*{DOCUMENT_SUFFIX} merge={NAME}", f"/{CONTROL}/** !merge")


def attributes(host: Host) -> str:
    """Give the path of the file that says which files the driver is for."""
    return f"{host.top}/{host.inside('.gitattributes')}"


def add(host: Host) -> bool:
    """Let git merge the documents of a store by the driver; False if it does so already."""
    changed = False
    for key, value in (("name", "JSON documents, by meaning"), ("driver", _command())):
        if host.git("config", "--local", "--get", f"{_SECTION}.{key}", no=1) != os.fsencode(value) + b"\n":
            host.git("config", "--local", f"{_SECTION}.{key}", value)
            changed = True
    before = _text(host)
    after = marked.replace(before, _LABEL, _LINES)
    if after is None:
        after = before + (b"\n" if before and not before.endswith(b"\n") else b"") + marked.render(_LABEL, _LINES)
    return _write(host, before, after) or changed


def remove(host: Host, *, of_clone: bool) -> bool:
    """Take the lines out of `.gitattributes` again, and with `of_clone` the driver out of git's configuration."""
    before = _text(host)
    changed = _write(host, before, marked.remove(before, _LABEL))
    if of_clone and host.git("config", "--local", "--get", f"{_SECTION}.driver", no=1) is not None:
        host.git("config", "--local", "--remove-section", _SECTION)
        changed = True
    return changed


def _command() -> str:
    """Give the shell command of the driver; git replaces what begins with `%`."""
    there, run = (text.replace("%", "%%") for text in (program.is_there(), program.by_python()))
    return f"if {there}; then {run} {_CALL}; else {program.COMMAND} {_CALL}; fi"


def _text(host: Host) -> bytes:
    with suppress(FileNotFoundError):
        return disk.read_file(attributes(host), disk.READ_LINKED)
    return b""


def _write(host: Host, before: bytes, after: bytes) -> bool:
    if before == after:
        return False
    path = attributes(host)
    if after:
        atomic.replace_file(path, after, os.path.dirname(path))
    else:
        disk.unlink(path)
    return True
