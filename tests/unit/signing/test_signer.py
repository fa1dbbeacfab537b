"""Signing with a key of the user's: from its file, encrypted or not, or through an agent; and what is refused how."""

import shutil
import subprocess
import sys

import pytest

from muniment.errors import AgentError, InvalidValueError, KeyUnusableError, PassphraseError, SigningUnavailableError
from muniment.signing.signer import Signer

WORDS = "a secret"


def test_a_key_without_a_passphrase_is_never_asked_for_one(key):
    """`passphrase` is called only for a key that is encrypted."""

    def ask():
        raise AssertionError

    assert Signer.from_file(key(), ask).sign(b"x", "file")


def test_an_encrypted_key_asks_once(key, public):
    """The function is asked once, on reading the file, and every signature is made by what was read."""
    pytest.importorskip("bcrypt")
    asked = []

    def ask():
        asked.append(1)
        return WORDS

    signer = Signer.from_file(key(passphrase=WORDS), ask)
    assert signer.sign(b"x", "file") != signer.sign(b"y", "file")
    assert (len(asked), signer.public_key) == (1, public(passphrase=WORDS))


def test_a_passphrase_may_be_text_or_bytes(key):
    """Both give the same signature."""
    pytest.importorskip("bcrypt")
    path = key(passphrase=WORDS)
    assert Signer.from_file(path, WORDS).sign(b"x", "n") == Signer.from_file(path, WORDS.encode()).sign(b"x", "n")


@pytest.mark.parametrize("given", [None, "", lambda: None])
def test_a_missing_passphrase_is_told(key, given):
    """Without it the error says that the key is encrypted, and what to do."""
    with pytest.raises(PassphraseError, match="ssh-add") as caught:
        Signer.from_file(key(passphrase=WORDS), given)
    assert not caught.value.is_wrong


def test_a_wrong_passphrase_is_told(key):
    """Another passphrase is told apart from none."""
    pytest.importorskip("bcrypt")
    with pytest.raises(PassphraseError, match="not the passphrase") as caught:
        Signer.from_file(key(passphrase=WORDS), "guess")
    assert caught.value.is_wrong


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no file of a key"),
        (b"hello", "no file of a key"),
        (b"\xff\xfe", "no file of a key"),
        (b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", "ssh-keygen -p"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "damaged"),
        (b"ssh-ed25519 AAAA", "no file of a key"),
        (b"x" * 100_000, "too long"),
    ],
)
def test_a_file_that_is_no_key_is_refused(tmp_path, content, told):
    """Whatever lies there, the error is ours and says what to do."""
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(KeyUnusableError, match=told):
        Signer.from_file(path)


def test_a_missing_file_is_told(tmp_path):
    """A path that leads nowhere is an error of ours."""
    with pytest.raises(KeyUnusableError, match="name its file"):
        Signer.from_file(tmp_path / "nothing")


def test_a_public_key_signs_by_the_private_one_beside_it(key):
    """As with `ssh-keygen`, naming `key.pub` means `key`, where it lies there."""
    path = key()
    assert Signer.from_file(f"{path}.pub").sign(b"x", "n") == Signer.from_file(path).sign(b"x", "n")


def test_a_public_key_alone_cannot_sign(key, tmp_path):
    """Without a private key and an agent the error says which would help."""
    shutil.copy(f"{key()}.pub", tmp_path / "alone.pub")
    with pytest.raises(KeyUnusableError, match="ssh-add"):
        Signer.from_file(tmp_path / "alone.pub")


def test_a_public_key_beside_another_private_key_is_refused(key, tmp_path):
    """Nothing is signed by a key that was not named."""
    shutil.copy(f"{key()}.pub", tmp_path / "mine.pub")
    shutil.copy(key(owner="ben"), tmp_path / "mine")
    with pytest.raises(KeyUnusableError, match="not the private key"):
        Signer.from_file(tmp_path / "mine.pub")


@pytest.mark.parametrize(("kind", "bits"), [("ed25519", None), ("rsa", 2048), ("ecdsa", 256)])
def test_an_agent_signs_for_a_public_key(kind, bits, key, agent, tmp_path, allowed_for):
    """With the private key in ssh-agent alone, the signature is good."""
    path, add = agent
    assert add("-q", key(kind, bits)) == 0
    shutil.copy(f"{key(kind, bits)}.pub", tmp_path / "id.pub")
    signer = Signer.from_file(tmp_path / "id.pub", agent=path)
    assert allowed_for(signer).verify(b"x", signer.sign(b"x", "n"), "n").fingerprint == signer.fingerprint


def test_an_agent_that_holds_an_encrypted_key_spares_the_passphrase(key, agent, allowed_for):
    """The passphrase is not asked for where the agent can sign."""
    path, add = agent
    encrypted, plain = key(passphrase=WORDS), key(passphrase=WORDS).with_name("plain")
    shutil.copy(encrypted, plain)
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", WORDS, "-N", "", "-f", plain], check=True, capture_output=True)
    with pytest.raises(PassphraseError):
        Signer.from_file(encrypted, agent=path)
    assert add("-q", plain) == 0
    signer = Signer.from_file(encrypted, agent=path)
    assert allowed_for(signer).verify(b"x", signer.sign(b"x", "n"), "n").principal


def test_an_agent_that_lost_the_key_refuses(key, agent, tmp_path):
    """What the agent refuses is told as its refusal."""
    path, add = agent
    add("-q", key())
    shutil.copy(f"{key()}.pub", tmp_path / "id.pub")
    signer = Signer.from_file(tmp_path / "id.pub", agent=path)
    add("-q", "-D")
    with pytest.raises(AgentError, match="refused"):
        signer.sign(b"x", "n")
    with pytest.raises(KeyUnusableError, match="does not hold it"):
        Signer.from_file(tmp_path / "id.pub", agent=path)


@pytest.mark.parametrize("namespace", ["", "é", "a\n", None])
def test_a_namespace_is_printable_and_not_empty(key, namespace):
    """A purpose that OpenSSH could not be told is refused before anything is signed."""
    with pytest.raises(InvalidValueError):
        Signer.from_file(key()).sign(b"x", namespace)


def test_nothing_of_the_key_is_shown(key):
    """Printing a signer shows its fingerprint alone."""
    signer = Signer.from_file(key())
    assert repr(signer) == f"<Signer {signer.fingerprint}>"


def test_without_the_package_the_error_says_what_to_install(key):
    """A program that lacks the extra reads keys, and is told what signing needs."""
    script = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from muniment.errors import SigningUnavailableError\n"
        "from muniment.signing.signer import Signer\n"
        "try: Signer.from_file(sys.argv[1])\n"
        "except SigningUnavailableError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, key()], capture_output=True, text=True, check=True)
    assert "install muniment[sign]" in done.stdout
    assert issubclass(SigningUnavailableError, Exception)
