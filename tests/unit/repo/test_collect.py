"""Collecting: what keeps an object, what goes, and where nothing is deleted."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from muniment import (
    CollectReport,
    Conflicted,
    CorruptionError,
    InvalidValueError,
    MalformedError,
    ObjectNotFoundError,
    RevisionNotFoundError,
    StorageError,
    Store,
)
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.repo import collecting
from muniment.storage import removing
from muniment.storage.heads import FileHeads
from muniment.storage.pack_writer import write_pack
from muniment.values import canonical
from muniment.values.names import BranchName

NONE = timedelta(0)
AGE = timedelta(days=14)


def stored(store):
    """The ids of all objects."""
    return set(store._parts.storage.objects.ids())


def files(store):
    """The files of all objects, with what they hold."""
    layout = Layout(store.path)
    folders = Path(layout.objects), Path(layout.packs)
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def grow_old(store, seconds=30 * 86_400):
    """Let all that was written so far look as if that were long ago."""
    for path in files(store):
        then = time.time() - seconds
        os.utime(path, (then, then))


def commit(store, value, branch="side", name="web"):
    """Commit a value to a branch whose files are not checked out."""
    with store.transaction(f"{value}", branch=branch, worktree=False) as change:
        change.write(name, value)
    return change.commit


@pytest.fixture
def lost(store):
    """A commit that no branch has any more."""
    store.write("web", "kept")
    store.commit("kept")
    store.branches.create("side")
    made = commit(store, "lost")
    store.branches.delete("side")
    return made


def of(store, made):
    """The ids of a commit, the root of its tree, and its `web`."""
    return {made.id, made.tree, canonical.digest(canonical.encode(store.at(made.id)["web"]))}


# --- What goes -------------------------------------------------------------------------------------


def test_what_nothing_leads_to_goes(store, lost):
    """The commit, its tree and its content are gone; everything else is as it was, and it says what it did."""
    before, gone = stored(store), of(store, lost)
    report = store.collect(older_than=NONE)
    assert stored(store) == before - gone
    assert (report.kept, report.deleted, report.packs, report.dry_run) == (len(before) - 3, 3, 0, False)
    assert report.after_bytes == sum(map(len, files(store).values()))
    assert report.freed_bytes == report.before_bytes - report.after_bytes > 0
    assert store.verify().findings == ()
    with pytest.raises(RevisionNotFoundError):
        store.branches.create("side", lost.id)


def test_a_store_without_garbage_stays(store):
    """Nothing is written, not even where nothing was ever committed."""
    assert store.collect(older_than=NONE) == CollectReport(
        kept=0, deleted=0, packs=0, before_bytes=0, after_bytes=0, dry_run=False
    )
    store.write("web", 1)
    store.commit("one")
    before = files(store)
    assert store.collect(older_than=NONE).deleted == 0
    assert files(store) == before


def test_a_dry_run_tells_the_same_and_deletes_nothing(store, lost):
    """The numbers are those of the run that follows, also where packs are written anew."""
    commit_many(store)
    before = files(store)
    told = store.collect(older_than=NONE, dry_run=True)
    assert files(store) == before
    done = store.collect(older_than=NONE)
    assert told.dry_run
    assert [getattr(told, name) for name in ("kept", "deleted", "packs", "before_bytes", "after_bytes")] == [
        getattr(done, name) for name in ("kept", "deleted", "packs", "before_bytes", "after_bytes")
    ]
    assert (done.packs, done.deleted) == (1, 30)


def commit_many(store):
    """Let one pack hold what is needed and what is not."""
    store.branches.create("many")
    for number in range(20):
        commit(store, number, "many", f"many/{number}")
    store.tags.create("tenth", "many~9")
    store.pack()
    store.branches.delete("many")


def test_packs_are_written_anew_without_garbage(store, lost):
    """What is needed of a pack is in another; who has the old one open reads on."""
    commit_many(store)
    other = Store.open(store.path)
    assert other.at("tenth")["many/3"] == 3
    old = [path for path in files(store) if path.suffix == ".pack"]
    report = store.collect(older_than=NONE)
    assert not old[0].exists()
    assert report.after_bytes == sum(map(len, files(store).values()))
    for one in (store, other):
        assert [one.at("tenth")[f"many/{number}"] for number in range(11)] == list(range(11))
        assert one.verify().findings == ()
    assert other.at("tenth")["many/10"] == 10
    assert store.collect(older_than=NONE).deleted == 0


def test_a_pack_of_garbage_alone_goes(store, lost):
    """Nothing takes its place."""
    layout = Layout(store.path)
    data = canonical.encode("nobody's")
    write_pack(layout.packs, layout.temporary, [(canonical.digest(data), data)])
    assert (store.collect(older_than=NONE).packs, list(Path(layout.packs).iterdir())) == (1, [])


def test_what_lies_in_another_pack_is_not_written_again(store, lost):
    """A pack whose needed objects all lie in packs without garbage goes, and nothing comes."""
    store.collect(older_than=NONE)
    store.pack()
    layout = Layout(store.path)
    objects = store._parts.storage.objects
    data = canonical.encode("nobody's")
    kept = [(one, objects.find(one)) for one in stored(store)]
    write_pack(layout.packs, layout.temporary, [*kept, (canonical.digest(data), data)])
    assert store.collect(older_than=NONE).packs == 1
    assert len(list(Path(layout.packs).iterdir())) == 1
    assert store.verify().findings == ()


def test_the_commit_index_forgets_what_was_collected(store, lost):
    """No line of it is left, and the log still finds the others."""
    index = Path(Layout(store.path).index)
    assert b'"message":"lost"' in index.read_bytes()
    store.collect(older_than=NONE)
    assert b'"message":"lost"' not in index.read_bytes()
    assert [one.message for one in store.log()] == ["kept"]


# --- What keeps ------------------------------------------------------------------------------------


def test_a_tag_keeps(store, lost):
    """The tag's object and all of its commit stay."""
    store.tags.create("v1", lost.id)
    before = stored(store)
    assert store.collect(older_than=NONE).deleted == 0
    assert stored(store) == before
    store.tags.delete("v1")
    assert store.collect(older_than=NONE).deleted == 4


def test_a_note_keeps(store, lost):
    """A commit that somebody wrote a note on stays, with what it was built on; one that is gone is no fault."""
    store.notes.add(lost.id, "why it was wrong")
    assert store.collect(older_than=NONE).deleted == 0
    assert store.at(lost.id)["web"] == "lost"
    store._parts.storage.objects.loose.remove(lost.id)
    assert store.collect(older_than=NONE).deleted == 2


def test_a_merge_under_way_keeps(store):
    """What is merged in stays while its branch is gone, with the contents that were merged; afterwards all goes on."""
    store.write("web", {"port": 1})
    store.write("other", 1)
    store.commit("base")
    store.branches.create("side")
    with store.transaction("theirs", branch="side", worktree=False) as change:
        change.write("web", {"port": 2, "tls": True})
        change.write("other", 2)
    store.write("web", {"port": 3, "name": "ours"})
    store.commit("ours")
    assert isinstance(store.merge("side"), Conflicted)
    store.branches.delete("side")
    store.collect(older_than=NONE)
    assert store.verify().findings == ()
    store.resolve(store.conflicts()[0], "theirs")
    store.collect(older_than=NONE)
    made = store.merge_continue()
    assert change.commit.id in made.parents
    assert store.read("web") == {"port": 2, "tls": True, "name": "ours"}
    assert store.read("other") == 2
    assert store.verify().findings == ()


def test_a_picked_commit_keeps_while_it_waits(store):
    """A cherry-pick that met conflicts can be aborted and continued, though no branch has its commit."""
    store.write("web", 1)
    store.write("other", 1)
    store.commit("base")
    store.branches.create("side")
    with store.transaction("theirs", branch="side", worktree=False) as change:
        change.write("web", 2)
        change.write("other", 2)
    store.branches.delete("side")
    store.write("web", 3)
    store.commit("ours")
    assert isinstance(store.cherry_pick(change.commit.id), Conflicted)
    store.collect(older_than=NONE)
    store.resolve(store.conflicts()[0], "theirs")
    store.merge_continue()
    assert (store.read("web"), store.read("other")) == (2, 2)
    store.collect(older_than=NONE)
    assert store.verify().findings == ()


def test_young_operations_keep(store, lost):
    """What was done lately can be undone; once it is older than was asked for, it cannot."""
    grow_old(store)
    assert store.collect(older_than=AGE).deleted == 0
    store.undo()
    assert store.at("side")["web"] == "lost"
    store.branches.delete("side")
    store.collect(older_than=NONE)
    with pytest.raises(ObjectNotFoundError):
        store.undo()
    assert store.verify().findings == ()


def test_old_operations_keep_nothing(store, clock):
    """The age of an operation is when it was done."""
    clock.now = datetime.now(UTC) - timedelta(days=20)
    store.write("web", "kept")
    store.commit("kept")
    store.branches.create("side")
    commit(store, "lost")
    store.branches.delete("side")
    grow_old(store)
    assert store.collect(older_than=timedelta(days=25)).deleted == 0
    assert store.collect(older_than=AGE).deleted == 3


def test_an_operation_may_name_what_is_gone(store, lost):
    """What was collected with a shorter age before is no fault later."""
    store.collect(older_than=NONE)
    assert store.collect(older_than=AGE).deleted == 0


@pytest.mark.parametrize("packed", [False, True])
def test_what_was_written_lately_stays_whole(store, packed):
    """A young commit that nothing names keeps the old tree and the old commits that it needs."""
    store.write("web", 0)
    store.commit("kept")
    store.branches.create("side")
    old, young = commit(store, 1), commit(store, 2)
    store.branches.delete("side")
    Path(Layout(store.path).operations).unlink()
    grow_old(store)
    if packed:
        layout = Layout(store.path)
        data = store._parts.storage.objects.find(young.id)
        write_pack(layout.packs, layout.temporary, [(young.id, data)])
    else:
        os.utime(Layout(store.path).object(young.id))
    assert store.collect(older_than=AGE).deleted == 0
    assert (store.at(young.id)["web"], store.at(old.id)["web"]) == (2, 1)
    grow_old(store)
    assert store.collect(older_than=AGE).deleted == 6


def test_a_document_that_looks_like_a_commit_is_a_content(store):
    """Whatever it names keeps nothing, and is missed by nobody."""
    fake = {"parents": ["x"], "tree": "y", "type": "commit"}
    store.write("web", fake)
    store.commit("one")
    store.write("web", 1)
    store.commit("two")
    assert store.collect(older_than=NONE).deleted == 0
    store.undo()
    store.write("web", fake)
    assert store.collect(older_than=AGE).deleted == 0
    store.collect(older_than=NONE)
    assert store.verify().findings == ()


def test_half_an_object_goes_when_it_is_old(store, lost):
    """What a stopped program left is spared while it is young, and is no fault."""
    path = Path(Layout(store.path).object("ab" * 32))
    path.parent.mkdir(exist_ok=True)
    path.write_text("{")
    store.collect(older_than=AGE)
    assert path.exists()
    store.collect(older_than=NONE)
    assert not path.exists()


def test_what_cannot_be_deleted_stops_nobody(store, lost, monkeypatch):
    """It is told, and counts as gone: no branch leads to it again. It goes once it can."""
    ids = of(store, lost)
    unlink = disk.unlink

    def refusing(path):
        if path == Layout(store.path).object(lost.id):
            raise PermissionError(1, "refused", path)
        unlink(path)

    monkeypatch.setattr(disk, "unlink", refusing)
    with pytest.raises(StorageError, match="refused"):
        store.collect(older_than=NONE)
    assert stored(store) & ids == {lost.id}
    with Store.open(store.path, author="Ada <ada@example.org>") as other:
        other.write("web", "on")
        other.commit("on")
        with pytest.raises(ObjectNotFoundError):
            other.branches.create("again", lost.id)
        with pytest.raises(StorageError, match="refused"):
            other.collect(older_than=NONE)
        (finding,) = other.verify().findings
        assert (finding.code, lost.id in finding.detail) == ("removal-unfinished", True)
        assert other.repair().remaining == (finding,)
        with pytest.raises(StorageError):
            other.pack()
    monkeypatch.setattr(disk, "unlink", unlink)
    assert store.verify().ok
    assert stored(store) & ids == set()


# --- Where nothing is deleted ----------------------------------------------------------------------


@pytest.mark.parametrize("what", ["commit", "tree", "content", "tag"])
@pytest.mark.parametrize("fault", ["missing", "damaged"])
def test_a_damaged_history_is_left_alone(store, lost, what, fault):
    """Where something that is needed is missing, or cannot be followed, nothing is deleted."""
    tag = store.tags.create("v1")
    head = next(iter(store.log()))
    one = {"commit": head.id, "tree": head.tree, "content": store.history("web")[0].blob, "tag": tag.id}[what]
    path = Path(Layout(store.path).object(one))
    path.chmod(0o644)
    path.write_text("0") if fault == "damaged" else path.unlink()
    before = files(store)
    with Store.open(store.path) as other:
        if (what, fault) == ("content", "damaged"):  # it is kept; whether it is whole, `verify` tells
            assert other.collect(older_than=NONE).deleted == 3
            assert path.exists()
            return
        with pytest.raises((ObjectNotFoundError, CorruptionError)):
            other.collect(older_than=NONE)
    assert files(store) == before


def test_a_damaged_operation_log_is_left_alone(store, lost):
    """Nobody knows what a line of it needs that cannot be read; once it is taken out, it needs nothing."""
    log = Path(Layout(store.path).operations)
    lines = log.read_bytes().split(b"\n")
    log.write_bytes(b"\n".join(b"#" + line[1:] if b"branch-delete" in line else line for line in lines))
    grow_old(store)
    before = files(store)
    with Store.open(store.path) as other:
        with pytest.raises(MalformedError, match="the operation log"):
            other.collect()
        assert files(store) == before
        assert other.repair().ok
        other.collect()


def test_a_damaged_pack_is_left_alone(store, lost):
    """No object of it is lost, and none beside it."""
    commit_many(store)
    path = next(path for path in files(store) if path.suffix == ".pack")
    data = bytearray(path.read_bytes())
    data[40] ^= 255
    path.chmod(0o644)
    path.write_bytes(data)
    before = files(store)
    with Store.open(store.path) as other, pytest.raises(CorruptionError):
        other.collect(older_than=NONE)
    assert files(store) == before


def test_a_store_that_lost_its_heads_is_left_alone(store, lost):
    """The host's git may have taken them away for a moment: nobody's history is garbage then."""
    FileHeads(Layout(store.path)).remove(BranchName("main"), next(iter(store.log())).id)
    before = files(store)
    with pytest.raises(MalformedError):
        store.collect(older_than=NONE)
    assert files(store) == before


def test_an_erased_content_is_no_fault(store):
    """History that leads to it is kept, and the rest goes."""
    store.write("web", "secret")
    store.commit("one")
    store.write("web", "plain")
    store.commit("two")
    store.erase(store.history("web")[-1].blob, "why")
    store.branches.create("side")
    commit(store, "lost")
    store.branches.delete("side")
    assert store.collect(older_than=NONE).deleted == 3
    assert store.verify().findings == ()


@pytest.mark.parametrize("age", [timedelta(seconds=-1), 14, None])
def test_an_age_is_a_length_of_time(store, age):
    """Anything else is refused."""
    with pytest.raises(InvalidValueError):
        store.collect(older_than=age)


def test_an_age_may_be_longer_than_time(store, lost):
    """Then all stays."""
    assert store.collect(older_than=timedelta.max).deleted == 0


def test_many_loose_objects_do_not_keep_others_waiting(store, lost, monkeypatch):
    """They are put into a pack before the lock is taken, so that under it one file goes; half an object goes too."""
    monkeypatch.setattr(collecting, "MOST_LOOSE", 0)
    half = Path(Layout(store.path).object("ab" * 32))
    half.parent.mkdir(exist_ok=True)
    half.write_text("{")
    removed = []
    remove = removing.remove

    def removing_noted(*given):
        removed.append(given[2])
        remove(*given)

    monkeypatch.setattr(removing, "remove", removing_noted)
    told = store.collect(older_than=NONE, dry_run=True)
    done = store.collect(older_than=NONE)
    assert [(len(one.objects), len(one.packs)) for one in removed] == [(1, 1)]
    assert (done.deleted, done.packs) == (4, 0)
    assert told.after_bytes == done.after_bytes == sum(map(len, files(store).values()))
    assert list(Path(Layout(store.path).packs).iterdir()) == []
    assert store.verify().findings == ()
