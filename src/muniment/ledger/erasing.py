"""Erase a payload for good, and record who did it and why; the entry stays, and everything still verifies.

Format: docs/format/ledgers.md, "Erasable payloads".
"""

from muniment.errors import EntryNotFoundError, InvalidValueError
from muniment.ledger import appending, finding
from muniment.ledger.filters import Filters
from muniment.ledger.parts import LedgerParts
from muniment.values.entry import Entry

KIND = "payload-erased"
"""The kind of the entries that record it; their payload tells `entry` and `reason`."""


def erase(parts: LedgerParts, entry_id: str, reason: object, actor: str | None) -> Entry:
    """Record that a payload is erased, and erase it; gives the entry that records it. May be repeated.

    Raises:
        EntryNotFoundError: No such entry is here.
        InvalidValueError: Its payload was not appended as erasable, or no reason is given.
    """
    entry = finding.by_id(parts, entry_id, plain=True)
    if entry is None:
        raise EntryNotFoundError(parts.layout.name, entry_id)
    if entry.erasable is None:
        raise InvalidValueError(
            f"entry {entry_id[:16]} was not appended as erasable: its id is that of its payload too"
        )
    if not isinstance(reason, str) or not reason.strip():
        raise InvalidValueError("say why it is erased")
    done = next((one for one in _erasures(parts) if one.payload.get("entry") == entry_id), None)
    if done is None:
        members = {"kind": KIND, "actor": actor, "payload": {"entry": entry_id, "reason": reason}, "prev": [entry_id]}
        done = appending.append(parts, [members], plain=True)[0]
    forget(parts, entry)
    return done


def forget(parts: LedgerParts, entry: Entry) -> None:
    """Remove the payload of an entry, and what this copy has computed out of it.

    The file goes last: while it is there, whoever repeats what was interrupted finds all that is left to do.
    """
    if entry.erasable is None or not parts.payloads.has(entry.erasable):
        return
    parts.payloads.clean()
    parts.payloads.remove(entry.erasable)
    parts.payloads.clean()  # what others have computed meanwhile
    if entry.key is None:  # then the index finds it by what it says
        with parts.writing():
            parts.index.discard()


def _erasures(parts: LedgerParts) -> list[Entry]:
    entries = finding.tail(parts, 0, Filters.of([KIND], None, None), archived=True, plain=True)
    return [entry for entry in entries if isinstance(entry.payload, dict)]


def erased_ids(parts: LedgerParts) -> set[str]:
    """Give the ids of the entries whose payloads were erased."""
    return {str(entry.payload.get("entry")) for entry in _erasures(parts)}


def carry_out(parts: LedgerParts) -> None:
    """Remove payloads that another copy erased, and that are here still, or again."""
    if not parts.payloads.ids():
        return
    for entry_id in erased_ids(parts):
        entry = finding.by_id(parts, entry_id, plain=True)
        if entry is not None:
            forget(parts, entry)
