"""Signed entries: `ssh-keygen` takes our signatures, and what was not signed is refused or found."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from muniment import AllowedSigners, BadSignatureError, Signer, Store
from muniment.values import canonical, entry_line

ADA = "Ada <ada@example.org>"


@pytest.fixture
def key(tmp_path):
    """A key that `ssh-keygen` made."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")

    def make(name):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
        return Signer.from_file(tmp_path / name)

    return make


@pytest.fixture
def signed(tmp_path, key):
    """A store whose signer is the one that it allows."""
    signer = key("key")
    with Store.init(tmp_path / "config", author=ADA, signer=signer) as store:
        allowed = tmp_path / "config/.muniment/allowed_signers"
        allowed.write_text(f"ada@example.org {signer.public_key}\n")
        yield store


def body_of(line):
    """Cut the id and the signature out of a line, as the format page says, with no code of ours."""
    entry = json.loads(line)
    start = len(f'{{"id":"{entry["id"]}",')
    end = line.rindex(b',"signature":"')
    return b"{" + line[start:end] + b"}"


def test_ssh_keygen_takes_our_signature(signed, tmp_path):
    """Of the body, which hashes to the id, for the namespace of entries."""
    entry = signed.ledger("runs").append("turn", {"move": "e4"}, attributes={"note": ',"signature":"no"'})
    [segment] = Path(tmp_path, "config/.muniment/ledgers/runs").glob("*.jsonl")
    body = body_of(segment.read_bytes().rstrip(b"\n"))
    assert canonical.digest(body) == entry.id
    (tmp_path / "signature").write_text(entry.signature)
    command = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        tmp_path / "config/.muniment/allowed_signers",
        "-I",
        "ada@example.org",
    ]
    command += ["-n", "muniment-entry", "-s", tmp_path / "signature"]
    assert subprocess.run(command, input=body, check=False, capture_output=True).returncode == 0
    assert subprocess.run(command, input=body + b" ", check=False, capture_output=True).returncode != 0


def test_we_take_the_signature_of_ssh_keygen(signed, tmp_path):
    """Put into the line by hand, it verifies as if it were ours."""
    with Store.open(tmp_path / "config", author=ADA) as unsigned:
        unsigned.ledger("runs").append("turn", 1)
    [segment] = Path(tmp_path, "config/.muniment/ledgers/runs").glob("*.jsonl")
    line = segment.read_bytes()
    (tmp_path / "body").write_bytes(entry_line.body_of(line.rstrip(b"\n"), None))
    sign = ["ssh-keygen", "-Y", "sign", "-q", "-f", tmp_path / "key", "-n", "muniment-entry", tmp_path / "body"]
    subprocess.run(sign, check=True, capture_output=True)
    signature = (tmp_path / "body.sig").read_text()
    segment.write_bytes(line.rstrip(b"}\n") + b',"signature":' + json.dumps(signature).encode() + b"}\n")
    report = signed.ledger("runs").verify()
    assert (report.ok, report.signed) == (True, 1)


def test_a_ledger_that_requires_signatures_refuses_others(signed, tmp_path, key):
    """Before anything is written: nobody's, and somebody's whom the store does not allow."""
    signed.ledger("runs").require_signatures()
    for signer, reason in ((None, "missing"), (key("other"), "unknown-signer")):
        with Store.open(tmp_path / "config", author="Eve <eve@example.org>", signer=signer) as store:
            with pytest.raises(BadSignatureError) as caught:
                store.ledger("runs").append("turn", 1)
            assert caught.value.reason == reason
            with pytest.raises(BadSignatureError):
                store.ledger("runs").append_many([{"kind": "turn", "payload": 1}, {"kind": "turn", "payload": 2}])
    assert len(signed.ledger("runs")) == 0
    assert signed.ledger("runs").append("turn", 1).signature


def test_what_was_there_before_is_exempt(signed, tmp_path):
    """What a program of another copy brings later is not."""
    with Store.open(tmp_path / "config", author=ADA) as unsigned:
        unsigned.ledger("runs").append("turn", 1)
        assert signed.policies.require_signatures(ledger="runs").ledger == "runs"
        assert signed.ledger("runs").verify().ok
    with Store.init(tmp_path / "elsewhere", author=ADA) as elsewhere:
        elsewhere.ledger("runs").append("turn", 2)
        signed.ledger("runs").sync(elsewhere.ledger("runs"))
    codes = [finding.code for finding in signed.ledger("runs").verify().findings]
    assert codes == ["signature-missing"]


def test_a_signature_of_something_else_is_found(signed, tmp_path):
    """Taken from one entry and put on another."""
    ledger = signed.ledger("runs")
    first, second = ledger.append("turn", 1), ledger.append("turn", 2)
    [segment] = Path(tmp_path, "config/.muniment/ledgers/runs").glob("*.jsonl")
    one, other = (json.dumps(entry.signature).encode() for entry in (first, second))
    segment.write_bytes(segment.read_bytes().replace(other, one))
    findings = ledger.verify().findings
    assert [finding.code for finding in findings] == ["signature-bad"]
    assert findings[0].path.endswith(":2")


def test_an_unknown_signer_is_no_finding_where_nobody_asks(signed, key, tmp_path):
    """Unless the ledger requires signatures, whom the store does not know is not counted, and not told."""
    with Store.open(tmp_path / "config", author=ADA, signer=key("other")) as store:
        store.ledger("runs").append("turn", 1)
    report = signed.ledger("runs").verify()
    assert (report.ok, report.signed) == (True, 0)


def test_a_whole_batch_is_signed(signed):
    """Each entry of it."""
    signed.ledger("runs").append_many([{"kind": "turn", "payload": number} for number in range(5)])
    assert signed.ledger("runs").verify().signed == 5


def test_a_signer_that_is_allowed_for_other_things_is_refused(signed, tmp_path):
    """The list may name what a key is for."""
    signed.ledger("runs").require_signatures()
    signer = Signer.from_file(tmp_path / "key")
    allowed = AllowedSigners.parse(f'ada@example.org namespaces="muniment-commit" {signer.public_key}')
    with Store.open(tmp_path / "config", author=ADA, signer=signer, allowed_signers=allowed) as store:
        with pytest.raises(BadSignatureError) as caught:
            store.ledger("runs").append("turn", 1)
        assert caught.value.reason == "other-namespaces"
