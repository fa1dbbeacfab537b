"""`muniment repair` in a git repository: whatever was ever committed there comes back."""

import shutil
from pathlib import Path

from muniment import Store, git

ADA = "Ada <ada@example.org>"


def object_files(folder):
    """Give the loose objects of the store in a folder."""
    return sorted(path for path in (folder / "config/.muniment/objects").rglob("*.json"))


def test_objects_come_back_from_the_history_of_git(repository, muniment):
    """Missing ones and damaged ones, though the work tree has them no more."""
    files = object_files(repository)
    held = [path.read_bytes() for path in files]
    files[0].unlink()
    files[1].chmod(0o644)
    files[1].write_bytes(b"nonsense")
    answer = muniment("repair", "--store", "config")
    assert answer.code == 0, answer
    assert answer.out.count("object-restored") == 2
    assert [path.read_bytes() for path in files] == held


def test_what_a_later_commit_removed_is_found(repository, git, muniment):
    """Somebody deleted objects and committed that: an older commit has them, of another branch too."""
    held = {path: path.read_bytes() for path in object_files(repository)}
    git("checkout", "-qb", "mistake")
    shutil.rmtree(repository / "config/.muniment/objects")
    git("add", "-A")
    git("commit", "-qm", "mistake")
    git("checkout", "-q", "trunk")
    shutil.rmtree(repository / "config/.muniment/objects")
    git("commit", "-qam", "again")
    assert muniment("repair", "--store", "config").code == 0
    assert {path: path.read_bytes() for path in object_files(repository)} == held


def test_objects_come_back_from_a_pack_in_git(repository, git):
    """A pack that was committed once has them, also where the store has packed them otherwise since."""
    with Store.open("config", author=ADA) as store:
        with store.transaction("many") as change:
            for number in range(40):
                change.write(f"many/{number}", number)
        (pack,) = Path("config/.muniment/packs").iterdir()
        git_add_all(git)
        pack.unlink()
        git_add_all(git)
        store._parts.storage.objects.forget()
        assert not store.verify().ok
        report = store.repair(from_=history_of(store))
        assert report.ok
        assert {one.code for one in report.mended} == {"object-restored"}


def history_of(store):
    """Give what the host repository has of a store."""
    return git.history(store)


def git_add_all(git):
    """Commit the work tree."""
    git("add", "-A")
    git("commit", "-qm", "all")


def test_a_damaged_pack_is_put_back_from_git(repository, git):
    """The very file, where a commit has it; the damaged one is kept."""
    with Store.open("config", author=ADA) as store:
        with store.transaction("many") as change:
            for number in range(40):
                change.write(f"many/{number}", number)
        (pack,) = Path("config/.muniment/packs").iterdir()
        whole = pack.read_bytes()
        git_add_all(git)
        pack.chmod(0o644)
        pack.write_bytes(whole[:100])
        report = store.repair(from_=[history_of(store)])
        assert report.ok
        assert pack.read_bytes() == whole
        assert (repository / report.lost / "packs" / pack.name).read_bytes() == whole[:100]


def test_heads_come_back_from_git(repository, muniment):
    """In a clone that has no log of its own, they are those of the commit that is checked out."""
    shutil.rmtree(repository / "config/.muniment/refs/heads")
    shutil.rmtree(repository / "config/.muniment/local")
    assert muniment("repair", "--store", "config").code == 0
    with Store.open("config") as store:
        assert [commit.message for commit in store.log()] == ["begin"]


def test_without_git_around_it_the_rest_is_mended(tmp_path, git, muniment, monkeypatch):
    """A store that lies in no repository is repaired from what it has."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    Store.init(tmp_path / "alone", author=ADA).close()
    (tmp_path / "alone/.muniment/.gitignore").unlink()
    answer = muniment("repair", "--store", str(tmp_path / "alone"))
    assert (answer.code, answer.out.split()[0]) == (0, "gitignore-restored")
