"""`Store.pack`, and stores that pack themselves."""

from pathlib import Path

import pytest

from muniment import BlobErasedError, Store
from muniment.files.layout import Layout
from muniment.storage import packer

ADA = "Ada <ada@example.org>"


def loose(root):
    """The files of loose objects."""
    return list(Path(Layout(root).objects).rglob("*.json"))


def packs(root):
    """The files of packs."""
    return list(Path(Layout(root).packs).glob("*.pack"))


def fill(store, count=5):
    """Make some commits of one document."""
    for number in range(count):
        store.write("web", {"number": number})
        store.commit(f"number {number}")


def test_history_is_the_same_in_a_pack(store, root):
    """Log, versions, blame and working files are as before; verify is clean; the next commit works."""
    fill(store)
    before = [commit.id for commit in store.log()], [version.blob for version in store.history("web")]
    report = store.pack()
    assert (report.loose, report.packs, report.objects) == (15, 0, 15)
    assert (loose(root), len(packs(root))) == ([], 1)
    store.close()
    with Store.open(root, author=ADA) as again:
        assert ([commit.id for commit in again.log()], [version.blob for version in again.history("web")]) == before
        assert again.at("HEAD~2").read("web") == {"number": 2}
        assert again.verify().ok
        fill(again, 1)
        assert again.verify().ok


def test_an_open_store_reads_on_while_another_packs(store, root):
    """What lay loose when it was looked for may be in a pack when it is read."""
    fill(store)
    with Store.open(root, author=ADA) as other:
        other.pack()
    with Store.open(root) as cold:
        assert cold.at("HEAD~3").read("web") == {"number": 1}
    assert [store.at(commit.id).read("web")["number"] for commit in store.log()] == [4, 3, 2, 1, 0]


def test_an_erased_content_stays_erased(store, root):
    """Whatever is packed before or after, what was erased is in no pack."""
    fill(store)
    blob = store.history("web")[-1].blob
    store.pack()
    store.erase(blob, "it was never to be there")
    store.write("web", "something else")
    store.commit("something else")
    store.pack()
    with Store.open(root) as cold, pytest.raises(BlobErasedError):
        cold.at("HEAD~5").read("web")
    assert store.verify().ok


@pytest.mark.parametrize("auto_pack", [True, False])
def test_a_store_packs_itself_when_it_is_closed(store, root, monkeypatch, auto_pack):
    """From so many loose objects on, unless it was told not to."""
    monkeypatch.setattr(packer, "MANY", 0)
    with Store.open(root, author=ADA, auto_pack=auto_pack) as other:
        fill(other)
    assert (loose(root) == []) is auto_pack
    assert len(packs(root)) == auto_pack


def test_who_only_reads_packs_nothing(store, root, monkeypatch):
    """Closing a store that nothing was written to changes no file."""
    fill(store)
    store.close()
    monkeypatch.setattr(packer, "MANY", 0)
    with Store.open(root) as reader:
        assert reader.log()
    assert len(loose(root)) == 15


def test_a_store_that_cannot_pack_is_closed_all_the_same(store, root, monkeypatch):
    """Where another packs just now, or the disk is full, nobody is told at the close: nothing was lost."""
    fill(store)
    monkeypatch.setattr(packer, "MANY", 0)
    with Store.open(root) as other, other._parts.storage.packer.alone(0):
        store.close()
    assert len(loose(root)) == 15
