"""Errors about what is installed only where it is wanted."""

from muniment.errors.root import MunimentError


class AsyncUnavailableError(MunimentError):
    """A package is missing that `muniment.aio` needs, for `reason`: install `muniment[aio]`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"muniment.aio: {reason}; install muniment[aio]")
