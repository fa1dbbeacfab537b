"""Read a private key from the file that OpenSSH keeps it in, and make what signs with it.

Source: OpenSSH, PROTOCOL.key.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import TypeAlias

from muniment.errors import KeyUnusableError, PassphraseError
from muniment.signing import wire
from muniment.signing.public_key import PublicKey
from muniment.signing.wire import Broken, Reader

Passphrase: TypeAlias = str | bytes | Callable[[], str | bytes | None] | None
"""A passphrase, or what asks for it, which is called only for a key that is encrypted and may give None: there is none.
"""

_ARMORED = re.compile(
    rb"\s*-----BEGIN OPENSSH PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----\s*"
)
_ANSWERS = {"ssh-rsa": "rsa-sha2-512"}
"""What a signature of a key is called, where it is not called as the key is."""
_OTHER_FORMAT = b"PRIVATE KEY-----"
_MAGIC = b"openssh-key-v1\0"
_CONVERT = "it is not in OpenSSH's own format: convert a copy of it with `ssh-keygen -p -f FILE`"


class PrivateFile:
    """What a file of a private key tells before it is decrypted: the public key, and whether it is encrypted."""

    def __init__(self, path: str, data: bytes) -> None:
        self._path = path
        self._data = data
        armored = _ARMORED.fullmatch(data)
        if armored is None:
            raise KeyUnusableError(path, _CONVERT if _OTHER_FORMAT in data else "it is no file of a key")
        try:
            reader = Reader(base64.b64decode(b"".join(armored[1].split()), validate=True))
            self.is_encrypted, self.public = _head(reader)
        except (Broken, binascii.Error) as error:
            raise KeyUnusableError(path, f"it is a damaged private key ({error}): use a copy") from error

    def signer(self, passphrase: Passphrase) -> Callable[[bytes], bytes]:
        """Give what signs, as the SSH protocols write it.

        Raises:
            PassphraseError: It is encrypted, and `passphrase` is none, or not its own.
            KeyUnusableError: It is damaged, or of a type that cannot sign here.
            SigningUnavailableError: A package is not installed.
        """
        from muniment.signing import primitives

        if self.public.type.startswith("sk-"):
            raise KeyUnusableError(self._path, "only its token can sign: add it to ssh-agent (`ssh-add`)")
        secret = _secret(self._path, passphrase) if self.is_encrypted else None
        try:
            key = primitives.load_private(self._data, secret)
        except Broken as error:
            if secret is not None:
                raise PassphraseError(self._path, is_wrong=True) from error
            raise KeyUnusableError(self._path, f"it cannot sign: {error}; use another key") from error
        sign, kind = primitives.signer(key), _ANSWERS.get(self.public.type, self.public.type)
        return lambda data: wire.string(kind.encode()) + wire.string(sign(data))


def _head(reader: Reader) -> tuple[bool, PublicKey]:
    if reader.take(len(_MAGIC)) != _MAGIC:
        raise Broken("it does not say that it is a key")
    cipher = reader.text()
    reader.string()
    reader.string()
    if reader.uint32() != 1:
        raise Broken("it holds not one key")
    return cipher != "none", PublicKey(reader.string())


def _secret(path: str, passphrase: Passphrase) -> bytes:
    given = passphrase() if callable(passphrase) else passphrase
    if not given:
        raise PassphraseError(path, is_wrong=False)
    return given.encode("utf-8", "surrogateescape") if isinstance(given, str) else bytes(given)
