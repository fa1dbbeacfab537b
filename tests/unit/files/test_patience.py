"""A wait for a lock ends before its time where nobody wants any more what it is for."""

import threading

import pytest

from muniment.errors import LockTimeoutError
from muniment.files import patience

LONG_S = 60.0


def test_nobody_is_in_a_hurry_by_himself():
    """A program that tells nobody waits as long as it said."""
    assert not patience.is_over()


def test_it_is_over_when_it_is_said():
    """For the block, and for this thread alone."""
    wanted = [True]
    seen = []
    with patience.until(lambda: not wanted):
        assert not patience.is_over()
        wanted.clear()
        assert patience.is_over()
        other = threading.Thread(target=lambda: seen.append(patience.is_over()))
        other.start()
        other.join()
        with patience.until(lambda: False):
            assert not patience.is_over()
        assert patience.is_over()
    assert not patience.is_over()
    assert seen == [False]


def test_a_lock_between_threads_is_given_up():
    """Whoever waits for another thread looks now and then."""
    taken = threading.Lock()
    taken.acquire()
    with patience.until(lambda: True):
        assert not patience.take(taken.acquire, LONG_S)
    with patience.until(lambda: False):
        assert not patience.take(taken.acquire, 0.01)
        taken.release()
        assert patience.take(taken.acquire, 0.0)


@pytest.mark.parametrize("shared", [False, True])
def test_a_lock_file_is_given_up(make, shared):
    """As if the time were up; the lock, and the queue for it, are free afterwards."""
    holder, waiter, third = make(), make(), make()
    with holder.exclusive(LONG_S), patience.until(lambda: True):
        for _ in range(2):
            with pytest.raises(LockTimeoutError):
                waiter.acquire(LONG_S, shared=shared)
    third.acquire(0.0)
    third.release()
    with patience.until(lambda: True):
        waiter.acquire(0.0, shared=shared)  # what is free is had all the same
    waiter.release()
