"""Who signs: a key of the user's own, read from its file or held by an agent."""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from muniment.errors import AgentError, KeyUnusableError
from muniment.files import disk
from muniment.signing import sshsig
from muniment.signing.agent import Agent
from muniment.signing.private_key import Passphrase, PrivateFile
from muniment.signing.public_key import TYPES, PublicKey
from muniment.signing.wire import Broken

_PRIVATE = b"-----BEGIN "
_PUBLIC_NAME = ".pub"
_MOST = 1 << 16


class Signer:
    """Signs with one key, which is read once. May be shared between threads. It never shows, copies or writes the key.

    Make one with `from_file`, not with the constructor.
    """

    def __init__(self, key: PublicKey, answer: Callable[[bytes], bytes]) -> None:
        self._key = key
        self._answer = answer

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str],
        passphrase: Passphrase = None,
        *,
        agent: str | None = None,
        agent_timeout_s: float = 60.0,
    ) -> Self:
        """Sign with the key in a file: a private key of OpenSSH, or a public one whose private key an agent holds.

        `agent` is the path of an agent's socket. It signs for a public key, or for an encrypted one that it holds;
        else the private key signs that lies there, or beside the `.pub`. `passphrase` may be a function: it is called
        once, and only if it is needed.

        Raises:
            KeyUnusableError: There is no key, or none that can sign; the message says what to do.
            PassphraseError: It is encrypted, and the passphrase is missing or wrong.
            AgentError: The agent does not answer, and nothing else can sign.
            SigningUnavailableError: A package is missing: install `muniment[sign]`.
        """
        place = _path(path)
        data = _read(place)
        held = Agent(agent, agent_timeout_s) if agent else None
        if not data.lstrip().startswith(_PRIVATE):
            return cls._of_public(place, _public(place, data), passphrase, held)
        private = PrivateFile(place, data)
        if held and (private.is_encrypted or private.public.type.startswith("sk-")):
            with suppress(AgentError):
                if private.public in held.identities():
                    return cls._by_agent(private.public, held)
        return cls(private.public, private.signer(passphrase))

    @classmethod
    def from_agent(cls, public_key: str, agent: str, *, timeout_s: float = 60.0) -> Self:
        """Sign with a key that an agent holds; `public_key` is its line of text, `agent` the path of the socket.

        Raises:
            KeyUnusableError: `public_key` is none, or of a type that cannot be used, or the agent does not hold it.
            AgentError: The agent does not answer.
        """
        key, held = PublicKey.of_line(public_key), Agent(agent, timeout_s)
        if key not in held.identities():
            raise KeyUnusableError(key.fingerprint, "the agent does not hold it: `ssh-add` it")
        return cls._by_agent(key, held)

    @classmethod
    def _of_public(cls, path: str, key: PublicKey, passphrase: Passphrase, agent: Agent | None) -> Self:
        beside = path.removesuffix(_PUBLIC_NAME)
        has_private = beside != path and os.path.exists(beside)
        if agent is not None:
            try:
                if key in agent.identities():
                    return cls._by_agent(key, agent)
            except AgentError:
                if not has_private:
                    raise
        if not has_private:
            held = "no agent to sign for it was named" if agent is None else "the agent does not hold it"
            raise KeyUnusableError(path, f"a public key cannot sign, and {held}: `ssh-add` it, or name the private key")
        private = PrivateFile(beside, _read(beside))
        if private.public != key:
            raise KeyUnusableError(beside, f"it is not the private key of {path}: name the one that is meant")
        return cls(key, private.signer(passphrase))

    @classmethod
    def _by_agent(cls, key: PublicKey, agent: Agent) -> Self:
        if key.type not in TYPES:
            raise KeyUnusableError(key.fingerprint, f"keys of type {key.type} are not supported: use another")

        def answer(data: bytes) -> bytes:
            raw = agent.sign(key, data)
            try:
                is_good = key.signed(raw, data)
            except Broken as error:
                raise AgentError(agent.path, f"its signature cannot be used: {error}") from error
            if not is_good:
                raise AgentError(agent.path, "its signature is wrong")
            return raw

        return cls(key, answer)

    @property
    def public_key(self) -> str:
        """The public key as a line of text: type and base64."""
        return self._key.line

    @property
    def fingerprint(self) -> str:
        """The key's short name, as `ssh-keygen -l` shows it: `SHA256:...`."""
        return self._key.fingerprint

    def sign(self, message: bytes, namespace: str) -> str:
        """Sign a message for one purpose; gives the armored text that `ssh-keygen -Y sign` would.

        Raises:
            AgentError: The agent refused.
            InvalidValueError: `namespace` is empty, or not printable ASCII.
        """
        from muniment.signing import primitives

        purpose, hash_name = sshsig.namespace(namespace), sshsig.HASHES[0]
        signed = sshsig.signed_bytes(purpose, hash_name, primitives.digest(hash_name, message))
        return sshsig.encode(sshsig.Signature(self._key.blob, purpose, hash_name, self._answer(signed)))

    def __repr__(self) -> str:
        """Show the fingerprint, and nothing of the key."""
        return f"<Signer {self.fingerprint}>"


def _path(given: object) -> str:
    if isinstance(given, str | os.PathLike) and isinstance(path := os.fspath(given), str):
        return path
    raise KeyUnusableError(repr(given), "it is no path of text: name the file of a key")


def _read(path: str) -> bytes:
    try:
        data = disk.read_start(path, _MOST, disk.READ_LINKED)
    except OSError as error:
        raise KeyUnusableError(path, f"cannot read the key: {error.strerror}; name its file") from error
    except ValueError as error:
        raise KeyUnusableError(repr(path), f"cannot read the key: {error}; name its file") from error
    if len(data) == _MOST:
        raise KeyUnusableError(path, "it is no file of a key: it is too long")
    return data


def _public(path: str, data: bytes) -> PublicKey:
    try:
        return PublicKey.of_line(data.decode("utf-8"))
    except (UnicodeDecodeError, KeyUnusableError) as error:
        raise KeyUnusableError(path, "it is no file of a key; name the one that `ssh-keygen` made") from error
