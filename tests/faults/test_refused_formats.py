"""What a newer program wrote is refused, and not a byte of it is touched."""

import json
import shutil
import sys

import pytest
from promises import opened

from muniment import MunimentError, Store, UnsupportedFormatError
from muniment.cli.main import main
from muniment.files.layout import Layout

pytestmark = pytest.mark.usefixtures("quick_disk")

NEWER = {
    "format": {"format": 2},
    "far format": {"format": 10**6, "anything": {"else": []}},
    "feature": {"format": 1, "features": ["signed-heads"]},
}


def contents(root):
    """Every file with its bytes, every folder, and when each was changed."""
    return {
        path: (path.stat().st_mtime_ns, path.stat().st_ino, path.read_bytes() if path.is_file() else None)
        for path in [root.parent, root, *root.rglob("*")]
    }


@pytest.fixture
def root(template, place):
    """A store of its own with one commit."""
    shutil.copytree(template, place / "store")
    return place / "store"


def write_format(root, text):
    """Let another program have made the store."""
    (root / ".muniment" / "format.json").write_text(json.dumps(text))


@pytest.mark.parametrize("text", NEWER.values(), ids=NEWER)
def test_a_newer_store_is_refused_untouched(root, text):
    """Opening, finding and making one there: each says to upgrade, and no file or time of change differs after."""
    write_format(root, text)
    before = contents(root)
    for attempt in (Store.open, Store.find):
        with pytest.raises(UnsupportedFormatError, match="upgrade") as raised:
            attempt(root)
        assert raised.value.path == str(root)
    with pytest.raises(MunimentError):
        Store.init(root)
    assert contents(root) == before


COMMANDS = [
    ["status"], ["diff"], ["show"], ["log"], ["get", "a"], ["set", "a", "", "1"], ["delete", "a"],
    ["commit", "-m", "x"], ["rollback", "a", "--to", "HEAD", "-m", "x"], ["history", "a"], ["blame", "a"],
    ["verify"], ["init"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_every_command_refuses_a_newer_store(root, command, monkeypatch, capsys):
    """One line on standard error, an exit code that is not 0, and no file or time of change differs after."""
    monkeypatch.setenv("MUNIMENT_AUTHOR", "Ada")
    monkeypatch.chdir(root)
    write_format(root, NEWER["format"])
    before = contents(root)
    monkeypatch.setattr(sys, "argv", ["muniment", *command])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert contents(root) == before


def test_a_pack_of_a_newer_program_is_refused_alone(root):
    """Reading what it holds says to upgrade; the rest is read, and the pack stays as it is."""
    with opened(root) as store, store.transaction("packed", worktree=False) as change:
        for number in range(40):
            change.write(f"many/{number}", number)
    (pack,) = (root / ".muniment" / "packs").iterdir()
    data = bytearray(pack.read_bytes())
    data[8] += 1
    pack.chmod(0o644)
    pack.write_bytes(data)
    shutil.rmtree(Layout(root).cache, ignore_errors=True)
    with opened(root) as store:
        with pytest.raises(UnsupportedFormatError, match="upgrade"):
            store.at("HEAD")
        assert store.read("a") == 1
        assert not store.verify().ok
    assert pack.read_bytes() == data


def test_a_journal_of_a_newer_program_is_not_touched(root):
    """No change is made beside records that cannot be read; reading goes on."""
    journal = root / ".muniment" / "local" / "journal"
    data = b"MUNJRNL2" + journal.read_bytes()[8:]
    journal.write_bytes(data)
    before = contents(root / ".muniment" / "refs")
    with opened(root) as store:
        assert store.at("HEAD")["a"] == store.read("a") == 1
        with pytest.raises(MunimentError, match="journal"), store.transaction("x") as change:
            change.write("a", 2)
        with pytest.raises(MunimentError, match="journal"):
            store.commit("x", allow_empty=True)
        assert {finding.code for finding in store.verify().findings} == {"journal-damaged"}
        assert store.read("a") == 1
    assert journal.read_bytes() == data
    assert contents(root / ".muniment" / "refs") == before
