"""The place itself fails: the store is deleted while it is open, may not be written, or files run out."""

import errno
import os
import resource
import shutil
from contextlib import suppress

import filelock
import pytest
from children import Child
from disk_calls import CHANGES, At, fail, intercepted
from promises import at_head, opened, working
from scenarios import OLD, SCENARIOS, check

from muniment import MunimentError, StorageError

pytestmark = pytest.mark.usefixtures("quick_disk")


def in_snapshot(store, name):
    """Read one document in a snapshot."""
    with store.snapshot() as snapshot:
        return snapshot.get(name)


def change(store, name, value, *, worktree=True):
    """Commit one document; give the id of the commit."""
    with store.transaction("change", worktree=worktree) as transaction:
        transaction.write(name, value)
    return transaction.commit.id


READING = {
    "at": lambda store: dict(store.at("HEAD")),
    "blame": lambda store: store.blame("a"),
    "branch": lambda store: store.branch,
    "diff": lambda store: store.diff(),
    "exists": lambda store: store.exists("a"),
    "history": lambda store: store.history("a"),
    "locked": lambda store: store.read("a", locked=True),
    "log": lambda store: [commit.message for commit in store.log()],
    "names": lambda store: store.names(),
    "read": lambda store: store.read("a"),
    "show": lambda store: store.show()[0].message,
    "snapshot": lambda store: in_snapshot(store, "folder/b"),
    "status": lambda store: store.status().clean,
    "verify": lambda store: store.verify().ok,
}
WRITING = {
    "commit": lambda store: store.commit("files", allow_empty=True),
    "create": lambda store: store.create("new/d", 1),
    "delete": lambda store: store.delete("a"),
    "rollback": lambda store: store.rollback("HEAD", reason="back"),
    "transaction": lambda store: change(store, "a", 2),
    "update": lambda store: store.update("a", lambda value: value + 1),
    "without files": lambda store: change(store, "a", 2, worktree=False),
    "write": lambda store: store.write("a", 2),
}


@pytest.fixture
def root(template, place):
    """A store of its own with one commit."""
    shutil.copytree(template, place / "store")
    return place / "store"


@pytest.mark.parametrize("what", ["the store", "its control folder"])
@pytest.mark.parametrize("verb", READING | WRITING)
def test_a_deleted_store_is_not_made_anew(root, verb, what):
    """Every verb of an open store that was deleted answers, or tells it by an error of ours; no folder comes back."""
    gone = root if what == "the store" else root / ".muniment"
    store = opened(root, lock_timeout_s=0.5)
    change(store, "unused", 1)
    shutil.rmtree(gone)
    if verb in WRITING:
        with pytest.raises(MunimentError):
            WRITING[verb](store)
    else:
        with suppress(MunimentError):
            READING[verb](store)
    store.close()
    assert not gone.exists()


def without_leave_to_write(root, work):
    """Run `work` on a store in a process that may read it and not write there; give what it told."""
    for path in [root, *root.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    for folder in root.parents[:2]:
        folder.chmod(0o755)
    filelock.lock_descriptor  # noqa: B018 - loaded while its own files may be read

    def unprivileged(tell):
        if not os.getuid():
            os.setgid(65534)
            os.setuid(65534)
        tell(work(opened(root, lock_timeout_s=0.5)))

    return Child(unprivileged).told()[0]


def contents(root):
    """Every file with its bytes, every folder, and when each was changed."""
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in [root, *root.rglob("*")]
    }


def test_a_store_that_may_only_be_read_is_read(root):
    """Without leave to write, every reading verb gives what it gives with it, and nothing is touched."""
    with opened(root) as store:
        expected = {verb: READING[verb](store) for verb in READING}
    before = contents(root)
    found = without_leave_to_write(root, lambda store: {verb: READING[verb](store) for verb in READING})
    assert found == expected
    assert {path: what[1] for path, what in contents(root).items()} == {path: what[1] for path, what in before.items()}


def test_a_store_that_may_only_be_read_refuses_changes(root):
    """Without leave to write, every writing verb says that permissions are missing, and nothing is touched."""

    def refused(store):
        answers = {}
        for verb, write in WRITING.items():
            try:
                write(store)
            except MunimentError as error:
                answers[verb] = (type(error), getattr(error, "errno", None))
        return answers

    before = contents(root)
    assert without_leave_to_write(root, refused) == dict.fromkeys(WRITING, (StorageError, errno.EACCES))
    assert contents(root) == before


def test_what_a_stopped_writer_left_is_read_on_a_read_only_medium(root):
    """Where nobody can finish a change that was stopped half way, the rest is read all the same."""
    store = opened(root)
    SCENARIOS["recovery"].prepare(store)
    with intercepted(At(1, fail(errno.EROFS), CHANGES, ever_after=True)), opened(root, lock_timeout_s=0.5) as reader:
        assert at_head(reader) in (OLD, SCENARIOS["recovery"].before)
        assert working(reader) in (OLD, SCENARIOS["recovery"].before)
        assert reader.log()
        with pytest.raises(StorageError, match="read-only"):
            change(reader, "a", 1)
    with opened(root) as writer:
        SCENARIOS["recovery"].work(writer)
    check(root, SCENARIOS["recovery"], [], was_stopped=False)


def is_open(descriptor):
    """Tell whether this process has such a descriptor."""
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def descriptors():
    """Give the descriptors that this process has open."""
    return {number for number in range(1024) if is_open(number)}


def with_few_files(store, spare):
    """Try every verb where only `spare` files more may be opened; count those that were refused."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    refused = 0
    for verb in (READING | WRITING).values():
        unused = sorted(set(range(1024)) - descriptors())
        resource.setrlimit(resource.RLIMIT_NOFILE, (unused[spare], limits[1]))
        try:
            verb(store)
        except StorageError as error:
            refused += error.errno == errno.EMFILE
        except MunimentError:  # what another verb that was refused left undone
            pass
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    return refused


def test_when_files_run_out_nothing_is_lost(root):
    """However few files a process may open, each verb works or says so; with more of them the same store goes on."""

    def work(tell):
        before = descriptors()
        refused = 0
        for spare in range(14):
            store = opened(root, lock_timeout_s=0.5)
            refused += with_few_files(store, spare)
            for name, value in OLD.items():
                store.write(name, value)
            store.commit("as before", allow_empty=True)
            tell(change(store, "next", spare + 1, worktree=False))
            store.close()
            assert descriptors() == before
        assert refused > 14

    acknowledged = Child(work).told()
    with opened(root) as store:
        assert len(acknowledged) == 14
        assert set(acknowledged) <= {commit.id for commit in store.log()}
        assert store.verify().ok


def test_a_verb_that_fails_leaves_no_file_open(root):
    """Failing a hundred times opens no more files than failing once."""
    with opened(root) as store:
        change(store, "a", 2)
        counts = []
        for _ in range(100):
            for verb in (READING | WRITING).values():
                with suppress(MunimentError), intercepted(At(3, fail(errno.EIO), CHANGES)):
                    verb(store)
            counts.append(len(descriptors()))
        assert counts[-1] <= counts[1]
