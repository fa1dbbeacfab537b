"""Refuse new documents whose names differ only by case from what is there.

On a system that does not tell such names apart, one would hide the other. The check cannot see
what another program makes at the same moment; `status` and `commit` find that out.
"""

from contextlib import suppress

from muniment.errors import InvalidNameError
from muniment.files import disk
from muniment.files.layout import DOCUMENT_SUFFIX, Layout
from muniment.values import names
from muniment.values.names import DocumentName


class Spellings:
    """How the files and folders of a store are spelled, each folder listed again only when it changed."""

    def __init__(self, layout: Layout) -> None:
        self._root = layout.root
        self._listed: dict[str, tuple[int, dict[str, str]]] = {}

    def check_new(self, name: DocumentName) -> None:
        """Let a new document pass.

        Raises:
            InvalidNameError: A document or folder of another spelling exists; use that one.
        """
        folder = self._root
        for part in [*name.split("/")[:-1], name.rpartition("/")[2] + DOCUMENT_SUFFIX]:
            spelled = self._spellings_in(folder).get(names.fold(part), part)
            if spelled != part:
                raise InvalidNameError("document", name, f"{spelled!r} exists and differs only by case")
            folder = f"{folder}/{part}"

    def note_new(self, name: DocumentName) -> None:
        """Take in a document that was just made, so that its folder need not be listed again."""
        folder, _, part = f"{self._root}/{name}{DOCUMENT_SUFFIX}".rpartition("/")
        listed = self._listed.get(folder)
        if listed is not None:
            listed[1][names.fold(part)] = part
            with suppress(FileNotFoundError):
                self._listed[folder] = disk.stat(folder).st_mtime_ns, listed[1]

    def _spellings_in(self, folder: str) -> dict[str, str]:
        try:
            changed_ns = disk.stat(folder).st_mtime_ns
            listed = self._listed.get(folder)
            if listed is None or listed[0] != changed_ns:
                listed = changed_ns, {names.fold(entry): entry for entry in disk.listdir(folder)}
                self._listed[folder] = listed
        except (FileNotFoundError, NotADirectoryError):
            return {}
        return listed[1]
