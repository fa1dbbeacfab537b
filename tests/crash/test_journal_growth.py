"""What one process writes to the journal, another that had it open keeps."""

import os

from muniment import Store
from muniment.files.journal import Journal
from muniment.files.layout import Layout

AUTHOR = "Ada <ada@example.org>"


def commit(store, name, size_bytes=10):
    """Commit one document of that size."""
    with store.transaction(name, worktree=False) as change:
        change.write(name, os.urandom(size_bytes // 2).hex())


def test_growing_the_journal_keeps_what_another_process_grew_it_by(tmp_path):
    """After a power cut every record is still there, though two writers took turns beyond the first MiB."""
    first = Store.init(tmp_path, author=AUTHOR)
    second = Store.open(tmp_path, author=AUTHOR)
    commit(first, "small")
    commit(second, "small-too")  # begins by a checkpoint of what another left, because it never saw the journal
    for number in range(4):
        commit(first, f"large-{number}", 300_000)
    commit(second, "last")
    journal = Journal(Layout(tmp_path).journal)
    journal._boot = bytes(16)  # another boot: the note of what was applied is not believed
    assert len(journal.pending()) == 6
