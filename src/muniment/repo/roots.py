"""What is needed of a store's objects: what heads, tags, notes, young operations and a merge under way lead to.

Heads, tags and a merge need all that they lead to, and where that cannot be read, nothing is known. What the others
name may have been collected before: then nothing more is kept of it.
"""

from datetime import datetime

from muniment.errors import ObjectNotFoundError
from muniment.history.reach import Reach
from muniment.repo import still_stored
from muniment.repo.parts import Parts
from muniment.storage.notes import NoteFiles
from muniment.values.ids import CommitId, TagId, TreeId, is_id
from muniment.values.objects import Commit, Tag, TreeNode, decode_commit, decode_node, decode_tag
from muniment.values.operation import Operation
from muniment.values.operation import decode as decode_operation
from muniment.values.unfinished_merge import UnfinishedMerge

_GONE = (ObjectNotFoundError,)


class Roots:
    """What was found to be needed so far, in `reach`; looked for again, it costs as much as what came since.

    Operations made before `since` need nothing.
    """

    def __init__(self, parts: Parts, since: datetime) -> None:
        self._parts = parts
        self._since = since
        self._read_to = 0
        self._log: int | None = None
        self.reach = Reach(self._commit, self._node, self._tag)

    def follow_needed(self) -> None:
        """Follow what has to be whole.

        Raises:
            ObjectNotFoundError, CorruptionError: It is not: nothing must be removed before that is mended.
        """
        storage = self._parts.storage
        storage.check_unborn()
        self.reach.commits([head for branch in storage.heads.branches() for head in storage.heads.heads(branch)])
        self.reach.tags([tag_id for tag in storage.tags.names() for tag_id in storage.tags.ids(tag)])
        merge = self._parts.unfinished_merge()
        if merge is not None:
            self.reach.commits(merge.parents)
            self.reach.blobs(merge.contents())

    def refuse_missing_contents(self, stored: set[str]) -> None:
        """Check that the contents that have to be there are, or were erased; call it between the two that follow.

        Raises:
            ObjectNotFoundError: One is not.
        """
        still_stored.refuse_missing(self._parts, self.reach.contents, besides=stored)

    def follow_named(self) -> None:
        """Follow what notes, young operations and a merge name besides.

        Raises:
            CorruptionError: It is damaged, or a line of the operation log is: as for `follow_needed`.
        """
        self.reach.commits(NoteFiles(self._parts.layout).commits(), _GONE)
        merge = self._parts.unfinished_merge()
        if merge is not None:
            self._follow_merge(merge)
        log = self._parts.storage.operations
        size, inode = log.state()
        if inode != self._log or size < self._read_to:
            self._log, self._read_to = inode, 0
        while (piece := log.piece_after(self._read_to)).data:
            for operation in map(decode_operation, piece.lines):  # where a line is none, nobody knows what it needs
                if operation.time >= self._since:
                    self._follow_operation(operation)
            self._read_to = piece.end

    def _follow_merge(self, merge: UnfinishedMerge) -> None:
        self.reach.blobs(document.before for document in merge.documents.values() if document.before is not None)
        picked = merge.meta.get(merge.verb)
        named = [*merge.heads, *([CommitId(picked)] if isinstance(picked, str) and is_id(picked) else [])]
        self.reach.commits(named, _GONE)

    def _follow_operation(self, operation: Operation) -> None:
        heads = [head for move in operation.heads for head in (move.expected, move.new) if head is not None]
        self.reach.commits(heads, _GONE)
        tags = [tag_id for move in operation.tags for tag_id in (move.before, move.after) if tag_id is not None]
        self.reach.tags(tags, _GONE)

    def _commit(self, commit_id: CommitId) -> Commit:
        return decode_commit(commit_id, self._parts.storage.objects.find(commit_id))

    def _node(self, node_id: TreeId) -> TreeNode:
        return decode_node(node_id, self._parts.storage.objects.find(node_id))

    def _tag(self, tag_id: TagId) -> Tag:
        return decode_tag(tag_id, self._parts.storage.objects.find(tag_id))
