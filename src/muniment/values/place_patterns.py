"""What is declared for places in a value: by a pointer in which `*` stands for any token.

`/forms/*/fields` is the list of fields of each form. A token that is itself `*` cannot be meant alone.
"""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeAlias, TypeVar

from muniment.errors import InvalidValueError
from muniment.values import pointer

Place: TypeAlias = tuple[str, ...]
"""A place in a value, as the unescaped tokens of its pointer."""

T = TypeVar("T")

_ANY = "*"


class PlacePatterns(Generic[T]):
    """Declarations by pattern: for a place, the first whose pattern fits counts. Never changed once made."""

    __slots__ = ("_by_length",)

    def __init__(self, declared: Mapping[str, T]) -> None:
        """Read the patterns; `InvalidValueError` where one is no pointer."""
        self._by_length: dict[int, list[tuple[Place, T]]] = {}
        for text, meaning in declared.items():
            if not isinstance(text, str):
                raise InvalidValueError(f"a place is written as a pointer, such as /forms/*/fields, unlike {text!r}")
            pattern = pointer.parse(text)
            self._by_length.setdefault(len(pattern), []).append((pattern, meaning))

    def of(self, place: Place) -> T | None:
        """Give what is declared for `place`; None where nothing is."""
        for pattern, meaning in self._by_length.get(len(place), ()):
            if _fits(pattern, place):
                return meaning
        return None

    def reaching(self, place: Place) -> Iterator[T]:
        """List what is declared for `place` and for places inside it."""
        for length, declared in self._by_length.items():
            if length >= len(place):
                yield from (meaning for pattern, meaning in declared if _fits(pattern, place))


def _fits(pattern: Place, place: Place) -> bool:
    return all(p in (_ANY, token) for p, token in zip(pattern, place, strict=False))
