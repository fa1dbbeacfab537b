"""`muniment.repo.tags.Tags` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

from functools import partial

from muniment.aio.bound import Bound
from muniment.aio.streams import Listing
from muniment.repo.tags import Tags
from muniment.signing.signer import Signer
from muniment.values.objects import Tag


class AsyncTags(Bound):
    """The verbs on tags, as `store.tags` offers them."""

    async def create(
        self,
        name: str,
        revision: str = "HEAD",
        message: str = "",
        *,
        author: str | None = None,
        signer: Signer | None = None,
    ) -> Tag:
        """Name a commit, durably. A tag never moves. It is signed by `signer`, else by that of the store.

        Raises:
            TagExistsError: There is one of that name.
            InvalidNameError: It cannot name a tag, is a branch's, or differs from another only by case.
            RevisionNotFoundError, AmbiguousRevisionError: `revision` means no commit, or several.
            MissingAuthorError: Neither this call nor the store names one.
            SigningError: The signer cannot sign; see there.
        """
        return await self._call(Tags.create, name, revision, message, author=author, signer=signer)

    def list(self) -> Listing[tuple[Tag, ...], Tag]:
        """List the tags, by name in ascending order; both, where a merge of the host brought two of one name.

        Raises:
            ObjectNotFoundError, CorruptionError: A tag's object is not stored, or damaged: see `verify`.
        """
        ask = partial(self._call, Tags.list)
        return Listing(ask)

    async def show(self, name: str) -> Tag:
        """Give one tag.

        Raises:
            TagNotFoundError: There is none of that name.
            AmbiguousRevisionError: There are several, from a merge of the host: delete them, and make the one anew.
            ObjectNotFoundError, CorruptionError: As for `list`.
        """
        return await self._call(Tags.show, name)

    async def delete(self, name: str, *, author: str | None = None) -> None:
        """Delete a tag, all of that name; its commit stays stored, until it is collected.

        Raises:
            TagNotFoundError: There is none.
            MissingAuthorError: As for `create`.
        """
        return await self._call(Tags.delete, name, author=author)
