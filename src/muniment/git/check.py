"""The check before a commit of the host repository: what is staged of a store is whole, and its documents valid."""

import os
import re
import shlex
from collections.abc import Iterator

import msgspec

from muniment.errors import DivergedError, RevisionNotFoundError
from muniment.errors.system import translated
from muniment.files.layout import Layout
from muniment.git import staged
from muniment.git.host import Host
from muniment.repo.store import Store
from muniment.values import canonical

_MARKER = re.compile(rb"^<{7}(?: |\r?$)", re.MULTILINE)
_NAMED = 3
_SHORT = 12


class StagedFault(msgspec.Struct, frozen=True):
    """Something about what is staged of a store: `reason` says what, and what to do.

    `path` is the file or folder. Of a document, `name` is set, and `pointer` (RFC 6901), `line` and `column` (from 1)
    tell the place in its staged content, each None where there is none to tell.
    """

    path: str
    reason: str
    name: str | None = None
    pointer: str | None = None
    line: int | None = None
    column: int | None = None


class StagedReport(msgspec.Struct, frozen=True):
    """What is wrong with what is staged: with `faults` it should not be committed, `warnings` are worth a look.

    `documents` counts the documents whose content was checked.
    """

    documents: int = 0
    faults: tuple[StagedFault, ...] = ()
    warnings: tuple[StagedFault, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether it may be committed."""
        return not self.faults


@translated("check what is staged")
def check(store: Store) -> StagedReport:
    """Check what git is about to commit of a store; where nothing is staged of it, nothing is looked at.

    What a stopped program left in the journal is finished first, and made durable, so that heads and objects are in
    the files that git takes. Then: all of the hidden folder is staged that differs from the last commit of git, and
    each document in the index is valid for its kind. Edits that no commit of the store holds, and a branch that has
    diverged, are warnings.

    Raises:
        NotInRepositoryError, GitMissingError, GitFailedError: There is no repository, or no git, or it refused.
        LockTimeoutError: Another program writes to the store for too long: retry.
    """
    host = Host.of(store.path)
    entries = staged.entries(host)
    if not entries:
        return StagedReport()
    store.checkpoint()
    documents = staged.documents(host, entries)
    present = [(name, text) for name, text in documents if text is not None]
    invalid = tuple(_invalid(store, present))
    faulty = {fault.name for fault in invalid}
    return StagedReport(
        documents=len(present),
        faults=(*_incomplete(host, store), *invalid),
        warnings=(*_diverged(store), *_uncommitted(store, [one for one in documents if one[0] not in faulty])),
    )


def _incomplete(host: Host, store: Store) -> Iterator[StagedFault]:
    """Refuse to commit documents without their history, or heads without what they lead to."""
    layout = Layout(store.path)
    local = host.inside(os.path.relpath(layout.local, layout.root).replace(os.sep, "/"))
    left_out = staged.left_out(host, local)
    if not left_out:
        return
    count = "1 file" if len(left_out) == 1 else f"{len(left_out)} files"
    if out := staged.ignored(host, local):
        advice = f"git ignores it: `git check-ignore -v {shlex.quote(out[0])}` tells why"
    else:
        advice = f"`git add {shlex.quote(host.control)}` stages all of it"
    yield StagedFault(layout.control, f"{count} of it would not be committed; {advice}")


def _invalid(store: Store, documents: list[tuple[str, bytes]]) -> Iterator[StagedFault]:
    for name, text in documents:
        fault = store.schemas.check_text(name, text)
        if fault is None:
            continue
        if marker := _MARKER.search(text):  # no JSON has a line like that
            reason = "git left the marks of a conflict here; settle it, then stage the document anew"
            yield StagedFault(fault.path, reason, name, line=text.count(b"\n", 0, marker.start()) + 1, column=1)
        else:
            yield StagedFault(fault.path, fault.reason, name, fault.pointer, fault.line, fault.column)


def _diverged(store: Store) -> Iterator[StagedFault]:
    for branch in store.branches.list():
        if len(branch.heads) > 1:
            heads = ", ".join(head[:_SHORT] for head in branch.heads)
            yield StagedFault(store.path, f"{branch.name} has diverged into {heads}; `muniment reconcile` merges them")


def _uncommitted(store: Store, documents: list[tuple[str, bytes | None]]) -> Iterator[StagedFault]:
    """Tell which documents, all of them valid, are staged otherwise than the last commit of the store has them."""
    try:
        head = store.at("HEAD")
    except DivergedError:
        return
    except RevisionNotFoundError:
        head = None
    names = [name for name, text in documents if _blob(text) != (None if head is None else head.blob_id(name))]
    if names:
        told = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
        advice = "`muniment commit -m WHY` records them, then stage all anew"
        yield StagedFault(store.path, f"staged with edits that no commit of the store holds: {told}; {advice}")


def _blob(text: bytes | None) -> str | None:
    return None if text is None else canonical.digest(canonical.encode(canonical.decode(text)))
