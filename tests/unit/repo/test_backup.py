"""`backup`: the whole store, as it is at one moment; what is there already is not copied again."""

import shutil
from pathlib import Path

import pytest

from muniment import BackupRefusedError, StorageError, Store
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.schema.merge_rules import MergeRules

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


def test_it_is_known_again_without_local(full, tmp_path):
    """Where `local` of the store was deleted, its history tells whose backup it is."""
    full.backup(tmp_path / "backup")
    full.close()
    shutil.rmtree(tmp_path / "config/.muniment/local")
    with Store.open(tmp_path / "config", author=ADA) as store:
        assert store.backup(tmp_path / "backup").ok


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
