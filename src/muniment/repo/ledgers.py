"""The ledgers of one open store: each opened once, and wired with the store's schemas, lock timeout and author."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from muniment.errors import InvalidNameError, InvalidValueError
from muniment.files import disk
from muniment.files.layout import SEGMENT_SUFFIX, Layout, LedgerLayout
from muniment.ledger.ledger import Ledger
from muniment.ledger.parts import Codec, LedgerParts, Settings
from muniment.repo import arguments, creation
from muniment.repo.arguments import Path
from muniment.repo.entry_signing import EntrySigning
from muniment.repo.parts import Parts
from muniment.repo.signatures import Trust
from muniment.values import names

if TYPE_CHECKING:
    from muniment.schema.schema import Schema

Described: TypeAlias = "Schema[Any] | type[Any] | Mapping[str, Schema[Any] | type[Any]] | Iterable[Schema[Any]]"
"""What payloads look like: schemas, each of the entries of its kind; or types, of one kind each or of all."""

FIELDS = ("stream", "kind", "actor")


def open_ledger(
    parts: Parts, name: str, schema: "Described | None", index: Iterable[str], *, sync: bool = False
) -> Ledger:
    """Open a ledger; nothing is made until the first entry is appended. `sync` overrules the store.

    Raises:
        InvalidNameError: It cannot name a ledger, or differs from another only by case.
        InvalidValueError: `schema` is none, or `index` names a field that is not indexed.
    """
    checked = names.folder_name("ledger", name)
    _refuse_other_spelling(parts, checked)
    fields = tuple(index)
    if not set(FIELDS).issuperset(fields):
        raise InvalidValueError(f"the index of a ledger is of {', '.join(FIELDS)}, not {', '.join(map(str, fields))}")
    key = (checked, fields, id(schema), sync)
    if key not in parts.ledgers:
        settings = _settings(parts, checked, fields, _codec(parts, schema))
        ledger = Ledger(parts.layout.ledger(checked), settings._replace(sync=sync or settings.sync))
        parts.ledgers[key] = ledger, schema
    return parts.ledgers[key][0]


def opened(parts: Parts, name: str) -> LedgerParts:
    """Open the files of a ledger with nothing but what they are; whoever asks closes them."""
    return LedgerParts(parts.layout.ledger(name), _settings(parts, name, FIELDS, None))


def _settings(parts: Parts, name: str, fields: Sequence[str], codec: Codec | None) -> Settings:
    return Settings(
        fields=fields,
        lock_timeout_s=parts.lock_timeout_s,
        sync=parts.storage.sync,
        author=parts.author,
        codec=codec,
        signing=EntrySigning(parts, name),
        check_store=parts.check_usable,
        elsewhere=partial(elsewhere, parts, name, fields),
    )


@contextmanager
def elsewhere(
    parts: Parts,
    name: str,
    fields: Sequence[str],
    where: Path,
    make: bool,  # noqa: FBT001 - as `Settings.elsewhere` says
) -> Iterator[LedgerParts]:
    """Open the ledger of that name in the store in another folder, which is made first if it may be.

    What it is opened for has its own locks, and its own view of the files.
    """
    layout = Layout(arguments.folder(where))
    if make and not os.path.exists(layout.format):
        creation.make(layout)
    found = creation.read_format(layout)
    other = Parts(
        layout,
        author=parts.author,
        lock_timeout_s=parts.lock_timeout_s,
        sync=parts.storage.sync,
        default_branch=found.default_branch,
        registry=None,
        merge_rules=(),
        trust=Trust(),
    )
    there = LedgerParts(layout.ledger(name), _settings(other, name, fields, None))
    try:
        yield there
    finally:
        there.close()
        other.close()


def _refuse_other_spelling(parts: Parts, name: str) -> None:
    for other in _folders(parts.layout):
        if other != name and names.fold(other) == names.fold(name):
            raise InvalidNameError("ledger", name, f"{other!r} exists and differs only by case")


def names_of(parts: Parts) -> list[str]:
    """List the names of the ledgers that have entries, sorted."""
    return names_in(parts.layout)


def names_in(layout: Layout) -> list[str]:
    """List those of the store of a layout."""
    return [name for name in _folders(layout) if _has_entries(layout.ledger(name))]


def _has_entries(layout: LedgerLayout) -> bool:
    """Tell whether there is a file of entries: a ledger that was only waited for has a folder and no more."""
    with suppress(FileNotFoundError, NotADirectoryError):
        files = disk.listdir(layout.root)
        return any(file.endswith(SEGMENT_SUFFIX) for file in files) or disk.exists(layout.archives)
    return False


def _folders(layout: Layout) -> list[str]:
    with suppress(FileNotFoundError, NotADirectoryError):
        return sorted(disk.listdir(layout.ledgers))
    return []


def _codec(parts: Parts, schema: "Described | None") -> Codec | None:
    if schema is None:
        return None
    from muniment.repo.typed_payloads import TypedPayloads

    return TypedPayloads(parts, schema)
