"""Where everything lies under a store: the only place that spells a path.

Format: docs/format/store.md, "Layout".
"""

import os
from collections.abc import Iterable

CONTROL = ".muniment"
DOCUMENT_SUFFIX = ".json"
OBJECT_SUFFIX = ".json"
PACK_SUFFIX = ".pack"
SEGMENT_SUFFIX = ".jsonl"
ARCHIVE_SUFFIX = ".jsonl.gz"


class Layout:
    """The paths of the store at `root`, all absolute, as plain strings.

    Nothing here looks at the disk. `root` is made absolute once, so that a later change of the
    working directory moves nothing. A `control` folder of another name is given for a copy of that folder alone.
    """

    __slots__ = (
        "allowed_signers", "backup", "cache", "control", "copy_id", "format", "gitignore", "heads", "index",
        "journal", "ledger_attributes", "ledgers", "local", "locks", "lost", "merge", "merging", "notes", "objects",
        "operations", "packs", "policies", "references", "removal", "root", "schemas", "selected", "stat_cache",
        "tags", "temporary",
    )  # fmt: skip

    def __init__(self, root: str | os.PathLike[str], control: str | None = None) -> None:
        self.root = os.path.abspath(os.fspath(root))
        self.control = os.path.abspath(control) if control else f"{self.root}/{CONTROL}"
        self.format = f"{self.control}/format.json"
        self.gitignore = f"{self.control}/.gitignore"
        self.objects = f"{self.control}/objects"
        self.packs = f"{self.control}/packs"
        self.references = f"{self.control}/refs"
        self.heads = f"{self.references}/heads"
        self.tags = f"{self.references}/tags"
        self.notes = f"{self.control}/notes"
        self.schemas = f"{self.control}/schemas"
        self.merging = f"{self.control}/merging"
        self.ledgers = f"{self.control}/ledgers"
        self.ledger_attributes = f"{self.ledgers}/.gitattributes"
        self.policies = f"{self.control}/policies"
        self.allowed_signers = f"{self.control}/allowed_signers"
        self.local = f"{self.control}/local"
        self.selected = f"{self.local}/HEAD"
        self.journal = f"{self.local}/journal"
        self.operations = f"{self.local}/operations.jsonl"
        self.merge = f"{self.local}/merge.json"
        self.backup = f"{self.local}/backup.json"
        self.copy_id = f"{self.local}/copy-id"
        self.locks = f"{self.local}/locks"
        self.temporary = f"{self.local}/tmp"
        self.lost = f"{self.local}/lost"
        self.cache = f"{self.local}/cache"
        self.removal = f"{self.local}/removal"
        self.index = f"{self.cache}/commits.jsonl"
        self.stat_cache = f"{self.cache}/working.msgpack"

    def inside(self, path: str) -> str:
        """Give a path below the control folder as it is from there, with `/` between: the same in every copy."""
        return os.path.relpath(path, self.control).replace(os.sep, "/")

    def document(self, name: str) -> str:
        """Give the file of a document."""
        return f"{self.root}/{name}{DOCUMENT_SUFFIX}"

    def folder(self, folder: str) -> str:
        """Give a folder of documents; the store itself where `folder` is empty."""
        return f"{self.root}/{folder}" if folder else self.root

    def document_at(self, path: str) -> str | None:
        """Give the name of the document whose file a path is, if it can be one's: of a hidden file, None."""
        above, _, file = path.rpartition("/")
        folder = self.folder_at(above)
        return None if folder is None else document_in(folder, file)

    def folder_at(self, path: str) -> str | None:
        """Give a folder of documents as their names have it, `""` for the root; None where there can be no document."""
        if path == self.root:
            return ""
        if not is_within(path, self.root):
            return None
        above, _, inner = path.rpartition("/")
        folder = self.folder_at(above)
        return None if folder is None else folder_in(folder, inner)

    def object(self, object_id: str) -> str:
        """Give the file of a loose object."""
        return f"{self.objects}/{object_id[:2]}/{object_id[2:]}{OBJECT_SUFFIX}"

    def pack(self, name: str) -> str:
        """Give the file of a pack."""
        return f"{self.packs}/{name}{PACK_SUFFIX}"

    def branch(self, branch: str) -> str:
        """Give the folder that holds the heads of a branch."""
        return f"{self.heads}/{branch}"

    def head(self, branch: str, commit_id: str) -> str:
        """Give the empty file that says that `commit_id` is a head of `branch`."""
        return f"{self.heads}/{branch}/{commit_id}"

    def descriptions(self, branch: str) -> str:
        """Give the folder of the descriptions of a branch."""
        return f"{self.control}/branches/{branch}"

    def tag(self, tag: str) -> str:
        """Give the folder that holds what a tag names."""
        return f"{self.tags}/{tag}"

    def tag_file(self, tag: str, tag_id: str) -> str:
        """Give the empty file that says that `tag` is the tag object `tag_id`."""
        return f"{self.tags}/{tag}/{tag_id}"

    def notes_on(self, commit_id: str) -> str:
        """Give the folder of the notes on a commit."""
        return f"{self.notes}/{commit_id}"

    def note(self, commit_id: str, note_id: str) -> str:
        """Give the file of one note on a commit."""
        return f"{self.notes}/{commit_id}/{note_id}.json"

    def kind(self, kind: str) -> str:
        """Give the folder of what the store keeps of a kind of document."""
        return f"{self.schemas}/{kind}"

    def record(self, kind: str, digest: str) -> str:
        """Give the file of one record of a kind."""
        return f"{self.schemas}/{kind}/{digest}.json"

    def editor_schema(self, kind: str, version: str) -> str:
        """Give the JSON Schema of one schema version of a kind, as editors read it."""
        return f"{self.schemas}/{kind}/{version}.schema.json"

    def merge_rules(self, name: str) -> str:
        """Give the folder of the records of one set of merge rules."""
        return f"{self.merging}/{name}"

    def merge_rules_record(self, name: str, digest: str) -> str:
        """Give the file of one record of a set of merge rules."""
        return f"{self.merging}/{name}/{digest}.json"

    def ledger(self, name: str) -> "LedgerLayout":
        """Give the paths of one ledger."""
        return LedgerLayout(self, name)

    def policy(self, policy_id: str) -> str:
        """Give the file of one policy, or of the record that withdraws one."""
        return f"{self.policies}/{policy_id}.json"

    def lock(self, resource: str) -> str:
        """Give the sidecar file that locks a resource: `store`, or a digest of a document's name."""
        return f"{self.locks}/{resource}.lock"


class LedgerLayout:
    """The paths of the ledger `name`: what is committed lies in `root`, what is this copy's own in `local`."""

    __slots__ = (
        "archives", "arrivals", "attributes", "cache", "folds", "held", "journal", "local", "lock", "name",
        "payloads", "root", "set_aside", "temporary", "writer",
    )  # fmt: skip

    def __init__(self, layout: Layout, name: str) -> None:
        self.name = name
        self.root = f"{layout.ledgers}/{name}"
        self.attributes = layout.ledger_attributes
        self.archives = f"{self.root}/archives"
        self.payloads = f"{self.root}/payloads"
        self.local = f"{layout.local}/ledgers/{name}"
        self.arrivals = f"{self.local}/arrivals.jsonl"
        self.journal = f"{self.local}/journal"
        self.writer = f"{self.local}/writer.json"
        self.held = f"{self.local}/segment.jsonl"
        self.set_aside = f"{self.local}/set-aside"
        self.temporary = layout.temporary
        self.cache = f"{layout.cache}/ledgers/{name}"
        self.folds = f"{self.cache}/folds"
        self.lock = layout.lock(f"ledger-{name}")

    def segment(self, segment: str) -> str:
        """Give the file that the writer of a segment appends to."""
        return f"{self.root}/{segment}{SEGMENT_SUFFIX}"

    def stretch(self, segment: str, first: int, end: int) -> str:
        """Give the file of some bytes of a segment that came from another copy."""
        return f"{self.root}/{segment}.{first}-{end}{SEGMENT_SUFFIX}"

    def archive(self, digest: str) -> str:
        """Give the file of an archive, named by the hash of its bytes."""
        return f"{self.archives}/{digest}{ARCHIVE_SUFFIX}"

    def payload(self, payload_id: str) -> str:
        """Give the file of a payload that can be erased."""
        return f"{self.payloads}/{payload_id[:2]}/{payload_id[2:]}.json"

    def index(self, fields: Iterable[str]) -> str:
        """Give the index that tells entries apart by some of their fields."""
        return f"{self.cache}/{'-'.join(['index', *fields])}.sqlite"

    def fold(self, digest: str) -> str:
        """Give the file of what a fold remembers."""
        return f"{self.folds}/{digest}.json"


def document_in(folder: str, file: str) -> str | None:
    """Give the name of the document whose file in a folder of documents is called so; None where it can be no one's."""
    name = folder_in(folder, file) if file.endswith(DOCUMENT_SUFFIX) else None
    return name and name.removesuffix(DOCUMENT_SUFFIX)


def folder_in(folder: str, inner: str) -> str | None:
    """Give a folder of documents that is called so in another one; None for a hidden one, which has none."""
    if inner.startswith("."):
        return None
    return f"{folder}/{inner}" if folder else inner


def is_within(path: str, folder: str) -> bool:
    """Tell whether a path, or a folder of documents, is a given folder, or something below it."""
    return path == folder or path.startswith(f"{folder}/")


def pack_name(path: str) -> str:
    """Give the name of the pack at `path`, which is the hash of its bytes."""
    return os.path.basename(path).removesuffix(PACK_SUFFIX)


def find_root(start: str | os.PathLike[str]) -> str | None:
    """Find the nearest folder at or above `start` that holds a store; None where there is none."""
    folder = os.path.abspath(os.fspath(start))
    while not os.path.isdir(f"{folder}/{CONTROL}"):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder
