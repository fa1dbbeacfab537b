"""Files and folders that cannot be looked at for a reason that may pass, as on network mounts: they are tried again."""

import errno
import logging
import time

AGAIN_S = 0.2
"""How soon a file is tried again, where the watch looks so often."""
_NUMBERS = "EIO", "EMFILE", "ENFILE", "ENOMEM", "ENOTCONN", "ESTALE", "ETIMEDOUT"
MAY_PASS = frozenset(getattr(errno, name) for name in _NUMBERS if hasattr(errno, name))

_log = logging.getLogger("muniment")


class Passing:
    """What could not be looked at; each is logged once, until it can be again."""

    def __init__(self) -> None:
        self._tried: dict[str, float] = {}

    def note(self, what: str, error: OSError) -> None:
        """Take note that something could not be looked at."""
        if what not in self._tried:
            _log.warning("%r cannot be looked at (%s): it is tried again", what, error.strerror or error)
        self._tried[what] = time.monotonic()

    def is_well(self, what: str) -> None:
        """Take note that it could be."""
        self._tried.pop(what, None)

    def due(self) -> set[str]:
        """Give what is to be tried again by now."""
        if not self._tried:
            return set()
        now = time.monotonic()
        return {what for what, tried in self._tried.items() if now - tried >= AGAIN_S}
