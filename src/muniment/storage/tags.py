"""Tags as empty files named by tag objects: made once, never moved.

Format: docs/format/tags.md.
"""

from collections.abc import Iterator
from contextlib import suppress

from muniment.files import disk
from muniment.files.layout import Layout
from muniment.storage import reference_folders
from muniment.values.ids import TagId, is_id
from muniment.values.names import TagName
from muniment.values.operation import TagMove


class FileTags:
    """The tags of one store."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def ids(self, tag: TagName) -> tuple[TagId, ...]:
        """Give what a tag names, in ascending order: nothing, one object, or after a merge of the host several."""
        try:
            names = disk.listdir(self._layout.tag(tag))
        except (FileNotFoundError, NotADirectoryError):
            return ()
        return tuple(sorted(TagId(name) for name in names if is_id(name)))

    def apply(self, move: TagMove) -> None:
        """Make a tag, or delete it; where that is done already, nothing happens."""
        if move.after is not None:
            disk.make_folders(self._layout.tag(move.tag))
            with suppress(FileExistsError):
                disk.close(disk.open_fd(self._layout.tag_file(move.tag, move.after), disk.CREATE_NEW, 0o666))
        if move.before is not None:
            with suppress(FileNotFoundError):
                disk.unlink(self._layout.tag_file(move.tag, move.before))
            disk.remove_empty_folders(self._layout.tag(move.tag), self._layout.tags)

    def names(self) -> Iterator[TagName]:
        """Give the names of all tags, in ascending order."""
        yield from map(TagName, reference_folders.names_below(self._layout.tags))
