"""Symbolic links, pipes and devices in a stranger's store: nothing beside it is read as its own, written or deleted."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress

import pytest
from strangers import SWEEP, attempted, pictured

from muniment import InvalidNameError, MalformedError, MunimentError, StorageError, Store

pytestmark = [
    pytest.mark.usefixtures("quick_disk"),
    pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there"),
]

FOLDERS = [
    "objects", "packs", "refs", "refs/heads", "refs/heads/main", "refs/tags", "refs/tags/v1", "notes", "notes/{commit}",
    "ledgers", "ledgers/events", "ledgers/events/payloads", "local", "local/locks", "local/tmp", "local/cache",
    "local/ledgers", "local/ledgers/events", "local/cache/ledgers/events", "objects/{shard}", "schemas", "policies",
    "merging", "branches",
]  # fmt: skip
FILES = [
    "format.json", ".gitignore", "local/HEAD", "local/journal", "local/journal.applied", "local/operations.jsonl",
    "local/locks/store.lock", "local/cache/commits.jsonl", "local/cache/working.msgpack",
    "local/ledgers/events/arrivals.jsonl", "local/ledgers/events/writer.json", "local/ledgers/events/journal",
    "ledgers/events/{segment}", "packs/{pack}", "objects/{object}", "notes/{commit}/{note}", "allowed_signers",
    "local/merge.json", "local/copy-id", "local/locks/packs.lock", "local/locks/store.lock.queue",
]  # fmt: skip
SAMPLE = ("local/journal", "local/locks/store.lock", "packs/{pack}", "ledgers/events/{segment}", "objects/{object}")


def found_in(root, place):
    """Give the path of a place, whose braces stand for whatever the store has there."""
    control = root / ".muniment"
    (commit,) = (control / "notes").iterdir()
    names = {
        "commit": commit.name,
        "note": next(commit.iterdir()).name,
        "pack": next((control / "packs").glob("*.pack")).name,
        "segment": next((control / "ledgers" / "events").glob("*.jsonl")).name,
    }
    loose = next((control / "objects").glob("*/*.json"))
    return control / place.format(**names, object=f"{loose.parent.name}/{loose.name}", shard=loose.parent.name)


def moved_out(path, outside):
    """Put a link in place of what lies at a path, and that beside the store; something is there at any rate."""
    target = outside / path.name.lstrip(".")
    if path.exists():
        shutil.move(path, target)
    elif path.suffix or "journal" in path.name:
        target.touch()
    else:
        target.mkdir()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


@pytest.mark.parametrize("place", [*FOLDERS, *FILES])
def test_a_link_of_the_store_s_own_leads_nowhere(root, outside, place):
    """Where any of the store's own files or folders is a link, what it leads to is neither changed nor deleted."""
    moved_out(found_in(root, place), outside)
    before = pictured(outside)
    found = attempted(root) if SWEEP else attempted(root, "read", "write", "append", "verify", "pack")
    assert pictured(outside) == before
    if place in FOLDERS:
        assert all(isinstance(error, MalformedError) for error in found.values()), found
    else:
        assert any(isinstance(error, MalformedError | StorageError) for error in found.values()), found


def test_a_link_among_the_packs_is_taken_away_by_a_repair(root, outside):
    """A link under the name of a pack hides nothing else; it is repaired, leads nowhere then, and the store opens."""
    link = root / ".muniment" / "packs" / f"{'ab' * 32}.pack"
    link.symlink_to(outside / "nothing")
    with Store.open(root, author="Ada <ada@example.org>") as store:
        assert {finding.path for finding in store.verify().findings} == {str(link)}
        assert store.repair().ok
    assert not any(attempted(root, "read", "write", "append", "verify", "pack").values())


def test_a_link_in_place_of_the_control_folder_is_refused(root, outside):
    """The folder `.muniment` itself is no link: neither to another store nor to a place to make one in."""
    moved_out(root / ".muniment", outside)
    before = pictured(outside)
    assert {type(error) for error in attempted(root).values()} == {MalformedError}
    (root / ".muniment").unlink()
    (root / ".muniment").symlink_to(outside)
    with pytest.raises(MalformedError):
        Store.init(root)
    assert pictured(outside) == before


def test_the_store_s_own_folder_may_be_reached_by_a_link(root, tmp_path):
    """Where the store lies is the user's word: a link to its folder is followed."""
    (tmp_path / "link").symlink_to(root)
    assert not any(attempted(tmp_path / "link").values())


def test_a_file_to_be_truncated_is_not_somebody_else_s(root, outside):
    """Logs are cut behind their last line feed: not the file that a link leads to."""
    (outside / "mine.txt").write_text("a line\nno line feed")
    for place in ("local/operations.jsonl", "local/cache/commits.jsonl", "ledgers/events/{segment}"):
        path = found_in(root, place)
        path.unlink(missing_ok=True)
        path.symlink_to(outside / "mine.txt")
    attempted(root)
    assert (outside / "mine.txt").read_text() == "a line\nno line feed"


@pytest.mark.parametrize("link", ["limits.json", "services", "new.json", "folder"])
def test_documents_that_lead_out_are_none(root, outside, link):
    """A document, or a folder of them, that is a link out of the store is neither read nor written; the link goes."""
    path = root / link
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(outside / "secret.json" if link.endswith(".json") else outside)
    name = link.removesuffix(".json") if link.endswith(".json") else f"{link}/secret"
    before = pictured(outside)
    attempted(root, "read", "status", "log", "write", "transact", "verify", "undo")
    with Store.open(root, author="Eve") as store:
        for verb in (store.read, lambda name: store.write(name, 1), lambda name: store.update(name, str)):
            with pytest.raises(InvalidNameError):
                verb(name)
        with suppress(MunimentError):
            store.delete(name)
    assert pictured(outside) == before


def test_documents_that_lead_into_the_store_s_own_folder_are_none(root):
    """No document is what the store itself keeps."""
    (root / "journal.json").symlink_to(root / ".muniment" / "local" / "journal")
    with Store.open(root, author="Eve") as store, pytest.raises(InvalidNameError):
        store.read("journal")


PIPED = """
import sys
sys.path[:0] = {path!r}
from strangers import attempted
attempted({root!r})
"""


@pytest.mark.parametrize("place", FILES if SWEEP else SAMPLE)
@pytest.mark.parametrize("kind", ["pipe", "zero"])
def test_a_pipe_or_a_device_does_not_hang_for_ever(root, place, kind):
    """A pipe in place of any file is refused, or is an empty file; nobody waits for what will come out of it."""
    path = found_in(root, place)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    run_bounded(PIPED.format(path=sys.path, root=str(root)))


@pytest.mark.parametrize("kind", ["pipe", "zero"])
def test_a_document_that_is_a_pipe_or_a_device_is_none(root, kind):
    """A pipe or a device in place of a document is told as one that cannot be read."""
    path = root / "limits.json"
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    run_bounded(PIPED.format(path=sys.path, root=str(root)))


def run_bounded(program, memory_bytes=1 << 31, timeout_s=120):
    """Run a program that must end by itself, in a bounded part of the memory."""
    limited = f"import resource\nresource.setrlimit(resource.RLIMIT_AS, ({memory_bytes}, {memory_bytes}))\n{program}"
    done = subprocess.run(
        [sys.executable, "-c", limited], capture_output=True, text=True, check=False, timeout=timeout_s
    )
    assert done.returncode == 0, done.stderr


def test_a_sparse_file_is_not_read_into_memory(root):
    """A file of a terabyte, which takes no space on the disk, is refused by its size."""
    for path in (root / "limits.json", found_in(root, "objects/{object}"), found_in(root, "notes/{commit}/{note}")):
        path.chmod(0o644)
        os.truncate(path, 1 << 40)
    run_bounded(PIPED.format(path=sys.path, root=str(root)))


def test_an_outside_file_is_not_told_by_errors(root, outside):
    """What is wrong with a document that leads out is told without what it leads to holds."""
    (outside / "secret.json").write_text("TOP SECRET")
    (root / "limits.json").unlink()
    (root / "limits.json").symlink_to(outside / "secret.json")
    with Store.open(root) as store:
        with pytest.raises(MunimentError) as raised:
            store.read("limits")
        assert "TOP" not in str(raised.value)
        assert "TOP" not in str(store.verify())
        assert "TOP" not in str(store.status())
