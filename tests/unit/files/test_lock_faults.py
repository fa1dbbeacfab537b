"""What becomes of a lock when its file is deleted, its holder killed or forked, or nothing can be written."""

import errno
import gc
import os
import shutil
import subprocess
import sys

import pytest

from muniment.errors import LockTimeoutError
from muniment.files import disk, lock
from muniment.files.lock import LockFile

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


def test_lock_files_are_never_removed(make, lock_path):
    """The same file locks for ever: one that is unlinked would let a second writer in."""
    first, second = make(), make()
    with first.exclusive(PATIENT_S):
        assert not is_free(second)
    inodes = [os.stat(name).st_ino for name in (lock_path, f"{lock_path}.queue")]
    with second.exclusive(PATIENT_S):
        assert not is_free(first)
    first.close()
    assert is_free(make())
    assert [os.stat(name).st_ino for name in (lock_path, f"{lock_path}.queue")] == inodes


def test_lock_files_deleted_under_it_are_made_anew(make, lock_path):
    """After somebody deleted the folder, programs that had it open and new ones still exclude each other."""
    old = make()
    assert is_free(old)
    shutil.rmtree(os.path.dirname(lock_path))
    with old.exclusive(PATIENT_S):
        assert not is_free(make())


def test_the_lock_goes_with_its_process(make, lock_path):
    """A holder that is killed holds nothing: there are no stale locks."""
    program = (
        "import sys, time; from muniment.files.lock import LockFile; lock = LockFile(sys.argv[1], 'it');"
        "lock.acquire(9.0); print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program, lock_path], stdout=subprocess.PIPE, text=True) as holder:
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


@posix_only
def test_a_reader_that_may_not_make_the_lock_file_goes_on_without(make, lock_path, monkeypatch):
    """Nobody has locked yet what has no file; a writer is told, and a file that is there must be locked."""
    really_open = os.open

    def refuse_making(path, flags, *args):
        if flags & os.O_CREAT:
            raise PermissionError(errno.EACCES, "forbidden", path)
        return really_open(path, flags, *args)

    monkeypatch.setattr(disk, "open_fd", refuse_making)
    os.makedirs(os.path.dirname(lock_path))
    assert is_free(make(), shared=True)
    with pytest.raises(PermissionError):
        make().acquire(0.0)


@posix_only
def test_a_reader_that_may_not_make_the_queue_waits_without_one(make, monkeypatch):
    """The lock itself is there, held by a writer: the reader is told who holds it."""
    writer, reader = make(), make()
    really_open = os.open

    def refuse_making(path, flags, *args):
        if flags & os.O_CREAT:
            raise PermissionError(errno.EACCES, "forbidden", path)
        return really_open(path, flags, *args)

    with writer.exclusive(PATIENT_S):
        monkeypatch.setattr(disk, "open_fd", refuse_making)
        with pytest.raises(LockTimeoutError):
            reader.acquire(0.0, shared=True)


def test_a_lock_that_nobody_has_any_more_is_free(make, lock_path):
    """A hold does not outlive its object."""
    forgotten = LockFile(lock_path, "it")
    forgotten.acquire(PATIENT_S)
    assert not is_free(make())
    del forgotten
    gc.collect()
    assert is_free(make())


def interrupted_at(number, action):
    """Run an action with Ctrl-C at one line of the lock; tell whether it came that far."""
    left = [number]

    def trace(frame, event, _):
        if frame.f_code.co_filename != lock.__file__:
            return None
        if event in {"call", "line"}:
            left[0] -= 1
            if not left[0]:
                sys.settrace(None)
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def test_an_interrupt_leaves_nothing_locked(make):
    """Ctrl-C at each line in turn: afterwards others can have the lock, and so can the same thread."""
    mine, other = make(), make()

    def use():
        with mine.exclusive(PATIENT_S):
            pass

    number = 1
    while interrupted_at(number, use):
        assert is_free(other), number
        assert is_free(mine), number
        number += 1
    assert number > 20
