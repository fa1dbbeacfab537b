"""All sets of merge rules that are in force at one moment, and what they say together about a document."""

from collections.abc import Iterable

from muniment.schema.merge_rules import MergeRules
from muniment.values.merge_rules import NO_RULES, Rules, Strategy


class RuleBook:
    """The sets in force, in the order of their names, which every copy of a store knows. Never changed once made.

    A document has the rules of all sets whose patterns fit its name. Where two speak of one place, the set that comes
    first counts.
    """

    def __init__(self, sets: Iterable[MergeRules]) -> None:
        self.sets = tuple(sorted((one for one in sets if not one.is_empty), key=lambda one: one.name))
        self._composed: dict[tuple[int, ...], Rules] = {(): NO_RULES}

    def of(self, name: str) -> Rules:
        """Give the rules for a document; `NO_RULES` where no set fits."""
        fitting = tuple(number for number, one in enumerate(self.sets) if one.governs(name))
        if fitting not in self._composed:
            self._composed[fitting] = _composed([self.sets[number] for number in fitting])
        return self._composed[fitting]


def _composed(sets: list[MergeRules]) -> Rules:
    """Put sets one behind the other; of two declarations by one pattern, the first stays."""
    keys: dict[str, str] = {}
    strategies: dict[str, Strategy | None] = {}
    for one in sets:
        keys = {**keys, **one.keys, **keys}
        strategies = {**strategies, **one.strategies, **strategies}
    return Rules(keys=keys, strategies=strategies)
