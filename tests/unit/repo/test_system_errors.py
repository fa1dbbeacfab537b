"""No `OSError` leaves the public surface, and what was acknowledged stays, whatever the system refuses."""

import errno
import os
from contextlib import suppress

import pytest

from muniment import MunimentError, StorageError, Store
from muniment.files import disk

CALLS = ["open_fd", "write", "fsync", "fdatasync", "replace", "rename", "pwrite", "mkdir", "chmod", "read", "stat"]


@pytest.fixture
def begun(store):
    """A store with one commit of two documents."""
    store.write("web", {"n": 1})
    store.write("api", {"n": 1})
    store.commit("begin")
    return store


def failing(number):
    """A system call that is refused."""

    def call(*args, **options):
        raise OSError(number, os.strerror(number))

    return call


def write_many(tx):
    """Enough documents for a pack."""
    for number in range(40):
        tx.write(f"many/{number}", number)


def in_transaction(store):
    """Write in a transaction."""
    with store.transaction("more") as tx:
        tx.write("web", {"n": 2})
        tx.write("new", 1)


def in_large_transaction(store):
    """Write a pack."""
    with store.transaction("more") as tx:
        write_many(tx)


def in_edit(store):
    """Edit a document."""
    with store.edit("web") as web:
        web["n"] = 2


def in_snapshot(store):
    """Read under locks."""
    with store.snapshot() as files:
        files.read("web")
        files.names()


def in_old_snapshot(store):
    """Read history that nobody has read before."""
    snapshot = store.at("HEAD")
    snapshot.names()
    snapshot.read("web")
    len(snapshot)


VERBS = {
    "write": lambda store: store.write("web", {"n": 2}),
    "create": lambda store: store.create("new", 1),
    "update": lambda store: store.update("web", lambda _: {"n": 2}),
    "delete": lambda store: store.delete("web"),
    "read": lambda store: store.read("web"),
    "names": lambda store: store.names(),
    "exists": lambda store: store.exists("web"),
    "status": lambda store: store.status(),
    "commit": lambda store: store.commit("all", allow_empty=True),
    "rollback": lambda store: store.rollback("HEAD", names=["web"], reason="no"),
    "log": lambda store: store.log(name="web"),
    "history": lambda store: store.history("web"),
    "blame": lambda store: store.blame("web"),
    "diff": lambda store: store.diff("HEAD~0"),
    "show": lambda store: store.show(),
    "verify": lambda store: store.verify(),
    "transaction": in_transaction,
    "large transaction": in_large_transaction,
    "edit": in_edit,
    "snapshot": in_snapshot,
    "at": in_old_snapshot,
    "open": lambda store: Store.open(store.path).close(),
    "init": lambda store: Store.init(f"{store.path}/inner").close(),
    "branch": lambda store: store.branch,
}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EMFILE])
@pytest.mark.parametrize("verb", VERBS)
def test_whatever_the_system_refuses_is_told_as_an_error_of_ours(begun, root, verb, number):
    """Each call in turn is refused throughout a verb: it works, or raises an error of ours; history stays whole."""
    with Store.open(root, author="Ada", lock_timeout_s=0.05) as store:
        for call in CALLS:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(disk, call, failing(number))
                with suppress(MunimentError):
                    VERBS[verb](store)
    with Store.open(root, author="Ada") as after:
        assert after.log()[-1].message == "begin"
        after.commit("go on", allow_empty=True)
        assert [finding for finding in after.verify().findings if finding.code != "document-invalid"] == []


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.ENOSPC, "free some space"), (errno.EROFS, "read-only"), (errno.EMFILE, "ulimit"), (errno.EIO, "verify")],
)
def test_the_error_says_what_to_do(begun, monkeypatch, number, remedy):
    """Which operation on which path was refused, why, and what helps."""
    monkeypatch.setattr(disk, "write", failing(number))
    with pytest.raises(StorageError, match=remedy) as raised:
        begun.write("web", {"n": 2})
    assert (raised.value.operation, raised.value.errno) == ("write", number)
    assert os.strerror(number) in str(raised.value)


def test_an_error_of_the_callers_own_passes_untouched(begun):
    """What a block or a function of the caller raises is the caller's, an `OSError` too."""

    def fail(*args):
        raise FileNotFoundError(errno.ENOENT, "mine")

    for use in (begun.edit("web"), begun.transaction("no"), begun.snapshot()):
        with pytest.raises(FileNotFoundError, match="mine"), use:
            fail()
    with pytest.raises(FileNotFoundError, match="mine"):
        begun.update("web", fail)
    assert begun.read("web") == {"n": 1}
    begun.write("web", {"n": 2})


def test_a_full_disk_leaves_nothing_half_done(begun, root, monkeypatch):
    """Refused before the commit point: head, files and status are as they were, and space makes it work."""
    before = begun.log()
    with monkeypatch.context() as patch:
        patch.setattr(disk, "write", failing(errno.ENOSPC))
        for use in (in_transaction, in_large_transaction):
            with pytest.raises(StorageError):
                use(begun)
    assert begun.log() == before
    assert begun.status().clean
    assert os.listdir(root / ".muniment" / "local" / "tmp") == []
    in_transaction(begun)
    assert begun.read("web") == {"n": 2}


def test_without_a_lock_nobody_is_left_locked_out(begun, root, monkeypatch):
    """A verb that failed half way holds no lock."""
    for call in ("write", "replace", "pwrite", "chmod"):
        with monkeypatch.context() as patch:
            patch.setattr(disk, call, failing(errno.EIO))
            for use in (in_edit, in_transaction, VERBS["write"], VERBS["delete"]):
                try:
                    use(begun)
                except MunimentError:
                    continue
        with Store.open(root, author="Bob", lock_timeout_s=0.5) as other:
            other.write("web", {"n": 1})
            other.write("api", {"n": 1})
