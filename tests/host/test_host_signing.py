"""Signatures and policies through the host's git: clones that commit apart, and merge."""

import os
import shutil
import subprocess

import pytest

from muniment import BadSignatureError, Merged, Signer, Store

ADA = "Ada <ada@example.org>"


@pytest.fixture
def ada(tmp_path):
    """A signer with a key that `ssh-keygen` made."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    return Signer.from_file(tmp_path / "key")


@pytest.fixture
def clones(repository, ada, git, tmp_path):
    """Two clones of a repository whose store requires signatures of `main`: the second is the current folder."""
    with open("config/.muniment/allowed_signers", "w", encoding="utf-8") as file:
        file.write(f"ada@example.org {ada.public_key}\n")
    with Store.open("config", author=ADA) as store:
        store.policies.require_signatures()
    git("add", "-A")
    git("commit", "-qm", "take signed commits alone")
    other = tmp_path / "other"
    git("clone", "-q", ".", str(other))
    return str(repository), str(other)


def put(folder, name, signer, git):
    """Commit a document in a clone, by the store and by git."""
    with (
        Store.open(f"{folder}/config", author=ADA, signer=signer) as store,
        store.transaction(f"put {name}") as change,
    ):
        change.write(name, 1)
    git("-C", folder, "add", "-A")
    git("-C", folder, "commit", "-qm", f"put {name}")
    return change.commit


def test_clones_that_both_signed_come_together(clones, ada, git):
    """Git merges without a conflict; whoever reconciles, in either clone and without a key, makes the same commit."""
    here, there = clones
    put(here, "a", ada, git)
    put(there, "b", ada, git)
    git("-C", there, "pull", "-q", "--no-rebase", "--no-edit", "origin", "trunk")
    git("-C", here, "pull", "-q", "--no-edit", there)
    made = []
    for folder in clones:
        with Store.open(f"{folder}/config", author=ADA) as store:
            result = store.reconcile()
            assert isinstance(result, Merged)
            made.append(result.commit)
            assert store.verify().ok
            assert store.names() == ["a", "b", "services/web"]
    assert made[0] == made[1]


def test_an_unsigned_commit_of_another_clone_is_found(clones, ada, git):
    """Whoever has no policy yet commits unsigned: a merge of git brings that, and it goes no further."""
    here, there = clones
    put(here, "a", ada, git)
    shutil.rmtree(f"{there}/config/.muniment/policies")
    theirs = put(there, "b", None, git)
    git("-C", here, "pull", "-q", "--no-rebase", "--no-edit", there)
    git("-C", here, "checkout", "-q", "HEAD^1", "--", "config/.muniment/policies")
    with Store.open(f"{here}/config", author=ADA, signer=ada) as store:
        assert [one.code for one in store.verify().findings] == ["signature-missing"]
        with pytest.raises(BadSignatureError, match=theirs.id[:12]):
            store.reconcile()
    assert os.path.isdir(f"{here}/config/.muniment/policies")
