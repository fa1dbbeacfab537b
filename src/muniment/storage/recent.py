"""A bounded memory of what was read lately."""

from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Keep the values used last, up to about `limit` in total cost; any may be forgotten at any time.

    Two generations instead of an exact order: a value that is used moves to the young one, and
    when that is full the old one goes. So no lock is needed, and several threads may share it.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit // 2
        self._young: dict[Key, Value] = {}
        self._old: dict[Key, Value] = {}
        self._cost = 0

    def get(self, key: Key) -> Value | None:
        """Give what is kept under `key`, None if nothing is."""
        value = self._young.get(key)
        if value is None:
            value = self._old.get(key)
            if value is not None:
                self._young[key] = value
        return value

    def forget(self) -> None:
        """Keep nothing of what was kept so far."""
        self._young, self._old, self._cost = {}, {}, 0

    def put(self, key: Key, value: Value, cost: int = 1) -> None:
        """Keep `value`, which counts for `cost`."""
        self._young[key] = value
        self._cost += cost
        if self._cost > self._limit:
            self._old, self._young, self._cost = self._young, {}, 0
