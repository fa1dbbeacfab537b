"""Read files that are named by the hash of what they hold."""

from muniment.errors import HashMismatchError
from muniment.files import disk
from muniment.values import canonical


def read(path: str, digest: str) -> bytes:
    """Read the file at `path`, which holds what hashes to `digest`.

    Raises:
        FileNotFoundError: It is not there.
        HashMismatchError: It was damaged: restore it from a copy.
    """
    data = disk.read_file(path)
    found = canonical.digest(data)
    if found != digest:
        raise HashMismatchError(path, digest, found)
    return data
