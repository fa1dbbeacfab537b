"""A checkpoint syncs all that the journal's records put in place, before the journal may be emptied."""

import errno

import pytest

from muniment.files import disk
from muniment.storage.change import Change, Replacement, encode_change
from muniment.storage.checkpoint import MANY_BYTES, make_durable
from muniment.values.operation import HeadMove

ONE, TWO, BLOB, PACK = "1" * 64, "2" * 64, "b" * 64, "c" * 64


def record(*, objects=(), packs=(), moves=(), replacements=()):
    """A journal record of a change of the given parts."""
    return encode_change(
        Change(
            objects=list(objects),
            packs=list(packs),
            moves=[HeadMove(*move) for move in moves],
            replacements=[Replacement(*replacement) for replacement in replacements],
            commits=[],
            operation=b"{}",
        )
    )


RECORDS = [
    record(objects=[(ONE, b"{}")], packs=[PACK], moves=[("main", None, ONE)]),
    record(
        objects=[(BLOB, b"1"), (TWO, b"{}")],
        moves=[("a/b", ONE, TWO)],
        replacements=[("services/web", None, BLOB), ("gone/old", BLOB, None)],
    ),
]


@pytest.fixture
def synced(monkeypatch):
    """What was synced, in order; nothing really is."""
    paths = []
    for call in ("sync_file", "sync_folder", "sync_file_system"):
        monkeypatch.setattr(disk, call, lambda path, call=call: paths.append((call, path)))
    return paths


def test_files_are_synced_and_then_the_folders_that_name_them(layout, synced):
    """Objects, packs, documents and the operation log, and every folder on the way down to a changed name."""
    make_durable(layout, RECORDS, 100)
    control = layout.control
    files = {
        layout.operations, f"{control}/packs/{PACK}.pack", f"{layout.root}/services/web.json",
        f"{layout.root}/gone/old.json", *(layout.object(object_id) for object_id in (ONE, TWO, BLOB)),
    }  # fmt: skip
    folders = {
        layout.root, control, layout.local, layout.packs, layout.objects,
        *(f"{layout.objects}/{two}" for two in ("11", "22", "bb")),
        f"{control}/refs", layout.heads, f"{layout.heads}/main", f"{layout.heads}/a", f"{layout.heads}/a/b",
        f"{layout.root}/services", f"{layout.root}/gone",
    }  # fmt: skip
    assert {path for call, path in synced if call == "sync_file"} == files
    assert {path for call, path in synced if call == "sync_folder"} == folders
    assert [call for call, _ in synced] == ["sync_file"] * len(files) + ["sync_folder"] * len(folders)


def test_many_files_are_synced_with_their_file_system(layout, synced, monkeypatch):
    """From a size on one call stands for all; one byte below each file is synced."""
    monkeypatch.setattr(disk, "sync_file_system", lambda path: [synced.append(("all", path)), True][1])
    make_durable(layout, RECORDS, MANY_BYTES)
    assert synced == [("all", layout.root)]
    synced.clear()
    make_durable(layout, RECORDS, MANY_BYTES - 1)
    assert ("all", layout.root) not in synced
    assert synced


def test_where_there_is_no_such_call_each_file_is_synced(layout, synced, monkeypatch):
    """Elsewhere than on Linux many files are synced one by one."""
    monkeypatch.setattr(disk, "sync_file_system", lambda _: False)
    make_durable(layout, RECORDS, MANY_BYTES)
    assert ("sync_file", layout.object(TWO)) in synced


def test_what_was_deleted_meanwhile_is_passed_over(layout):
    """Nothing of all this exists: somebody deleted it, and that is nothing to fail for."""
    make_durable(layout, RECORDS, 100)


@pytest.mark.parametrize("call", ["sync_file", "sync_folder", "sync_file_system"])
def test_a_failed_sync_is_told(layout, synced, monkeypatch, call):
    """No fault is swallowed: the journal must not be emptied then."""

    def fail(path):
        raise OSError(errno.EIO, "fault", path)

    monkeypatch.setattr(disk, call, fail)
    with pytest.raises(OSError, match="fault"):
        make_durable(layout, RECORDS, MANY_BYTES if call == "sync_file_system" else 100)
