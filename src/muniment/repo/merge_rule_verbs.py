"""The verbs on merge rules, as `store.merge_rules` offers them."""

from muniment.errors import InvalidNameError, InvalidValueError
from muniment.errors.system import translated
from muniment.repo.parts import Parts
from muniment.schema.merge_rules import MergeRules


class MergeRuleVerbs:
    """The merge rules of one store: those that this program declares, and those that others left in the store."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @translated("list the merge rules")
    def list(self) -> tuple[MergeRules, ...]:
        """List the sets of rules that are in force, in the order of their names."""
        book = self._parts.merge_rules.book()
        return () if book is None else book.sets

    @translated("declare merge rules")
    def declare(self, rules: MergeRules) -> None:
        """Put rules into force for all copies of the store, durably, in place of others of their name.

        Functions among them count for this open store alone. A program that declares others under the same
        name, or a schema of that kind, puts its own into force again when it next merges.

        Raises:
            InvalidValueError: They are none.
        """
        if not isinstance(rules, MergeRules):
            raise InvalidValueError(f"merge rules are MergeRules, not {type(rules).__name__}")
        self._parts.storage.check_exists()
        self._parts.merge_rules.declare(rules)

    @translated("withdraw merge rules")
    def withdraw(self, name: str) -> None:
        """Put the rules of a name out of force: a record that says so is put beside them, and counts in every copy.

        Raises:
            InvalidNameError: None of that name are in force.
        """
        if all(one.name != name for one in self.list()):
            raise InvalidNameError(
                "merge rules", str(name), "none of that name are in force; `muniment merge-rules` lists those that are"
            )
        self._parts.storage.check_exists()
        self._parts.merge_rules.declare(MergeRules(name, names=()))
