"""A change on the local disk: nothing of it before the commit point, all of it in the end after it."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from muniment.errors import InvalidNameError, NotAStoreError, ObjectNotFoundError, StorageError
from muniment.files import disk, journal_note
from muniment.storage import local
from muniment.storage.change import Change, Replacement
from muniment.storage.local import LocalStorage
from muniment.values.operation import HeadMove

PATIENT_S = 30.0


class PowerCutError(BaseException):
    """The program ends here; no handler of the package catches it."""


def id_of(data):
    """The id of an object with these bytes."""
    return hashlib.sha256(data).hexdigest()


OLD, NEW = b'{"port":1}', b'{"port":2}'
FIRST, SECOND = b'{"commit":1}', b'{"commit":2}'


def change(operation, *, objects=(), packs=(), moves=(), replacements=(), commits=()):
    """A change of the given parts, whose line in the operation log has that number."""
    return Change(
        objects=[(id_of(data), data) for data in objects],
        packs=list(packs),
        moves=[HeadMove(*move) for move in moves],
        replacements=[Replacement(*replacement) for replacement in replacements],
        commits=list(commits),
        operation=b'{"operation":%d}' % operation,
    )


BEGIN = change(
    1,
    objects=[OLD, FIRST],
    moves=[("main", None, id_of(FIRST))],
    replacements=[("services/web", None, id_of(OLD)), ("old", None, id_of(OLD))],
    commits=[FIRST],
)
GO_ON = change(
    2,
    objects=[NEW, SECOND],
    moves=[("main", id_of(FIRST), id_of(SECOND))],
    replacements=[("services/web", id_of(OLD), id_of(NEW)), ("old", id_of(OLD), None)],
    commits=[SECOND],
)


@pytest.fixture
def open_storage(root, layout):
    """Open the store as another program does."""
    (root / ".muniment" / "format.json").touch()
    opened = []

    def open_one(*, sync=True):
        opened.append(LocalStorage(layout, sync=sync))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture
def storage(open_storage):
    """A store in which the first change was made."""
    made = open_storage()
    commit(made, BEGIN)
    return made


def commit(storage, made):
    """Make a change as the verbs do."""
    with storage.exclusive(PATIENT_S):
        storage.commit(made)


def settle(storage):
    """Do what the next writer does before anything else."""
    with storage.exclusive(PATIENT_S):
        pass


def state(root):
    """All of a store that a change touches: heads, documents, both logs."""
    control = root / ".muniment"
    heads = sorted(path.name for path in (control / "refs" / "heads" / "main").iterdir())
    documents = {name: read(root / f"{name}.json") for name in ("services/web", "old")}
    logs = [read(control / "local" / name) for name in ("operations.jsonl", "cache/commits.jsonl")]
    return heads, documents, logs


def read(path):
    """The text of a file, None if there is none."""
    return path.read_text() if path.exists() else None


BEFORE = (
    [id_of(FIRST)],
    {"services/web": '{\n  "port": 1\n}\n', "old": '{\n  "port": 1\n}\n'},
    ['{"operation":1}\n', '{"commit":1}\n'],
)
AFTER = (
    [id_of(SECOND)],
    {"services/web": '{\n  "port": 2\n}\n', "old": None},
    ['{"operation":1}\n{"operation":2}\n', '{"commit":1}\n{"commit":2}\n'],
)


def test_a_change_is_made_as_a_whole(root, storage):
    """Objects, head, documents and logs: all as the change says, and nothing temporary left."""
    assert state(root) == BEFORE
    commit(storage, GO_ON)
    assert state(root) == AFTER
    assert [storage.objects.read(id_of(data)) for data in (NEW, SECOND)] == [NEW, SECOND]
    assert os.listdir(root / ".muniment" / "local" / "tmp") == []
    assert storage.is_settled()


STEPS_BEFORE = ["objects.put", "working.stage", "_journal.append"]
STEPS_AFTER = ["heads.move", "working.publish", "working.remove", "operations.append", "_journal.mark_applied"]


def stop_at(monkeypatch, storage, step, error):
    """Let a step of the storage raise, without doing anything."""
    *way, method = step.split(".")
    part = storage
    for name in way:
        part = getattr(part, name)

    def fail(*args, **options):
        raise error

    monkeypatch.setattr(part, method, fail)


@pytest.mark.parametrize("step", STEPS_BEFORE)
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), PowerCutError()], ids=["full", "stopped"])
def test_stopped_before_the_commit_point_nothing_happened(root, storage, open_storage, monkeypatch, step, error):
    """Neither this program nor the next one shows anything of the change."""
    with monkeypatch.context() as patch:
        stop_at(patch, storage, step, error)
        with pytest.raises(type(error)):
            commit(storage, GO_ON)
    assert state(root) == BEFORE
    assert os.listdir(root / ".muniment" / "local" / "tmp") == []
    other = open_storage()
    assert other.is_settled()
    settle(other)
    assert state(root) == BEFORE
    commit(other, GO_ON)
    assert state(root) == AFTER


@pytest.mark.parametrize("step", STEPS_AFTER)
@pytest.mark.parametrize("same_program", [True, False])
def test_stopped_after_the_commit_point_the_next_writer_finishes(
    root, storage, open_storage, monkeypatch, step, same_program
):
    """The whole change is there, each log has it once, and the one after it goes on from there."""
    with monkeypatch.context() as patch:
        stop_at(patch, storage, step, PowerCutError())
        with pytest.raises(PowerCutError):
            commit(storage, GO_ON)
    after = storage if same_program else open_storage()
    assert not after.is_settled()
    settle(after)
    assert state(root) == AFTER
    assert after.is_settled()
    settle(open_storage())
    assert state(root) == AFTER


def test_lost_objects_are_written_again(root, layout, storage, open_storage, monkeypatch):
    """After a power cut objects that were never synced are half written or gone: the journal has them."""
    monkeypatch.setattr(journal_note, "boot_id", lambda: b"another boot.16b")
    Path(layout.object(id_of(OLD))).chmod(0o644)
    Path(layout.object(id_of(OLD))).write_bytes(OLD[:3])
    Path(layout.object(id_of(FIRST))).unlink()
    after = open_storage()
    settle(after)
    assert [after.objects.read(id_of(data)) for data in (OLD, FIRST)] == [OLD, FIRST]
    assert state(root) == BEFORE


def test_a_torn_log_line_is_cut_before_the_next(root, layout, storage, open_storage, monkeypatch):
    """Half a line of each log is cut when the change is finished, and the whole line stands there once."""
    with monkeypatch.context() as patch:
        stop_at(patch, storage, "operations.append", PowerCutError())
        with pytest.raises(PowerCutError):
            commit(storage, GO_ON)
    for log in (layout.operations, layout.index):
        with open(log, "ab") as file:
            file.write(b'{"oper')
    settle(open_storage())
    assert state(root) == AFTER


@pytest.mark.parametrize("text", ["[3]", "{ broken"])
def test_what_a_person_wrote_in_between_is_left(root, storage, open_storage, monkeypatch, text):
    """A document that holds neither the old nor the new content is not replaced, nor deleted."""
    stop_at(monkeypatch, storage, "heads.move", PowerCutError())
    with pytest.raises(PowerCutError):
        commit(storage, GO_ON)
    for name in ("services/web", "old"):
        (root / f"{name}.json").write_text(text)
    settle(open_storage())
    heads, documents, _ = state(root)
    assert heads == AFTER[0]
    assert documents == {"services/web": text, "old": text}


def test_a_document_that_became_impossible_does_not_stop_the_store(root, storage, open_storage, monkeypatch):
    """A person made `New.json` before `new` could be published: theirs stays, and writers go on."""
    unfinished = change(3, objects=[NEW], replacements=[("new", None, id_of(NEW))])
    stop_at(monkeypatch, storage, "working.publish", PowerCutError())
    with pytest.raises(PowerCutError):
        commit(storage, unfinished)
    (root / "New.json").write_text("[3]")
    after = open_storage()
    try:
        settle(after)
    except InvalidNameError:
        pytest.fail("no writer can go on")
    commit(after, GO_ON)
    assert (root / "New.json").read_text() == "[3]"


def test_a_head_that_moved_meanwhile_stays_beside(root, layout, storage):
    """The host's git moved the head during the change: both heads are kept, the branch has diverged."""
    other = "f" * 64
    with storage.exclusive(PATIENT_S):
        os.rename(layout.head("main", id_of(FIRST)), layout.head("main", other))
        storage.commit(GO_ON)
    assert state(root)[0] == sorted([id_of(SECOND), other])


def test_a_deleted_store_is_not_half_made_again(root, storage):
    """Nothing is written where the store was deleted."""
    for path in sorted((root / ".muniment").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    with pytest.raises(NotAStoreError), storage.exclusive(PATIENT_S):
        pytest.fail("went on")
    assert list((root / ".muniment").iterdir()) == []


def test_closing_empties_the_journal(root, storage, open_storage, monkeypatch):
    """A program that made changes makes them durable at its end; even another boot finds nothing to do."""
    storage.close()
    monkeypatch.setattr(journal_note, "boot_id", lambda: b"another boot.16b")
    assert open_storage().is_settled()
    assert state(root) == BEFORE


def test_closing_does_not_wait_for_another_writer(storage, open_storage):
    """Whoever is at work checkpoints later."""
    with open_storage().exclusive(PATIENT_S):
        storage.close()


def test_a_large_journal_is_checkpointed(storage, monkeypatch):
    """Above the limit the journal is emptied behind a change; below it is not."""
    calls = []
    monkeypatch.setattr(storage, "checkpoint", lambda: calls.append(1))
    commit(storage, GO_ON)
    assert calls == []
    monkeypatch.setattr(local, "JOURNAL_LIMIT", 100)
    commit(storage, change(3))
    assert calls == [1]


def test_a_failed_checkpoint_fails_the_next_change_not_this_one(root, storage, open_storage, monkeypatch):
    """This change is acknowledged and safe; after a failed sync nothing else is taken by this handle."""

    def fail(*args):
        raise OSError(errno.EIO, "fault")

    with monkeypatch.context() as patch:
        patch.setattr(local, "JOURNAL_LIMIT", 0)
        patch.setattr(local, "make_durable", fail)
        commit(storage, GO_ON)
    assert state(root) == AFTER
    another = change(3)
    with pytest.raises(StorageError):
        commit(storage, another)
    commit(open_storage(), another)
    assert state(root)[2][0].endswith('{"operation":3}\n')


def test_without_sync_no_change_waits_for_the_disk(open_storage, monkeypatch):
    """Only room for the journal is made durable, once, and checkpoints are."""
    storage = open_storage(sync=False)
    settle(storage)
    for call in ("fsync", "fdatasync", "sync_file", "sync_folder", "sync_file_system"):
        monkeypatch.setattr(disk, call, lambda *_: pytest.fail("synced"))
    commit(storage, BEGIN)
    commit(storage, GO_ON)
    monkeypatch.undo()


def test_objects_of_a_pack_are_found(storage):
    """A change whose objects are in a pack is read like any other."""
    storage.objects.put_pack([(id_of(NEW), NEW)], sync=True)
    assert storage.objects.get(id_of(NEW)) == NEW
    with pytest.raises(ObjectNotFoundError):
        storage.objects.loose.get(id_of(NEW))
