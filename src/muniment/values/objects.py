"""What history is made of: commits, tree nodes and tags, and their canonical form.

Format: docs/format/objects.md; docs/format/tags.md.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

import msgspec

from muniment.errors import MalformedError
from muniment.values import canonical
from muniment.values.ids import CommitId, TagId, TreeId
from muniment.values.names import TagName

Decoded = TypeVar("Decoded")

Generation: TypeAlias = Annotated[int, msgspec.Meta(lt=1 << 62)]
"""No history is that long: a commit that says so is malformed, and is kept away from what counts in 64 bits."""


class Commit(msgspec.Struct, frozen=True, kw_only=True, tag="commit", tag_field="type"):
    """A moment of the whole store: its documents, its parents, and who, when and why.

    `parents` are ordered: the first is the branch that was committed to. `time` is aware, in UTC,
    to the microsecond, and never earlier than a parent's. `generation` is one more than the
    largest of the parents', 1 for a first commit. `meta` is the committer's own JSON object. Commits
    are shared with whoever asks for them: do not change `meta`. `signature` vouches for the rest; None where
    nobody signed it.
    """

    tree: TreeId
    parents: tuple[CommitId, ...]
    author: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    message: str
    generation: Generation
    meta: dict[str, Any] = {}
    signature: str | None = None
    id: CommitId = CommitId("")

    def __hash__(self) -> int:
        """Hash by the id, which says all."""
        return hash(self.id)


class CommitLink(msgspec.Struct, frozen=True, gc=False, tag="commit", tag_field="type"):
    """As much of a commit as says where history goes on: a third of the work, for a walk over very many."""

    parents: tuple[CommitId, ...]
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    generation: Generation


class TreeNode(msgspec.Struct, frozen=True, tag="tree", tag_field="type", gc=False):
    """One node of a tree: `(name, id)` entries in ascending order of the names' code points.

    At `level` 0 the ids are blobs; above it they are nodes one level lower, each under the first
    name that it holds.
    """

    entries: list[tuple[str, str]]
    level: int


class Tag(msgspec.Struct, frozen=True, kw_only=True, tag="tag", tag_field="type"):
    """A name given to a commit once and for all: `target` is that commit; who named it so, when and why.

    `time` is aware, in UTC, to the microsecond. `signature` vouches for the rest; None for a tag that nobody signed.
    """

    name: TagName
    target: CommitId
    author: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    message: str
    signature: str | None = None
    id: TagId = TagId("")

    def __hash__(self) -> int:
        """Hash by the id, which says all."""
        return hash(self.id)


_plain_encoder = msgspec.json.Encoder()
_commit_decoder = msgspec.json.Decoder(Commit)
_link_decoder = msgspec.json.Decoder(CommitLink)
_node_decoder = msgspec.json.Decoder(TreeNode)
_tag_decoder = msgspec.json.Decoder(Tag)


def encode_commit(
    *,
    tree: TreeId,
    parents: tuple[CommitId, ...],
    author: str,
    time: datetime,
    message: str,
    generation: int,
    meta: Mapping[str, Any],
    signature: str | None = None,
) -> bytes:
    """Write a commit as canonical bytes; `meta` and `signature` stand there only when they hold something."""
    body: dict[str, Any] = {
        "author": author,
        "generation": generation,
        "message": message,
        "parents": parents,
        "time": format_time(time),
        "tree": tree,
        "type": "commit",
    }
    if not meta and signature is None:
        return encode_in_order(body)
    if meta:
        body["meta"] = dict(meta)
    if signature is not None:
        body["signature"] = signature
    return canonical.encode(body)


def encode_in_order(body: dict[str, Any]) -> bytes:
    """Write an object whose names stand in canonical order already and that holds no floats.

    Raises:
        InvalidValueError: A text in it is half of a surrogate pair; it says where.
    """
    try:
        return _plain_encoder.encode(body)
    except (TypeError, ValueError):  # the slow way says where
        return canonical.encode(body)


def decode_commit(commit_id: CommitId, data: bytes) -> Commit:
    """Read a commit from bytes that were checked against `commit_id`.

    Raises:
        MalformedError: The object is something else.
    """
    commit = _decoded(_commit_decoder, "commit", commit_id, data)
    check_time(commit_id, commit.time)
    if len(commit.parents) > 1 and len(set(commit.parents)) < len(commit.parents):
        raise MalformedError(commit_id, "not a commit: it names a parent twice")
    msgspec.structs.force_setattr(commit, "id", commit_id)
    return commit


def decode_link(commit_id: CommitId, data: bytes) -> CommitLink:
    """Read from a commit's bytes, checked against `commit_id`, where it leads.

    Raises:
        MalformedError: The object is something else.
    """
    link = _decoded(_link_decoder, "commit", commit_id, data)
    check_time(commit_id, link.time)
    return link


def encode_node(node: TreeNode) -> bytes:
    """Write a tree node as canonical bytes: its three members in order, nothing in them that needs care."""
    return _plain_encoder.encode({"entries": node.entries, "level": node.level, "type": "tree"})


def decode_node(node_id: str, data: bytes) -> TreeNode:
    """Read a tree node from bytes that were checked against `node_id`.

    Raises:
        MalformedError: The object is something else.
    """
    return _decoded(_node_decoder, "tree node", node_id, data)


def encode_tag(
    *,
    name: TagName,
    target: CommitId,
    author: str,
    time: datetime,
    message: str,
    signature: str | None = None,
) -> bytes:
    """Write a tag as canonical bytes; `signature` stands there only when there is one.

    Raises:
        InvalidValueError: A text in it is half of a surrogate pair; it says where.
    """
    body = {
        "author": author,
        "message": message,
        "name": name,
        **({} if signature is None else {"signature": signature}),
        "target": target,
        "time": format_time(time),
        "type": "tag",
    }
    return encode_in_order(body)


def decode_tag(tag_id: TagId, data: bytes) -> Tag:
    """Read a tag from bytes that were checked against `tag_id`.

    Raises:
        MalformedError: The object is something else.
    """
    tag = _decoded(_tag_decoder, "tag", tag_id, data)
    check_time(tag_id, tag.time)
    msgspec.structs.force_setattr(tag, "id", tag_id)
    return tag


def unsigned(data: bytes) -> bytes:
    """Give what the signature of a commit or a tag vouches for: its canonical bytes without the member `signature`."""
    body = canonical.decode_trusted(data)
    named = body if isinstance(body, dict) else {}
    return canonical.encode({name: value for name, value in named.items() if name != "signature"})


Kind: TypeAlias = Literal["commit", "tree node", "tag"]

_ENDINGS: dict[Kind, bytes] = {
    "commit": b'"type":"commit"}',
    "tree node": b'"type":"tree"}',
    "tag": b'"type":"tag"}',
}
"""The last member of each in canonical order, which msgspec lets be missing."""


def kind_of(data: bytes) -> Kind | None:
    """Tell what an object says that it is, None for a content; a content may say anything: decode it to be sure."""
    return next((kind for kind, ending in _ENDINGS.items() if data.endswith(ending)), None)


def _decoded(decoder: msgspec.json.Decoder[Decoded], what: Kind, object_id: str, data: bytes) -> Decoded:
    try:
        found = decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError(object_id, f"not a {what}: {error}") from error
    if not data.endswith(_ENDINGS[what]):
        raise MalformedError(object_id, f"not a {what}: it does not say so")
    return found


def check_time(told_by: str, time: datetime) -> None:
    """Refuse a time that is beyond the first or the last moment in UTC, though not where it was written.

    Raises:
        MalformedError: It is.
    """
    if time.tzinfo is not UTC:
        try:
            time.astimezone(UTC)
        except OverflowError as error:
            raise MalformedError(told_by, "its time is no moment in UTC") from error


def format_time(time: datetime) -> str:
    """Write a moment as RFC 3339 in UTC with six decimals, so that text order is time order."""
    moment = time if time.tzinfo is UTC else time.astimezone(UTC)
    return moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
