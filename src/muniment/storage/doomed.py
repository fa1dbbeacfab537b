"""What is to be removed of a store, as it is written down.

Format: docs/format/local.md, "Removal".
"""

from collections.abc import Sequence
from typing import NamedTuple

from muniment.errors import MalformedError
from muniment.values.ids import is_id

_OBJECT, _PACK = "object", "pack"


class Doomed(NamedTuple):
    """What is to go: loose objects, by their ids, and packs, by their names."""

    objects: Sequence[str] = ()
    packs: Sequence[str] = ()

    def names(self) -> set[str]:
        """Give all of them."""
        return {*self.objects, *self.packs}

    def only(self, names: set[str]) -> "Doomed":
        """Give those that are among some."""
        return Doomed([one for one in self.objects if one in names], [one for one in self.packs if one in names])

    def union(self, other: "Doomed") -> "Doomed":
        """Give those of both."""
        return Doomed(sorted({*self.objects, *other.objects}), sorted({*self.packs, *other.packs}))


def encode(doomed: Doomed) -> bytes:
    """Write it as the file has it; empty where nothing is to go."""
    lines = [*(f"{_OBJECT} {one}" for one in doomed.objects), *(f"{_PACK} {one}" for one in doomed.packs)]
    return "\n".join(lines).encode()


def decode(path: str, data: bytes) -> Doomed:
    """Read the file at `path`.

    Raises:
        MalformedError: It says something else.
    """
    doomed: dict[str, list[str]] = {_OBJECT: [], _PACK: []}
    for line in data.decode(errors="replace").split("\n") if data else ():
        kind, _, one = line.partition(" ")
        if kind not in doomed or not is_id(one):
            raise MalformedError(path, "it does not say what was being removed")
        doomed[kind].append(one)
    return Doomed(doomed[_OBJECT], doomed[_PACK])
