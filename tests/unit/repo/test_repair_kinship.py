"""What repair takes for a copy of the store, and what it refuses, because it is of another."""

import os
import shutil
from pathlib import Path

import pytest

from muniment import CopyRefusedError, Store

ADA = "Ada <ada@example.org>"


def filled(root, value, *, ledger=True):
    """Make a store with a commit, and an entry of a ledger."""
    with Store.init(root, author=ADA) as store:
        store.write("web", value)
        store.commit(f"{value}")
        if ledger:
            store.ledger("runs").append("turn", {"say": value})
    return root


def entries_only(root, value):
    """Make a store that has no history, but entries."""
    with Store.init(root, author=ADA) as store:
        store.ledger("runs").append("turn", {"say": value})
    return root


def everything(root):
    """Give all files of a store, with what they hold."""
    return {path: path.read_bytes() for path in Path(root).rglob("*") if path.is_file() and path.parent.name != "locks"}


def keep_only(root, *kept):
    """Take all away but the format and what is named, below the hidden folder."""
    control = root / ".muniment"
    for path in control.rglob("*"):
        inside = path.relative_to(control).as_posix()
        if path.is_file() and not any(inside.startswith(one) for one in ("format.json", *kept)):
            path.unlink()


@pytest.mark.parametrize("make", [filled, entries_only])
def test_another_store_is_refused(tmp_path, make):
    """Even where its contents are the same; neither a store that is well nor an empty one takes anything of it."""
    other = make(tmp_path / "other", 1)
    here = filled(tmp_path / "here", 1)
    with Store.init(tmp_path / "empty", author=ADA):
        pass
    for root in (here, tmp_path / "empty"):
        with Store.open(root) as store:
            store.close()
        before = everything(root)
        for source in (other, other / ".muniment", [other]):
            with Store.open(root) as store, pytest.raises(CopyRefusedError, match="in common"):
                store.repair(from_=source)
        assert everything(root) == before


def test_the_store_itself_is_refused(tmp_path):
    """By whatever name: it has nothing that is not here."""
    here = filled(tmp_path / "here", 1)
    os.symlink(here, tmp_path / "link")
    with Store.open(here) as store:
        for source in (here, here / ".muniment", tmp_path / "link"):
            with pytest.raises(CopyRefusedError, match="itself"):
                store.repair(from_=source)


@pytest.mark.parametrize("kept", ["local/operations.jsonl", "objects", "packs", "refs", "ledgers", "local/ledgers"])
def test_each_thing_that_is_left_tells_a_copy(tmp_path, kept):
    """Then all comes back, though nothing else is there."""
    whole = filled(tmp_path / "whole", 1)
    with Store.open(whole, author=ADA) as store:
        if kept == "packs":
            store.pack()
    root = Path(shutil.copytree(whole, tmp_path / "copy"))
    keep_only(root, kept)
    with Store.open(root, author=ADA) as store:
        assert store.repair(from_=whole).ok
        assert [commit.message for commit in store.log()] == ["1"]
        assert [entry.payload for entry in store.ledger("runs")] == [{"say": 1}]


def test_copies_that_went_apart_are_kin(tmp_path):
    """One commit in common is enough: each has others that the other has not."""
    whole = filled(tmp_path / "whole", 1, ledger=False)
    root = Path(shutil.copytree(whole, tmp_path / "copy"))
    shutil.rmtree(root / ".muniment/local")
    for one, value in ((whole, 2), (root, 3)):
        with Store.open(one, author=ADA) as store:
            store.write("web", value)
            store.commit(f"{value}")
    shutil.rmtree(root / ".muniment/local")
    shutil.rmtree(root / ".muniment/refs")
    with Store.open(root, author=ADA) as store:
        assert store.repair(from_=whole).ok


def test_a_copy_without_history_gives_its_other_files(tmp_path):
    """There is nothing in it that could be a stranger's."""
    whole = Store.init(tmp_path / "whole", author=ADA)
    whole.close()
    root = Path(shutil.copytree(tmp_path / "whole", tmp_path / "copy"))
    with Store.open(root) as store:
        assert store.repair(from_=tmp_path / "whole").ok
