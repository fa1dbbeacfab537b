"""A program that holds private keys and signs for their owner: ssh-agent, asked over its socket.

Limits: sockets of the file system alone, which Python does not have on Windows.

Source: IETF draft-ietf-sshm-ssh-agent, sections 3 and 4.
"""

import socket
import time
from typing import Any

from muniment.errors import AgentError
from muniment.signing import wire
from muniment.signing.public_key import PublicKey
from muniment.signing.wire import Broken, Reader

_REQUEST_IDENTITIES, _IDENTITIES = 11, 12
_SIGN_REQUEST, _SIGNED = 13, 14
_FAILURE = 5
_RSA_SHA2_512 = 4
_MOST_ANSWER = 256 * 1024
_MOST_KEYS = 2048


class Agent:
    """One agent, by the path of its socket. Each question is a connection of its own, so threads may share it."""

    def __init__(self, path: str, timeout_s: float = 60.0) -> None:
        self.path = path
        self._timeout_s = timeout_s

    def identities(self) -> tuple[PublicKey, ...]:
        """List the keys that it holds and would sign with, in its order.

        Raises:
            AgentError: It is not there, or does not answer as an agent does.
        """
        answer = self._ask(_REQUEST_IDENTITIES, b"", _IDENTITIES)
        try:
            return tuple(_keys(answer))
        except Broken as error:
            raise AgentError(self.path, f"its list of keys is broken: {error}") from error

    def sign(self, key: PublicKey, data: bytes) -> bytes:
        """Let it sign `data` with a key; its owner may be asked, for as long as the time allows.

        Raises:
            AgentError: It refused, or took too long, or does not answer as an agent does.
        """
        flags = _RSA_SHA2_512 if key.type == "ssh-rsa" else 0
        request = wire.string(key.blob) + wire.string(data) + wire.uint32(flags)
        answer = self._ask(_SIGN_REQUEST, request, _SIGNED)
        try:
            raw = answer.string()
            answer.end()
        except Broken as error:
            raise AgentError(self.path, f"its signature is broken: {error}") from error
        return raw

    def _ask(self, question: int, body: bytes, expected: int) -> Reader:
        try:
            answer = Reader(self._exchange(wire.string(bytes([question]) + body)))
            kind = answer.byte()
        except OSError as error:
            told = "it took too long" if isinstance(error, TimeoutError) else error.strerror or str(error)
            raise AgentError(self.path, told) from error
        except Broken as error:
            raise AgentError(self.path, f"its answer is broken: {error}") from error
        if kind == _FAILURE:
            raise AgentError(self.path, "it refused; perhaps it is locked, or does not hold the key")
        if kind != expected:
            raise AgentError(self.path, f"it answered by message {kind}, not {expected}")
        return answer

    def _exchange(self, request: bytes) -> bytes:
        family: Any = getattr(socket, "AF_UNIX", None)
        if family is None:
            raise AgentError(self.path, "this system has no such sockets")
        deadline = time.monotonic() + self._timeout_s
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(self._timeout_s)
            try:
                connection.connect(self.path)
            except (ValueError, TypeError) as error:  # a zero byte
                raise AgentError(self.path, str(error)) from error
            connection.sendall(request)
            size = Reader(_receive(connection, 4, deadline)).uint32()
            if not 1 <= size <= _MOST_ANSWER:
                raise AgentError(self.path, f"its answer has {size} bytes")
            return _receive(connection, size, deadline)


def _receive(connection: socket.socket, size: int, deadline: float) -> bytes:
    received = b""
    while len(received) < size:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        part = connection.recv(size - len(received))
        if not part:
            raise Broken("it hung up")
        received += part
    return received


def _keys(answer: Reader) -> list[PublicKey]:
    count = answer.uint32()
    if count > _MOST_KEYS:
        raise Broken(f"{count} keys")
    keys = []
    for _ in range(count):
        blob, comment = answer.string(), answer.string()
        keys.append(PublicKey(blob, comment.decode("utf-8", "replace")))
    answer.end()
    return keys
