"""Signatures on the entries of a ledger: made by the store's signer, and demanded where a policy says so.

Format: docs/format/signatures.md.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import msgspec

from muniment.errors import BadSignatureError
from muniment.repo.parts import Parts
from muniment.values.entry import Entry
from muniment.values.policy import SIGNATURE, Policy

ENTRY_NAMESPACE = "muniment-entry"


class EntrySigning:
    """Who signs the entries of one ledger, and whose signatures it takes for good."""

    def __init__(self, parts: Parts, ledger: str) -> None:
        self._parts = parts
        self._ledger = ledger

    def _policies(self) -> list[Policy]:
        in_force = self._parts.policies.in_force()
        return [one for one in in_force if one.ledger == self._ledger and one.requires == SIGNATURE]

    def signer(self) -> Callable[[bytes], str] | None:
        """Give what signs the bodies of entries; None where nobody signs, and nobody has to.

        Raises:
            BadSignatureError: The ledger requires signatures, and nobody signs, or somebody who may not.
        """
        signer, is_required = self._parts.signatures.signer(), bool(self._policies())
        what = f"the new entry of {self._ledger}"
        if signer is None:
            if is_required:
                raise BadSignatureError("missing", what=what)
            return None
        if is_required:
            with _told_of(what):
                self._parts.signatures.allowed().allowed(signer.public_key, ENTRY_NAMESPACE)
        return partial(signer.sign, namespace=ENTRY_NAMESPACE)

    def _check(self, what: str, body: bytes, signature: str, time: datetime) -> None:
        with _told_of(what):
            self._parts.signatures.allowed().verify(body, signature, ENTRY_NAMESPACE, time=time)

    def verify(self, entry: Entry, body: bytes, segment: str, position: int) -> bool:
        """Tell whether an entry, at a byte of a segment, has a good signature.

        One by somebody unknown is passed over where no signature is required.

        Raises:
            BadSignatureError: It is of something else, or the entry has to have a good one and has not.
        """
        what = f"entry {entry.id[:16]}"
        is_required = any(position >= _exempt(policy, segment) for policy in self._policies())
        if entry.signature is None:
            if is_required:
                raise BadSignatureError("missing", what=what)
            return False
        try:
            self._check(what, body, entry.signature, entry.time)
        except BadSignatureError as error:
            if is_required or error.reason in {"malformed", "wrong-content", "wrong-namespace"}:
                raise
            return False
        return True

    def require(self, since: Callable[[], dict[str, int | str]], author: str | None) -> Policy:
        """Demand a signature of every entry that stands behind so many bytes of the segments.

        Where a policy says so already, that is given.

        Raises:
            MissingAuthorError: Neither this call nor the store names who demands it.
        """
        who = self._parts.author_of(author)
        if found := self._policies():
            return found[0]
        made = Policy(requires=SIGNATURE, since=since(), author=who, time=datetime.now(UTC), ledger=self._ledger)
        return msgspec.structs.replace(made, id=self._parts.policies.put(made))


@contextmanager
def _told_of(what: str) -> Iterator[None]:
    """Let an error about a signature say whose it is."""
    try:
        yield
    except BadSignatureError as error:
        reason, fingerprint, detail = error.reason, error.fingerprint, error.detail
        raise BadSignatureError(reason, what=what, fingerprint=fingerprint, detail=detail) from error


def _exempt(policy: Policy, segment: str) -> int:
    since = policy.since.get(segment, 0) if isinstance(policy.since, dict) else 0
    return since if isinstance(since, int) else 0
