"""Errors of ledgers."""

from muniment.errors.lookup import NotFoundError
from muniment.errors.root import MunimentError


class LedgerError(MunimentError):
    """A ledger refuses what was asked of it; nothing was appended."""


class DanglingReferenceError(LedgerError):
    """An entry was to follow on entry `id`, which is not in `ledger`: append that first, or bring it by `sync`."""

    def __init__(self, ledger: str, id: str) -> None:  # noqa: A002 - the field's own word
        self.ledger = ledger
        self.id = id
        super().__init__(f"{ledger}: no entry {id} to follow on; append it first, or bring it with `sync`")


class KeyReusedError(LedgerError):
    """The `key` names entry `id` of `ledger` already, which says something else: give the new entry another key."""

    def __init__(self, ledger: str, key: str, id: str) -> None:  # noqa: A002 - the field's own word
        self.ledger = ledger
        self.key = key
        self.id = id
        super().__init__(f"{ledger}: the key {key!r} names entry {id[:16]} already, which says something else")


class ClockError(LedgerError):
    """Entry `id` tells a `clock` that no ledger reaches: it was made up, or is damaged; leave it out."""

    def __init__(self, ledger: str, id: str, clock: int) -> None:  # noqa: A002 - the field's own word
        self.ledger = ledger
        self.id = id
        self.clock = clock
        super().__init__(f"{ledger}: entry {id[:16]} tells a clock of {clock}, far ahead of all others: leave it out")


class EntryNotFoundError(NotFoundError):
    """No entry `id` is in `ledger`, or in this copy of it."""

    def __init__(self, ledger: str, id: str) -> None:  # noqa: A002 - the field's own word
        self.ledger = ledger
        self.id = id
        super().__init__(f"{ledger}: no entry {id}; another copy may have it, and `sync` brings it")


class LedgerNotFoundError(NotFoundError):
    """No ledger `ledger`: nothing was ever appended to it."""

    def __init__(self, ledger: str) -> None:
        self.ledger = ledger
        super().__init__(f"{ledger}: no such ledger; the first entry appended makes it")
