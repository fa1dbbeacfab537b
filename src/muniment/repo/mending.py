"""What the parts of one repair share: the store, other copies of it, and what was done."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from muniment.repo.parts import Parts
from muniment.repo.repair_report import Mended, MendedCode
from muniment.storage.copies import Copies
from muniment.storage.lost import Lost
from muniment.values.ids import CommitId
from muniment.values.names import BranchName


class Mending:
    """One repair under way."""

    def __init__(self, parts: Parts, copies: Sequence[Copies]) -> None:
        self.parts = parts
        self.layout = parts.layout
        self.copies = copies
        self.lost = Lost(parts.layout)
        self.mended: list[Mended] = []

    def note(self, code: MendedCode, path: str, detail: str) -> None:
        """Take note of what was mended."""
        self.mended.append(Mended(code, path, detail))

    def heads(self) -> Iterator[tuple[BranchName, tuple[CommitId, ...]]]:
        """Give the branches of other copies, each with its heads."""
        for copy in self.copies:
            with suppress(OSError):
                yield from copy.heads()

    def heads_of(self, branch: BranchName) -> Iterator[CommitId]:
        """Give the heads that a branch has in other copies."""
        for name, heads in self.heads():
            if name == branch:
                yield from heads

    def versions(self, path: str) -> Iterator[bytes]:
        """Give what other copies have at the place of a file; they may be damaged too."""
        for copy in self.copies:
            with suppress(OSError):
                yield from copy.versions(self.layout.inside(path))
