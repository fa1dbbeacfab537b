"""Ledgers in git repositories, with real git: clones, merges, branches that come and go, and half-written files."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from muniment import Store
from muniment.errors import EntryNotFoundError, KeyReusedError
from muniment.files.layout import Layout
from muniment.values import entry_line

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@contextmanager
def runs(path="config", author="Ada <ada@example.org>"):
    """Open the ledger for the length of a block, as a program of its own does."""
    with Store.open(path, author=author) as store:
        yield store.ledger("runs")


def append(*payloads, path="config", **more):
    """Append entries in a program of their own; gives them."""
    with runs(path) as ledger:
        return [ledger.append("turn", payload, **more) for payload in payloads]


def saved(git, message="more"):
    """Commit all that is there to git."""
    git("add", "-A")
    git("commit", "-qm", message)


def files(path="config"):
    """List the files of the ledger's segments."""
    return sorted(Path(Layout(path).ledger("runs").root).glob("*.jsonl"))


def told(path="config"):
    """Give all entries as a new program sees them, once it was checked that all ways to find them agree."""
    with runs(path) as ledger:
        entries = list(ledger)
        assert len(ledger) == len(entries)
        assert [(entry.clock, entry.id) for entry in entries] == sorted((entry.clock, entry.id) for entry in entries)
        assert [ledger.get(entry.id) for entry in entries] == entries
        assert len({entry.offset for entry in entries}) == len(entries)
        assert list(ledger.tail(kinds="turn")) == [entry for entry in entries if entry.kind == "turn"]
        assert ledger.latest() == (entries[-1] if entries else None)
        assert ledger.streams() == list(dict.fromkeys(entry.stream for entry in entries if entry.stream))
    for file in files(path):
        checked = [entry_line.check(str(file), line) for line in file.read_bytes().splitlines()]
        assert [entry.above for entry in checked[1:]] == [entry.id for entry in checked[:-1]]
    return entries


def payloads(path="config"):
    """Give what all entries hold."""
    return [entry.payload for entry in told(path)]


@pytest.fixture
def clone(git, repository):
    """Clone the repository, with all that is there committed first; gives the path of the clone's store."""

    def make(name="clone"):
        git("add", "-A")
        git("commit", "-qm", "all", "--allow-empty")
        git("clone", "-q", str(repository), f"../{name}")
        return repository.parent / name / "config"

    return make


def test_two_clones_append_and_merge(git, clone, monkeypatch, repository):
    """Both sides appended: git merges without a conflict, and both see the same entries in the same order."""
    append("a", "b")
    there = clone()
    append("here 1", "here 2", stream="x")
    saved(git, "here")
    append("there 1", "there 2", "there 3", path=there, stream="y")
    monkeypatch.chdir(there.parent)
    saved(git, "there")
    git("pull", "-q", "--no-rebase", "--no-edit")
    monkeypatch.chdir(repository)
    git("pull", "-q", "--no-rebase", "--no-edit", str(there.parent), "trunk")
    assert told() == told(there)
    assert len(told()) == 7
    assert not git("status", "--porcelain").out
    (last,) = append("after")
    assert last.clock == 6
    assert next(entry.above for entry in told() if entry.stream == "y") is None


def test_a_fresh_clone_begins_a_segment(git, clone):
    """What came with a clone is read there, and never continued."""
    append("a")
    there = clone()
    before = {file.name: file.read_bytes() for file in files(there)}
    assert payloads(there) == ["a"]
    append("b", path=there)
    append("c", path=there)
    assert len(files(there)) == 2
    assert before.items() <= {file.name: file.read_bytes() for file in files(there)}.items()
    assert payloads(there) == ["a", "b", "c"]


def test_a_branch_that_comes_and_goes(git, repository):
    """Entries of a branch that is not checked out are not there, and are again when it is; each branch has its own."""
    (base,) = append("base", stream="s0")
    saved(git)
    git("checkout", "-qb", "side")
    (side,) = append("side", stream="s1")
    saved(git)
    git("checkout", "-q", "trunk")
    assert payloads() == ["base"]
    (trunk,) = append("trunk", stream="s2")
    saved(git)
    with runs() as ledger:
        assert side not in ledger
        with pytest.raises(EntryNotFoundError):
            ledger.get(side.id)
        assert {base, trunk} <= set(ledger)
    git("checkout", "-q", "side")
    assert payloads() == ["base", "side"]
    append("side 2", stream="s1")
    saved(git)
    git("checkout", "-q", "trunk")
    assert payloads() == ["base", "trunk"]
    git("merge", "-q", "--no-edit", "side")
    assert sorted(payloads()) == ["base", "side", "side 2", "trunk"]
    assert append("last")[0].clock == 4


@pytest.mark.parametrize("is_long_running", [False, True])
def test_no_segment_goes_two_ways(git, repository, is_long_running):
    """A file that git put there is never continued, whatever it looks like: two branches would extend one differently.

    File systems give the number of a removed file to the next, so it must not be known by that.
    """
    with Store.open("config", author="Ada") as store:
        ledger = store.ledger("runs")

        def add(payload):
            return ledger.append("turn", payload) if is_long_running else append(payload)

        add("base")
        saved(git)
        git("checkout", "-qb", "side")
        add("side")
        saved(git)
        for turn in range(3):
            for branch in ("trunk", "side"):
                git("checkout", "-q", branch)
                add(f"{branch} {turn}")
                saved(git)
        git("checkout", "-q", "trunk")
        git("merge", "-q", "--no-edit", "side")
    found = payloads()
    assert sorted(found) == sorted(
        ["base", "side", *(f"{branch} {turn}" for turn in range(3) for branch in ("trunk", "side"))]
    )


def test_a_long_running_program_sees_branches_come_and_go(git, repository):
    """A program that stays open sees what is checked out, and what it says again is found where it is there."""
    with runs() as ledger:
        base = ledger.append("turn", "base", stream="s")
        saved(git)
        git("checkout", "-qb", "side")
        side = ledger.append("turn", "side", key="k", stream="t")
        saved(git)
        git("checkout", "-q", "trunk")
        assert list(ledger) == [base]
        assert len(ledger) == 1
        assert side not in ledger
        assert ledger.by_key("k") is None
        assert ledger.streams() == ["s"]
        assert ledger.latest() == base
        again = ledger.append("turn", "other", key="k")
        assert list(ledger) == [base, again]
        saved(git)
        git("checkout", "-q", "side")
        assert list(ledger) == [base, side]
        assert ledger.append("turn", "side", key="k", stream="t") == side
        git("checkout", "-q", "trunk")
        git("merge", "-q", "--no-edit", "side")
        assert set(ledger) == {base, again, side}
        assert ledger.by_key("k") == min(again, side, key=lambda one: (one.clock, one.id))
        with pytest.raises(KeyReusedError):
            ledger.append("turn", "third", key="k")
        assert ledger.append("turn", "other", key="k") == again
    assert len(told()) == 3


@pytest.mark.parametrize("is_index_kept", [True, False])
def test_offsets_stay_while_a_segment_is_away(git, repository, is_index_kept):
    """Entries that are away keep their offsets; none of them is given to another entry."""
    append("base")
    saved(git)
    git("checkout", "-qb", "side")
    before = append("side 1", "side 2", "side 3")
    saved(git)
    git("checkout", "-q", "trunk")
    if not is_index_kept:
        shutil.rmtree(Path(Layout("config").ledger("runs").cache))
    made = append("trunk 1", "trunk 2")
    saved(git)
    git("merge", "-q", "--no-edit", "side")
    offsets = {entry.payload: entry.offset for entry in told()}
    assert [offsets[entry.payload] for entry in [*before, *made]] == [entry.offset for entry in [*before, *made]]
    assert sorted(offsets.values()) == [1, 2, 3, 4, 5, 6]


def test_what_git_took_in_mid_write_comes_later(git, clone, monkeypatch, repository):
    """Half a line and half a batch in a commit are not seen in a clone, until a later commit brings the rest."""
    append("a", "b")
    with runs() as ledger:
        ledger.append_many([{"kind": "turn", "payload": number} for number in range(4)])
    (file,) = files()
    whole = file.read_bytes()
    rows = whole.splitlines(keepends=True)
    there = None
    for size, count in [(b"".join(rows[:1]) + rows[1][:30], 1), (b"".join(rows[:4]), 2), (whole, 6)]:
        state = os.stat(file)
        with open(file, "r+b") as opened:
            opened.truncate(0)
            opened.write(size)
        assert os.stat(file).st_ino == state.st_ino
        saved(git)
        if there is None:
            there = clone()
        monkeypatch.chdir(there.parent)
        git("pull", "-q", "--no-rebase", "--no-edit")
        monkeypatch.chdir(repository)
        with runs(there) as ledger:
            assert len(ledger) == len(list(ledger)) == count
    assert payloads(there) == ["a", "b", 0, 1, 2, 3]


def test_a_cursor_is_good_across_merges(git, clone, monkeypatch, repository):
    """A reader with a cursor is given each entry once, whatever comes by merges, before or behind what it was given."""
    append("a")
    there = clone()
    seen = []
    cursor: str | int = 0
    for turn in range(4):
        append(f"here {turn}", f"here {turn}, 2")
        saved(git)
        append(*(f"there {turn}, {number}" for number in range(turn + 1)), path=there)
        monkeypatch.chdir(there.parent)
        saved(git)
        monkeypatch.chdir(repository)
        with runs() as ledger:
            for entry in (tail := ledger.tail(after=cursor)):
                seen.append(entry.payload)
                if len(seen) % 2:
                    break
            cursor = str(tail.cursor)
        git("pull", "-q", "--no-rebase", "--no-edit", str(there.parent), "trunk")
    with runs() as ledger:
        tail = ledger.tail(after=cursor)
        seen += [entry.payload for entry in tail]
    assert sorted(seen) == sorted(payloads())
    assert len(seen) == 1 + 8 + 10
    with runs(there) as ledger:
        assert [entry.payload for entry in ledger.tail(after=str(tail.cursor))] == []


def test_a_cursor_waits_for_what_is_away(git, repository):
    """What a reader was given is not given again when its branch comes back; what it was not given is."""
    append("base")
    saved(git)
    git("checkout", "-qb", "side")
    append("side 1", "side 2")
    saved(git)
    with runs() as ledger:
        tail = ledger.tail()
        assert [next(tail).payload for _ in range(2)] == ["base", "side 1"]
        cursor = tail.cursor
    git("checkout", "-q", "trunk")
    append("trunk")
    saved(git)
    with runs() as ledger:
        tail = ledger.tail(after=cursor)
        assert [entry.payload for entry in tail] == ["trunk"]
        cursor = tail.cursor
    git("merge", "-q", "--no-edit", "side")
    with runs() as ledger:
        assert [entry.payload for entry in ledger.tail(after=cursor)] == ["side 2"]


def test_a_reader_whose_segment_is_taken_away(git, repository):
    """A reader in the middle of a segment that git removes ends, and its cursor finds the rest when that is back."""
    append("base")
    saved(git)
    git("checkout", "-qb", "side")
    append(*(f"{number} {'x' * 1000}" for number in range(400)))
    saved(git)
    with runs() as ledger:
        tail = ledger.tail()
        seen = [next(tail).payload for _ in range(5)]
        git("checkout", "-q", "trunk")
        assert len(ledger) == 1
        seen += [entry.payload for entry in tail]
        cursor = tail.cursor
        git("checkout", "-q", "side")
        seen += [entry.payload for entry in ledger.tail(after=cursor)]
    assert seen == payloads()


def test_git_converts_no_ends_of_lines(git, repository):
    """Where git makes CRLF of every line feed in text, a clone has the ledger as it was; so has one that was synced."""
    with Store.open("config", author="Ada <ada@example.org>") as store, Store.init("other") as other:
        store.ledger("runs").append("turn", "by itself")
        other.ledger("runs").sync(store.ledger("runs"))
    saved(git)
    git("clone", "-q", "-c", "core.autocrlf=true", ".", "../clone")
    for path in ("../clone/config", "../clone/other"):
        with runs(path) as ledger:
            assert ledger.verify().ok
            assert [entry.payload for entry in ledger] == ["by itself"]
