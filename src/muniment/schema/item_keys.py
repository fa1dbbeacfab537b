"""Which field tells the items of a list from each other."""

from collections.abc import Mapping

from muniment.errors import InvalidValueError
from muniment.values.place_patterns import PlacePatterns


class Keys(PlacePatterns[str]):
    """The keys of lists by their places: `{"/forms": "id", "/forms/*/fields": "name"}`, `*` for any token."""

    __slots__ = ()

    def __init__(self, declared: Mapping[str, str]) -> None:
        """Read the declarations; `InvalidValueError` where a place is no pointer, or a field no text."""
        for place, field in declared.items():
            if not isinstance(field, str):
                raise InvalidValueError(f"the key of {place!r} is the name of a field, not {field!r}")
        super().__init__(declared)
