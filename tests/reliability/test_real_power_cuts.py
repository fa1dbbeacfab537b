"""In real file systems whose power is cut nothing acknowledged is lost, and a loss would be noticed.

`python tests/reliability power-cuts` cuts the power 1,000 times.
"""

import loop_image
import power_cut_runs
import pytest
from children import Child, kill_all


@pytest.fixture(params=loop_image.FILE_SYSTEMS)
def file_system(request):
    """Each file system whose power can be cut here."""
    if reason := loop_image.why_not(request.param):
        pytest.skip(reason)
    yield request.param
    kill_all()


def cut(*arguments, **options):
    """Cut the power in a process of its own, with which everything that it mounts is gone."""

    def work(tell):
        loop_image.keep_mounts_private()
        tell(power_cut_runs.run(*arguments, **options))

    return Child(work).told()[0]


def test_nothing_acknowledged_is_lost(file_system):
    """After a few power cuts, one after the other: it is all there, `verify` is clean, the next change works."""
    found = cut(file_system, 3, seed=1)
    assert (found.cuts, found.bad, found.examples) == (3, 0, {})
    assert found.acknowledged > 0


def test_a_store_that_syncs_nothing_is_noticed(file_system):
    """The same, of a store that believes that everything written is durable."""
    planted = power_cut_runs.PLANTED["no-syncs"]
    found = cut(file_system, 5, seed=1, planted=planted, enough=lambda cuts: cuts.bad > 0)
    for path in found.kept:
        path.unlink()
    assert found.bad
