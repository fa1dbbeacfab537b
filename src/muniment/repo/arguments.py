"""Refuse arguments that no annotation stopped, as errors of ours and before anything happens."""

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

from muniment.errors import InvalidNameError, InvalidValueError
from muniment.repo import signatures
from muniment.repo.signatures import SignerSource, SignersSource, Trust
from muniment.values import names

if TYPE_CHECKING:
    from muniment.schema.merge_rules import MergeRules
    from muniment.schema.registry import Registry
    from muniment.schema.schema import Schema
    from muniment.storage.copies import Copies
    from muniment.values.json_merge import Prefer

Path: TypeAlias = str | os.PathLike[str]
Durability: TypeAlias = Literal["full", "os"]


class Settings(NamedTuple):
    """How a store is opened: whose changes, how long to wait for others, whether for the disk, typed and merged how."""

    author: str | None
    lock_timeout_s: float
    sync: bool
    registry: "Registry | None"
    merge_rules: "tuple[MergeRules, ...]"
    trust: Trust
    auto_pack: bool = True


def settings(
    schemas: "Iterable[Schema[Any]]",
    merge_rules: "Iterable[MergeRules]",
    author: str | None,
    lock_timeout_s: float,
    durability: Durability,
    signer: SignerSource = None,
    allowed_signers: SignersSource = None,
    *,
    auto_pack: bool = True,
) -> Settings:
    """Check how a store shall be opened.

    Raises:
        InvalidNameError: `author` is not one line of text, or two of `merge_rules` have one name, or a schema's kind.
        InvalidValueError: `lock_timeout_s` is no number from 0 up, `durability` no word for it, or `merge_rules`,
            `signer` or `allowed_signers` none.
        SchemaInvalidError: `schemas` are none, or two are of one kind.
    """
    is_number = isinstance(lock_timeout_s, int | float)
    if not is_number or not lock_timeout_s >= 0:  # NaN is not
        raise InvalidValueError(f"lock_timeout_s is a number of seconds from 0 up, not {lock_timeout_s!r}")
    if durability not in get_args(Durability):
        raise InvalidValueError(f"durability is 'full' or 'os', not {durability!r}")
    who = None if author is None else names.author(author)
    registry = _registry(schemas)
    return Settings(
        who,
        lock_timeout_s,
        durability == "full",
        registry,
        _merge_rules(merge_rules, registry),
        Trust(signatures.checked_signer(signer), signatures.checked_signers(allowed_signers)),
        auto_pack,
    )


def _registry(schemas: "Iterable[Schema[Any]]") -> "Registry | None":
    if schemas == ():
        return None
    from muniment.schema.registry import Registry

    return Registry(schemas)


def _merge_rules(given: Any, registry: "Registry | None") -> "tuple[MergeRules, ...]":
    if given == ():
        return ()
    from muniment.schema.merge_rules import MergeRules

    listed = tuple(given) if isinstance(given, Iterable) else (given,)
    if isinstance(given, MergeRules) or not all(isinstance(one, MergeRules) for one in listed):
        raise InvalidValueError("`merge_rules=` takes a list of MergeRules")
    taken = set(registry.schemas if registry is not None else ())
    for one in listed:
        if one.name in taken:
            raise InvalidNameError("merge rules", one.name, "a schema or other merge rules passed have that name too")
        taken.add(one.name)
    return listed


def folder(path: Path) -> str:
    """Give the path of a store's folder as text.

    Raises:
        InvalidNameError: It is neither text nor a path of text, or the system has no such name.
    """
    try:
        text = os.fspath(path)
        if not isinstance(text, str):
            raise InvalidNameError("store", repr(path), "a path is text, not bytes")
        encoded = os.fsencode(text)
    except (TypeError, UnicodeEncodeError) as error:
        raise InvalidNameError("store", repr(path), "it is no path of text") from error
    if b"\0" in encoded:
        raise InvalidNameError("store", text, "no path holds a zero byte")
    return text


def message(given: object) -> str:
    """Check that a message is text.

    Raises:
        InvalidValueError: It is something else.
    """
    if not isinstance(given, str):
        raise InvalidValueError(f"a message is text, not {type(given).__name__}")
    return given


def optional_message(given: object) -> str | None:
    """Check a message, where one is given; errors as for `message`."""
    return None if given is None else message(given)


def prefer(given: object) -> "Prefer | None":
    """Check which side is to be right where two disagree.

    Raises:
        InvalidValueError: It is none.
    """
    if given in (None, "ours", "theirs"):
        return given
    raise InvalidValueError(f"prefer is 'ours' or 'theirs', not {given!r}")


def meta(given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Check what a caller adds to a commit; nothing where it is None.

    Raises:
        InvalidValueError: It is no mapping.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InvalidValueError(f"meta is a JSON object, not {type(given).__name__}", pointer="/meta")
    return given


def copies(given: "Path | Copies | Iterable[Path | Copies] | None") -> "list[Copies]":
    """Find the copies of a store that somebody names: none, one or several.

    Raises:
        NotAStoreError: There is none in a folder.
        InvalidNameError: It is no path of text.
    """
    from muniment.storage.copies import Copies, FolderCopy

    several = [given] if isinstance(given, (str, os.PathLike, Copies)) else given or []
    return [one if isinstance(one, Copies) else FolderCopy(folder(one)) for one in several]
