"""What the parts of one repair share: the store, other copies of it, and what was done."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from muniment.repo.parts import Parts
from muniment.repo.repair_report import Mended, MendedCode
from muniment.storage.copies import Copies
from muniment.storage.lost import Lost


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

    def versions(self, path: str) -> Iterator[bytes]:
        """Give what other copies have at the place of a file; they may be damaged too."""
        for copy in self.copies:
            with suppress(OSError):
                yield from copy.versions(self.layout.inside(path))
