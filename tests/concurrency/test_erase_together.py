"""Erase beside programs that read and write: nothing else is lost, and nothing comes back."""

from pathlib import Path

import pytest
from children import run_all
from promises import AUTHOR, opened

from muniment import BlobErasedError, Store

COUNT = 12


def secret(number):
    """A content to erase."""
    return {"secret": f"the {number}. secret of the vault"}


@pytest.fixture
def root(place):
    """A store with some versions of `web`, in packs with much else, or loose; none of them at the head."""
    with Store.init(place / "store", author=AUTHOR) as store:
        for number in range(COUNT):
            with store.transaction(f"{number}", worktree=False) as change:
                change.write("web", secret(number))
                for other in range(40 if number % 3 else 0):
                    change.write(f"many/{other}", [number, other])
        with store.transaction("none", worktree=False) as change:
            change.write("web", None)
    return place / "store"


@pytest.mark.usefixtures("quick_disk")
def test_readers_and_writers_go_on(root):
    """They read what is not erased, or are told that it is; each commit stands."""
    with opened(root) as store:
        versions = [(one.commit.id, one.blob) for one in store.history("web")][1:]

    def erasing(tell):
        store = opened(root)
        for _, blob in versions:
            tell(store.erase(blob, "why").payload["blob"])

    def reading(tell):
        store = opened(root)
        for _ in range(3):
            for number, (commit, _) in enumerate(reversed(versions)):
                found = store.at(commit)
                if number % 3:
                    assert found["many/7"] == [number, 7]
                try:
                    assert found["web"] == secret(number)
                except BlobErasedError as error:
                    tell(error.reason)

    def writing(tell):
        store = opened(root)
        for number in range(COUNT):
            with store.transaction("on", worktree=False) as change:
                change.write(f"mine/{number}", number)
            tell(change.commit.id)

    told = run_all(erasing, reading, reading, writing)
    assert told[0] == [blob for _, blob in versions]
    assert set(told[1] + told[2]) <= {"why"}
    with opened(root) as store:
        assert set(told[3]) <= {commit.id for commit in store.log()}
        report = store.verify()
        assert (report.findings, report.erased) == ((), COUNT)
    files = [path for path in Path(root).rglob("*") if path.is_file()]
    assert [path for path in files if b"secret of the vault" in path.read_bytes()] == []


@pytest.mark.usefixtures("quick_disk")
def test_two_erase_the_same(root):
    """One record of each, whoever was first; both are given it."""
    with opened(root) as store:
        blobs = [one.blob for one in store.history("web")][1:]

    def erasing(tell):
        store = opened(root)
        for blob in blobs:
            tell(store.erase(blob, "why").id)

    told = run_all(erasing, erasing)
    assert told[0] == told[1]
    with opened(root) as store:
        assert len(store.ledger("erasures")) == COUNT
        assert store.verify().findings == ()
