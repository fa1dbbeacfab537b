"""Advisory locks: who keeps whom out, for how long, and what remains of a holder that is gone."""

import os
import sys
import threading
import time

import pytest

from muniment.errors import LockTimeoutError

PATIENT_S = 30.0
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork, and no shared mode")


def is_free(lock, *, shared=False):
    """Tell whether a lock can be had at once; give it back."""
    try:
        lock.acquire(0.0, shared=shared)
    except LockTimeoutError:
        return False
    lock.release()
    return True


def test_a_lock_is_held_by_one_at_a_time(make):
    """Nobody else has it while the block lasts, and anybody after it."""
    mine, other = make(), make()
    with mine.exclusive(PATIENT_S):
        assert not is_free(other)
        assert not is_free(other, shared=True)
    assert is_free(other)


def test_a_lock_is_given_back_when_the_block_raises(make):
    """An error inside does not leave it locked."""
    mine = make()
    with pytest.raises(ZeroDivisionError), mine.exclusive(PATIENT_S):
        _ = 1 / 0
    assert is_free(make())


@posix_only
def test_readers_share(make):
    """Any number hold it shared; who wants it alone waits for all of them."""
    one, two, writer = make(), make(), make()
    one.acquire(PATIENT_S, shared=True)
    two.acquire(PATIENT_S, shared=True)
    assert not is_free(writer)
    one.release()
    assert not is_free(writer)
    two.release()
    assert is_free(writer)


def test_after_a_failed_try_nothing_is_held(make):
    """Who gave up holds neither the lock nor the place in the queue."""
    mine, other = make(), make()
    mine.acquire(PATIENT_S)
    assert not is_free(other)
    mine.release()
    assert is_free(make())
    assert is_free(other)


def test_a_timeout_names_the_resource_and_its_holder(make):
    """The error says what was locked, for how long, and by which process since when."""
    mine, other = make(), make()
    with mine.exclusive(PATIENT_S), pytest.raises(LockTimeoutError) as raised:
        other.acquire(0.01)
    error = raised.value
    assert (error.resource, error.timeout_s) == ("the store", 0.01)
    assert error.holder is not None
    assert error.holder.startswith(f"process {os.getpid()} since 20")
    assert error.holder.endswith("Z")


@posix_only
def test_readers_leave_no_name(make):
    """A holder that is gone is not named for one that reads now."""
    mine, other = make(), make()
    with mine.exclusive(PATIENT_S):
        pass
    mine.acquire(PATIENT_S, shared=True)
    with pytest.raises(LockTimeoutError) as raised:
        other.acquire(0.0)
    assert raised.value.holder is None


def test_the_very_thread_that_holds_it_is_refused_at_once(make):
    """Taking a lock twice would wait for itself: it is an error without waiting."""
    mine = make()
    with mine.exclusive(PATIENT_S):
        with pytest.raises(LockTimeoutError) as raised:
            mine.acquire(PATIENT_S * 100)
        assert str(raised.value) == "the store: locked by this very thread: leave its `with` block first"
        assert not is_free(make())
    assert is_free(mine)


def test_threads_of_one_program_take_turns(make):
    """Another thread waits for the same object's lock, and is told that it is this process."""
    mine, told = make(), []

    def try_it():
        try:
            mine.acquire(0.0)
        except LockTimeoutError as error:
            told.append(error.holder)

    with mine.exclusive(PATIENT_S):
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
    assert told == ["another thread of this process"]


def test_no_increment_is_lost_between_threads(make):
    """Read, pause, write: under the lock nobody comes in between."""
    shared_lock, count = make(), [0]

    def work():
        own = make()
        for lock in [shared_lock, own] * 10:
            with lock.exclusive(PATIENT_S):
                seen = count[0]
                time.sleep(0)
                count[0] = seen + 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count == [80]


@posix_only
def test_who_waits_comes_before_who_returns(make, lock_path):
    """A program that releases the lock and wants it back at once finds the one that waited before it."""
    import fcntl

    mine, other, turns = make(), make(), []

    def wait():
        with other.exclusive(PATIENT_S):
            turns.append("other")

    mine.acquire(PATIENT_S)
    waiting = threading.Thread(target=wait)
    waiting.start()
    while not os.path.exists(f"{lock_path}.queue"):
        time.sleep(0.001)
    with open(f"{lock_path}.queue", "rb") as queue:
        while True:  # until the other one stands in the queue
            try:
                fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                break
            fcntl.flock(queue, fcntl.LOCK_UN)
            time.sleep(0.001)
    mine.release()
    with mine.exclusive(PATIENT_S):
        turns.append("mine")
    waiting.join()
    assert turns == ["other", "mine"]
