"""Showing a change that is recorded: heads, tags, the choice of a branch, and the merge that waits.

No step needs space, but for a tag's empty file and the note of what is checked out. What is done again ends where it
ended.

Format: docs/format/journal.md.
"""

from contextlib import suppress

from muniment.errors import StaleHeadError
from muniment.files import atomic
from muniment.files.layout import Layout
from muniment.storage.change import Change
from muniment.storage.heads import FileHeads
from muniment.storage.tags import FileTags
from muniment.storage.unfinished_merge import UnfinishedMergeFile
from muniment.values.ids import CommitId
from muniment.values.operation import HeadMove


class Publisher:
    """Shows the names of one store's changes."""

    def __init__(self, layout: Layout, heads: FileHeads, tags: FileTags, unfinished: UnfinishedMergeFile) -> None:
        self._layout = layout
        self._heads = heads
        self._tags = tags
        self._unfinished = unfinished

    def publish(self, change: Change) -> None:
        """Move heads, make and delete tags, check a branch out; a branch goes last, when nothing leads there any more.

        Raises:
            OSError: The system refused one: the record has to stay pending.
        """
        for move in change.moves:
            if move.new is not None:
                self._move(move, move.new)
        for tag in change.tags:
            self._tags.apply(tag)
        if change.select is not None:
            text = f"refs/heads/{change.select}\n".encode()
            atomic.replace_file(self._layout.selected, text, self._layout.temporary, sync=False)
        if change.merge is not None:
            self._unfinished.apply(change.merge)
        for move in change.moves:
            if move.new is None and move.expected is not None:
                with suppress(StaleHeadError):
                    self._heads.remove(move.branch, move.expected)

    def _move(self, move: HeadMove, new: CommitId) -> None:
        """Let `new` be there and `expected` not, whatever else is: so records applied again end where they ended."""
        try:
            if move.expected != new:
                return self._heads.move(move.branch, move.expected, new)
        except StaleHeadError:
            pass  # gone, or others are there: by the host's git, or because this is done again
        return self._heads.add(move.branch, new)
