"""OpenSSH and this package accept each other's signatures, for every type of key that teams have."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from muniment.errors import AllowedSignersError, BadSignatureError
from muniment.signing import sshsig, wire
from muniment.signing.allowed_signers import AllowedSigners
from muniment.signing.public_key import PublicKey
from muniment.signing.signer import Signer

ADA = "ada@example.org"
MESSAGE = b'{"a":1}'
KINDS = [("ed25519", None), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048)]


@pytest.fixture
def accepts(keygen, tmp_path):
    """Ask `ssh-keygen -Y verify` whether a signature is good."""

    def ask(line, signature, message=MESSAGE, namespace="file"):
        (tmp_path / "allowed").write_text(f"{ADA} {line}\n")
        (tmp_path / "sig").write_text(signature)
        options = ["-f", tmp_path / "allowed", "-I", ADA, "-n", namespace, "-s", tmp_path / "sig"]
        return keygen("-Y", "verify", *options, stdin=message) is not None

    return ask


@pytest.mark.parametrize(("kind", "bits"), KINDS)
def test_openssh_accepts_what_we_sign(kind, bits, key, public, accepts):
    """`ssh-keygen -Y verify` takes a signature of ours, and for other content refuses it."""
    signature = Signer.from_file(key(kind, bits)).sign(MESSAGE, "file")
    assert accepts(public(kind, bits), signature)
    assert not accepts(public(kind, bits), signature, message=b"other")


@pytest.mark.parametrize("hash_name", ["sha512", "sha256"])
@pytest.mark.parametrize(("kind", "bits"), KINDS)
def test_we_accept_what_openssh_signs(kind, bits, hash_name, key, public, keygen):
    """A signature of `ssh-keygen -Y sign` is good, whichever hash it took."""
    options = ["-O", f"hashalg={hash_name}", "-n", "file", "-f", key(kind, bits)]
    signature = keygen("-Y", "sign", *options, stdin=MESSAGE).decode()
    found = AllowedSigners.parse(f"{ADA} {public(kind, bits)}").verify(MESSAGE, signature, "file")
    assert (found.principal, found.key_type) == (ADA, public(kind, bits).split()[0])


def test_the_text_is_byte_for_byte_that_of_openssh(key, keygen):
    """An Ed25519 signature has one form: both programs write the same text."""
    theirs = keygen("-Y", "sign", "-n", "file", "-f", key(), stdin=MESSAGE).decode()
    assert Signer.from_file(key()).sign(MESSAGE, "file") == theirs


@pytest.mark.parametrize(("kind", "bits"), KINDS)
def test_fingerprints_are_those_of_openssh(kind, bits, key, keygen):
    """A key is called as `ssh-keygen -l` calls it."""
    assert Signer.from_file(key(kind, bits)).fingerprint == keygen("-l", "-f", key(kind, bits)).decode().split()[1]


def token_key(kind):
    """Give a public key and what signs for it as a hardware token does, in software."""
    application, told = b"ssh:", b"\x01" + wire.uint32(7)
    if kind == "ed25519":
        name, secret = b"sk-ssh-ed25519@openssh.com", ed25519.Ed25519PrivateKey.generate()
        parts = [secret.public_key().public_bytes_raw()]
    else:
        name, curved = b"sk-ecdsa-sha2-nistp256@openssh.com", ec.generate_private_key(ec.SECP256R1())
        point = curved.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        parts = [b"nistp256", point]

    def sign(data):
        whole = hashlib.sha256(application).digest() + told + hashlib.sha256(data).digest()
        if kind == "ed25519":
            answer = secret.sign(whole)
        else:
            pair = decode_dss_signature(curved.sign(whole, ec.ECDSA(hashes.SHA256())))
            answer = b"".join(map(wire.natural, pair))
        return wire.string(name) + wire.string(answer) + told

    return PublicKey(b"".join(map(wire.string, [name, *parts, application]))), sign


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_signatures_of_tokens_are_checked_as_openssh_does(kind, accepts):
    """What a hardware token signed is good for both programs, and of other content for neither."""
    public_key, sign = token_key(kind)
    signature = Signer(public_key, sign).sign(MESSAGE, "file")
    allowed = AllowedSigners.parse(f"{ADA} {public_key.line}")
    assert accepts(public_key.line, signature)
    assert allowed.verify(MESSAGE, signature, "file").principal == ADA
    forged = sshsig.encode(sshsig.Signature(public_key.blob, "file", "sha512", sign(b"other")))
    assert not accepts(public_key.line, forged)
    with pytest.raises(BadSignatureError, match="other content"):
        allowed.verify(MESSAGE, forged, "file")


@pytest.mark.parametrize(
    "line",
    [
        '"{who}" namespaces="f*,git" {key}',
        "*@example.org,!eve@example.org {key} a comment",
        '{who} valid-after="20200101Z",valid-before="20990101Z" {key}',
        '{who} NAMESPACES="git",VALID-AFTER="202001010000" {key}',
        '!{who},*@example.org namespaces="file" {key}',
        '{who} valid-before="20200101Z" {key}',
        "{who} cert-authority {key}",
        "{who} colour {key}",
        '{who} valid-after="20990101Z" {key}',
        "eve@example.org {key}",
        '{who} namespaces="file,!file" {key}',
    ],
)
def test_lines_mean_what_they_mean_to_openssh(line, key, public, keygen, tmp_path):
    """Whatever a line says of a key, both programs accept its signature, or both do not."""
    signature = Signer.from_file(key()).sign(MESSAGE, "file")
    text = line.format(who=ADA, key=public()) + "\n"
    (tmp_path / "allowed").write_text(text)
    (tmp_path / "sig").write_text(signature)
    options = ["-f", tmp_path / "allowed", "-I", ADA, "-n", "file", "-s", tmp_path / "sig"]
    theirs = keygen("-Y", "verify", *options, stdin=MESSAGE) is not None
    assert is_good(text, signature) is theirs


def is_good(text, signature):
    """Tell whether a list of signers lets Ada's signature pass."""
    try:
        AllowedSigners.parse(text).verify(MESSAGE, signature, "file", identity=ADA)
    except (BadSignatureError, AllowedSignersError):
        return False
    return True


def test_certificates_are_refused_with_their_reason(key, keygen, tmp_path):
    """A signature by a certificate is refused as such, even where its authority is listed."""
    authority, mine = key(owner="authority"), key(owner="certified")
    assert keygen("-q", "-s", authority, "-I", "id", "-n", ADA, mine.with_suffix(".pub")) is not None
    certificate = mine.parent / f"{mine.name}-cert.pub"
    blob = base64.b64decode(certificate.read_text().split()[1])
    signature = Signer(PublicKey(blob), Signer.from_file(mine)._answer).sign(MESSAGE, "file")
    line = authority.with_suffix(".pub").read_text()
    allowed = AllowedSigners.parse(f"*@example.org cert-authority {line}")
    with pytest.raises(BadSignatureError) as caught:
        allowed.verify(MESSAGE, signature, "file")
    assert caught.value.reason == "certificate"
