"""One line of a file of allowed signers: who, under which conditions, with which key.

Source: ssh-keygen(1), ALLOWED SIGNERS; where the page is silent, sshsig.c of OpenSSH.
"""

import re
from datetime import UTC, datetime

import msgspec

from muniment.errors import KeyUnusableError
from muniment.signing import pattern_list
from muniment.signing.public_key import PublicKey
from muniment.signing.wire import Broken

_FIELD = re.compile(r'(?:"([^"]*)"|([^"\s]\S*))(?:\s+|$)')
_OPTION = re.compile(r'([A-Za-z-]+)(?:="((?:[^"\\]|\\.)*)")?(,|\s+)')
_ESCAPED = re.compile(r'\\(")')
_TIME = re.compile(r"(\d{8})(\d{4})?(\d{2})?(Z?)", re.ASCII)
_AUTHORITY = "cert-authority"


class AllowedSigner(msgspec.Struct, frozen=True, kw_only=True):
    """What one line says. `principals` are patterns, in order; times are aware, and both ends belong to the span."""

    patterns: str
    key: PublicKey
    namespaces: str | None = None
    valid_after: datetime | None = None
    valid_before: datetime | None = None
    is_authority: bool = False

    @property
    def principals(self) -> tuple[str, ...]:
        """Who may sign with the key: those patterns that do not exclude anybody."""
        return tuple(one for one in self.patterns.split(",") if one and not one.startswith("!"))

    def is_for(self, identity: str) -> bool:
        """Tell whether somebody is among those whose key it is."""
        return pattern_list.matches(identity, self.patterns)

    def allows(self, namespace: str) -> bool:
        """Tell whether the key may sign for a purpose."""
        return self.namespaces is None or pattern_list.matches(namespace, self.namespaces)

    def is_valid(self, time: datetime) -> bool:
        """Tell whether the key may sign at a time."""
        is_early = self.valid_after is not None and time < self.valid_after
        return not is_early and not (self.valid_before is not None and time > self.valid_before)


def parse(line: str) -> AllowedSigner | None:
    """Read a line; None where it is empty or a comment.

    Raises:
        Broken: It cannot be read; the text says why.
    """
    text = line.strip(" \t\r\n")
    if not text or text.startswith("#"):
        return None
    field = _FIELD.match(text)
    if field is None or not (patterns := field[1] or field[2]):
        raise Broken("it does not begin with who may sign")
    rest = text[field.end() :]
    options: dict[str, str] = {}
    if (key := _key(rest)) is None:
        options, rest = _options(rest)
        if (key := _key(rest)) is None:
            raise Broken("it has no public key that can be read")
    return _signer(patterns, options, key)


def _key(text: str) -> PublicKey | None:
    try:
        return PublicKey.of_line(text)
    except KeyUnusableError:
        return None


def _options(text: str) -> tuple[dict[str, str], str]:
    found: dict[str, str] = {}
    at = 0
    while option := _OPTION.match(text, at):
        name, value = option[1].lower(), option[2]
        if name not in {_AUTHORITY, "namespaces", "valid-after", "valid-before"}:
            raise Broken(f"there is no option {name!r}")
        if name in found or (value is None) != (name == _AUTHORITY):
            raise Broken(f"the option {name!r} stands twice, or wants a text in quotes, or none")
        found[name] = _ESCAPED.sub(r"\1", value or "")
        at = option.end()
        if option[3] != ",":
            return found, text[at:]
    raise Broken("it has no public key that can be read, or an option that cannot")


def _signer(patterns: str, options: dict[str, str], key: PublicKey) -> AllowedSigner:
    after, before = (_time(options[name]) if name in options else None for name in ("valid-after", "valid-before"))
    if after is not None and before is not None and before <= after:
        raise Broken("`valid-before` is not after `valid-after`")
    return AllowedSigner(
        patterns=patterns,
        key=key,
        namespaces=options.get("namespaces"),
        valid_after=after,
        valid_before=before,
        is_authority=_AUTHORITY in options,
    )


def _time(text: str) -> datetime:
    """Read `YYYYMMDD[HHMM[SS]][Z]`: without the Z it is a time of the machine's own zone, as OpenSSH has it."""
    found = _TIME.fullmatch(text)
    if found is None or (found[3] and not found[2]):
        raise Broken(f"{text[:40]!r} is no time: write YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, and a Z for UTC")
    digits = found[1] + (found[2] or "0000") + (found[3] or "00")
    try:
        read = datetime.strptime(digits + "+0000", "%Y%m%d%H%M%S%z")
        return read if found[4] else read.replace(tzinfo=None).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Broken(f"{text!r} is no time: {error}") from error
