"""Which changes somebody wants to hear of, by patterns of document names."""

from collections.abc import Iterable

from muniment.errors import InvalidNameError
from muniment.schema import pattern
from muniment.watch.changes import Change, DocumentChanged, DocumentInvalid, HeadMoved, StoreDiverged

EVERYTHING = "**"


class Wanted:
    """The names that fit one of some patterns; with the pattern `**` whatever else happens, too.

    Raises:
        InvalidNameError: `patterns` is no pattern and no list of them, or no document could have such a name.
    """

    def __init__(self, patterns: object) -> None:
        if isinstance(patterns, bytes) or not isinstance(patterns, Iterable):
            raise InvalidNameError("pattern", repr(patterns), "give a pattern, or a list of patterns")
        self._patterns = (patterns,) if isinstance(patterns, str) else tuple(patterns)
        if not self._patterns:
            raise InvalidNameError("pattern", "", "the list has none")
        self._compiled = [pattern.compiled(one) for one in self._patterns]
        self._folders = [pattern.folders(one) for one in self._patterns]
        self.is_everything = EVERYTHING in self._patterns

    def fits(self, name: str) -> bool:
        """Tell whether a document's name is wanted."""
        return self.is_everything or any(one.fullmatch(name) for one in self._compiled)

    def may_lie_below(self, folder: str) -> bool:
        """Tell whether a document that is wanted may lie in a folder, or in one below it."""
        return self.is_everything or any(one.fullmatch(folder) for one in self._folders)

    def among(self, changed: Iterable[str]) -> tuple[str, ...]:
        """Give those of some names that are wanted, in the same order."""
        return tuple(changed) if self.is_everything else tuple(filter(self.fits, changed))

    def takes(self, change: Change) -> bool:
        """Tell whether a change concerns one of the documents; those of tags and ledgers concern all or none."""
        match change:
            case DocumentChanged(name=name) | DocumentInvalid(name=name):
                return self.fits(name)
            case HeadMoved(names=names):
                return self.is_everything or names is None or any(map(self.fits, names))
            case StoreDiverged():
                return True
            case _:
                return self.is_everything
