"""A reader that mirrors a store by what a watch tells has the store in the end, whatever happens meanwhile.

Two programs write by hand and through the interface, commit, roll back and undo; the reader stops again and again, and
resumes from its cursor in a new watch.
"""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import pairwise

from children import Child

from muniment import DocumentChanged, DocumentInvalid, DocumentNotFoundError, HeadMoved, MunimentError, Store

SECONDS = 4.0
NAMES = [f"d{number}" for number in range(12)]


def by_hand(path, chance):
    """Write a file as a careless editor does: in place, with a pause in the middle."""
    with path.open("w") as file:
        file.write('{"n": ')
        file.flush()
        time.sleep(chance.uniform(0, 0.003))
        file.write("1}")


def together(store, names, value):
    """Write some documents in one commit."""
    with store.transaction("together") as tx:
        for name in names:
            tx.write(name, value)


def writing(root, seed):
    """Give what a program does that writes for some seconds, in every way that there is."""

    def write(_):
        chance = random.Random(seed)
        store = Store.open(root, author="Ben <ben@example.org>", durability="os")
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            name, value = chance.choice(NAMES), {"n": chance.random(), "by": seed}
            acts: list[tuple[int, Callable[[], object]]] = [
                (8, partial(store.write, name, value)),
                (2, partial(by_hand, root / f"{name}.json", chance)),
                (2, partial(store.delete, name)),
                (4, partial(store.commit, "again")),
                (2, partial(together, store, chance.sample(NAMES, 3), value)),
                (1, partial(store.rollback, "HEAD~1", reason="again")),
                (1, partial(store.restore, [name])),
                (1, store.undo),
            ]
            _, act = chance.choices(acts, [weight for weight, _ in acts])[0]
            with suppress(MunimentError):  # as it may be beside another program
                act()
            time.sleep(chance.uniform(0, 0.004))

    return write


class Mirror:
    """What a reader knows of a store's files, by what it was told."""

    def __init__(self, store):
        self._store = store
        self.values = {name: store.read(name) for name in store.names()}
        self.invalid = set()
        self.moves = []

    def take(self, change):
        """Follow one change."""
        if isinstance(change, DocumentInvalid):
            self.invalid.add(change.name)
        elif isinstance(change, DocumentChanged):
            self._set(change.name, None if change.change == "removed" else (change.new,))
        elif isinstance(change, HeadMoved):
            self.moves.append((change.from_, change.to))
            for name in change.names or ():
                self._reread(name)

    def _reread(self, name):
        """Read a document that a commit is about: what the commit wrote, or what somebody wrote since."""
        try:
            self._set(name, (self._store.read(name),))
        except DocumentNotFoundError:
            self._set(name, None)
        except MunimentError:
            self.invalid.add(name)

    def _set(self, name, value):
        self.invalid.discard(name)
        self.values.pop(name, None)
        if value is not None:
            (self.values[name],) = value


def files(store):
    """Read all documents; give the names of those that cannot be read, too."""
    values, invalid = {}, set()
    for name in store.names():
        try:
            values[name] = store.read(name)
        except MunimentError:
            invalid.add(name)
    return values, invalid


def test_a_mirror_is_the_store_in_the_end(tmp_path):
    """Every document has its last state, and the moves of the head are one unbroken chain."""
    root = tmp_path / "store"
    chance = random.Random(5)
    with Store.init(root, author="Ada <ada@example.org>", durability="os") as store:
        for name in NAMES:
            store.write(name, 0)
        store.commit("begin")
        mirror, cursor = Mirror(store), str(store.watch().cursor)
        writers = [Child(writing(root, seed)) for seed in (1, 2)]
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            until = time.monotonic() + chance.uniform(0.1, 0.8)
            with store.watch(since=cursor, debounce_s=chance.choice([0, 0.05]), timeout_s=0.3) as watch:
                for change in watch:
                    mirror.take(change)
                    cursor = str(change.cursor)
                    if time.monotonic() > until:
                        break
        for writer in writers:
            writer.told()
        with store.watch(since=cursor, timeout_s=2.5) as watch:
            for change in watch:
                mirror.take(change)
        values, invalid = files(store)
        assert mirror.invalid == invalid
        assert {name: value for name, value in mirror.values.items() if name not in invalid} == values
        assert mirror.moves[-1][1] == store.log()[0].id
    assert all(before[1] == after[0] for before, after in pairwise(mirror.moves))
