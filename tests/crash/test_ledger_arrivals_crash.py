"""The list of what arrived, as a crash leaves it while a line is written: what nobody was told of is no damage."""

from promises import opened

from muniment import Store


def test_a_hole_in_the_last_line_is_cut(place):
    """One sector of it may be there and the one before not: then there are zeros, which no line has."""
    root = place / "store"
    Store.init(root).close()
    with opened(root) as store:
        store.ledger("runs").append("first", 1)
    arrivals = root / ".muniment" / "local" / "ledgers" / "runs" / "arrivals.jsonl"
    whole = arrivals.read_bytes()
    arrivals.write_bytes(whole + bytes(30) + b"2,3],[4,5]]\n")
    (root / ".muniment" / "local" / "ledgers" / "runs" / "writer.json").unlink()  # another segment is begun
    with opened(root) as store:
        ledger = store.ledger("runs")
        assert [entry.payload for entry in ledger] == [1]
        ledger.append("second", 2)
        assert [(entry.payload, entry.offset) for entry in ledger] == [(1, 1), (2, 2)]
    with opened(root) as store:
        assert [(entry.payload, entry.offset) for entry in store.ledger("runs")] == [(1, 1), (2, 2)]
    assert b"\0" not in arrivals.read_bytes()
    assert arrivals.read_bytes().startswith(whole)
