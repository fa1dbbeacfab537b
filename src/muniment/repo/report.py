"""What `verify` tells."""

from typing import Literal

import msgspec

Code = Literal[
    "object-damaged",
    "object-missing",
    "object-malformed",
    "pack-damaged",
    "commit-invalid",
    "tree-invalid",
    "blob-invalid",
    "head-invalid",
    "journal-damaged",
    "journal-unfinished",
    "document-invalid",
    "schema-damaged",
    "tag-invalid",
    "note-damaged",
    "merge-rules-damaged",
    "merge-damaged",
]


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong: of what kind, where, in what way, and what to do about it."""

    code: Code
    path: str
    detail: str
    remedy: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked, in numbers, and what was found; `ok` means that nothing was.

    `leftovers` are objects that a stopped program left half written and that nothing refers to:
    harmless, and replaced when the same content is written again.
    """

    findings: tuple[Finding, ...]
    heads: int
    commits: int
    trees: int
    blobs: int
    objects: int
    packs: int
    documents: int
    leftovers: int

    @property
    def ok(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings
