"""A ledger is opened once, however often a program asks for it."""

import os

import msgspec

from muniment import Store


class Turn(msgspec.Struct):
    """What a program records."""

    move: str


def test_the_same_ledger_is_given_again(tmp_path):
    """A program that asks for it at each entry keeps no more files open than one that asks once."""
    with Store.init(tmp_path / "config", author="Ada <ada@example.org>") as store:
        store.ledger("runs").append("turn", {"move": "e4"})
        before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
        for number in range(20):
            store.ledger("runs").append("turn", {"move": "e5", "n": number})
        assert store.ledger("runs") is store.ledger("runs")
        if before:
            assert len(os.listdir("/proc/self/fd")) == before


def test_another_schema_is_another_view(tmp_path):
    """Of the same entries."""
    with Store.init(tmp_path / "config", author="Ada <ada@example.org>") as store:
        typed, plain = store.ledger("runs", schema=Turn), store.ledger("runs")
        typed.append("turn", Turn("e4"))
        plain.append("turn", {"move": "e5"})
        assert [entry.payload for entry in typed.tail()] == [Turn("e4"), Turn("e5")]
        assert [entry.payload for entry in plain.tail()] == [{"move": "e4"}, {"move": "e5"}]


def test_a_closed_ledger_may_be_used_on(tmp_path):
    """As long as its store is open: `close` only lets go of files."""
    with Store.init(tmp_path / "config", author="Ada <ada@example.org>") as store:
        ledger = store.ledger("runs")
        ledger.append("turn", 1)
        ledger.close()
        assert ledger.append("turn", 2).offset == 2
        assert [entry.payload for entry in ledger.tail()] == [1, 2]
