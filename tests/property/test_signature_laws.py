"""Laws of signatures: whatever bytes come along, the answer is yes, or a typed no."""

import base64
import fnmatch
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import AllowedSignersError, BadSignatureError, KeyUnusableError
from muniment.signing import pattern_list, sshsig, wire
from muniment.signing.allowed_signers import AllowedSigners
from muniment.signing.public_key import PublicKey
from muniment.signing.signer import Signer

SECRET = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
TYPE = wire.string(b"ssh-ed25519")
KEY = PublicKey(TYPE + wire.string(SECRET.public_key().public_bytes_raw()))
SIGNER = Signer(KEY, lambda data: TYPE + wire.string(SECRET.sign(data)))
ALLOWED = AllowedSigners.parse(f"ada {KEY.line}")
TYPES = ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com", "rsa-sha2-512", "nistp256"]
PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1)
FIELDS = st.one_of(st.binary(max_size=40), st.sampled_from(TYPES).map(str.encode)).map(wire.string)
NOISE = st.lists(FIELDS)
MADE_UP = st.binary().map(lambda blob: f"ssh-ed25519 {base64.b64encode(blob).decode()}")
LINES = [
    st.text(),
    st.text().map(lambda text: f"ada {text} {KEY.line}"),
    st.text().map('ada valid-after="{}" x'.format),
]


@given(st.binary(), PRINTABLE)
def test_what_was_signed_verifies(message, namespace):
    """A signature is good for its message and purpose, and for no other message."""
    text = SIGNER.sign(message, namespace)
    assert ALLOWED.verify(message, text, namespace).principal == "ada"
    with pytest.raises(BadSignatureError):
        ALLOWED.verify(message + b"!", text, namespace)


@given(st.binary(), PRINTABLE)
def test_the_text_tells_all(raw, namespace):
    """Writing a signature and reading it gives the same."""
    made = sshsig.Signature(KEY.blob, namespace, "sha256", raw)
    assert sshsig.decode(sshsig.encode(made)) == made


BLOB = base64.b64decode("".join(SIGNER.sign(b"x", "n").splitlines()[1:-1]))


def armored(blob: bytes) -> str:
    """Put an armor around any bytes."""
    return f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(blob).decode()}\n-----END SSH SIGNATURE-----\n"


@given(st.integers(0, len(BLOB) * 8 - 1))
def test_no_bit_can_be_changed(bit):
    """A signature with one bit flipped is refused, with a reason."""
    changed = bytearray(BLOB)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadSignatureError):
        ALLOWED.verify(b"x", armored(bytes(changed)), "n")


@given(st.integers(0, len(BLOB)), st.integers(0, len(BLOB)), st.binary(max_size=12))
def test_nothing_can_be_cut_out_or_put_in(start, end, new):
    """A signature with some of it replaced is refused, unless that left it as it was."""
    changed = BLOB[:start] + new + BLOB[max(start, end) :]
    if changed != BLOB:
        with pytest.raises(BadSignatureError):
            ALLOWED.verify(b"x", armored(changed), "n")


@given(st.one_of(st.text(), st.binary().map(armored), st.text().map("-----BEGIN SSH SIGNATURE-----\n{}".format)))
def test_any_text_is_refused_by_a_typed_error(text):
    """Text that is no signature is a bad signature, and no other error."""
    with pytest.raises(BadSignatureError):
        ALLOWED.verify(b"x", text, "n")


@given(st.sampled_from(TYPES), NOISE, NOISE)
def test_any_key_and_any_answer_are_refused_by_a_typed_error(kind, fields, answer):
    """A signature that brings a key and an answer of its own, of any form, is refused."""
    blob = wire.string(kind.encode()) + b"".join(fields)
    text = sshsig.encode(sshsig.Signature(blob, "n", "sha512", b"".join(answer)))
    with pytest.raises(BadSignatureError):
        ALLOWED.verify(b"x", text, "n")


@given(st.one_of(st.text(), MADE_UP))
def test_any_line_is_a_key_or_refused_by_a_typed_error(text):
    """What is no public key is told so."""
    with suppress(KeyUnusableError):
        PublicKey.of_line(text)


@given(st.one_of(LINES))
def test_any_list_is_read_or_refused_by_a_typed_error(text):
    """What is no list of signers is told so."""
    with suppress(AllowedSignersError):
        AllowedSigners.parse(text)


@given(st.text("ab*?", max_size=12), st.text("ab", max_size=12))
def test_patterns_are_those_of_the_shell(pattern, text):
    """Stars and question marks mean what they mean elsewhere."""
    assert pattern_list.matches(text, pattern) == fnmatch.fnmatchcase(text, pattern)


@given(st.integers(1, 1 << 600))
def test_numbers_have_one_form(number):
    """A number is read as it was written, and written in the shortest form."""
    assert wire.Reader(wire.natural(number)).natural() == number
