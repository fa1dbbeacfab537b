"""Finding tags, and reading what they name.

Format: docs/format/tags.md, "Reading".
"""

from collections.abc import Iterator
from contextlib import suppress

from muniment.errors import CorruptionError, MalformedError, ObjectNotFoundError
from muniment.repo.parts import Parts
from muniment.values.ids import TagId
from muniment.values.names import TagName
from muniment.values.objects import Tag, decode_tag


def of_name(parts: Parts, name: TagName) -> tuple[Tag, ...]:
    """Give the tags of a name: none, one, or after a merge of the host several.

    Raises:
        ObjectNotFoundError, CorruptionError: A tag's object is not stored, or damaged.
    """
    parts.recover_once()
    return tuple(read(parts, name, tag_id) for tag_id in parts.storage.tags.ids(name))


def read(parts: Parts, name: TagName, tag_id: TagId) -> Tag:
    """Read one tag.

    Raises:
        ObjectNotFoundError, CorruptionError: Its object is not stored, or damaged, or that of another name.
    """
    tag = decode_tag(tag_id, parts.storage.objects.get(tag_id))
    if tag.name != name:
        raise MalformedError(parts.layout.tag_file(name, tag_id), f"it is the object of a tag {tag.name!r}")
    return tag


def sound(parts: Parts) -> Iterator[Tag]:
    """Give the tags that can be read and whose commits can: what one damaged tag is needed for, fails without it."""
    parts.recover_once()
    for name in parts.storage.tags.names():
        for tag_id in parts.storage.tags.ids(name):
            with suppress(ObjectNotFoundError, CorruptionError):
                tag = read(parts, name, tag_id)
                parts.history.walked_commit(tag.target)
                yield tag
