"""What many exchanges brought lies in few files; a reader never notices, and it may be stopped anywhere."""

import subprocess

import pytest

from muniment.files import atomic, disk
from muniment.ledger import joining
from muniment.ledger.pieces import Piece

FEW = 14


def stretches(root):
    """Give the files that exchanges brought into a copy."""
    return sorted((root / ".muniment/ledgers/runs").glob("*.*-*.jsonl"))


def said(ledger):
    """Give what a copy tells, in its order."""
    return [(entry.id, entry.payload) for entry in ledger.tail()]


def sync_often(ledger, elsewhere, times):
    """Bring entries one by one."""
    for _ in range(times):
        elsewhere.append("there", len(elsewhere))
        ledger.sync(elsewhere)


def test_a_copy_that_syncs_after_each_entry_has_few_files(ledger, elsewhere, root, monkeypatch):
    """And writes each byte again only as often as its file doubles."""
    written, replace = [], atomic.replace_file

    def count(target, data, *arguments, **options):
        written.append(len(data) if ".muniment/ledgers/runs" in target else 0)
        replace(target, data, *arguments, **options)

    monkeypatch.setattr(atomic, "replace_file", count)
    sync_often(ledger, elsewhere, 100)
    assert len(stretches(root)) <= FEW
    assert sum(written) <= 8 * sum(path.stat().st_size for path in stretches(root))
    assert said(ledger) == said(elsewhere)
    assert len(ledger) == 100
    assert ledger.verify().ok


@pytest.mark.parametrize("stop_at", range(0, 10, 3))
def test_stopped_anywhere_nothing_is_missing(ledger, elsewhere, root, again, monkeypatch, stop_at):
    """What is there twice goes when files are joined the next time."""
    unlink, calls = disk.unlink, 0

    def stop(path):
        nonlocal calls
        calls += ".jsonl" in path
        if calls > stop_at:
            raise KeyboardInterrupt
        unlink(path)

    with monkeypatch.context() as patched:
        patched.setattr(disk, "unlink", stop)
        with pytest.raises(KeyboardInterrupt):
            sync_often(ledger, elsewhere, 30)
    for one in (ledger, again()):
        assert said(one) == said(elsewhere)
        assert one.verify().ok
    sync_often(ledger, elsewhere, 20)
    assert len(stretches(root)) <= FEW
    assert said(ledger) == said(elsewhere)


def test_a_reader_in_the_middle_goes_on(ledger, elsewhere, again, root):
    """Its files are gone; it finds the same bytes in others."""
    sync_often(ledger, elsewhere, 8)
    expected = said(ledger)
    reader = again()
    assert len(reader) == 8
    before = stretches(root)
    sync_often(ledger, elsewhere, 5)
    assert not set(before) & set(stretches(root))
    held = reader._parts.copy
    [segment] = held.present
    assert held.read(segment, 0, held.present[segment].size_bytes).count(b"\n") == 8
    assert said(reader)[:8] == expected


def test_files_that_go_while_a_reader_looks_are_no_loss(ledger, elsewhere, again, monkeypatch):
    """It has listed them, and not read them yet: it looks again."""
    sync_often(ledger, elsewhere, 8)
    reader = again()
    look = reader._parts.copy.pieces.look
    later = [lambda: sync_often(ledger, elsewhere, 5)]

    def interfere(**options):
        found = look(**options)
        while later:
            later.pop()()
        return found

    monkeypatch.setattr(reader._parts.copy.pieces, "look", interfere)
    assert said(reader) == said(elsewhere)
    assert reader._parts.copy.clock == 13


def test_files_that_disagree_stay(ledger, elsewhere, root):
    """Whichever is right, `verify` can tell only while both are there."""
    sync_often(ledger, elsewhere, 8)
    folder, segment = stretches(root)[0].parent, stretches(root)[0].name.partition(".")[0]
    paths = {int(path.name.split(".")[1].split("-")[0]): path for path in stretches(root)}
    starts = sorted(paths)
    wrong = paths[starts[0]].read_bytes() + paths[starts[1]].read_bytes().replace(b"there", b"where")
    (folder / f"{segment}.0-{len(wrong)}.jsonl").write_bytes(wrong)
    ledger.sync(elsewhere)
    sync_often(ledger, elsewhere, 1)
    assert paths[starts[1]].exists()
    assert not ledger.verify().ok


@pytest.mark.parametrize("sizes", [[1] * 30, [5, 5], [1000, *[1] * 20], [*[1] * 20, 1000], [3, 900, 2, 1000, 7, 7, 7]])
def test_none_is_half_of_what_it_becomes(sizes):
    """Git would take the new file for a moved old one, and two branches that moved one apart for a conflict."""
    run, first = [], 0
    for size in sizes:
        run.append(Piece(first, first + size, "", grows=False))
        first += size
    chosen = joining._chosen(run)
    assert all(2 * (piece.end - piece.first) < chosen[-1].end - chosen[0].first for piece in chosen)
    assert bool(chosen) == (sizes not in ([5, 5], [*[1] * 20, 1000]))


def test_branches_of_the_host_that_joined_differently_merge(ledger, elsewhere, root):
    """Their files overlap, and say the same; also where the first is as long as all others together."""

    def git(*words):
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)

    def commit():
        git("add", "-A")
        git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "more")

    elsewhere.append("there", [f"{number} and more" for number in range(300)])
    sync_often(ledger, elsewhere, 8)
    git("init", "-q", "-b", "main")
    commit()
    git("branch", "other")
    sync_often(ledger, elsewhere, 3)
    commit()
    git("checkout", "-q", "other")
    elsewhere.append("there", "long" * 200)
    sync_often(ledger, elsewhere, 2)
    commit()
    git("-c", "user.name=a", "-c", "user.email=a@example.org", "merge", "-q", "--no-edit", "main")
    assert len({path.name for path in stretches(root)}) > 1
    assert said(ledger) == said(elsewhere)
    assert ledger.verify().ok
