"""System calls that fail, in workloads that run by themselves: an error of ours or success, and the store is well.

`python tests/reliability faults` tries many more.
"""

from contextlib import contextmanager, suppress
from unittest.mock import patch

import failed_syncs
import failing_calls
import fault_runs
import pytest

from muniment.files import disk

pytestmark = pytest.mark.skipif(failing_calls.why_not() is not None, reason=failing_calls.why_not() or "")


@contextmanager
def swallowed():
    """Take every sync for one that succeeded."""

    def hidden(sync):
        def call(target):
            with suppress(OSError):
                sync(target)

        return call

    with (
        patch.object(disk, "fsync", hidden(disk.fsync)),
        patch.object(disk, "fdatasync", hidden(disk.fdatasync)),
    ):
        yield


@contextmanager
def believed():
    """Take a file that cannot be read for one that is not there."""
    right = disk.open_fd

    def open_fd(path, flags, *mode):
        try:
            return right(path, flags, *mode)
        except OSError as error:
            raise FileNotFoundError(path) from error

    with patch.object(disk, "open_fd", open_fd):
        yield


@pytest.mark.parametrize("name", ["commit", "ledger-erase"])
def test_a_system_call_may_fail(name):
    """Whichever it is: the step is done or refused by an error of ours, before or after, and the next change works."""
    found = fault_runs.run(name, 8, seed=1)
    assert (found.bad, found.examples) == (0, {})
    assert found.tried > 4
    assert found.refused


@pytest.mark.parametrize("name", ["two-commits", "ledger-append"])
def test_nothing_acknowledged_rests_on_a_sync_that_failed(name):
    """A crash that leaves only what is durable leaves all that was acknowledged."""
    found = failed_syncs.run(name, 6, seed=1)
    assert (found.bad, found.examples) == (0, {})
    assert found.tried == 6


def test_a_failed_sync_that_is_swallowed_is_noticed():
    """The same of a store that takes every sync for one that succeeded."""
    assert failed_syncs.run("two-commits", 6, seed=1, planted=swallowed).bad


def test_a_failed_read_that_is_swallowed_is_noticed():
    """Of a store that takes a file that cannot be opened for one that is missing."""
    assert fault_runs.run("commit", 15, seed=1, planted=believed).bad
