"""Notice that nobody reads the output any more, while there is nothing to write."""

import select
import sys
import threading
from collections.abc import Callable


def tell(stop: Callable[[], None]) -> Callable[[], bool]:
    """Call `stop` from another thread once the other end of standard output is closed; gives what tells whether it is.

    Where the system, or the output, cannot tell, it is noticed by the next write only.
    """
    gone = threading.Event()
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)  # closed ends are told unasked
    except (AttributeError, OSError, ValueError):
        return gone.is_set

    def watch() -> None:
        poll.poll()
        gone.set()
        stop()

    threading.Thread(target=watch, name="muniment-reader", daemon=True).start()
    return gone.is_set
