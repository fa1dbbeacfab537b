"""Who may sign: what lines say, which are refused, and each reason why a signature is bad."""

from datetime import UTC, datetime

import pytest

from muniment.errors import AllowedSignersError, BadSignatureError, InvalidValueError, LedgerError
from muniment.signing import pattern_list, sshsig
from muniment.signing.allowed_signers import AllowedSigners
from muniment.signing.signer import Signer

ADA, BEN = "ada@example.org", "ben@example.org"


@pytest.fixture
def signature(key):
    """What Ada signed: b"x", for the purpose "n"."""
    return Signer.from_file(key()).sign(b"x", "n")


def reason_of(allowed, *arguments, **options):
    """Give the reason why a signature is refused."""
    with pytest.raises(BadSignatureError) as caught:
        allowed.verify(*arguments, **options)
    return caught.value.reason


def test_a_good_signature_says_whose_it_is(key, signature, public):
    """The answer names the first of its line, all of them, the key's fingerprint and its type."""
    found = AllowedSigners.parse(f"{ADA},!eve@x,*@example.org {public()}").verify(b"x", signature, "n")
    assert (found.principal, found.principals, found.key_type) == (ADA, (ADA, "*@example.org"), "ssh-ed25519")
    assert found.fingerprint == Signer.from_file(key()).fingerprint


def test_an_identity_may_be_asked_for(allowed, public, signature):
    """With an identity, a key is good that is that signer's, by name or by pattern, and no other."""
    assert allowed.verify(b"x", signature, "n", identity=ADA).principal == ADA
    assert reason_of(allowed, b"x", signature, "n", identity=BEN) == "other-identity"
    everybody = AllowedSigners.parse(f"*@example.org {public()}")
    assert everybody.verify(b"x", signature, "n", identity=BEN).principal == BEN


def test_each_refusal_has_its_reason(allowed, key, signature):
    """Missing, unreadable, of other content, for another purpose, by nobody known: each is told apart."""
    stranger = Signer.from_file(key(owner="ben")).sign(b"x", "n")
    assert reason_of(allowed, b"x", None, "n") == "missing"
    assert reason_of(allowed, b"x", "no signature", "n") == "malformed"
    assert reason_of(allowed, b"y", signature, "n") == "wrong-content"
    assert reason_of(allowed, b"x", signature, "m") == "wrong-namespace"
    assert reason_of(allowed, b"x", stranger, "n") == "unknown-signer"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ('namespaces="m,o"', "other-namespaces"),
        ('valid-after="20300101Z"', "not-valid-then"),
        ('valid-before="20200101Z"', "not-valid-then"),
        ("cert-authority", "unknown-signer"),
    ],
)
def test_what_a_line_does_not_allow_is_refused(options, reason, public, signature):
    """The conditions of a line hold, and the reason names the one that does not."""
    allowed = AllowedSigners.parse(f"{ADA} {options} {public()}")
    assert reason_of(allowed, b"x", signature, "n", time=datetime(2026, 1, 1, tzinfo=UTC)) == reason


def test_one_line_that_allows_it_is_enough(public, signature):
    """A key may have several lines: it is good where one of them lets it."""
    allowed = AllowedSigners.parse(f'{ADA} namespaces="m" {public()}\n{BEN} {public()}')
    assert allowed.verify(b"x", signature, "n").principal == BEN
    assert reason_of(allowed, b"x", signature, "n", identity=ADA) == "other-namespaces"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("20260101Z", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        ("202601011230Z", datetime(2026, 1, 1, 12, 30, tzinfo=UTC), datetime(2026, 1, 1, 12, 30, tzinfo=UTC)),
        ("20260101123015Z", *[datetime(2026, 1, 1, 12, 30, 15, tzinfo=UTC)] * 2),
        ("20260101", *[datetime(2026, 1, 1).astimezone()] * 2),
    ],
)
def test_both_ends_of_a_span_belong_to_it(text, first, last, public, signature):
    """A key is valid from `valid-after` on and until `valid-before`, both included, in UTC with a Z."""
    after = AllowedSigners.parse(f'{ADA} valid-after="{text}" {public()}')
    before = AllowedSigners.parse(f'{ADA} valid-before="{text}" {public()}')
    assert after.verify(b"x", signature, "n", time=first).principal == ADA
    assert before.verify(b"x", signature, "n", time=last).principal == ADA


@pytest.mark.parametrize(
    "line",
    [
        ADA,
        '"" {key}',
        '"ada {key}',
        "{who} ssh-ed25519",
        "{who} ssh-ed25519 ====",
        "{who} ssh-rsa {blob}",
        "{who} colour {key}",
        '{who} cert-authority="yes" {key}',
        "{who} namespaces {key}",
        "{who} namespaces=n {key}",
        '{who} namespaces="n",namespaces="m" {key}',
        '{who} valid-after="yesterday" {key}',
        '{who} valid-after="20261301Z" {key}',
        '{who} valid-after="20260102Z",valid-before="20260101Z" {key}',
    ],
)
def test_a_line_that_cannot_be_read_is_refused(line, public):
    """The whole list is refused with the number of the line: a signer who is lost by a slip would not be seen."""
    text = line.format(who=ADA, key=public(), blob=public().split()[1])
    with pytest.raises(AllowedSignersError) as caught:
        AllowedSigners.parse(f"# who may sign\n\n{text}\n", path="signers")
    assert (caught.value.path, caught.value.line) == ("signers", 3)


def test_comments_blanks_and_unknown_types_of_keys_are_passed_over(public, signature):
    """A list may hold more than this program knows: it reads what it does."""
    text = f"# a list\r\n\n  \t\n{BEN} sk-future@x AAAADHNrLWZ1dHVyZUB4\n {ADA}\t{public()}  Ada's laptop\r\n"
    allowed = AllowedSigners.parse(text.replace("AAAADHNrLWZ1dHVyZUB4", "AAAAC3NrLWZ1dHVyZUB4"))
    assert allowed.verify(b"x", signature, "n").principal == ADA


def test_a_file_is_read(tmp_path, public):
    """`read` takes a file; what cannot be read is told with its path."""
    path = tmp_path / "allowed"
    path.write_text(f"{ADA} {public()}\n")
    assert [one.principals for one in AllowedSigners.read(path).signers] == [(ADA,)]
    path.write_bytes(b"# one\n\xff\n")
    with pytest.raises(AllowedSignersError, match="line 2"):
        AllowedSigners.read(path)
    with pytest.raises(AllowedSignersError, match="cannot be read"):
        AllowedSigners.read(tmp_path / "nothing")


def test_a_key_may_be_asked_about_before_it_signs(allowed, public):
    """`allowed` tells of a key what `verify` would tell of its signature."""
    assert allowed.allowed(public(), "n").principal == ADA
    with pytest.raises(BadSignatureError) as caught:
        allowed.allowed(public(owner="ben"), "n")
    assert caught.value.reason == "unknown-signer"


def test_arguments_are_checked(allowed, signature):
    """A time without a zone, or no namespace, is refused as such."""
    with pytest.raises(InvalidValueError):
        allowed.verify(b"x", signature, "n", time=datetime(2026, 1, 1))  # noqa: DTZ001 - the fault
    with pytest.raises(InvalidValueError):
        allowed.verify(b"x", signature, "")


def test_the_error_says_what_it_is_about():
    """A bad signature is a fault of what was recorded, and its message names it, the key, and what to do."""
    error = BadSignatureError("unknown-signer", what="commit 3f2a", fingerprint="SHA256:abc")
    assert isinstance(error, LedgerError)
    assert str(error).startswith("commit 3f2a: no allowed signer has this key (SHA256:abc); add a line")


def test_a_weak_rsa_key_is_refused(key, public):
    """A key of less than 2048 bits signs nothing that is believed."""
    signature = Signer.from_file(key("rsa", 1024)).sign(b"x", "n")
    assert reason_of(AllowedSigners.parse(f"{ADA} {public('rsa', 1024)}"), b"x", signature, "n") == "malformed"


@pytest.mark.parametrize("change", [{"namespace": ""}, {"hash_name": "sha1"}, {"key": b""}, {"raw": b""}])
def test_what_the_armor_holds_is_checked(allowed, signature, change):
    """No namespace, another hash, no key or no answer: malformed, whatever else it says."""
    fields = {name: getattr(sshsig.decode(signature), name) for name in ("key", "namespace", "hash_name", "raw")}
    assert reason_of(allowed, b"x", sshsig.encode(sshsig.Signature(**fields | change)), "n") == "malformed"


@pytest.mark.parametrize(
    ("patterns", "fitting", "others"),
    [
        ("a", ["a"], ["b", "aa", "A", ""]),
        ("*@x", ["@x", "a@x", "a@x@x"], ["a@y", "a@x."]),
        ("?b", ["ab"], ["b", "aab"]),
        ("a,b", ["a", "b"], ["a,b"]),
        ("*,!b", ["a"], ["b"]),
        ("!b", [], ["a", "b"]),
        ("**a*", ["a", "xay"], ["x"]),
        ("a*b*c", ["abc", "axbbxc"], ["ab", "acb"]),
    ],
)
def test_patterns(patterns, fitting, others):
    """A star is any text, a question mark one character; one pattern has to fit, and none with `!`."""
    assert [text for text in [*fitting, *others] if pattern_list.matches(text, patterns)] == fitting
