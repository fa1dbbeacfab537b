"""What an agent may answer: anything, and each wrong answer is an error of ours, in time."""

import os
import socket
import tempfile
import threading

import pytest

from muniment.errors import AgentError
from muniment.signing import wire
from muniment.signing.agent import Agent
from muniment.signing.public_key import PublicKey

KEY = PublicKey(wire.string(b"ssh-ed25519") + wire.string(b"k" * 32))


@pytest.fixture
def answering():
    """Listen on a socket and answer everything with the same bytes, then hang up; gives the path."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listening:
        path = os.path.join(folder, "agent")
        listening.bind(path)
        listening.listen()

        def answer(data):
            def serve():
                connection, _ = listening.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(data)

            threading.Thread(target=serve, daemon=True).start()
            return path

        yield answer


def framed(kind, body=b""):
    """Write a message of the agent."""
    return wire.string(bytes([kind]) + body)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"", "hung up"),
        (b"\0\0", "hung up"),
        (framed(12)[:4], "hung up"),
        (wire.uint32(1 << 31), "bytes"),
        (wire.uint32(0), "bytes"),
        (framed(5), "refused"),
        (framed(6), "message 6"),
        (framed(12), "broken"),
        (framed(12, wire.uint32(1 << 31)), "keys"),
        (framed(12, wire.uint32(1)), "broken"),
        (framed(12, wire.uint32(0) + b"more"), "follows"),
        (framed(12, wire.uint32(1) + wire.string(b"") + wire.string(b"")), "broken"),
    ],
)
def test_a_wrong_answer_is_told(answering, answer, told):
    """Too short, too long, refused or of another kind: the error says so."""
    with pytest.raises(AgentError, match=told):
        Agent(answering(answer)).identities()


def test_a_broken_signature_is_told(answering):
    """An answer that holds no signature is no signature."""
    with pytest.raises(AgentError, match="broken"):
        Agent(answering(framed(14, b"\0\0\0\x09x"))).sign(KEY, b"x")


def test_a_silent_agent_is_given_up():
    """After the time that the caller allows, the error says that it took too long."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listening:
        path = os.path.join(folder, "agent")
        listening.bind(path)
        listening.listen()
        with pytest.raises(AgentError, match="too long"):
            Agent(path, timeout_s=0.05).identities()


@pytest.mark.parametrize("path", ["/nothing/there", "", "x" * 500, "a\0b"])
def test_a_socket_that_is_not_there_is_told(path):
    """A path that leads to no agent is an error of ours."""
    with pytest.raises(AgentError):
        Agent(path).identities()
