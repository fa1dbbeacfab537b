"""What the tests of hostile stores share: a store with something of everything, all verbs, a picture of a folder."""

import os
from pathlib import Path

from muniment import MunimentError, Store

AUTHOR = "Ada <ada@example.org>"
SWEEP = bool(os.environ.get("MUNIMENT_SWEEP"))
"""Whether to try very many values, where a sample of them tells nearly as much."""


def made(store):
    """Put something of everything into a store."""
    for number in range(3):
        store.write("services/web", {"port": number})
        store.write("limits", {"most": number})
        store.commit(f"change {number}")
    store.branches.create("side")
    store.tags.create("v1", message="the first")
    store.notes.add("HEAD", "a note")
    store.pack()
    store.write("services/web", {"port": 99})
    store.commit("loose")
    events = store.ledger("events")
    for number in range(3):
        events.append("seen", {"number": number})
    events.append("mail", {"to": "x"}, erasable=True)


def attempts(root):
    """Give verbs that read and write every part of a store, by name; each opens it anew."""

    def with_store(verb):
        def call():
            with Store.open(root, author="Eve", lock_timeout_s=2.0) as store:
                return verb(store)

        return call

    def transact(store):
        with store.transaction("many") as change:
            for number in range(40):
                change.write(f"many/{number}", number)

    verbs = {
        "read": lambda store: [store.read(name) for name in store.names()],
        "status": lambda store: store.status(),
        "log": lambda store: [dict(store.at(commit.id)) for commit in store.log()],
        "names": lambda store: [store.branches.list(), store.tags.list(), store.notes.list(), store.ledgers()],
        "entries": lambda store: [*store.ledger("events"), store.ledger("events").latest(kind="seen")],
        "verify": lambda store: store.verify(),
        "write": lambda store: [store.write("services/web", {"port": -1}), store.commit("mine")],
        "append": lambda store: store.ledger("events").append("mine", 1),
        "branch": lambda store: [store.branches.create("mine", description="d"), store.branches.delete("mine")],
        "tag": lambda store: [store.tags.create("mine", message="m"), store.tags.delete("mine")],
        "note": lambda store: store.notes.add("HEAD", "mine"),
        "transact": transact,
        "pack": lambda store: store.pack(),
        "undo": lambda store: store.undo(),
        "delete": lambda store: store.delete("limits"),
    }
    return {name: with_store(verb) for name, verb in verbs.items()}


def attempted(root, *names):
    """Try verbs, all or those named; give what each was refused with, None where it went through.

    Any other error is a fault, and ends the test.
    """
    found = {}
    verbs = attempts(root)
    for name in names or verbs:
        attempt = verbs[name]
        try:
            attempt()
            found[name] = None
        except MunimentError as error:
            found[name] = error
    return found


def pictured(folder):
    """Give what a folder holds: every path with its bytes, and where links lead."""
    found = {}
    for above, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(above) / name
            if path.is_symlink():
                found[str(path)] = os.readlink(path)
            else:
                found[str(path)] = path.read_bytes() if path.is_file() else None
    return found
