"""Changes of branches and tags that make no commit."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from muniment.repo import committing
from muniment.repo.parts import Parts
from muniment.storage.change import Change, HeadMove, Replacement, TagMove
from muniment.values.names import BranchName


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """Who does it, by which verb, and what the operation log says of it."""

    verb: str
    author: str
    message: str


def record(
    parts: Parts,
    intent: Intent,
    moves: Sequence[HeadMove] = (),
    *,
    tags: Sequence[TagMove] = (),
    objects: Sequence[tuple[str, bytes]] = (),
    replacements: Sequence[Replacement] = (),
    select: BranchName | None = None,
) -> None:
    """Make the change real, durably; needs the store's lock, and that the heads were read since it was taken."""
    operation = committing.operation_line(
        author=intent.author,
        message=intent.message,
        verb=intent.verb,
        time=datetime.now(UTC),
        moves=moves,
        tags=tags,
        selected=None if select is None else (parts.selected_branch(), select),
    )
    parts.storage.commit(Change([*objects], [], [*moves], [*replacements], [], operation, [*tags], select))
