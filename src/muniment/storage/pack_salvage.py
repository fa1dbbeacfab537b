"""Read what is whole in a pack that is damaged."""

from collections.abc import Iterator
from contextlib import suppress

from muniment.errors import MalformedError, UnsupportedFormatError
from muniment.storage.pack_file import PackFile
from muniment.storage.pack_layout import KEY_BYTES
from muniment.values import canonical


def whole_objects(path: str) -> Iterator[tuple[str, bytes]]:
    """Give the objects that can be read and are what the index says, or canonical JSON, as all are; each once.

    Of a pack that was cut short nothing can be found: its index is at its end.
    """
    try:
        pack = PackFile(path)
    except MalformedError:
        return
    keys = pack.index.known_keys()
    given: set[str] = set()
    for number in range(pack.index.blocks):
        with suppress(MalformedError):
            for data in pack.block_objects(number):
                object_id = canonical.digest(data)
                is_known = int(object_id[: 2 * KEY_BYTES], 16) in keys
                if object_id not in given and (is_known or canonical.is_canonical(data)):
                    given.add(object_id)
                    yield object_id, data


def may_hold(path: str, object_id: str) -> bool:
    """Tell whether a pack, damaged or not, may have an object, or a piece of it; so it is where nobody can tell."""
    try:
        keys = PackFile(path).index.known_keys()
    except (MalformedError, UnsupportedFormatError):
        return True
    return int(object_id[: 2 * KEY_BYTES], 16) in keys or any(one == object_id for one, _ in whole_objects(path))
