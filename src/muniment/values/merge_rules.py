"""What is declared about merging: which field tells the items of a list, and what settles a disagreement where."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, get_args

from muniment.errors import InvalidValueError
from muniment.values.json_value import Absent, JsonValue
from muniment.values.place_patterns import Place, PlacePatterns

Side: TypeAlias = JsonValue | Absent
"""What one of the three has at a place: a value, or nothing."""

NamedStrategy: TypeAlias = Literal["ours", "theirs", "union", "counter", "max", "min", "text"]

Strategy: TypeAlias = NamedStrategy | Callable[[Any, Any, Any], Any]
"""How to settle a place, by name or by a function of base, ours and theirs: see `merge_strategies`."""

NAMES: Final[tuple[str, ...]] = get_args(NamedStrategy)
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Rules:
    """The item keys of lists, and the strategies, each by a pattern of places. Never changed once made.

    `Rules(keys={"/forms": "id", "/forms/*/fields": "name"}, strategies={"/hits": "counter", "/forms/*/seen": "max"})`

    A pattern is a pointer with `*` for any token; of several that fit a place, the first counts. A strategy None
    declares that there is none, whatever a later pattern says. The index of an item is its place in the merged list,
    so `*` is the only one to rely on.
    """

    __slots__ = ("_strategies", "keys")

    def __init__(
        self, *, keys: Mapping[str, str] = _NOTHING, strategies: Mapping[str, Strategy | None] = _NOTHING
    ) -> None:
        """Read the declarations.

        Raises:
            InvalidValueError: A place is no pointer, a key no field's name, or a strategy neither a known name
                nor a function.
        """
        for place, field in keys.items():
            if not isinstance(field, str):
                raise InvalidValueError(f"the key of {place!r} is the name of a field, not {field!r}")
        for place, strategy in strategies.items():
            if strategy is not None and strategy not in NAMES and not callable(strategy):
                known = ", ".join(NAMES)
                raise InvalidValueError(f"the strategy of {place!r} is {known} or a function, not {strategy!r}")
        self.keys = PlacePatterns(keys)
        self._strategies = PlacePatterns(strategies)

    def key_at(self, place: Place) -> str | None:
        """Give the field that tells the items of the list at `place`; None where none is declared."""
        return self.keys.of(place)

    def strategy_at(self, place: Place) -> Strategy | None:
        """Give what settles a disagreement at `place`; None where nothing is declared."""
        return self._strategies.of(place)

    def count(self, place: Place = ()) -> bool:
        """Tell whether there may be a counter at `place` or inside: then sides that agree are not yet merged."""
        return "counter" in self._strategies.reaching(place)


NO_RULES: Final = Rules()
"""Nothing is declared: lists have no keys, and disagreements are conflicts."""
