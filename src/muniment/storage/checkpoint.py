"""Making published changes durable, so that their journal records are no longer needed.

See docs/decisions/0002-checkpoint-by-syncfs.md.
"""

import os
from collections.abc import Iterable
from contextlib import suppress

from muniment.files import disk
from muniment.files.layout import Layout
from muniment.storage import written
from muniment.storage.change import decode_change

MANY_BYTES = 1 << 18
"""From this size of the journal on, syncing the whole file system is quicker than file by file."""


def make_durable(layout: Layout, records: Iterable[bytes], size_bytes: int) -> None:
    """Sync what the journal's records put in place: files first, then the folders that name them."""
    if size_bytes >= MANY_BYTES and disk.sync_file_system(layout.root):
        return
    files = {layout.operations}
    folders = {layout.local, layout.root}
    for change in map(decode_change, records):
        files.update(layout.object(object_id) for object_id, _ in change.objects)
        files.update(layout.pack(pack) for pack in change.packs)
        files.update(layout.document(item.name) for item in change.replacements)
        folders.update(layout.branch(move.branch) for move in change.moves)
        folders.update(layout.tag(move.tag) for move in change.tags)
        if change.select is not None:
            files.add(layout.selected)
        if change.merge is not None:
            files.add(layout.merge)
    for path in sorted(files):
        with suppress(FileNotFoundError):  # deleted meanwhile, which somebody else answers for
            disk.sync_file(path)
    written.sync_folders([*folders, *map(os.path.dirname, files)], layout.root)
