"""The merge rules of one open store: those that the program declares, and those that the store keeps.

What a program declares, it lets the store keep before it merges. So whoever merges the same, with the same rules or
with none, makes the same of it; functions are the exception, since only the program has them. Who declares nothing,
such as an older program, leaves what others declared in force: only the verb withdraws it.

Most stores have none, and most programs are short: what rules need is imported when there are some.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from muniment.files import disk
from muniment.files.layout import Layout

if TYPE_CHECKING:
    from muniment.schema.merge_rules import MergeRules
    from muniment.schema.registry import Registry
    from muniment.schema.rule_book import RuleBook
    from muniment.storage.merge_rule_files import MergeRuleFiles
    from muniment.values.merge_rules import Rules


class MergeRuleSets:
    """Which rules a document is merged by."""

    def __init__(
        self, layout: Layout, passed: "Iterable[MergeRules]", registry: "Registry | None", *, sync: bool
    ) -> None:
        self._layout = layout
        self._sync = sync
        self._passed = tuple(passed)
        self._is_recorded = not self._passed
        kinds = registry.schemas.values() if registry is not None else ()
        declared = *(schema.merge_rules for schema in kinds), *self._passed
        self._own = {one.name: one for one in declared if not one.is_empty}
        self._book: RuleBook | None = None
        self._shown: tuple[MergeRules, ...] = ()

    @cached_property
    def files(self) -> "MergeRuleFiles":
        """What the store keeps."""
        from muniment.storage.merge_rule_files import MergeRuleFiles

        return MergeRuleFiles(self._layout, sync=self._sync)

    def of(self, name: str) -> "Rules":
        """Give the rules for a document as of now; for many documents at one moment, ask `book` once."""
        from muniment.values.merge_rules import NO_RULES

        book = self.book()
        return NO_RULES if book is None else book.of(name)

    def book(self) -> "RuleBook | None":
        """Give all sets that are in force now, the program's own in place of kept ones of the same name.

        None where nothing is declared at all.
        """
        if not self._own and not disk.exists(self._layout.merging):
            return None
        sets = {one.name: one for one in self.files.all()}
        shown = (*{**sets, **self._own}.values(),)
        if self._book is None or shown != self._shown:
            from muniment.schema.rule_book import RuleBook

            self._book, self._shown = RuleBook(shown), shown
        return self._book

    def record(self) -> None:
        """Let the store keep all that the program declares: before a merge, so that others would merge alike."""
        for one in self._own.values():
            self.files.put(one)

    def record_passed(self) -> None:
        """Let the store keep what was passed as `merge_rules=`, once: before the first commit."""
        if not self._is_recorded:
            for one in self._passed:
                if one.name in self._own:
                    self.files.put(self._own[one.name])
            self._is_recorded = True

    def declare(self, rules: "MergeRules") -> None:
        """Put rules into force from now on, in place of others of their name, the program's own too.

        The store keeps them for all; only functions have to be remembered here.
        """
        self.files.put(rules)
        own = {name: one for name, one in self._own.items() if name != rules.name}
        if any(map(callable, rules.strategies.values())):
            own[rules.name] = rules
        self._own = own
