"""`muniment.repo.branches.Branches` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

from functools import partial

from muniment.aio.bound import Bound
from muniment.aio.streams import Listing
from muniment.repo.branches import Branch, Branches, BranchInfo


class AsyncBranches(Bound):
    """The verbs on branches, as `store.branches` offers them."""

    def list(self) -> Listing[tuple[Branch, ...], Branch]:
        """List the branches, by name in ascending order; the one checked out is there even before its first commit."""
        ask = partial(self._call, Branches.list)
        return Listing(ask)

    async def info(self, name: str, against: str | None = None) -> BranchInfo:
        """Compare a branch with another, else with the one that is checked out.

        Raises:
            BranchNotFoundError, DivergedError: One is not there, or has several heads.
        """
        return await self._call(Branches.info, name, against)

    async def create(
        self,
        name: str,
        start: str = "HEAD",
        description: str = "",
        *,
        author: str | None = None,
    ) -> Branch:
        """Make a branch that begins at a revision; it is not checked out.

        Raises:
            BranchExistsError: There is one of that name.
            InvalidNameError: It cannot name a branch, or differs from another's name or a tag's only by case.
            RevisionNotFoundError, AmbiguousRevisionError: `start` means no commit, or several.
        """
        return await self._call(Branches.create, name, start, description, author=author)

    async def delete(self, name: str, *, author: str | None = None) -> None:
        """Delete a branch. Its commits stay stored until collected: `create` brings it back, from its head's id.

        Raises:
            BranchNotFoundError: There is none.
            BranchInUseError: It is checked out.
        """
        return await self._call(Branches.delete, name, author=author)

    async def rename(self, old: str, new: str, *, author: str | None = None) -> Branch:
        """Give a branch another name; if it is checked out, it stays so.

        Raises:
            BranchNotFoundError, DivergedError: There is none, or it has several heads.
            BranchExistsError, InvalidNameError: As for `create`.
        """
        return await self._call(Branches.rename, old, new, author=author)

    async def switch(self, name: str, *, author: str | None = None) -> Branch:
        """Check out a branch: the working files become those of its head.

        Uncommitted edits of documents that are the same on both branches stay.

        Raises:
            DirtyDocumentError: An edit would be lost; commit or restore it first. Nothing was changed.
            BranchNotFoundError, DivergedError: There is none, or it has several heads.
        """
        return await self._call(Branches.switch, name, author=author)
