"""`backup`: the whole store, as it is at one moment; what is there already is not copied again."""

import errno
import os
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from muniment import BackupRefusedError, LockTimeoutError, StorageError, Store
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.repo.backup_copy import BackupCopy
from muniment.repo.backup_files import FilesCopy
from muniment.schema.merge_rules import MergeRules
from muniment.storage.publishing import Publisher
from muniment.storage.unchanged import SETTLED_NS

ADA = "Ada <ada@example.org>"
MANY = 40


@pytest.fixture
def full(store):
    """A store of everything: branches, a tag, a note, rules, a ledger, a pack, an edit that is not committed."""
    store.write("web", {"port": 1})
    store.commit("begin")
    with store.transaction("many") as change:
        for number in range(MANY):
            change.write(f"many/{number}", {"number": number})
    store.branches.create("side", description="to try things")
    store.tags.create("v1", message="the first")
    store.notes.add("HEAD", "well done")
    store.merge_rules.declare(MergeRules("rules", names="web", strategies={"/port": "max"}))
    store.ledger("runs").append("turn", {"say": "one"})
    store.ledger("runs").append("secret", {"say": "two"}, erasable=True)
    store.write("web", {"port": 2})
    return store


def state(store):
    """Give all that a store holds."""
    return {
        "documents": {name: store.read(name) for name in store.names()},
        "branches": store.branches.list(),
        "log": store.log(),
        "tags": store.tags.list(),
        "notes": store.notes.list("HEAD"),
        "rules": store.merge_rules.list(),
        "entries": [(entry.id, entry.payload) for entry in store.ledger("runs")],
        "operations": store.operations(),
        "status": store.status(),
    }


def test_a_backup_is_the_same_store(full, tmp_path):
    """It opens, is well, and holds all that the store holds, in a place of its own."""
    report = full.backup(tmp_path / "backup")
    assert (report.ok, report.packs, report.documents, report.entries) == (True, 1, MANY + 1, 2)
    with Store.open(tmp_path / "backup") as backup:
        assert backup.verify().findings == ()
        assert state(backup) == state(full)


def test_a_second_backup_copies_what_is_new(full, tmp_path):
    """Nothing twice; what moved, came and went since is there as it is in the store."""
    full.backup(tmp_path / "backup")
    again = full.backup(tmp_path / "backup")
    assert (again.objects, again.packs, again.documents, again.files, again.entries) == (0, 0, 0, 0, 0)
    full.delete("many/3")
    full.commit("on")
    full.branches.delete("side")
    full.branches.create("new")
    full.tags.delete("v1")
    full.tags.create("v2", message="the second")
    full.ledger("runs").append("turn", {"say": "three"})
    report = full.backup(tmp_path / "backup")
    assert (report.packs, report.documents, report.entries) == (0, 0, 1)
    assert 0 < report.objects < 10
    with Store.open(tmp_path / "backup") as backup:
        assert backup.verify().ok
        assert state(backup) == state(full)


def test_a_head_that_went_back_goes_back(full, tmp_path):
    """After an undo the backup stands where the store does."""
    full.commit("on")
    full.backup(tmp_path / "backup")
    full.undo()
    full.backup(tmp_path / "backup")
    with Store.open(tmp_path / "backup") as backup:
        assert state(backup) == state(full)


def test_after_packing_it_is_well(full, tmp_path):
    """What was packed since is copied as a pack."""
    full.backup(tmp_path / "backup")
    full.pack()
    full.backup(tmp_path / "backup")
    with Store.open(tmp_path / "backup") as backup:
        backup.pack()
        assert backup.verify().ok
        assert state(backup) == state(full)


def test_a_backup_copied_back_is_the_store(full, tmp_path):
    """By any means of copying files; and a backup of the backup is one more copy."""
    full.backup(tmp_path / "backup")
    expected = state(full)
    full.close()
    shutil.rmtree(tmp_path / "config")
    shutil.copytree(tmp_path / "backup", tmp_path / "restored")
    with Store.open(tmp_path / "restored", author=ADA) as restored:
        assert state(restored) == expected
        restored.commit("goes on")
    with Store.open(tmp_path / "backup") as backup:
        backup.backup(tmp_path / "third")
    with Store.open(tmp_path / "third") as third:
        assert state(third) == expected


def restore(backup, folder):
    """Make a store out of a backup."""
    with Store.open(backup) as source:
        return source.restore_to(folder)


@pytest.mark.parametrize("exists", [True, False])
def test_a_store_is_restored_out_of_a_backup(full, tmp_path, exists):
    """It is the same, goes on, is no backup and another copy; the backup stays as it is."""
    full.backup(tmp_path / "backup")
    expected = state(full)
    if exists:
        (tmp_path / "new/store").mkdir(parents=True)
    report = restore(tmp_path / "backup", tmp_path / "new/store")
    assert (report.ok, report.packs, report.documents, report.entries) == (True, 1, MANY + 1, 2)
    layout = Layout(tmp_path / "new/store")
    assert not Path(layout.backup).exists()
    assert not Path(layout.copy_id).exists()
    with Store.open(tmp_path / "new/store", author=ADA) as restored:
        assert restored.verify().findings == ()
        assert state(restored) == expected
        restored.commit("goes on")
        restored.undo()
        restored.ledger("runs").append("turn", {"say": "three"})
        assert restored.backup(tmp_path / "second").ok
        with pytest.raises(BackupRefusedError, match="take_over"):
            restored.backup(tmp_path / "backup")
    with Store.open(tmp_path / "backup") as backup:
        assert state(backup) == expected


def test_nothing_is_restored_over(full, tmp_path):
    """A store, a backup, any file: they stay as they are."""
    full.backup(tmp_path / "backup")
    full.backup(tmp_path / "another")
    Store.init(tmp_path / "store").close()
    (tmp_path / "files").mkdir()
    (tmp_path / "files/.hidden").write_text("1")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for name in ("config", "store", "another", "files", "backup", "backup/within"):
        with pytest.raises(BackupRefusedError):
            restore(tmp_path / "backup", tmp_path / name)
    local = tmp_path / "backup/.muniment/local"
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path: data for path, data in after.items() if not path.is_relative_to(local)} == {
        path: data for path, data in before.items() if not path.is_relative_to(local)
    }


def test_what_is_half_restored_is_no_place_for_a_backup(full, tmp_path, monkeypatch):
    """Nor for another backup to be restored to; the same one is gone on with."""
    full.backup(tmp_path / "backup")
    full.backup(tmp_path / "another")
    with monkeypatch.context() as patched:
        patched.setattr(BackupCopy, "move_heads", stop)
        with pytest.raises(KeyboardInterrupt):
            restore(tmp_path / "backup", tmp_path / "new")
    with pytest.raises(BackupRefusedError, match="restore it again"):
        full.backup(tmp_path / "new")
    with pytest.raises(BackupRefusedError, match="not empty"):
        restore(tmp_path / "another", tmp_path / "new")
    assert restore(tmp_path / "backup", tmp_path / "new").ok
    with Store.open(tmp_path / "new") as restored:
        assert restored.verify().findings == ()
        assert state(restored) == state(full)


def test_a_backup_that_was_interrupted_is_restored_and_told(full, tmp_path, monkeypatch):
    """It may be all that is left: its branches are those of before."""
    full.backup(tmp_path / "backup")
    expected = full.log()
    full.commit("on")
    interrupted(full, tmp_path / "backup", monkeypatch)
    report = restore(tmp_path / "backup", tmp_path / "new")
    assert (report.ok, report.partial, report.damaged) == (False, True, ())
    with Store.open(tmp_path / "new") as restored:
        assert restored.log() == expected
        assert restored.verify().ok


def test_what_is_damaged_in_a_backup_is_not_restored(full, tmp_path):
    """All else is, and it is told."""
    full.backup(tmp_path / "backup")
    loose = next((tmp_path / "backup/.muniment/objects").glob("*/*.json"))
    loose.chmod(0o644)
    loose.write_bytes(b"damaged")
    report = restore(tmp_path / "backup", tmp_path / "new")
    assert (report.ok, report.damaged) == (False, (str(loose),))


def test_a_store_is_restored_from_a_medium_that_cannot_be_written_to(full, tmp_path, monkeypatch):
    """Nothing has to be written beside the backup; interrupted, it is gone on with."""
    full.backup(tmp_path / "backup")
    with read_only(monkeypatch, tmp_path / "backup", errno.EROFS):
        with monkeypatch.context() as patched:
            patched.setattr(BackupCopy, "move_heads", stop)
            with pytest.raises(KeyboardInterrupt):
                restore(tmp_path / "backup", tmp_path / "new")
        assert restore(tmp_path / "backup", tmp_path / "new").ok
    with Store.open(tmp_path / "new") as restored:
        assert state(restored) == state(full)


def test_what_is_no_backup_of_it_is_refused(full, tmp_path):
    """Another store, a copy that somebody works in, the backup of another, other files, itself: all stay as is."""
    with Store.init(tmp_path / "other", author=ADA) as other:
        other.write("web", 1)
        other.commit("mine")
        other.backup(tmp_path / "other backup")
    (tmp_path / "files").mkdir()
    (tmp_path / "files/a.json").write_text("1")
    shutil.copytree(Layout(tmp_path / "config").root, tmp_path / "copy")
    for name in ("other", "other backup", "files", "copy", "config"):
        before = {path: path.read_bytes() for path in (tmp_path / name).rglob("*.json")}
        with pytest.raises(BackupRefusedError):
            full.backup(tmp_path / name)
        assert {path: path.read_bytes() for path in (tmp_path / name).rglob("*.json")} == before


@pytest.mark.parametrize("place", ["config/backup", "config/.muniment/local/backup", "link/backup", "linked"])
def test_a_place_in_the_store_is_refused(full, tmp_path, place):
    """It would become documents, or be lost with the store; links on the way hide nothing."""
    (tmp_path / "link").symlink_to("config")
    (tmp_path / "linked").symlink_to("config/within")
    before = set(tmp_path.rglob("*"))
    with pytest.raises(BackupRefusedError, match="in this store"):
        full.backup(tmp_path / place)
    assert set(tmp_path.rglob("*")) - before <= {tmp_path / "config/.muniment/local/locks/packs.lock"}


def test_a_backup_whose_mark_is_damaged_is_told(full, tmp_path):
    """It is said what is damaged, and that it may be taken over if it has history of this store."""
    full.backup(tmp_path / "backup")
    marker = Path(Layout(tmp_path / "backup").backup)
    for damage in (b"junk", b"{}", b""):
        marker.write_bytes(damage)
        with pytest.raises(BackupRefusedError, match=r"backup\.json is damaged.*take_over"):
            full.backup(tmp_path / "backup")
        assert full.backup(tmp_path / "backup", take_over=True).ok
        assert full.backup(tmp_path / "backup").ok


def test_a_backup_of_another_store_without_commits_is_refused(store, tmp_path):
    """It has no history that would tell, but it may have documents."""
    with Store.init(tmp_path / "other", author=ADA) as other:
        other.write("precious", 1)
        other.backup(tmp_path / "backup")
    store.write("web", 1)
    store.commit("mine")
    for take_over in (False, True):
        with pytest.raises(BackupRefusedError, match="another store"):
            store.backup(tmp_path / "backup", take_over=take_over)
    assert (tmp_path / "backup/precious.json").exists()


def test_a_backup_of_another_copy_is_taken_over_if_that_is_wanted(full, tmp_path):
    """It has branches and edits that only the other copy has, which then backs up elsewhere, or takes over in turn."""
    shutil.copytree(tmp_path / "config", tmp_path / "clone", ignore=shutil.ignore_patterns("local"))
    full.branches.create("mine")
    full.write("edited", True)
    full.backup(tmp_path / "backup")
    with Store.open(tmp_path / "clone", author=ADA) as clone:
        with pytest.raises(BackupRefusedError, match="take_over"):
            clone.backup(tmp_path / "backup")
        with Store.open(tmp_path / "backup") as backup:
            assert state(backup) == state(full)
        assert clone.backup(tmp_path / "backup", take_over=True).ok
        assert clone.backup(tmp_path / "backup").ok
        with Store.open(tmp_path / "backup") as backup:
            assert backup.verify().findings == ()
            assert backup.names() == clone.names()
            assert backup.branches.list() == clone.branches.list()
    with pytest.raises(BackupRefusedError, match="take_over"):
        full.backup(tmp_path / "backup")


def test_without_local_it_is_another_copy(full, tmp_path):
    """Where `local` of the store was deleted, its history tells that the backup is of this store."""
    full.backup(tmp_path / "backup")
    full.close()
    shutil.rmtree(tmp_path / "config/.muniment/local")
    with Store.open(tmp_path / "config", author=ADA) as store:
        with pytest.raises(BackupRefusedError, match="take_over"):
            store.backup(tmp_path / "backup")
        assert store.backup(tmp_path / "backup", take_over=True).ok


def test_what_is_damaged_is_not_copied(full, tmp_path):
    """It is told, all else is copied, and what an earlier backup has of it stays there."""
    full.backup(tmp_path / "backup")
    loose = sorted(path for path in Path(Layout(tmp_path / "config").objects).rglob("*.json"))
    loose[0].chmod(0o644)
    loose[0].write_bytes(b"damaged")
    assert full.backup(tmp_path / "backup").ok  # it has that object
    report = full.backup(tmp_path / "another")
    assert report.damaged == (str(loose[0]),)
    with Store.open(tmp_path / "backup") as backup:
        assert backup.verify().ok
    assert full.repair(from_=tmp_path / "backup").ok


def between_looks(monkeypatch, happens):
    """Let something happen when a backup has looked at the store once, and before it does so under the lock."""
    real, looks = FilesCopy.look, []

    def look(files):
        real(files)
        looks.append(files)
        if len(looks) == 1:
            happens()

    monkeypatch.setattr(FilesCopy, "look", look)


def once_looked(monkeypatch, happens):
    """Let something happen when the lock was given back, and most is still to be copied."""
    real = BackupCopy.finish

    def finish(copy):
        happens()
        real(copy)

    monkeypatch.setattr(BackupCopy, "finish", finish)


def stop(*_):
    """Stand in for a program that ends."""
    raise KeyboardInterrupt


def interrupted(store, backup, monkeypatch):
    """Begin a backup, and stop it before anything of it is durable."""
    with monkeypatch.context() as patched:
        patched.setattr(FilesCopy, "look", stop)
        with pytest.raises(KeyboardInterrupt):
            store.backup(backup)


def test_what_an_interrupted_backup_left_is_not_believed(full, tmp_path, monkeypatch):
    """A power cut left files that have a name and not their bytes: objects, packs, documents are copied again."""
    interrupted(full, tmp_path / "backup", monkeypatch)
    control = tmp_path / "backup/.muniment"
    left = [*control.glob("objects/*/*.json"), *control.glob("packs/*.pack")]
    assert len(left) > 2
    for path in left:
        path.chmod(0o644)
        path.write_bytes(bytes(path.stat().st_size))
    assert full.backup(tmp_path / "backup").ok
    with Store.open(tmp_path / "backup") as backup:
        assert backup.verify().findings == ()
        assert state(backup) == state(full)


def test_a_document_that_an_interrupted_backup_left_is_compared(full, tmp_path, monkeypatch):
    """Its time may be right and its bytes not: they were never synced."""
    full.backup(tmp_path / "backup")
    interrupted(full, tmp_path / "backup", monkeypatch)
    path = tmp_path / "backup/web.json"
    before = path.stat()
    path.write_bytes(bytes(before.st_size))
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))
    full.backup(tmp_path / "backup")
    assert path.read_bytes() == (tmp_path / "config/web.json").read_bytes()


def test_what_is_left_torn_and_lost_here_is_told(full, tmp_path, monkeypatch):
    """The backup has a name without its bytes, and the store nothing to put there."""
    interrupted(full, tmp_path / "backup", monkeypatch)
    torn = tmp_path / "backup/.muniment/objects/ab" / ("c" * 62 + ".json")
    torn.parent.mkdir(exist_ok=True)
    torn.write_bytes(b"")
    report = full.backup(tmp_path / "backup")
    assert (report.ok, report.damaged) == (False, (str(torn),))


def test_what_was_cut_short_in_the_backup_is_copied_again(full, tmp_path):
    """Sizes are compared every time, and the ends of packs."""
    full.backup(tmp_path / "backup")
    control = tmp_path / "backup/.muniment"
    (pack,) = control.glob("packs/*.pack")
    loose = next(control.glob("objects/*/*.json"))
    for damage in (pack.read_bytes()[:-1], pack.read_bytes()[:-1] + b"x"):
        pack.chmod(0o644)
        pack.write_bytes(damage)
        loose.chmod(0o644)
        loose.write_bytes(b"{")
        report = full.backup(tmp_path / "backup")
        assert (report.ok, report.packs, report.objects) == (True, 1, 1)
        with Store.open(tmp_path / "backup") as backup:
            assert backup.verify().findings == ()


def test_a_pack_of_the_backup_alone_that_was_cut_short_is_told(full, tmp_path):
    """There is nothing to put in its place; its objects are copied anew, and `repair` takes it away."""
    full.backup(tmp_path / "backup")
    with Store.open(tmp_path / "backup") as backup:
        backup.pack()
    packs = set((tmp_path / "backup/.muniment/packs").iterdir())
    full.backup(tmp_path / "backup")
    (own,) = (
        packs
        - set((tmp_path / "config/.muniment/packs").iterdir())
        - {tmp_path / "backup/.muniment/packs" / path.name for path in (tmp_path / "config/.muniment/packs").iterdir()}
    )
    own.chmod(0o644)
    own.write_bytes(own.read_bytes()[:-5])
    report = full.backup(tmp_path / "backup")
    assert report.damaged == (str(own),)
    with Store.open(tmp_path / "backup", author=ADA) as backup:
        assert backup.repair().ok
        assert backup.verify().ok


def test_an_object_that_a_writer_is_at_is_not_damaged(full, tmp_path, monkeypatch):
    """Before the lock is held, an object may be half written: it is looked at again."""
    full.commit("on")
    loose = next((tmp_path / "config/.muniment/objects").glob("*/*.json"))
    loose.chmod(0o644)
    whole = loose.read_bytes()
    loose.write_bytes(whole[:1])
    between_looks(monkeypatch, lambda: loose.write_bytes(whole))
    assert full.backup(tmp_path / "backup").ok


def test_what_changes_while_it_is_copied_is_as_at_the_last_look(full, tmp_path, monkeypatch):
    """A document, a note and a schema that went meanwhile are not in it, and what came and changed is."""

    def meanwhile():
        full.delete("many/3")
        full.write("web", {"port": 3})
        full.write("new", 1)
        full.commit("meanwhile")
        full.notes.add("HEAD", "late")
        full.ledger("runs").append("turn", {"say": "late"})

    between_looks(monkeypatch, meanwhile)
    assert full.backup(tmp_path / "backup").ok
    with Store.open(tmp_path / "backup") as backup:
        assert backup.verify().findings == ()
        assert state(backup) == state(full)


def test_what_comes_after_the_last_look_is_not_in_it(full, tmp_path, monkeypatch):
    """The backup is of one moment: no note is on a commit that it has not, no entry tells of later ones."""
    before = state(full)

    def later():
        full.write("web", {"port": 3})
        full.write("new", 1)
        full.commit("later")
        full.notes.add("HEAD", "late")
        full.notes.add("HEAD~1", "late")
        full.ledger("runs").append("turn", {"say": "late"})
        full.ledger("new").append("turn", 1)
        full.branches.create("late", description="of later")
        full.merge_rules.declare(MergeRules("late", names="web", strategies={"/port": "min"}))

    once_looked(monkeypatch, later)
    assert full.backup(tmp_path / "backup").ok
    monkeypatch.undo()
    with Store.open(tmp_path / "backup") as backup:
        assert backup.verify().findings == ()
        assert state(backup) == before
        assert backup.ledgers() == ["runs"]
    assert len(list((tmp_path / "backup/.muniment/notes").iterdir())) == 1
    full.backup(tmp_path / "backup")
    with Store.open(tmp_path / "backup") as backup:
        assert state(backup) == state(full)


def test_ledgers_are_copied_where_the_appender_alone_knows_them(full, tmp_path):
    """Entries that were just appended are in the backup; git is told there what it is told here."""
    ledger = full.ledger("other")
    ledger.append("turn", 1)
    full.backup(tmp_path / "backup")
    with Store.open(tmp_path / "backup") as backup:
        assert len(backup.ledger("other")) == 1
    attributes = "ledgers/.gitattributes"
    told = (tmp_path / "config/.muniment" / attributes).read_bytes() + b"# more\n"
    (tmp_path / "config/.muniment" / attributes).write_bytes(told)
    full.backup(tmp_path / "backup")
    assert (tmp_path / "backup/.muniment" / attributes).read_bytes() == told


def test_a_document_that_was_just_written_is_compared_again(full, tmp_path):
    """The next change may be in the same tick of the clock, and of the same size: no time in the backup tells it."""
    before = time.time_ns()
    path = tmp_path / "config/web.json"
    written_ns = before + SETTLED_NS  # so it is not settled, however slow the machine is
    full.write("web", {"port": 3})
    os.utime(path, ns=(written_ns, written_ns))
    full.backup(tmp_path / "backup")
    assert (tmp_path / "backup/web.json").stat().st_mtime_ns < before
    full.write("web", {"port": 4})
    os.utime(path, ns=(written_ns, written_ns))
    full.backup(tmp_path / "backup")
    assert (tmp_path / "backup/web.json").read_bytes() == path.read_bytes()


def test_a_damaged_note_is_not_copied(full, tmp_path):
    """What an earlier backup has of it stays."""
    full.backup(tmp_path / "backup")
    (note,) = (tmp_path / "config/.muniment/notes").glob("*/*.json")
    there = tmp_path / "backup/.muniment" / note.relative_to(tmp_path / "config/.muniment")
    before = there.read_bytes()
    note.chmod(0o644)
    note.write_bytes(before + b" ")
    assert full.backup(tmp_path / "backup").damaged == (str(note),)
    assert there.read_bytes() == before


def test_a_document_that_is_a_link_is_copied(full, tmp_path, put):
    """As a file, where it stays in the store; what leads out of it, or round, is no document."""
    put("real/a", '{"a": 1}')
    outside = tmp_path / "outside.json"
    outside.write_text("1")
    (tmp_path / "config/link.json").symlink_to("real/a.json")
    (tmp_path / "config/out.json").symlink_to(outside)
    (tmp_path / "config/round.json").symlink_to("round.json")
    (tmp_path / "config/nowhere.json").symlink_to("nothing.json")
    (tmp_path / "config/alias").symlink_to("real")
    full.commit("links", names=["real/a", "link"])
    assert full.backup(tmp_path / "backup").ok
    assert full.backup(tmp_path / "backup").documents == 0
    (tmp_path / "config/real/a.json").write_text('{"a": 2}')
    full.backup(tmp_path / "backup")
    with Store.open(tmp_path / "backup") as backup:
        assert backup.verify().ok
        assert backup.read("link") == {"a": 2}
        assert backup.names() == [name for name in full.names() if name not in {"out", "round"}]


@contextmanager
def read_only(monkeypatch, folder, number):
    """Let the system refuse all changes below a folder."""

    def refusing(function):
        def call(path, *rest):
            if str(path).startswith(f"{folder}/"):
                raise OSError(number, os.strerror(number), path)
            return function(path, *rest)

        return call

    def opening(path, flags, *rest):
        makes = flags & os.O_CREAT and os.path.exists(os.path.dirname(path))
        changes = flags & (os.O_WRONLY | os.O_RDWR) and os.path.exists(path)
        return (refusing(open_fd) if makes or changes else open_fd)(path, flags, *rest)

    open_fd = disk.open_fd
    with monkeypatch.context() as patched:
        patched.setattr(disk, "open_fd", opening)
        for name in ("mkdir", "rename", "replace", "unlink", "rmdir", "truncate"):
            patched.setattr(disk, name, refusing(getattr(disk, name)))
        yield


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("has_locks", [True, False])
def test_a_store_that_may_not_be_written_to_is_backed_up(full, tmp_path, monkeypatch, number, has_locks):
    """Nobody packs it; it has no id perhaps, so that whoever backs it up again has to say that it is that copy."""
    expected = state(full)
    full.close()
    if not has_locks:
        shutil.rmtree(tmp_path / "config/.muniment/local/locks")
    with read_only(monkeypatch, tmp_path / "config", number), Store.open(tmp_path / "config") as store:
        assert store.backup(tmp_path / "backup").ok
        with pytest.raises(BackupRefusedError, match="take_over"):
            store.backup(tmp_path / "backup")
        assert store.backup(tmp_path / "backup", take_over=True).ok
    with Store.open(tmp_path / "backup") as backup:
        assert backup.verify().ok
        assert state(backup) == expected


def test_a_store_that_may_not_be_settled_is_refused(full, tmp_path, monkeypatch):
    """A writer was stopped before all of its change was there: somebody who may write has to open it first."""
    full.close()
    with monkeypatch.context() as patched:
        patched.setattr(Publisher, "publish", stop)
        store = Store.open(tmp_path / "config", author=ADA)
        with pytest.raises(KeyboardInterrupt):
            store.commit("half")
    with (
        read_only(monkeypatch, tmp_path / "config", errno.EROFS),
        Store.open(tmp_path / "config") as reader,
        pytest.raises(StorageError),
    ):
        reader.backup(tmp_path / "backup")
    with Store.open(tmp_path / "config", author=ADA) as again:
        assert again.backup(tmp_path / "another").ok


def test_nobody_packs_while_it_is_backed_up(full, tmp_path, monkeypatch):
    """Objects that are packed under its hands would be missing."""

    def pack():
        with Store.open(tmp_path / "config", lock_timeout_s=0) as other, pytest.raises(LockTimeoutError):
            other.pack()

    between_looks(monkeypatch, pack)
    assert full.backup(tmp_path / "backup").ok


def test_a_full_disk_is_told(full, tmp_path, monkeypatch):
    """What the system refuses is a `StorageError`, and the earlier backup is as well as it was."""
    full.backup(tmp_path / "backup")
    full.commit("on")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(disk, "write_all", refuse)
        patched.setattr(disk, "write", refuse)
        with pytest.raises(StorageError):
            full.backup(tmp_path / "backup")
    with Store.open(tmp_path / "backup") as backup:
        assert backup.verify().ok
    assert full.backup(tmp_path / "backup").ok


@pytest.mark.parametrize("spoil", [lambda pack: pack.symlink_to("nowhere"), Path.mkdir], ids=["link", "folder"])
def test_a_pack_that_cannot_be_read_ends_no_backup(full, tmp_path, spoil):
    """What else there is is copied, and the pack is told."""
    (pack,) = Path(Layout(full.path).packs).iterdir()
    pack.unlink()
    spoil(pack)
    full._parts.storage.objects.forget()
    report = full.backup(tmp_path / "backup")
    assert str(pack) in report.damaged
    assert report.objects > 0
