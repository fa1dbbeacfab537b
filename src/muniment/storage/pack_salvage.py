"""Read what is whole in a pack that is damaged."""

from collections.abc import Iterator
from contextlib import suppress

from muniment.errors import InvalidValueError, MalformedError
from muniment.storage.pack_file import PackFile
from muniment.storage.pack_layout import KEY_BYTES
from muniment.values import canonical


def whole_objects(path: str) -> Iterator[tuple[str, bytes]]:
    """Give the objects that can be read and are what the index says; each once.

    Where the index is damaged, an object is taken to be whole that is canonical JSON: all are. Of a pack that was cut
    short nothing can be found: its index is at its end.
    """
    try:
        pack = PackFile(path)
    except MalformedError:
        return
    keys: set[int] | None
    try:
        keys = set(pack.index.keys())
    except MalformedError:
        keys = None
    given: set[str] = set()
    for number in range(pack.index.blocks):
        with suppress(MalformedError):
            for data in pack.block_objects(number):
                object_id = canonical.digest(data)
                if object_id not in given and _is_whole(object_id, data, keys):
                    given.add(object_id)
                    yield object_id, data


def _is_whole(object_id: str, data: bytes, keys: set[int] | None) -> bool:
    if keys is not None:
        return int(object_id[: 2 * KEY_BYTES], 16) in keys
    with suppress(InvalidValueError):
        return canonical.encode(canonical.decode(data)) == data
    return False
