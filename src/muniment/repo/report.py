"""What `verify` tells."""

from typing import Literal, Protocol

import msgspec

from muniment.ledger import report

Code = Literal[
    "object-damaged",
    "object-missing",
    "object-malformed",
    "pack-damaged",
    "commit-invalid",
    "tree-invalid",
    "blob-invalid",
    "head-invalid",
    "selection-damaged",
    "gitignore-damaged",
    "journal-damaged",
    "journal-unfinished",
    "removal-damaged",
    "removal-unfinished",
    "log-damaged",
    "document-invalid",
    "schema-damaged",
    "tag-invalid",
    "note-damaged",
    "merge-rules-damaged",
    "merge-damaged",
    "ledger-damaged",
    "policy-damaged",
    "allowed-signers-damaged",
    "signature-missing",
    "signature-bad",
    "signature-unchecked",
]


RESTORE = (
    "run `muniment repair`, with `--from DIR` if another copy is there, or restore the file from the host repository"
)


NOWHERE = (
    "neither this store nor a copy that was given has it whole: run `muniment repair --from DIR` with another copy, or "
    "restore the file from the host repository; what to do where nobody has it tells docs/how-to/recover.md"
)
"""What to do instead once a repair was made."""


UPGRADE = "upgrade muniment: a newer program made it"


class Found(Protocol):
    """Takes note of something that is wrong."""

    def __call__(self, code: Code, path: str, detail: object, remedy: str = ...) -> None:
        """Take note of it."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong: of what kind, where, in what way, and what to do about it."""

    code: Code | report.Code
    path: str
    detail: str
    remedy: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked, in numbers, and what was found; `ok` means that nothing was.

    `leftovers` are objects that a stopped program left half written and that nothing refers to:
    harmless, and replaced when the same content is written again. `erased` are contents that history names and that
    were removed on purpose, as the ledger `erasures` tells.
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
    erased: int = 0
    entries: int = 0
    """How many entries all ledgers have together; `Ledger.verify` tells more of one."""
    full: bool = True
    """Whether the contents were hashed, and not only found to be there."""

    @property
    def ok(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings
