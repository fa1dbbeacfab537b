"""The ledgers of one backup: each up to where it reached at the moment of the backup.

Most entries are copied before that moment, and only the rest after it. So hardly any time passes between the look at a
ledger and the copying of what it showed, in which a payload might be erased.
"""

from collections.abc import Mapping

from muniment.errors import ClockError, CorruptionError
from muniment.ledger import syncing
from muniment.ledger.parts import LedgerParts
from muniment.repo import ledgers
from muniment.repo.parts import Parts
from muniment.values.cursor import Reach


class LedgersCopy:
    """The ledgers of one backup under way, into the store in `folder`."""

    def __init__(self, parts: Parts, folder: str) -> None:
        self._parts = parts
        self._folder = folder
        self._opened: dict[str, LedgerParts] = {}
        self._reached: dict[str, Mapping[str, Reach]] = {}
        self.entries = 0
        self.damaged: dict[str, None] = {}
        """The files that are damaged: what is in them was not copied."""

    def look(self) -> None:
        """Take down how far each ledger reaches; the last look counts."""
        self._reached.clear()
        self.damaged.clear()
        for name in ledgers.names_of(self._parts):
            if name not in self._opened:
                self._opened[name] = ledgers.opened(self._parts, name)
            ledger = self._opened[name]
            try:
                with ledger.seeing():
                    self._reached[name] = dict(ledger.copy.present)
            except CorruptionError as error:
                self._note(name, error)

    def copy(self) -> None:
        """Copy the entries that the last look showed."""
        for name, reached in self._reached.items():
            ledger = self._opened[name]
            try:
                with ledger.settings.elsewhere(self._folder, True) as there:  # noqa: FBT003 - the store is there
                    self.entries += syncing.pull(there, ledger, reached)
            except (CorruptionError, ClockError) as error:
                self._note(name, error)

    def _note(self, name: str, error: CorruptionError | ClockError) -> None:
        self.damaged[getattr(error, "path", self._parts.layout.ledger(name).root)] = None

    def close(self) -> None:
        """Close the ledgers of the store."""
        for ledger in self._opened.values():
            ledger.close()
