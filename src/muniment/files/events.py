"""Who tells what changes: the system itself, as far as it can.

Linux is asked directly: its queue says when it has lost something, and needs no thread. Other systems are watched by
watchdog. See docs/decisions/0015-a-watch-compares-what-is-there.md.
"""

import logging
import sys

from muniment.files.hints import Events, NoEvents

_log = logging.getLogger("muniment")


def open_events(root: str) -> Events:
    """Begin to be told of changes below `root`; where the system cannot, the reason is logged."""
    try:
        return _of_the_system(root)
    except (OSError, RuntimeError, ImportError, AttributeError) as error:
        _log.warning("no events for %s (%s): it is polled", root, error)
        return NoEvents()


def _of_the_system(root: str) -> Events:
    if sys.platform == "linux":
        from muniment.files.inotify import Inotify  # noqa: PLC0415 - what only a watch needs

        return Inotify()
    from muniment.files.observed import Observed  # noqa: PLC0415 - 30 ms at start-up that only a watch needs

    return Observed(root)
