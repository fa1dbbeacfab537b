"""Signing on the command line: where the key comes from, what is shown, and what branches require."""

import shutil
import subprocess

import pytest

from muniment import GoodSignature, NoSignature, Store
from muniment.cli.exit_code import ExitCode

ADA = "ada@example.org"


@pytest.fixture
def key(folder, tmp_path, monkeypatch):
    """A key of Ada's, outside of the store; git and the environment say nothing of signing."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    for name in ("MUNIMENT_SIGNING_KEY", "SSH_AUTH_SOCK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    path = tmp_path / "ada key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


@pytest.fixture
def signers(store, key):
    """The store's list of allowed signers, with Ada's key."""
    line = " ".join(key.with_name(f"{key.name}.pub").read_text().split()[:2])
    path = key.parent / "here" / ".muniment" / "allowed_signers"
    path.write_text(f"{ADA} {line}\n")
    return path


def configure(**settings):
    """Tell git how its user signs."""
    for name, value in settings.items():
        subprocess.run(["git", "config", "--global", name.replace("_", "."), value], check=True)


def state_of(store, revision="HEAD"):
    """Tell how it stands with the signature of a commit."""
    return store.signature_of(store.at(revision).commit)


def test_a_key_is_named_or_comes_from_the_environment(muniment, store, signers, key, monkeypatch):
    """`--signing-key` signs, so does the variable in every command; `--no-sign` does not, nor does a call without."""
    assert muniment("commit", "-m", "a", "--allow-empty").code == ExitCode.DONE
    assert state_of(store) == NoSignature()
    muniment("commit", "-m", "b", "--allow-empty", "--signing-key", str(key))
    assert isinstance(state_of(store), GoodSignature)
    monkeypatch.setenv("MUNIMENT_SIGNING_KEY", str(key))
    muniment("commit", "-m", "c", "--allow-empty")
    muniment("tag", "v1")
    muniment("tag", "v2", "--no-sign")
    assert isinstance(state_of(store), GoodSignature)
    assert isinstance(store.signature_of(store.tags.show("v1")), GoodSignature)
    assert store.signature_of(store.tags.show("v2")) == NoSignature()
    muniment("commit", "-m", "d", "--allow-empty", "--no-sign")
    assert state_of(store) == NoSignature()


def test_gits_key_signs_where_that_is_asked_for(muniment, store, signers, key):
    """`--sign` takes the SSH key that git signs with; without `--sign` git is not asked."""
    assert muniment("commit", "-m", "a", "--allow-empty", "--sign").code == ExitCode.REFUSED
    configure(user_signingkey=str(key))
    assert "no key to sign with" in muniment("commit", "-m", "a", "--allow-empty", "--sign").err
    configure(gpg_format="ssh")
    assert muniment("commit", "-m", "a", "--allow-empty", "--sign").code == ExitCode.DONE
    assert isinstance(state_of(store), GoodSignature)
    muniment("commit", "-m", "b", "--allow-empty")
    assert state_of(store) == NoSignature()


def test_log_and_show_tell_who_signed(muniment, store, signers, key):
    """As people read it, and in JSON; unasked, neither says a word of it."""
    muniment("commit", "-m", "a", "--allow-empty")
    muniment("commit", "-m", "b", "--allow-empty", "--signing-key", str(key))
    fingerprint = state_of(store).fingerprint
    told = muniment("log", "--show-signature").out
    assert f"    signed by {ADA}  {fingerprint}\n" in told
    assert "    not signed\n" in told
    assert muniment("show", "--show-signature").out.startswith(f"signed by {ADA}")
    good = {"state": "good", "principal": ADA, "fingerprint": fingerprint}
    listed = muniment("log", "--show-signature", "-n", "2", "--json").lines
    assert [one["signed"] for one in listed] == [good, {"state": "no"}]
    assert muniment("show", "--show-signature", "--json").json["commit"]["signed"] == good
    assert "signed" not in muniment("show", "--json").json["commit"]
    signers.write_text("# nobody\n")
    assert "no allowed signer has this key" in muniment("log", "--show-signature").out


def test_gits_list_counts_where_the_store_has_none(muniment, store, signers, key, tmp_path):
    """The store's list is for all; without it, git's own says whom its user trusts."""
    muniment("commit", "-m", "a", "--allow-empty", "--signing-key", str(key))
    signers.rename(tmp_path / "mine")
    assert "no allowed signer" in muniment("log", "--show-signature").out
    configure(gpg_ssh_allowedSignersFile=str(tmp_path / "mine"))
    assert f"signed by {ADA}" in muniment("log", "--show-signature").out
    signers.write_text("")
    assert "no allowed signer" in muniment("log", "--show-signature").out


def test_a_key_that_cannot_sign_is_told_in_one_line(muniment, store, key, monkeypatch):
    """A passphrase is not asked for without a terminal; a missing key is named."""
    other, before = key.with_name("encrypted"), store.log()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "a secret", "-f", other], check=True)
    answer = muniment("commit", "-m", "a", "--allow-empty", "--signing-key", str(other))
    assert (answer.code, "ssh-add" in answer.err, answer.out) == (ExitCode.REFUSED, True, "")
    monkeypatch.setenv("MUNIMENT_SIGNING_KEY", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA")
    assert muniment("commit", "-m", "a", "--allow-empty").code == ExitCode.REFUSED
    assert store.log() == before


def test_a_branch_that_requires_signatures(muniment, store, signers, key):
    """The policy is declared, listed, kept and withdrawn; a refused commit is answered by no."""
    assert muniment("policy", "list").out.startswith("No policies here")
    assert muniment("policy", "require-signatures").out.endswith("branch main requires: signature\n")
    (one,) = muniment("policy", "list", "--json").json
    assert (one["branch"], one["requires"], one["since"]) == ("main", "signature", [store.at("HEAD").commit.id])
    refused = muniment("commit", "-m", "a", "--allow-empty", "--json")
    assert refused.code == ExitCode.NO
    assert '"reason":"missing"' in refused.err.replace(": ", ":")
    assert muniment("commit", "-m", "a", "--allow-empty", "--signing-key", str(key)).code == ExitCode.DONE
    assert muniment("policy", "withdraw", "00000000").code == ExitCode.INVALID
    assert muniment("policy", "withdraw", one["id"][:12], "--json").json == {"withdrawn": one["id"][:12]}
    assert muniment("commit", "-m", "b", "--allow-empty").code == ExitCode.DONE


def test_nothing_of_it_is_imported_unasked(folder):
    """A program that signs nothing pays for nothing: neither the package nor its own files are loaded."""
    script = (
        "import sys\nfrom muniment import Store\n"
        "with Store.init('x', author='A') as store: store.commit('a', allow_empty=True)\n"
        "print([name for name in sys.modules if name.startswith(('cryptography', 'muniment.signing'))])"
    )
    import sys

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert Store.open(folder / "x").log()
