"""Keys that the real `ssh-keygen` made, and the real programs to compare with."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from muniment.signing.allowed_signers import AllowedSigners

ADA, BEN = "ada@example.org", "ben@example.org"


@pytest.fixture(scope="session")
def keygen():
    """Call `ssh-keygen`; gives what it printed, or None where it failed."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")

    def call(*arguments, stdin=b""):
        done = subprocess.run(["ssh-keygen", *map(str, arguments)], input=stdin, capture_output=True, check=False)
        return done.stdout if done.returncode == 0 else None

    return call


@pytest.fixture(scope="session")
def key(keygen, tmp_path_factory):
    """Give the file of a private key: `key("ed25519")`, `key("rsa", bits=3072)`, `key("ed25519", passphrase="x")`."""
    folder = tmp_path_factory.mktemp("keys")
    made: dict[str, Path] = {}

    def make(kind="ed25519", bits=None, passphrase="", owner="ada") -> Path:
        name = f"{kind}-{bits}-{passphrase}-{owner}"
        if name not in made:
            made[name] = folder / f"key{len(made)}"
            size = ["-b", bits] if bits else []
            options = ["-q", "-a", "1", "-t", kind, *size, "-N", passphrase, "-C", owner, "-f", made[name]]
            assert keygen(*options) is not None
        return made[name]

    return make


@pytest.fixture(scope="session")
def public(key):
    """Give the line of a public key, without its comment; arguments as for `key`."""

    def line(*arguments, **options):
        return " ".join(key(*arguments, **options).with_suffix(".pub").read_text().split()[:2])

    return line


@pytest.fixture
def allowed(public):
    """Ada, with her Ed25519 key, as the only signer."""
    return AllowedSigners.parse(f"{ADA} {public()}\n")


@pytest.fixture
def agent():
    """Start an `ssh-agent` of our own; gives the path of its socket and a call of `ssh-add`."""
    if shutil.which("ssh-agent") is None or shutil.which("ssh-add") is None:
        pytest.skip("ssh-agent is not installed")
    with tempfile.TemporaryDirectory() as folder:  # the path of a socket has to be short
        path = os.path.join(folder, "agent")
        process = subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.DEVNULL)

        def add(*arguments):
            environment = {**os.environ, "SSH_AUTH_SOCK": path}
            done = subprocess.run(["ssh-add", *map(str, arguments)], env=environment, capture_output=True, check=False)
            return done.returncode

        try:
            while add("-l") == 2:  # not listening yet
                assert process.poll() is None
            yield path, add
        finally:
            process.terminate()
            process.wait()


@pytest.fixture
def allowed_for():
    """Make a list of one signer, Ada, with the key of a signer."""

    def make(signer):
        return AllowedSigners.parse(f"{ADA} {signer.public_key}")

    return make
