"""`stats`: how much there is of everything, and what it takes."""

from pathlib import Path

from muniment.files.layout import Layout


def size_of(folder, pattern="**/*"):
    """The bytes of the files below a folder."""
    return sum(path.stat().st_size for path in Path(folder).glob(pattern) if path.is_file())


def test_a_store_of_everything(store, root):
    """Each thing is counted once, and its bytes are those of its files."""
    for number in range(3):
        store.write("web", {"number": number})
        store.commit(str(number))
    store.branches.create("side")
    with store.transaction("there", branch="side", worktree=False) as change:
        change.write("other", 1)
    store.tags.create("v1", "HEAD~1", message="first")
    store.ledger("runs").append("turn", {"say": "one"})
    store.ledger("runs").append("turn", {"say": "two"})
    found, layout = store.stats(), Layout(root)
    assert (found.documents, found.branches, found.tags, found.commits) == (1, 2, 1, 4)
    assert found.document_bytes == (root / "web.json").stat().st_size
    assert (found.objects, found.packs, found.packed_objects, found.pack_bytes) == (13, 0, 0, 0)
    assert found.object_bytes == size_of(layout.objects)
    assert (found.ledgers, found.entries, found.ledger_bytes) == (1, 2, size_of(layout.ledgers))
    assert found.local_bytes == size_of(layout.local)


def test_objects_in_packs_are_counted_there(store, root):
    """What was packed lies loose no more."""
    store.write("web", 1)
    store.commit("one")
    loose = store.stats().objects
    store.pack()
    found = store.stats()
    assert (found.objects, found.object_bytes, found.packs, found.packed_objects) == (0, 0, 1, loose)
    assert found.pack_bytes == size_of(Layout(root).packs)


def test_commits_of_a_deleted_branch_are_counted_by_a_tag(store):
    """What a tag leads to is history too; what nothing leads to is not counted."""
    store.write("web", 1)
    store.commit("one")
    store.branches.create("side")
    for name in ("kept", "lost"):
        with store.transaction(name, branch="side", worktree=False) as change:
            change.write("other", name)
        if name == "kept":
            store.tags.create("v1", "side", message="kept")
    store.branches.delete("side")
    assert store.stats().commits == 2


def test_an_empty_store(store):
    """Zero of everything is no error."""
    found = store.stats()
    assert (found.documents, found.branches, found.commits, found.objects, found.entries) == (0, 0, 0, 0, 0)
