"""What `backup` tells."""

import msgspec


class BackupReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was copied into the store at `path`: only what it lacked. `ok` means that nothing was left out.

    `damaged` are files of the store itself that are not what their names say: they were not copied.
    """

    path: str
    objects: int
    packs: int
    documents: int
    files: int
    entries: int
    damaged: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether all was copied."""
        return not self.damaged
