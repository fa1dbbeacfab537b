"""Refuse to let history lead to what is not stored any more.

A verb may find a commit that no branch has, or remember one, before it takes the store's lock, and meet somebody who
collected it meanwhile. Under the lock nothing is removed: a commit that is stored then is so with all that it needs.
"""

from collections.abc import Container, Iterable

from muniment.errors import BlobErasedError
from muniment.repo.parts import Parts


def refuse_missing(parts: Parts, ids: Iterable[str], *, besides: Container[str]) -> None:
    """Check that objects lie on the disk, but for those known to, and erased contents; needs the store's lock.

    Raises:
        ObjectNotFoundError: One does not.
    """
    objects = parts.storage.objects
    for object_id in ids:
        if object_id not in besides and not objects.is_stored(object_id):
            error = objects.explain(object_id)
            if not isinstance(error, BlobErasedError):
                raise error
