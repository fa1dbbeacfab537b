"""Signatures as OpenSSH writes them: what is signed, the blob around it, and the armor around that.

Source: OpenSSH, PROTOCOL.sshsig; format: docs/format/signatures.md.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

from muniment.errors import BadSignatureError, InvalidValueError
from muniment.signing import wire
from muniment.signing.wire import Broken

_MAGIC = b"SSHSIG"
_VERSION = 1
_BEGIN = "-----BEGIN SSH SIGNATURE-----"
_END = "-----END SSH SIGNATURE-----"
_COLUMNS = 70
_MOST_TEXT = 1 << 16
_ARMORED = re.compile(rf"{_BEGIN}\r?\n([A-Za-z0-9+/=\r\n]*)\n{_END}\s*", re.ASCII)
HASHES = ("sha512", "sha256")
"""What a message may be hashed with; the first is what is written."""

Parsed = TypeVar("Parsed")


class Signature(msgspec.Struct, frozen=True, gc=False):
    """What an armored signature holds: whose key, for which purpose, over which hash; `raw` is the key's own answer."""

    key: bytes
    namespace: str
    hash_name: str
    raw: bytes


def namespace(given: object) -> str:
    """Check what a signature is for.

    Raises:
        InvalidValueError: It is no text of printable ASCII, or empty.
    """
    if not isinstance(given, str) or not given or not (given.isascii() and given.isprintable()):
        raise InvalidValueError(f"a namespace is printable ASCII, and not empty, not {given!r}")
    return given


def signed_bytes(purpose: str, hash_name: str, digest: bytes) -> bytes:
    """Give what the key signs: the hash of the message, bound to its purpose."""
    fields = (purpose.encode(), b"", hash_name.encode(), digest)
    return _MAGIC + b"".join(map(wire.string, fields))


def encode(signature: Signature) -> str:
    """Write a signature as armored text, byte for byte as `ssh-keygen -Y sign` does."""
    purpose, hash_name = signature.namespace.encode(), signature.hash_name.encode()
    fields = (signature.key, purpose, b"", hash_name, signature.raw)
    blob = _MAGIC + wire.uint32(_VERSION) + b"".join(map(wire.string, fields))
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + _COLUMNS] for at in range(0, len(text), _COLUMNS)]
    return "\n".join([_BEGIN, *lines, _END, ""])


def decode(text: str) -> Signature:
    """Read a signature from armored text; nothing is checked but its form.

    Raises:
        BadSignatureError: `malformed`: it is none.
    """
    armored = _ARMORED.fullmatch(text) if len(text) <= _MOST_TEXT else None
    if armored is None:
        raise BadSignatureError("malformed", detail=f"it does not begin with {_BEGIN} and end likewise")
    try:
        blob = base64.b64decode("".join(armored[1].split()), validate=True)
    except binascii.Error as error:
        raise BadSignatureError("malformed", detail=str(error)) from error
    return parsed(_blob, blob)


def parsed(parse: Callable[[bytes], Parsed], data: bytes) -> Parsed:
    """Parse what a signature holds.

    Raises:
        BadSignatureError: `malformed`: it breaks the format.
    """
    try:
        return parse(data)
    except Broken as error:
        raise BadSignatureError("malformed", detail=str(error)) from error


def _blob(blob: bytes) -> Signature:
    reader = wire.Reader(blob)
    if reader.take(len(_MAGIC)) != _MAGIC:
        raise Broken("it does not say that it is an SSH signature")
    if (version := reader.uint32()) != _VERSION:
        raise Broken(f"it has version {version}, not {_VERSION}")
    key, purpose, reserved, hash_name, raw = (
        reader.string(),
        reader.text(),
        reader.string(),
        reader.text(),
        reader.string(),
    )
    reader.end()
    if reserved or not purpose or hash_name not in HASHES:
        raise Broken("it has no namespace, another hash, or something in its reserved field")
    return Signature(key, purpose, hash_name, raw)
