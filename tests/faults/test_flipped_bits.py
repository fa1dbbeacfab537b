"""Flip one bit of a stored file: what is read is what was written or an error, and `verify` finds it."""

import shutil

import pytest
from promises import at_head, opened
from quick_stores import SWEEP

from muniment import HashMismatchError, MalformedError, MunimentError
from muniment.files.layout import Layout

pytestmark = pytest.mark.usefixtures("quick_disk")

HEADER_BYTES = 64


def flip(path, position):
    """Flip one bit, another for each position."""
    data = bytearray(path.read_bytes())
    data[position] ^= 1 << position % 8
    path.chmod(0o644)
    path.write_bytes(data)


def positions(path):
    """Give every position in a file, or without the sweep the first ones, the last one and some between."""
    size = path.stat().st_size
    return range(size) if SWEEP else sorted({*range(min(HEADER_BYTES, size)), *range(0, size, 41), size - 1})


@pytest.fixture
def root(template, place):
    """A store with loose objects of three commits, then a pack; nothing left in its journal."""
    shutil.copytree(template, place / "store")
    with opened(place / "store") as store:
        for number in range(2):
            with store.transaction("loose", worktree=False) as change:
                change.write("a", number)
        with store.transaction("packed", worktree=False) as change:
            for number in range(40):
                change.write(f"many/{number}", {"number": number})
    return place / "store"


def everything(root):
    """Read all that history tells."""
    with opened(root) as store:
        return [(commit, dict(store.at(commit.id))) for commit in store.log()]


def test_a_flipped_bit_in_a_loose_object_is_never_data(root):
    """A blob, a tree node, a commit: whichever bit is flipped, reading it is `HashMismatchError`."""
    objects = sorted((root / ".muniment" / "objects").rglob("*.json"))
    sound = everything(root)
    shutil.rmtree(Layout(root).cache)
    assert len(objects) >= 7
    kinds = set()
    for path in objects:
        object_id = path.parent.name + path.stem
        kinds.add(path.read_bytes().rpartition(b'"type":')[2])
        for position in positions(path) if SWEEP else (0, path.stat().st_size // 2, path.stat().st_size - 1):
            flip(path, position)
            with opened(root) as store:
                with pytest.raises(HashMismatchError) as raised:
                    store._parts.storage.objects.get(object_id)
                assert (raised.value.path, raised.value.expected) == (str(path), object_id)
                findings = store.verify().findings
            assert {finding.code for finding in findings} <= {"object-damaged", "head-invalid"}
            assert str(path) in {finding.path for finding in findings}
            with pytest.raises(HashMismatchError):
                everything(root)
            flip(path, position)
    assert {b'"commit"}', b'"tree"}'} < kinds
    assert everything(root) == sound


def test_a_flipped_bit_in_a_pack_is_never_data(root):
    """Wherever in a pack it is, header, index or contents: what is read is right or an error, and `verify` finds it."""
    (pack,) = (root / ".muniment" / "packs").iterdir()
    sound = everything(root)
    shutil.rmtree(Layout(root).cache)
    refused = 0
    for position in positions(pack):
        flip(pack, position)
        try:
            assert everything(root) == sound
        except MunimentError:
            refused += 1
        with opened(root) as store:
            assert "pack-damaged" in {finding.code for finding in store.verify().findings}
        flip(pack, position)
    assert refused
    assert everything(root) == sound


def test_a_flipped_bit_in_a_derived_file_changes_nothing(root):
    """Whatever a cache says is checked: the same is told with a damaged one as without."""
    sound = everything(root)
    with opened(root) as store:
        status = store.status()
    caches = [path for path in (root / ".muniment" / "local" / "cache").iterdir() if path.is_file()]
    assert caches
    for path in caches:
        for position in positions(path):
            flip(path, position)
            before = path.read_bytes()
            assert everything(root) == sound
            with opened(root) as store:
                assert store.status() == status
                assert store.verify().ok
            if path.read_bytes() == before:
                flip(path, position)


def test_a_flipped_bit_in_the_journal_loses_no_more_than_its_own_records(root):
    """Of a journal whose records are published already, no bit takes a commit away or makes one up."""
    with opened(root) as store:
        with store.transaction("last", worktree=False) as change:
            change.write("a", "last")
        store._parts.close = lambda: None
    journal = root / ".muniment" / "local" / "journal"
    used = len(journal.read_bytes().rstrip(b"\0"))
    assert used > 4096
    sound = everything(root)
    for position in (*range(24), *range(4096, used, 1 if SWEEP else 23)):
        flip(journal, position)
        copy = root.with_name("copy")
        shutil.copytree(root, copy)
        assert everything(copy) == sound
        try:
            with opened(copy) as store, store.transaction("next", worktree=False) as change:
                change.write("a", "next")
            assert at_head(opened(copy))["a"] == "next"
        except MalformedError:
            assert position < 24
        shutil.rmtree(copy)
        flip(journal, position)


def test_a_flipped_bit_in_a_heads_name_is_found(root):
    """A head that names no commit is told by everything that follows it, and nothing is committed on top."""
    (head,) = (root / ".muniment" / "refs" / "heads" / "main").iterdir()
    changed = f"{int(head.name[0], 16) ^ 1:x}{head.name[1:]}"
    head.rename(head.with_name(changed))
    with opened(root) as store:
        for verb in (store.log, store.status, store.commit, lambda _="": store.at("HEAD")):
            with pytest.raises(MunimentError, match=changed[:12]):
                verb("HEAD") if verb == store.commit else verb()
        assert {finding.code for finding in store.verify().findings} == {"object-missing", "head-invalid"}
    assert [path.name for path in head.parent.iterdir()] == [changed]
