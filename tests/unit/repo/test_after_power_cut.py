"""What was acknowledged about working files after a transaction stays so when the machine starts anew."""

import pytest

from muniment import Store
from muniment.files import journal_note

LATER = {
    "deleted what it wrote": lambda store: store.delete("a"),
    "wrote back what it replaced": lambda store: store.write("b", 1),
    "wrote again what it deleted": lambda store: store.write("c", 1),
}


@pytest.mark.parametrize("later", LATER)
def test_a_later_change_of_a_file_is_not_undone(store, root, monkeypatch, later):
    """The journal still holds the transaction; doing it again must not take back what came after it."""
    with store.transaction("begin") as tx:
        tx.write("b", 1)
        tx.write("c", 1)
    with store.transaction("go on") as tx:
        tx.write("a", 2)
        tx.write("b", 2)
        tx.delete("c")
    LATER[later](store)
    before = {name: store.read(name) for name in store.names()}
    monkeypatch.setattr(journal_note, "boot_id", lambda: b"another boot.16b")
    with Store.open(root, author="Bob") as after:
        assert after.log()[0].message == "go on"
        assert {name: after.read(name) for name in after.names()} == before
        assert not after.status().clean
