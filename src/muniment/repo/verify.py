"""Check all that must hold in a store: every object's hash, every reference, heads, tags, notes, journal, files.

Everything is read from the disk anew. Writers may go on meanwhile.
"""

from contextlib import suppress

from muniment.errors import (
    BlobErasedError,
    CorruptionError,
    InvalidNameError,
    InvalidValueError,
    MalformedError,
    MunimentError,
    NotFoundError,
    UnsupportedFormatError,
)
from muniment.history import tree
from muniment.repo import placement
from muniment.repo.parts import Parts
from muniment.repo.placement import Placed
from muniment.repo.report import Code, Finding, Report
from muniment.storage.notes import NoteFiles
from muniment.values import canonical
from muniment.values.ids import CommitId, TreeId
from muniment.values.objects import Commit, Tag, TreeNode, decode_commit, decode_node, decode_tag

_RESTORE = "restore it from another copy of the store, or from the host repository, and verify again"
_MEND = "mend the file, or bring back the committed one with `muniment restore`"
_RENAME = "give the file a name that a document can have"
_UPGRADE = "upgrade muniment: a newer program made it"
_CHOOSE = "two programs meant different things by one schema version: delete the record that is wrong"
_NEW_TAG = "restore its object from another copy of the store; or delete the file, and tag the commit anew"
_MERGE_AGAIN = "move it away: the files of documents stay as they are, and the merge may be begun anew"
_NEXT_WRITER = "nothing is lost: the next program that commits finishes it"


def verify(parts: Parts) -> Report:
    """Check the whole store; takes time in proportion to its size."""
    return _Verifier(parts).run()


class _Verifier:
    """One check under way: what it has seen and what it found."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._objects = parts.storage.objects
        self._findings: list[Finding] = []
        self._commits: set[str] = set()
        self._trees: dict[str, Placed | None] = {}
        self._blobs: set[str] = set()
        self._tags: set[str] = set()
        self._missing: set[str] = set()
        self._signed: list[Commit | Tag] = []
        self._erased = 0

    def run(self) -> Report:
        """Follow every reference from the heads and tags, then look at what is left: objects, packs, documents."""
        self._parts.storage.check_exists()
        self._check_journal()
        heads = self._check_heads()
        self._check_tags()
        objects, leftovers = self._check_unreached()
        packs = self._check_packs()
        self._check_schemas()
        self._check_notes()
        self._check_merge_rules()
        self._check_signatures()
        self._check_unfinished_merge()
        documents = self._check_documents()
        from muniment.repo import verify_ledgers

        found, entries = verify_ledgers.check(self._parts)
        self._findings += found
        return Report(
            findings=tuple(self._findings),
            heads=heads,
            commits=len(self._commits),
            trees=len(self._trees),
            blobs=len(self._blobs),
            objects=objects,
            packs=packs,
            documents=documents,
            leftovers=leftovers,
            erased=self._erased,
            entries=entries,
        )

    def _found(self, code: Code, path: str, detail: object, remedy: str = _RESTORE) -> None:
        self._findings.append(Finding(code, path, str(detail), remedy))

    def _check_journal(self) -> None:
        """Let what a stopped writer left be finished, as the next writer would."""
        storage = self._parts.storage
        try:
            if not storage.is_settled():
                self._parts.finish_writers()
        except CorruptionError as error:
            self._found("journal-damaged", self._parts.layout.journal, error, "move it away, then verify again")
        except (MunimentError, OSError) as error:
            self._found("journal-unfinished", self._parts.layout.journal, error, _NEXT_WRITER)

    def _check_heads(self) -> int:
        count = 0
        try:
            self._parts.storage.check_unborn()
        except MalformedError as error:
            self._found("head-invalid", self._parts.layout.heads, error.reason)
        for branch in self._parts.storage.heads.branches():
            for head in self._parts.storage.heads.heads(branch):
                count += 1
                if self._check_history(head) is None:
                    path = self._parts.layout.head(branch, head)
                    self._found("head-invalid", path, "it names no commit that can be read")
        return count

    def _check_tags(self) -> None:
        tags = self._parts.storage.tags
        for name in tags.names():
            for tag_id in tags.ids(name):
                path = self._parts.layout.tag_file(name, tag_id)
                self._tags.add(tag_id)
                data = self._read(tag_id)
                try:
                    tag = None if data is None else decode_tag(tag_id, data)
                except MalformedError as error:
                    self._found("object-malformed", self._parts.layout.object(tag_id), error.reason)
                    tag = None
                if tag is not None and tag.signature is not None:
                    self._signed.append(tag)
                if tag is None:
                    self._found("tag-invalid", path, "it names no tag object that can be read", _NEW_TAG)
                elif tag.name != name:
                    self._found("tag-invalid", path, f"it is the object of a tag {tag.name!r}", _NEW_TAG)
                elif self._check_history(tag.target) is None:
                    self._found("tag-invalid", path, f"its commit {tag.target} cannot be read", _NEW_TAG)

    def _check_notes(self) -> None:
        for path, error in NoteFiles(self._parts.layout).damaged():
            self._found("note-damaged", path, error)

    def _check_merge_rules(self) -> None:
        for path, error in self._parts.merge_rules.files.damaged():
            self._found("merge-rules-damaged", path, error)

    def _check_signatures(self) -> None:
        for path, error in self._parts.policies.damaged():
            self._found("policy-damaged", path, error)
        if self._signed or any(True for _ in self._parts.policies.ids()):
            from muniment.repo import signature_checks

            self._findings.extend(signature_checks.findings(self._parts, self._signed))

    def _check_unfinished_merge(self) -> None:
        try:
            self._parts.unfinished_merge()
        except MalformedError as error:
            self._found("merge-damaged", error.path, error.reason, _MERGE_AGAIN)

    def _check_history(self, head: CommitId) -> Commit | None:
        first = self._commit(head)
        waiting = [first] if first else []
        while waiting:
            commit = waiting.pop()
            parents = [parent for parent in map(self._commit, commit.parents) if parent]
            waiting.extend(parent for parent in parents if parent.id not in self._commits)
            if commit.id not in self._commits:
                self._commits.add(commit.id)
                self._check_commit(commit, parents)
        return first

    def _check_commit(self, commit: Commit, parents: list[Commit]) -> None:
        path = self._parts.layout.object(commit.id)
        if commit.signature is not None:
            self._signed.append(commit)
        if len(parents) == len(commit.parents):
            expected = 1 + max((parent.generation for parent in parents), default=0)
            if commit.generation != expected:
                self._found("commit-invalid", path, f"its generation is {commit.generation}, not {expected}")
        if any(commit.time < parent.time for parent in parents):
            self._found("commit-invalid", path, "it was made before its parent")
        if commit.tree != tree.EMPTY_TREE:
            self._check_tree(commit.tree)

    def _commit(self, commit_id: CommitId) -> Commit | None:
        data = self._read(commit_id)
        try:
            return None if data is None else decode_commit(commit_id, data)
        except MalformedError as error:
            self._found("object-malformed", self._parts.layout.object(commit_id), error.reason)
            return None

    def _check_tree(self, node_id: TreeId) -> Placed | None:
        """Check a node and all below it, once; give where it can lie in a tree, None where it is damaged."""
        if node_id not in self._trees:
            self._trees[node_id] = None
            data = self._read(node_id)
            path = self._parts.layout.object(node_id)
            try:
                if data is not None:
                    self._trees[node_id] = self._checked(path, decode_node(node_id, data))
            except MalformedError as error:
                self._found("object-malformed", path, error.reason)
        return self._trees[node_id]

    def _checked(self, path: str, node: TreeNode) -> Placed | None:
        for fault in placement.faults(node):
            self._found("tree-invalid", path, fault)
        if not placement.is_node(node):
            return None
        below = [self._check_tree(TreeId(child)) for _, child in node.entries] if node.level else []
        for _, child in [] if node.level else node.entries:
            if child not in self._blobs:
                self._blobs.add(child)
                self._check_blob(child)
        placed, are_apart = placement.over(node, below)
        if not are_apart:
            self._found("tree-invalid", path, placement.MISPLACED)
        return placed

    def _check_blob(self, blob_id: str) -> None:
        data = self._read(blob_id, may_be_erased=True)
        try:
            if data is not None and canonical.encode(canonical.decode(data)) != data:
                self._found("blob-invalid", self._parts.layout.object(blob_id), "it is not in canonical form")
        except InvalidValueError as error:
            self._found("blob-invalid", self._parts.layout.object(blob_id), error)

    def _read(self, object_id: str, *, may_be_erased: bool = False) -> bytes | None:
        """Read an object from the disk; where that fails, note it once, unless it was erased and may have been."""
        try:
            return self._objects.read(object_id)
        except (CorruptionError, NotFoundError, OSError) as error:
            if may_be_erased and isinstance(error, BlobErasedError):
                self._erased += 1
            elif object_id not in self._missing:
                self._missing.add(object_id)
                code: Code = "object-missing" if isinstance(error, NotFoundError) else "object-damaged"
                self._found(code, self._parts.layout.object(object_id), error)
            return None
        except UnsupportedFormatError:  # in a pack of a newer program, which `_check_packs` tells
            self._missing.add(object_id)
            return None

    def _check_unreached(self) -> tuple[int, int]:
        """Re-hash the objects that nothing refers to; count all objects, and the half-written among these."""
        reached = self._commits | self._trees.keys() | self._blobs | self._tags | self._missing
        objects = leftovers = 0
        for object_id in self._stored():
            objects += 1
            if object_id not in reached:
                try:
                    self._objects.read(object_id)
                except (CorruptionError, NotFoundError, UnsupportedFormatError, OSError):
                    leftovers += 1
        return objects, leftovers

    def _stored(self) -> set[str]:
        """List the stored objects; a pack that cannot be read is told by `_check_packs`."""
        stored = set(self._objects.loose.ids())
        with suppress(MunimentError):
            stored.update(self._objects.packs.ids())
        return stored

    def _check_packs(self) -> int:
        count = 0
        for path in self._objects.packs.files():
            count += 1
            if error := self._objects.packs.check(path):
                remedy = _UPGRADE if isinstance(error, UnsupportedFormatError) else _RESTORE
                self._found("pack-damaged", path, error, remedy)
        return count

    def _check_schemas(self) -> None:
        from muniment.schema.record import LensRecord

        files = self._parts.schemas.files
        for kind in files.kinds():
            seen: dict[str, LensRecord] = {}
            for path, one in files.records(kind):
                if isinstance(one, UnsupportedFormatError):
                    self._found("schema-damaged", path, one, _UPGRADE)
                elif isinstance(one, CorruptionError):
                    self._found("schema-damaged", path, one)
                elif isinstance(one, LensRecord) and seen.setdefault(one.step().key, one) != one:
                    detail = f"another record of the step from {one.older} to {one.newer} differs from it"
                    self._found("schema-damaged", path, detail, _CHOOSE)

    def _check_documents(self) -> int:
        scan = self._parts.storage.scanner.scan()
        for name, error in scan.invalid.items():
            remedy = _RENAME if isinstance(error, InvalidNameError) else _MEND
            self._found("document-invalid", self._parts.layout.document(name), error, remedy)
        return len(scan.blobs)
