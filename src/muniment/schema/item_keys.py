"""Which field tells the items of a list from each other."""

from collections.abc import Mapping
from typing import TypeAlias

from muniment.errors import InvalidValueError
from muniment.values import pointer

Tokens: TypeAlias = tuple[str, ...]
"""A place, as the tokens of its JSON pointer."""

_ANY = "*"


class Keys:
    """Which field tells the items of which list: `{"/forms": "id", "/forms/*/fields": "name"}`, `*` for any token."""

    def __init__(self, declared: Mapping[str, str]) -> None:
        """Read the declarations; `InvalidValueError` where a place is no pointer, or a field no text."""
        self._fields: dict[Tokens, str] = {}
        for place, field in declared.items():
            if not all(isinstance(text, str) for text in (place, field)):
                raise InvalidValueError(f"keys are pointers and fields' names, not {place!r}: {field!r}")
            self._fields[pointer.parse(place)] = field

    def of(self, place: Tokens) -> str | None:
        """Give the field that tells the items of the list at `place`; None where none is declared."""
        for pattern, field in self._fields.items():
            if len(pattern) == len(place) and all(p in (_ANY, token) for p, token in zip(pattern, place, strict=True)):
                return field
        return None
