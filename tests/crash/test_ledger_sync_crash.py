"""The power may fail while two copies of a ledger exchange entries, and while the files that came are joined."""

import pytest
from power_cuts import cut_between
from promises import opened
from quick_stores import SWEEP

from muniment import Store
from muniment.ledger import joining

TIMES = 8


@pytest.mark.parametrize("all_names", [False, True], ids=["synced names", "all names"])
def test_the_power_may_fail_while_files_are_joined(place, monkeypatch, all_names):
    """Whatever was received before is there, none twice, and the next exchange brings the rest."""
    monkeypatch.setattr(joining, "_MANY", 3)
    with Store.init(place / "elsewhere", author="Bo <bo@example.org>", durability="os") as there:
        elsewhere = there.ledger("runs")

        def step(store):
            elsewhere.append("there", len(elsewhere))
            store.ledger("runs").sync(elsewhere)

        counts = iter(range(1, TIMES + 1))
        cuts = cut_between(
            [step] * TIMES, lambda _: next(counts), place, monkeypatch, all_names=all_names, limit=1 << 20
        )
        moments = cuts.moments if SWEEP else cuts.moments[:: max(1, len(cuts.moments) // 60)]
        assert len(moments) > 20
        assert len(list((place / "top/store/.muniment/ledgers/runs").glob("*.*-*.jsonl"))) < TIMES  # some were joined
        expected = [entry.id for entry in elsewhere.tail()]
        for root, acknowledged in moments:
            least = cuts.acknowledged[acknowledged - 1] if acknowledged else 0
            with opened(root / "store") as store:
                ids = [entry.id for entry in store.ledger("runs").tail()]
                assert len(ids) >= least
                assert ids == expected[: len(ids)]
                assert store.ledger("runs").verify().ok
                store.ledger("runs").sync(elsewhere)
                assert [entry.id for entry in store.ledger("runs").tail()] == expected
