"""Advisory locks: who keeps whom out, for how long, and what remains of a holder that is gone."""

import errno
import os
import shutil
import subprocess
import sys
import threading
import time

import pytest

from muniment.errors import LockTimeoutError
from muniment.files import disk
from muniment.files.lock import LockFile

PATIENT_S = 30.0
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork, and no shared mode")


@pytest.fixture
def path(tmp_path):
    """The place of a lock file, in a folder that is not made yet."""
    return str(tmp_path / "locks" / "store.lock")


@pytest.fixture
def make(path):
    """Make locks on the same file, each with descriptors of its own as another program has them."""
    made = []

    def one():
        made.append(LockFile(path, "the store"))
        return made[-1]

    yield one
    for each in made:
        each.close()


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
        assert raised.value.holder == "this very thread"
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
def test_who_waits_comes_before_who_returns(make, path):
    """A program that releases the lock and wants it back at once finds the one that waited before it."""
    import fcntl

    mine, other, turns = make(), make(), []

    def wait():
        with other.exclusive(PATIENT_S):
            turns.append("other")

    mine.acquire(PATIENT_S)
    waiting = threading.Thread(target=wait)
    waiting.start()
    while not os.path.exists(f"{path}.queue"):
        time.sleep(0.001)
    with open(f"{path}.queue", "rb") as queue:
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


def test_lock_files_are_never_removed(make, path):
    """The same file locks for ever: one that is unlinked would let a second writer in."""
    first, second = make(), make()
    with first.exclusive(PATIENT_S):
        assert not is_free(second)
    inodes = [os.stat(name).st_ino for name in (path, f"{path}.queue")]
    with second.exclusive(PATIENT_S):
        assert not is_free(first)
    first.close()
    assert is_free(make())
    assert [os.stat(name).st_ino for name in (path, f"{path}.queue")] == inodes


def test_lock_files_deleted_under_it_are_made_anew(make, path):
    """After somebody deleted the folder, programs that had it open and new ones still exclude each other."""
    old = make()
    assert is_free(old)
    shutil.rmtree(os.path.dirname(path))
    with old.exclusive(PATIENT_S):
        assert not is_free(make())


def test_the_lock_goes_with_its_process(make, path):
    """A holder that is killed holds nothing: there are no stale locks."""
    program = (
        "import sys, time; from muniment.files.lock import LockFile; lock = LockFile(sys.argv[1], 'it');"
        "lock.acquire(9.0); print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockTimeoutError) as raised:
            make().acquire(0.0)
        assert str(raised.value.holder).startswith(f"process {holder.pid} ")
        holder.kill()
        holder.wait()
    assert is_free(make())


@posix_only
def test_a_forked_child_does_not_own_its_parents_lock(make):
    """The child is kept out like any other program, and its end does not release the parent's lock."""
    mine = make()
    with mine.exclusive(PATIENT_S):
        child = os.fork()
        if not child:
            free = True
            try:
                free = is_free(mine)
            finally:
                os._exit(1 if free else 0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert not is_free(make())
    assert is_free(mine)


def ask_child(question, *, until):
    """Fork, let the child wait until `until` was done here, and tell whether it answers the question with yes."""
    go, ready = os.pipe()
    child = os.fork()
    if not child:
        answer = False
        try:
            os.read(go, 1)
            answer = question()
        finally:
            os._exit(0 if answer else 1)
    until()
    os.write(ready, b"!")
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for fd in (go, ready):
        os.close(fd)
    return code == 0


@posix_only
def test_a_forked_child_locks_for_itself(make):
    """Through the same object: a lock that was held at the fork once it is free, and not one taken since."""
    mine = make()
    mine.acquire(PATIENT_S)
    assert ask_child(lambda: is_free(mine), until=mine.release)
    assert not ask_child(lambda: is_free(mine), until=lambda: mine.acquire(PATIENT_S))
    mine.release()


@posix_only
def test_on_a_medium_that_cannot_be_written_readers_need_no_lock(make, monkeypatch):
    """Nobody can write there, so a reader goes on without a lock file; a writer is told."""

    def refuse(path, flags, *args):
        raise OSError(errno.EROFS, "read-only", path)

    monkeypatch.setattr(disk, "open_fd", refuse)
    mine = make()
    assert is_free(mine, shared=True)
    with pytest.raises(OSError, match="read-only"):
        mine.acquire(0.0)
    assert is_free(mine, shared=True)


@posix_only
def test_a_reader_that_may_not_write_locks_all_the_same(make, monkeypatch):
    """Where the lock file may only be read, a reader still keeps writers out."""
    writer = make()
    assert is_free(writer)
    really_open = os.open

    def refuse_writing(path, flags, *args):
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise PermissionError(errno.EACCES, "forbidden", path)
        return really_open(path, flags, *args)

    reader = make()
    with monkeypatch.context() as patch:
        patch.setattr(disk, "open_fd", refuse_writing)
        reader.acquire(0.0, shared=True)
    assert not is_free(writer)
    reader.release()
    assert is_free(writer)
