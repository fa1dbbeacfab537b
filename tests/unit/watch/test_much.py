"""Many changes: what the system's queue cannot hold is found, and memory is that of the documents."""

import json
import os
import sys
import tracemalloc

import pytest

from muniment.files.inotify import Inotify
from muniment.watch.changes import Change

EVENTS = 20_000
"""More than the queue of any usual Linux holds."""
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the queue is Linux's")


@LINUX
def test_a_reader_that_stands_still_while_very_much_happens(watch, told, words, root, monkeypatch):
    """The queue overflows: the last state of each document is told, and of those that came after it was full."""
    changes = watch(poll_s=60.0)
    assert told(changes) == []
    overflows = []
    real = Inotify.wait

    def counted(self, timeout_s):
        hints = real(self, timeout_s)
        overflows.extend([True] * hints.is_lost)
        return hints

    monkeypatch.setattr(Inotify, "wait", counted)
    fds = [os.open(root / f"d{count}.json", os.O_CREAT | os.O_WRONLY) for count in range(8)]
    for count in range(EVENTS):
        os.pwrite(fds[count % 8], b'{"count":%8d}' % count, 0)
    for fd in fds:
        os.close(fd)
    (root / "after" / "all").mkdir(parents=True)
    (root / "after" / "all" / "new.json").write_text("{}")
    found = [next(changes) for _ in range(9)]
    assert words(found) == ["created after/all/new", *(f"created d{count}" for count in range(8))]
    assert [change.new for change in found[1:]] == [{"count": count} for count in range(EVENTS - 8, EVENTS)]
    assert overflows
    (root / "after" / "all" / "new.json").write_text('{"x": 1}')
    assert words(told(changes))[-1] == "changed after/all/new"


def test_memory_is_that_of_the_documents(watch, save):
    """However often they change; and though the first change is still held by somebody."""
    changes = watch()

    def work(times):
        for count in range(times):
            save(f"d{count % 5}", {"count": count, "text": "x" * 1000})
            change = next(changes)
            assert change.new["count"] == count
            if not held:
                held.append(change)

    held: list[Change] = []
    work(100)
    tracemalloc.start()
    try:
        work(100)
        before, _ = tracemalloc.get_traced_memory()
        work(600)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 200_000
    assert held[0].cursor.moment.documents


def test_a_burst(watch, told, root):
    """Thousands of replacements of a hundred documents: the last state of each is told."""
    changes = watch(debounce_s=0.05)
    last = {}
    aside = root.parent / "burst"
    for count in range(3000):
        aside.write_text(json.dumps({"count": count}))
        os.replace(aside, root / f"d{count % 100}.json")
        last[f"d{count % 100}"] = {"count": count}
    found = {change.name: change.new for change in told(changes)}
    assert found == last
