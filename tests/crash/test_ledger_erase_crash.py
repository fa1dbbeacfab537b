"""Erasing a payload: neither a power cut nor a program that was stopped leaves anything of it behind."""

import os
from contextlib import suppress

from disk_calls import At, intercepted
from promises import opened

from muniment import Store


class Stopped(BaseException):
    """Stops a program where no `except Exception` sees it."""


def stop(_):
    """Decide that a call stops the program."""
    raise Stopped


def test_the_temporary_name_is_durably_gone(place):
    """The folder of temporary files is synced behind the last change of it, before an erasure is acknowledged."""
    Store.init(place / "store").close()
    folder = str(place / "store" / ".muniment" / "local" / "tmp")
    done = []

    def note(call):
        if call.name == "fsync":
            done.append(("fsync", os.readlink(f"/proc/self/fd/{call.arguments[0]}")))
        elif call.name in {"create", "rename", "replace", "unlink"}:
            done.append((call.name, os.path.dirname(call.arguments[0])))
        return call.go_on()

    with opened(place / "store") as store:
        ledger = store.ledger("runs")
        entry = ledger.append("kept", "a secret", erasable=True)
        with intercepted(note):
            ledger.erase(entry.id, "it is one")
    assert [name for name, path in done if path == folder][-1] == "fsync"


def test_an_erasure_that_was_stopped_can_be_repeated(place):
    """Wherever the first was stopped, the second leaves nothing that was computed out of the payload."""
    nth, at = 0, None
    while at is None or at.reached is not None:
        nth += 1
        root = place / f"store-{nth}"
        Store.init(root).close()
        with opened(root) as store:
            ledger = store.ledger("runs")
            entry = ledger.append("kept", "a secret", erasable=True)
            ledger.fold([], lambda state, entry: [*state, entry.payload], snapshot="all")
            at = At(nth, stop, frozenset({"unlink"}))
            with intercepted(at), suppress(Stopped):
                ledger.erase(entry.id, "it is one")
        with opened(root) as store:
            store.ledger("runs").erase(entry.id, "it is one")
        said = [path for path in root.rglob("*") if path.is_file() and b"a secret" in path.read_bytes()]
        assert said == []
    assert nth > 2
