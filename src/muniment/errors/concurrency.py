"""Errors about others who were there first."""

from collections.abc import Sequence

from muniment.errors.root import MunimentError

THIS_THREAD = "this very thread: leave its `with` block first"
"""The holder where a thread waits for itself: to retry would not help."""


class ConcurrencyError(MunimentError):
    """Somebody else was there first: look again and retry."""


class LockTimeoutError(ConcurrencyError):
    """`resource` stayed locked for `timeout_s` seconds; `holder` says by whom, where it is known."""

    def __init__(self, resource: str, timeout_s: float, holder: str | None) -> None:
        self.resource = resource
        self.timeout_s = timeout_s
        self.holder = holder
        by = f" by {holder}" if holder else ""
        advice = "" if holder == THIS_THREAD else f" for more than {timeout_s:g} s; retry when it is done"
        super().__init__(f"{resource}: locked{by}{advice}")


class StaleHeadError(ConcurrencyError):
    """The head of `branch` is not `expected` any more but `found`: do what `remedy` says."""

    def __init__(
        self, branch: str, expected: str | None, found: str | None, remedy: str = "read it again and retry"
    ) -> None:
        self.branch = branch
        self.expected = expected
        self.found = found
        self.remedy = remedy
        super().__init__(f"{branch}: the head moved from {expected or 'nothing'} to {found or 'nothing'}; {remedy}")


class DivergedError(ConcurrencyError):
    """Branch `branch` has several `heads`: `reconcile` merges them; or name one of the commits by its id."""

    def __init__(self, branch: str, heads: Sequence[str]) -> None:
        self.branch = branch
        self.heads = tuple(heads)
        super().__init__(
            f"{branch}: diverged into {', '.join(h[:16] for h in self.heads)}; merge them with `muniment reconcile`, "
            f"or name one of them by its id"
        )


class DirtyDocumentError(ConcurrencyError):
    """Uncommitted edits of `names` would be lost: commit them, or discard them by `restore`, first."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.name = self.names[0]
        super().__init__(f"{', '.join(self.names)}: uncommitted edits would be lost; commit or restore them first")


class DocumentChangedError(ConcurrencyError):
    """Another program replaced `name` while it was being edited here: nothing was written; retry."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name}: changed by another program meanwhile; nothing was written, read it again and retry")


class BranchSwitchedError(ConcurrencyError):
    """Another program switched from `branch` to `selected` meanwhile: nothing was written; look again and retry."""

    def __init__(self, branch: str, selected: str) -> None:
        self.branch = branch
        self.selected = selected
        super().__init__(
            f"{branch}: another program switched to {selected} meanwhile; nothing was written, look again and retry"
        )
