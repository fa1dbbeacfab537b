"""What is declared about merging the documents of some names, as a set that has a name of its own."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from muniment.errors import InvalidValueError
from muniment.schema import pattern
from muniment.values import canonical
from muniment.values import names as grammar
from muniment.values.merge_rules import Rules, Strategy


class MergeRules:
    """How documents of some names are merged: pass it to `Store.open`, or declare it by `store.merge_rules`.

    `name` tells the set from others, as a kind does; `names` are the patterns of the documents' names
    (`services/*`, `**/limits`). `keys` says by which field the items of a list are told, `strategies` what settles a
    place that both sides changed:

        MergeRules("forms", names="forms/*", keys={"/fields": "name"}, strategies={"/seen": "max", "/tags": "union"})

    Places are pointers with `*` for any token; of several that fit, the first counts, so their order matters. A
    strategy is `ours`, `theirs`, `union`, `counter`, `max`, `min`, `text`, a function of base, ours and theirs, or None
    for none. Never changed once made.

    Raises:
        InvalidNameError: `name`, or a pattern of `names`, is none.
        InvalidValueError: A place is no pointer, a key no field's name, or a strategy none.

    Format: docs/format/merge-rules.md.
    """

    __slots__ = ("keys", "name", "names", "strategies")

    def __init__(
        self,
        name: str,
        *,
        names: str | Iterable[str],
        keys: Mapping[str, str] | None = None,
        strategies: Mapping[str, Strategy | None] | None = None,
    ) -> None:
        self.name = grammar.folder_name("merge rules", name)
        try:
            self.names = (names,) if isinstance(names, str) else tuple(names)
            for text in self.names:
                pattern.compiled(text)
            self.keys: Mapping[str, str] = MappingProxyType(dict(keys or {}))
            self.strategies: Mapping[str, Strategy | None] = MappingProxyType(dict(strategies or {}))
        except (TypeError, ValueError) as error:
            reason = f"`names` are patterns, `keys` and `strategies` mappings by places: {error}"
            raise InvalidValueError(reason) from error
        Rules(keys=self.keys, strategies=self.strategies)
        canonical.encode([*self.keys.items(), list(self.strategies)])  # whatever may be declared can be kept

    def governs(self, name: str) -> bool:
        """Tell whether these are rules for a document of that name."""
        return pattern.fits(self.names, name)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is declared: kept, such a set withdraws the older one of its name."""
        return not self.keys and not self.strategies

    def __eq__(self, other: object) -> bool:
        """Tell whether the same is declared, in the same order, under the same name."""
        return isinstance(other, MergeRules) and self._all() == other._all()

    def __hash__(self) -> int:
        """Hash by the name."""
        return hash(self.name)

    def _all(self) -> tuple[object, ...]:
        return self.name, self.names, tuple(self.keys.items()), tuple(self.strategies.items())

    def __repr__(self) -> str:
        """Say which they are."""
        return f"<MergeRules {self.name}>"
