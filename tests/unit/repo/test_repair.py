"""`repair`: each file of a store is deleted, cut short, changed: what mends it, what is told, and what is kept."""

import os
import shutil
from pathlib import Path

import msgspec
import pytest

from muniment import BlobErasedError, MalformedError, NotAStoreError, Store
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.schema.merge_rules import MergeRules

ADA = "Ada <ada@example.org>"
MANY = 40
"""So many objects are written as a pack."""


def delete(path):
    """Take the file away."""
    path.unlink()


def cut(path):
    """Leave the first half of the file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path):
    """Change a byte in the middle of the file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def damaged(copy, path, damage):
    """Damage a file of a copy, whatever its permissions say."""
    file = copy / path
    if file.stat().st_size or damage is delete:
        file.chmod(0o644)
        damage(file)


def open_store(path):
    """Open a store with an author."""
    return Store.open(path, author=ADA)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A store of everything: loose objects and packed ones, branches, a tag, notes, merge rules, a ledger."""
    root = tmp_path_factory.mktemp("whole") / "config"
    with Store.init(root, author=ADA) as store:
        store.write("web", {"port": 1})
        store.commit("begin")
        with store.transaction("many") as change:
            for number in range(MANY):
                change.write(f"many/{number}", {"number": number})
        store.branches.create("side")
        store.write("web", {"port": 2})
        store.commit("on")
        store.tags.create("v1", message="the first")
        store.notes.add("HEAD", "well done")
        store.merge_rules.declare(MergeRules("rules", names="web", strategies={"/port": "max"}))
        runs = store.ledger("runs")
        runs.append("turn", {"say": "one"})
        runs.append("secret", {"say": "two"}, erasable=True)
        runs.append("turn", {"say": "three"})
        store.log()
        store.status()
    return root


def stored_files(root):
    """Give the files of a store below `.muniment` that are not locks, with `/`, from its folder."""
    control = root / ".muniment"
    files = (path for path in control.rglob("*") if path.is_file())
    return sorted(path.relative_to(root).as_posix() for path in files if path.parent.name != "locks")


def copied(whole, tmp_path, name="copy"):
    """Give a copy of the store to damage."""
    return Path(shutil.copytree(whole, tmp_path / name))


def contents(root):
    """Give what all files of a store hold."""
    return [path.read_bytes() for path in root.rglob("*") if path.is_file()]


def held_by(root):
    """Give the documents, the commits, and the entries of the ledger."""
    with open_store(root) as store:
        documents = {name: store.read(name) for name in store.names()}
        return documents, [commit.id for commit in store.log()], [entry.id for entry in store.ledger("runs")]


def head_of(store, branch):
    """Give the commit a branch stands at."""
    (found,) = (one.head for one in store.branches.list() if one.name == branch)
    return found


def is_own(path):
    """Tell whether a file is the copy's own, which no other copy has."""
    return path.startswith(".muniment/local/")


@pytest.mark.parametrize("damage", [delete, cut, flip])
def test_each_file_is_mended_from_a_copy(whole, tmp_path, damage):
    """With a copy beside it, a store is well again whatever file was damaged, and holds what it held."""
    expected = held_by(whole)
    left = {}
    for number, path in enumerate(stored_files(whole)):
        if path.endswith("format.json"):
            continue
        root = copied(whole, tmp_path, f"copy-{number}")
        damaged(root, path, damage)
        with open_store(root) as store:
            report = store.repair(from_=whole)
            if not report.ok:
                left[path] = report.remaining
                continue
            assert store.repair(from_=whole).mended == (), path
        assert held_by(root) == expected
        shutil.rmtree(root)
    assert left == {}


def without_remedies(report):
    """Give what was found, but for what to do: after a repair that is something else."""
    told = tuple(msgspec.structs.replace(one, remedy="") for one in report.findings)
    return msgspec.structs.replace(report, findings=told)


@pytest.mark.parametrize("damage", [delete, cut, flip])
def test_without_a_copy_nothing_is_lost(whole, tmp_path, damage):
    """What cannot be mended is told with what to do, and every byte that was there still is, here or in `lost`."""
    for number, path in enumerate(stored_files(whole)):
        if path.endswith("format.json"):
            continue
        root = copied(whole, tmp_path, f"copy-{number}")
        damaged(root, path, damage)
        was = (root / path).read_bytes() if (root / path).exists() else b""
        with open_store(root) as store:
            report = store.repair()
            assert all(one.remedy for one in report.remaining)
            assert without_remedies(report.verified) == without_remedies(store.verify())
            assert not any(one.remedy.startswith("run `muniment repair`, with") for one in report.remaining)
            told = [one.detail for one in report.remaining if "/ledgers/" not in one.path]
            assert not any("run `muniment" in one for one in told)
            assert store.repair().mended == (), path
        if not any(word in path for word in ("/cache/", "journal", "arrivals")):  # made anew by whoever needs them
            left = (root / path).read_bytes() if (root / path).exists() else b""
            cut_off = [left + data for data in contents(root / ".muniment/local/lost")]
            assert any(was in data for data in contents(root) + cut_off), path
        shutil.rmtree(root)


@pytest.mark.parametrize("damage", [delete, cut, flip])
def test_verify_tells_of_each_damaged_object(whole, tmp_path, damage):
    """An object, a pack, a note or a record that is damaged is a finding, and one that history needs is if missing."""
    for number, path in enumerate(stored_files(whole)):
        kind = path.split("/")[1]
        if kind not in {"objects", "packs", "notes", "merging"} or (damage is delete and kind in {"notes", "merging"}):
            continue
        root = copied(whole, tmp_path, f"copy-{number}")
        damaged(root, path, damage)
        with open_store(root) as store:
            assert store.verify().findings, path


def test_a_store_that_is_well_is_left_alone(whole, tmp_path):
    """Repairing it changes no file but locks and journals."""
    root = copied(whole, tmp_path)
    with open_store(root) as store:
        store.repair()
        before = {path: (root / path).read_bytes() for path in stored_files(root) if not is_own(path)}
        report = store.repair(from_=whole)
    assert (report.ok, report.mended, report.lost) == (True, (), None)
    assert {path: (root / path).read_bytes() for path in stored_files(root) if not is_own(path)} == before


def test_an_object_that_a_pack_has_comes_from_there(whole, tmp_path):
    """No other copy is needed where the object was packed as well; its damaged file is kept in `lost`."""
    root = copied(whole, tmp_path)
    with open_store(root) as store:
        layout = Layout(root)
        loose = sorted(store._parts.storage.objects.loose.ids())
        objects = store._parts.storage.objects
        objects.put_pack([(one, objects.read(one)) for one in loose], sync=False)
        path = Path(layout.object(loose[0]))
        flip_bytes = path.read_bytes()[:-1] + b"x"
        path.chmod(0o644)
        path.write_bytes(flip_bytes)
        report = store.repair()
    assert report.ok
    assert [one.code for one in report.mended] == ["object-restored"]
    assert not path.exists()
    assert (Path(report.lost) / layout.inside(str(path))).read_bytes() == flip_bytes


def test_a_pack_that_is_too_large_to_be_read_whole_comes_back(tmp_path, monkeypatch):
    """It is copied piece by piece."""
    root = tmp_path / "store"
    with Store.init(root, author=ADA) as store:
        with store.transaction("large") as change:
            for number in range(MANY):
                change.write(f"many/{number}", os.urandom(3_000).hex())
        store.backup(tmp_path / "backup")
    (pack,) = (root / ".muniment/packs").iterdir()
    whole_pack = pack.read_bytes()
    damaged(root, pack.relative_to(root).as_posix(), flip)
    monkeypatch.setattr(disk, "_MOST_BYTES", 1 << 16)
    with pytest.raises(OSError, match="large"):
        disk.read_file(str(pack))
    with open_store(root) as store:
        report = store.repair(from_=tmp_path / "backup")
    assert ([one.code for one in report.mended], report.ok) == (["pack-restored"], True)
    assert pack.read_bytes() == whole_pack


def test_whole_objects_of_a_damaged_pack_are_saved(whole, tmp_path):
    """They lie in another pack afterwards, and the damaged one in `lost`; what was damaged itself is told."""
    root = copied(whole, tmp_path)
    (pack,) = (root / ".muniment/packs").iterdir()
    data = bytearray(pack.read_bytes())
    data[-20] ^= 1  # in the index: the objects themselves are whole
    pack.chmod(0o644)
    pack.write_bytes(data)
    with open_store(root) as store:
        report = store.repair()
    assert report.remaining == ()
    assert [one.code for one in report.mended] == ["pack-salvaged"]
    assert (Path(report.lost) / "packs" / pack.name).read_bytes() == data
    assert pack.read_bytes() != data  # made of the same objects in their order, it is what it once was


def test_a_missing_head_comes_back_from_the_operation_log(whole, tmp_path):
    """The branch stands where the log left it; others are not touched, and one that was deleted stays so."""
    root = copied(whole, tmp_path)
    with open_store(root) as store:
        store.branches.create("gone")
        store.branches.delete("gone")
        heads = head_of(store, "main"), head_of(store, "side")
        shutil.rmtree(root / ".muniment/refs/heads/main")
        report = store.repair()
        assert [one.code for one in report.mended] == ["head-restored"]
        assert (head_of(store, "main"), head_of(store, "side")) == heads
        assert [branch.name for branch in store.branches.list()] == ["main", "side"]


def test_a_head_is_not_made_of_a_commit_that_is_gone(whole, tmp_path):
    """What the log tells has to be readable; else it is told what remains."""
    root = copied(whole, tmp_path)
    with open_store(root) as store:
        head = head_of(store, "main")
        shutil.rmtree(root / ".muniment/refs/heads")
        Path(Layout(root).object(head)).unlink()
        report = store.repair()
        assert not (root / ".muniment/refs/heads/main").exists()
        assert [one.path for one in report.mended] == [
            str(root / f".muniment/refs/heads/side/{head_of(store, 'side')}")
        ]
        assert store.repair(from_=whole).mended[0].code == "object-restored"
        assert (root / f".muniment/refs/heads/main/{head}").exists()


def newest_lost(whole, tmp_path):
    """Give a store that lost all its objects, and its backup, which is a commit behind."""
    root = copied(whole, tmp_path)
    with open_store(root) as store:
        store.backup(tmp_path / "backup")
        store.write("web", {"port": 3})
        newest = store.commit("newest").id
    for folder in ("objects", "packs"):
        shutil.rmtree(root / ".muniment" / folder)
    return root, newest


def test_before_a_lost_head_all_comes_back(whole, tmp_path):
    """A backup that is a commit behind gives all but that commit; what is told then leads back to the one before."""
    root, newest = newest_lost(whole, tmp_path)
    expected = held_by(whole)
    with open_store(root) as store:
        report = store.repair(from_=tmp_path / "backup")
    assert [one.code for one in report.remaining] == ["object-missing", "head-invalid"]
    last = expected[1][0]
    assert f"by giving this file the name {last}" in report.remaining[1].remedy
    assert "run `muniment repair`, with" not in report.remaining[0].remedy
    path = Path(report.remaining[1].path)
    assert path.name == newest
    path.rename(path.with_name(last))
    with open_store(root) as store:
        assert store.verify().ok
        assert store.status().changed == ("web",)
        store.restore(["web"])
    assert held_by(root) == expected


def test_what_a_copy_has_comes_back_without_a_log(whole, tmp_path):
    """Then the heads of the copy tell what there was."""
    root, _ = newest_lost(whole, tmp_path)
    (root / ".muniment/local/operations.jsonl").unlink()
    with open_store(root) as store:
        report = store.repair(from_=tmp_path / "backup")
        assert held_by(whole)[1][0] in report.remaining[1].detail


def test_without_a_log_heads_come_from_the_copy(whole, tmp_path):
    """Where no branch has a head, and this copy knows none, they are those of the other."""
    root = copied(whole, tmp_path)
    shutil.rmtree(root / ".muniment/refs/heads")
    shutil.rmtree(root / ".muniment/local")
    with open_store(root) as store:
        assert store.repair(from_=whole).ok
        assert len(store.log()) == 3


def test_a_torn_tail_is_cut_and_kept(whole, tmp_path):
    """Half a line at the end of the operation log goes to `lost`."""
    root = copied(whole, tmp_path)
    log = root / ".muniment/local/operations.jsonl"
    before = log.read_bytes()
    log.write_bytes(before + b'{"author":')
    with open_store(root) as store:
        assert [one.code for one in store.verify().findings] == ["log-damaged"]
        report = store.repair()
    assert [one.code for one in report.mended] == ["tail-cut"]
    assert log.read_bytes() == before
    assert (Path(report.lost) / "local/operations.jsonl").read_bytes() == b'{"author":'


def without_line(log, number):
    """Damage a line of the operation log, from 0; give what the log held."""
    before = log.read_bytes()
    lines = before.split(b"\n")
    lines[number] = b"#" + lines[number][1:]
    log.write_bytes(b"\n".join(lines))
    return before


@pytest.mark.parametrize("number", [0, 2, -2])
def test_a_line_of_the_log_comes_back_from_a_backup(whole, tmp_path, number):
    """Wherever it stood; whoever had the log open appends to the one that is there now."""
    root = copied(whole, tmp_path)
    log = root / ".muniment/local/operations.jsonl"
    with open_store(root) as writer, open_store(root) as store:
        writer.write("web", {"port": 3})
        writer.commit("open")
        store.backup(tmp_path / "backup")
        before = without_line(log, number)
        (finding,) = store.verify().findings
        assert finding.code == "log-damaged"
        count = len(before.splitlines())
        assert finding.path == f"{log}:{number + 1 if number >= 0 else count + 2 + number}"
        report = store.repair(from_=tmp_path / "backup")
        assert ([one.code for one in report.mended], report.ok) == (["log-mended"], True)
        assert log.read_bytes() == before
        writer.write("web", {"port": 4})
        writer.commit("more")
        assert log.read_bytes().startswith(before)
        assert b'"more"' in log.read_bytes()
        assert store.verify().ok


def test_a_line_of_the_log_that_nobody_has_is_taken_out(whole, tmp_path):
    """And kept in `lost`; the others stay."""
    root = copied(whole, tmp_path)
    log = root / ".muniment/local/operations.jsonl"
    before = without_line(log, 1).split(b"\n")
    damaged_line = log.read_bytes().split(b"\n")[1]
    with open_store(root) as store:
        report = store.repair()
        assert ([one.code for one in report.mended], report.ok) == (["log-mended"], True)
        assert log.read_bytes().split(b"\n") == [before[0], *before[2:]]
        assert (Path(report.lost) / "local/operations.jsonl").read_bytes() == damaged_line + b"\n"
        assert store.repair().mended == ()


def test_a_journal_that_is_none_is_set_aside(whole, tmp_path):
    """What lies in its place is kept, and the store takes commits again."""
    root = copied(whole, tmp_path)
    (root / ".muniment/local/journal").write_bytes(b"no journal at all")
    with open_store(root) as store:
        assert [one.code for one in store.verify().findings] == ["journal-damaged"]
        report = store.repair()
        assert report.ok
        assert [one.code for one in report.mended] == ["journal-set-aside"]
        assert (Path(report.lost) / "local/journal").read_bytes() == b"no journal at all"
        store.write("web", {"port": 3})
        store.commit("goes on")


def test_a_note_of_a_removal_that_says_nothing_is_set_aside(whole, tmp_path):
    """Else nobody could write: it is found, kept, and then all goes on."""
    root = copied(whole, tmp_path)
    (root / ".muniment/local/removal").write_bytes(b"\0" * 80)
    with open_store(root) as store:
        store.write("web", {"port": 3})
        with pytest.raises(MalformedError, match="`muniment repair`"):
            store.commit("refused")
        (finding,) = store.verify().findings
        assert (finding.code, "muniment repair" in finding.remedy) == ("removal-damaged", True)
        report = store.repair()
        assert ([one.code for one in report.mended], report.ok) == (["removal-set-aside"], True)
        assert (Path(report.lost) / "local/removal").read_bytes() == b"\0" * 80
        store.commit("on")
        assert store.repair().mended == ()


def test_what_is_checked_out_is_told_by_the_log(whole, tmp_path):
    """A damaged `HEAD` is found, and made anew as the last switch left it."""
    root = copied(whole, tmp_path)
    with open_store(root) as store:
        store.branches.switch("side")
        (root / ".muniment/local/HEAD").write_bytes(b"nonsense")
        assert "selection-damaged" in [one.code for one in store.verify().findings]
        assert store.repair().ok
        assert store.branch == "side"


def test_an_erased_content_does_not_come_back(whole, tmp_path):
    """A copy that still has it does not undo an erasure."""
    root = copied(whole, tmp_path)
    with open_store(root) as store:
        store.branches.delete("side")
        old = store.at("HEAD~2").blob_id("web")
        store.erase(old, "a secret", author=ADA)
        assert store.repair(from_=whole).mended == ()
        with pytest.raises(BlobErasedError):
            store.at("HEAD~2").read("web")


def test_from_takes_what_is_a_copy(whole, tmp_path):
    """A store, its hidden folder alone under whatever name, several of them; nothing else."""
    root = copied(whole, tmp_path)
    bare = shutil.copytree(whole / ".muniment", tmp_path / "bare")
    with open_store(whole) as store:
        head = Path(Layout(root).object(head_of(store, "main")))
    for source in (whole, bare, whole / ".muniment", [str(tmp_path / "bare"), whole]):
        head.unlink()
        with open_store(root) as store:
            assert store.repair(from_=source).ok
    with open_store(root) as store, pytest.raises(NotAStoreError):
        store.repair(from_=tmp_path)


def test_a_damaged_copy_is_not_believed(whole, tmp_path):
    """Bytes that do not hash to the name are never put in place."""
    root, other = copied(whole, tmp_path), copied(whole, tmp_path, "other")
    with open_store(whole) as store:
        head = Layout(whole).inside(Layout(whole).object(head_of(store, "main")))
    (root / ".muniment" / head).unlink()
    damaged(other / ".muniment", head, flip)
    with open_store(root) as store:
        report = store.repair(from_=other)
    assert "object-missing" in [one.code for one in report.remaining]
    assert not (root / ".muniment" / head).exists()


def test_damaged_merge_note_is_set_aside(whole, tmp_path):
    """The merge ends, and what its note held is kept."""
    root = copied(whole, tmp_path)
    (root / ".muniment/local/merge.json").write_bytes(b"{")
    with open_store(root) as store:
        report = store.repair()
    assert report.ok
    assert [one.code for one in report.mended] == ["merge-set-aside"]


def test_the_ignored_folder_is_told_to_git_again(whole, tmp_path):
    """Lines that people put there stay."""
    root = copied(whole, tmp_path)
    ignored = root / ".muniment/.gitignore"
    ignored.write_text("/mine\n")
    with open_store(root) as store:
        assert [one.code for one in store.verify().findings] == ["gitignore-damaged"]
        assert store.repair().ok
    assert ignored.read_text() == "/mine\n/local/\n"


def test_format_is_told(whole, tmp_path):
    """A store whose `format.json` is damaged is not opened, and says what to do."""
    root = copied(whole, tmp_path)
    damaged(root, ".muniment/format.json", cut)
    with pytest.raises(MalformedError):
        Store.open(root)


def test_the_report_can_be_kept(whole, tmp_path):
    """It is data, all of it."""
    root = copied(whole, tmp_path)
    os.remove(root / ".muniment/.gitignore")
    with open_store(root) as store:
        told = msgspec.json.decode(msgspec.json.encode(store.repair()))
    assert told["mended"][0]["code"] == "gitignore-restored"


def test_a_copy_whose_pack_cannot_be_read_is_passed_over(store, root, tmp_path):
    """What is whole in the damaged pack is kept all the same."""
    with store.transaction("many") as change:
        for number in range(40):
            change.write(f"many/{number}", number)
    store.backup(tmp_path / "backup")
    (pack,) = Path(Layout(root).packs).iterdir()
    copy = tmp_path / "backup/.muniment/packs" / pack.name
    copy.unlink()
    copy.mkdir()
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes() + b"x")
    store._parts.storage.objects.forget()
    assert [one.code for one in store.repair(from_=tmp_path / "backup").mended] == ["pack-salvaged"]
