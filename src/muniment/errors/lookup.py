"""Errors about names, and what they should lead to."""

from collections.abc import Sequence
from datetime import datetime

from muniment.errors.root import MunimentError


class NotFoundError(MunimentError):
    """Something that was named is not there."""


class DocumentNotFoundError(NotFoundError):
    """No document `name` in `where` (the working files, or a commit)."""

    def __init__(self, name: str, where: str = "the working files") -> None:
        self.name = name
        self.where = where
        super().__init__(f"{name}: no such document in {where}; `muniment names` lists those there are")


class ObjectNotFoundError(NotFoundError):
    """No object `id` is stored: the history is incomplete, it was collected, or the id is from another store."""

    def __init__(self, id: str) -> None:  # noqa: A002 - the field's own word
        self.id = id
        super().__init__(f"{id}: no such object; run `muniment verify`")


class BlobNotFoundError(NotFoundError):
    """`blob` is the id of no content of a document, nor the beginning of one: `history` gives those there are."""

    def __init__(self, blob: str) -> None:
        self.blob = blob
        super().__init__(f"{blob}: no content of a document begins so; see `muniment history NAME --json`")


class BlobErasedError(NotFoundError):
    """The content `id` was erased by `actor` at `time`, because of `reason`: no copy of this store should have it.

    Another version of the document can be read; writing the same content again stores it again.
    """

    def __init__(self, id: str, actor: str, time: datetime, reason: str) -> None:  # noqa: A002 - the field's own word
        self.id = id
        self.actor = actor
        self.time = time
        self.reason = reason
        super().__init__(
            f"{id[:16]}: this content was erased by {actor} on {time:%Y-%m-%d} ({reason}); read another version"
        )


class BranchNotFoundError(NotFoundError):
    """No branch `branch`."""

    def __init__(self, branch: str) -> None:
        self.branch = branch
        super().__init__(f"{branch}: no such branch; `muniment branch` lists those there are")


class RevisionNotFoundError(NotFoundError):
    """`revision` names no commit."""

    def __init__(self, revision: str, reason: str = "names no branch, tag or commit") -> None:
        self.revision = revision
        self.reason = reason
        super().__init__(f"{revision}: {reason}; see `muniment log`")


class TagNotFoundError(NotFoundError):
    """No tag `tag`."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        super().__init__(f"{tag}: no such tag; `muniment tag` lists those there are")


class NoteNotFoundError(NotFoundError):
    """No note has the id `id`."""

    def __init__(self, id: str) -> None:  # noqa: A002 - the field's own word
        self.id = id
        super().__init__(f"{id}: no note has this id; list the notes of its commit")


class AmbiguousRevisionError(MunimentError):
    """Several objects begin with `revision`, or are called so: give more digits, or the id of one."""

    def __init__(self, revision: str, candidates: Sequence[str]) -> None:
        self.revision = revision
        self.candidates = tuple(candidates)
        super().__init__(f"{revision}: could be {', '.join(c[:16] for c in self.candidates)}; name one by its id")


class DocumentExistsError(MunimentError):
    """`create` found a document of that name: use `write` to replace it."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name}: this document exists already; write it instead of creating it")


class TagExistsError(MunimentError):
    """There is a tag `tag` already, and tags never move: choose another name, or delete it first."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        super().__init__(f"{tag}: this tag exists already and tags never move; choose another name, or delete it first")


class InvalidNameError(MunimentError):
    """`name` cannot name a `kind` (document, branch, author, ...), because of `reason`."""

    def __init__(self, kind: str, name: str, reason: str) -> None:
        self.kind = kind
        self.name = name
        self.reason = reason
        article = "an" if kind[0] in "aeiou" else "a"
        super().__init__(f"{name!r} cannot name {article} {kind}: {reason}")


class InvalidCursorError(MunimentError):
    """What was given is no cursor of `of`, a ledger or a store: `reason`; `afresh` is how to start afresh."""

    def __init__(self, of: str, reason: str, afresh: str) -> None:
        self.of = of
        self.reason = reason
        self.afresh = afresh
        super().__init__(f"{of}: not a cursor of it ({reason}); start afresh with {afresh}")
