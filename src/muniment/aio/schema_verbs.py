"""`muniment.repo.schema_verbs.SchemaVerbs` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from muniment.aio.bound import Bound
from muniment.aio.streams import Listing
from muniment.repo.checking import DocumentFault
from muniment.repo.kinds import KindReport
from muniment.repo.migrating import Migrated
from muniment.repo.schema_verbs import SchemaVerbs


class AsyncSchemaVerbs(Bound):
    """The kinds of documents of one store: those that the program passed, and those that only the store describes.

    A program that passed no schemas, such as the command line, goes by what others left in the store.
    """

    def list(self) -> Listing[tuple[KindReport, ...], KindReport]:
        """List the kinds, and how many working documents of each are at which schema version."""
        ask = partial(self._call, SchemaVerbs.list)
        return Listing(ask)

    async def check(self, names: Iterable[str] | None = None) -> tuple[DocumentFault, ...]:
        """Check the working documents of all kinds, or just those in `names`; none is wrong if it gives none.

        Raises:
            DocumentNotFoundError: One of `names` is not there.
        """
        return await self._call(SchemaVerbs.check, names)

    async def check_text(self, name: str, text: bytes) -> DocumentFault | None:
        """Check a text as if it were the working file of a document; None if nothing is wrong with it.

        For what is about to become the file: the working files are not looked at.
        """
        return await self._call(SchemaVerbs.check_text, name, text)

    async def migrate(
        self,
        *,
        names: Iterable[str] | None = None,
        message: str | None = None,
        author: str | None = None,
        dry_run: bool = False,
    ) -> Migrated:
        """Bring committed documents of older schema versions to the newest one known, by one commit for all.

        Reading does so too, each time; this is for those who want the files themselves to be
        current. `dry_run` tells what would change, and touches nothing.

        Raises:
            MigrationMissingError, MigrationFailedError: A document cannot be brought there; nothing was changed.
            DirtyDocumentError: A file to be replaced has uncommitted edits: commit or restore them first.
            MissingAuthorError: Neither this call nor the store names one.
        """
        return await self._call(SchemaVerbs.migrate, names=names, message=message, author=author, dry_run=dry_run)

    async def export(self) -> tuple[str, ...]:
        """Write the JSON Schema of each version of each kind where editors find it; gives the paths of the files.

        A document points at it by its member `$schema`. Where the type of a kind changed without a
        new schema version, the store's own description follows.
        """
        return await self._call(SchemaVerbs.export)

    async def forget(self, kind: str) -> tuple[str, ...]:
        """Delete all that the store keeps of a kind that is no more: gives the paths of the files.

        Its documents become plain JSON to programs that have no type for them. A program that has
        one records it again when it next writes such a document.

        Raises:
            InvalidNameError: The store keeps nothing of such a kind.
        """
        return await self._call(SchemaVerbs.forget, kind)
