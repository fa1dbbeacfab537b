"""The root of all errors."""

from collections.abc import Callable


class MunimentError(Exception):
    """The root of every error that Muniment raises on purpose."""

    def __reduce__(self) -> tuple[Callable[..., "MunimentError"], tuple[object, ...]]:
        """Travel between processes whole: an error raised in a worker keeps its fields."""
        return _revive, (type(self), self.args, self.__dict__)


def _revive(kind: type[MunimentError], args: tuple[object, ...], fields: dict[str, object]) -> MunimentError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(fields)
    return error
