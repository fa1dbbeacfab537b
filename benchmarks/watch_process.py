"""A process that watches a folder: `watch_process.py SYSTEM FOLDER`. It says `ready`, and what it saw when told to end.

A document tells in `at` when it was about to be replaced, in nanoseconds of the clock that all processes share.
"""

import json
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Seen:
    """What was delivered: how long each took, and the last state of each document."""

    def __init__(self) -> None:
        self.delays: list[int] = []
        self.last: dict[str, Any] = {}

    def take(self, name: str, value: Any) -> None:
        self.delays.append(time.monotonic_ns() - value["at"])
        self.last[name] = value["number"]


def muniment(folder: str, seen: Seen) -> Callable[[], object]:
    """Watch as a program does that wants each change at once."""
    from muniment import DocumentChanged, Store

    watch = Store.open(folder).watch(debounce_s=0)

    def follow() -> None:
        for change in watch:
            if isinstance(change, DocumentChanged):
                seen.take(change.name, change.new)

    return _in_thread(follow, watch.stop)


def watchdog(folder: str, seen: Seen) -> Callable[[], object]:
    """Read each file that an event names, as a program does that trusts events."""
    from watchdog.events import FileSystemEventHandler
    from watchdog.observers import Observer

    class Handler(FileSystemEventHandler):
        def on_any_event(self, event: Any) -> None:
            path = Path(str(event.dest_path or event.src_path))
            if event.event_type in {"created", "moved", "modified"} and path.suffix == ".json":
                seen.take(path.stem, json.loads(path.read_bytes()))

    observer = Observer()
    observer.schedule(Handler(), folder, recursive=True)
    observer.start()
    return observer.stop


def _in_thread(follow: Callable[[], None], stop: Callable[[], None]) -> Callable[[], object]:
    thread = threading.Thread(target=follow)
    thread.start()

    def end() -> None:
        stop()
        thread.join()

    return end


def main(system: str, folder: str) -> None:
    seen = Seen()
    end = {"muniment": muniment, "watchdog": watchdog}[system](folder, seen)
    time.sleep(1)  # what is there was looked at, and the first full look is over
    used = time.process_time()
    print("ready", flush=True)
    sys.stdin.readline()
    used = time.process_time() - used
    time.sleep(2)  # what is on its way
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    print(json.dumps({"delays": seen.delays, "last": seen.last, "cpu_s": used, "peak": peak}), flush=True)
    end()


if __name__ == "__main__":
    main(*sys.argv[1:])
