"""Steps of a program on one store, and what a power cut at any moment of them would leave of it."""

import itertools

from disk_calls import intercepted
from medium import Cuts
from promises import AUTHOR, opened

from muniment import Store
from muniment.files import journal_note
from muniment.storage import local


def cut_between(steps, state, place, monkeypatch, *, all_names, limit):
    """Take steps on a new store, each acknowledged with its `state`; every moment looks like another boot."""
    boots = itertools.count(1)
    monkeypatch.setattr(journal_note, "boot_id", lambda: next(boots).to_bytes(16, "big"))
    monkeypatch.setattr(local, "JOURNAL_LIMIT", limit)
    top = place / "top"
    Store.init(top / "store", author=AUTHOR).close()
    cuts = Cuts(top, place / "left", all_names=all_names)
    with intercepted(cuts), opened(top / "store") as store:
        for step in steps:
            step(store)
            cuts.acknowledged.append(state(store))
    cuts.look()
    cuts.close()
    return cuts
