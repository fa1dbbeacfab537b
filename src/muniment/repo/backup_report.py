"""What `backup` and `restore_to` tell."""

import msgspec


class BackupReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was copied into the store at `path`: only what it lacked.

    `ok` means that nothing was left out, and all is of one moment.
    `damaged` are files of the store that are not what their names say, which were not copied, and files of the backup
    that are not, for which the store has nothing better.
    """

    path: str
    objects: int
    packs: int
    documents: int
    files: int
    entries: int
    damaged: tuple[str, ...] = ()
    partial: bool = False
    """Whether a store was restored out of a backup that did not come to its end: some of it is older than the rest."""

    @property
    def ok(self) -> bool:
        """Tell whether all was copied, of one moment."""
        return not self.damaged and not self.partial
