"""Check all that must hold in a store: every object's hash, every reference, heads, tags, notes, journal, files.

Everything is read from the disk anew. Writers may go on meanwhile.
"""

from contextlib import suppress

from muniment.errors import (
    CorruptionError,
    HashMismatchError,
    InvalidNameError,
    MalformedError,
    MunimentError,
    ObjectNotFoundError,
    UnsupportedFormatError,
)
from muniment.repo import creation
from muniment.repo.parts import Parts
from muniment.repo.report import RESTORE, UPGRADE, Code, Finding, Report
from muniment.repo.verify_history import Elsewhere, HistoryCheck, Restore
from muniment.repo.verify_objects import Progress, StoredObjects
from muniment.storage import removing
from muniment.storage.notes import NoteFiles
from muniment.values.objects import Commit, Tag

_MEND = "mend the file, or bring back the committed one with `muniment restore`"
_RENAME = "give the file a name that a document can have"
_CHOOSE = "two programs meant different things by one schema version: delete the record that is wrong"
_MERGE_AGAIN = "run `muniment repair`, which moves it away: the files of documents stay, and the merge may begin anew"
_SWITCH = "run `muniment repair`, or `muniment switch` to the branch that the working files are of"
_IGNORE = "run `muniment repair`: without it what is this copy's own would be committed to the host repository"
_MEND_LOG = "run `muniment repair`, with `--from DIR` if a backup is there: what that line did is not in the log else"
_COLLECT_AGAIN = "run `muniment repair`, which moves it away; then `muniment collect` removes what was to go"
_LET_GO = "let the files be deleted: see who holds them open, and their permissions and flags; the next writer does it"
_NEXT_WRITER = "nothing is lost: the next program that commits finishes it"


def verify(
    parts: Parts,
    *,
    full: bool = True,
    progress: Progress | None = None,
    restore: Restore = lambda _: None,
    elsewhere: Elsewhere = lambda _: (),
) -> Report:
    """Check the whole store; takes time in proportion to its size: if `full`, to that of all contents.

    `restore` is asked for each object that cannot be read and is needed. Where a head cannot be, `elsewhere`
    tells what other copies have in its place.
    """
    check = _Verifier(parts)
    check.check_local()
    return check.run(progress, restore, elsewhere, full=full)


class _Verifier:
    """One check under way: what it has seen and what it found."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._findings: list[Finding] = []

    def run(self, progress: Progress | None, restore: Restore, elsewhere: Elsewhere, *, full: bool) -> Report:
        """Look at the objects and packs, follow every reference from the heads and tags, then look at what is left."""
        stored = StoredObjects(self._parts.storage.objects, self._found)
        history = HistoryCheck(self._parts, stored, self._found, restore, elsewhere)
        if full:
            stored.hash_all(progress)
        else:
            stored.check_indexes()
        self._check_selection()
        heads = history.check_heads()
        history.check_tags()
        self._check_schemas()
        self._check_notes()
        self._check_merge_rules()
        self._check_signatures(history.signed)
        self._check_unfinished_merge(history)
        documents = self._check_documents()
        from muniment.repo import verify_ledgers

        found, entries = verify_ledgers.check(self._parts)
        self._findings += found
        return Report(
            findings=tuple(self._findings),
            heads=heads,
            commits=len(history.commits),
            trees=len(history.trees),
            blobs=len(history.blobs),
            objects=stored.count(),
            packs=stored.packs,
            documents=documents,
            leftovers=sum(not history.is_reached(one) for one in stored.damaged),
            erased=history.erased,
            entries=entries,
            full=full,
        )

    def _found(self, code: Code, path: str, detail: object, remedy: str = RESTORE) -> None:
        self._findings.append(Finding(code, path, _what(detail), remedy))

    def check_local(self) -> None:
        """Look at what comes first: whether the store is there, and what its journal holds."""
        self._parts.storage.check_exists()
        self._check_journal(may_finish=self._check_removal())
        self._check_operations()
        if not creation.ignores_local(self._parts.layout):
            self._found("gitignore-damaged", self._parts.layout.gitignore, "it does not leave out `local/`", _IGNORE)

    def _check_removal(self) -> bool:
        """Let a removal be finished; tells whether what is noted of it lets writers go on."""
        layout = self._parts.layout
        try:
            if any(removing.written_down(layout)):
                with suppress(MunimentError, OSError):
                    self._parts.finish_writers()
            if left := removing.written_down(layout).names():
                detail = f"{len(left)} files that nothing needs cannot be deleted: {', '.join(sorted(left)[:3])}"
                self._found("removal-unfinished", layout.removal, detail, _LET_GO)
        except MalformedError as error:
            self._found("removal-damaged", error.path, error.reason, _COLLECT_AGAIN)
            return False
        return True

    def _check_journal(self, *, may_finish: bool) -> None:
        """Let what a stopped writer left be finished, as the next writer would."""
        storage = self._parts.storage
        try:
            if not storage.is_settled() and may_finish:
                self._parts.finish_writers()
        except CorruptionError as error:
            self._found("journal-damaged", self._parts.layout.journal, error, "run `muniment repair`, or move it away")
        except (MunimentError, OSError) as error:
            self._found("journal-unfinished", self._parts.layout.journal, error, _NEXT_WRITER)

    def _check_operations(self) -> None:
        storage, path = self._parts.storage, self._parts.layout.operations
        for number, error in storage.operations.damaged():
            self._found("log-damaged", f"{path}:{number + 1}", error.reason, _MEND_LOG)
        if storage.operations.torn_tail() and not self._is_being_written() and storage.operations.torn_tail():
            self._found("log-damaged", path, "its last line is not whole", _MEND_LOG)

    def _is_being_written(self) -> bool:
        """Tell whether somebody is about to finish a line, or the next writer cuts it."""
        storage = self._parts.storage
        with suppress(CorruptionError, OSError):
            return not storage.is_settled() or storage.has_writer()
        return False

    def _check_selection(self) -> None:
        layout = self._parts.layout
        try:
            self._parts.storage.check_unborn()
        except MalformedError as error:
            self._found("head-invalid", layout.heads, error.reason)
        try:
            self._parts.selected_branch()
        except MalformedError as error:
            self._found("selection-damaged", layout.selected, error.reason, _SWITCH)

    def _check_notes(self) -> None:
        for path, error in NoteFiles(self._parts.layout).damaged():
            self._found("note-damaged", path, error)

    def _check_merge_rules(self) -> None:
        for path, error in self._parts.merge_rules.files.damaged():
            self._found("merge-rules-damaged", path, error)

    def _check_signatures(self, signed: list[Commit | Tag]) -> None:
        for path, error in self._parts.policies.damaged():
            self._found("policy-damaged", path, error)
        if signed or any(True for _ in self._parts.policies.ids()):
            from muniment.repo import signature_checks

            self._findings.extend(signature_checks.findings(self._parts, signed))

    def _check_unfinished_merge(self, history: HistoryCheck) -> None:
        try:
            merge = self._parts.unfinished_merge()
        except MalformedError as error:
            self._found("merge-damaged", error.path, error.reason, _MERGE_AGAIN)
            return
        if merge is not None:
            history.check_merge(merge)

    def _check_schemas(self) -> None:
        from muniment.schema.record import LensRecord

        files = self._parts.schemas.files
        for kind in files.kinds():
            seen: dict[str, LensRecord] = {}
            for path, one in files.records(kind):
                if isinstance(one, UnsupportedFormatError):
                    self._found("schema-damaged", path, one, UPGRADE)
                elif isinstance(one, CorruptionError):
                    self._found("schema-damaged", path, one)
                elif isinstance(one, LensRecord) and seen.setdefault(one.step().key, one) != one:
                    detail = f"another record of the step from {one.older} to {one.newer} differs from it"
                    self._found("schema-damaged", path, detail, _CHOOSE)

    def _check_documents(self) -> int:
        scan = self._parts.storage.scanner.scan()
        for name, error in scan.invalid.items():
            remedy = _RENAME if isinstance(error, InvalidNameError) else _MEND
            self._found("document-invalid", self._parts.layout.document(name), error, remedy)
        return len(scan.blobs)


def _what(detail: object) -> str:
    """Give what is wrong, without what an error advises besides: a finding has its own remedy."""
    if isinstance(detail, HashMismatchError):
        return f"its bytes hash to {detail.found[:16]}"
    if isinstance(detail, MalformedError):
        return detail.reason
    if isinstance(detail, ObjectNotFoundError):
        return f"there is no object {detail.id}"
    return str(detail)
