"""`verify` of a store covers its ledgers."""

from pathlib import Path

from muniment import Store


def test_what_is_wrong_in_a_ledger_is_found(tmp_path):
    """With the code, the file and the line that the ledger's own `verify` tells."""
    with Store.init(tmp_path / "config", author="Ada <ada@example.org>") as store:
        for name in ("audit", "runs"):
            store.ledger(name).append_many([{"kind": "turn", "payload": number} for number in range(3)])
        assert (store.verify().ok, store.verify().entries) == (True, 6)
        [segment] = Path(tmp_path, "config/.muniment/ledgers/audit").glob("*.jsonl")
        segment.write_bytes(segment.read_bytes().replace(b'"payload":1', b'"payload":8'))
        report = store.verify()
    assert not report.ok
    assert report.findings[0].code == "entry-damaged"
    assert report.findings[0].path.endswith("jsonl:2")
