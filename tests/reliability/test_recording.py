"""What strace logs of a program becomes events that say what is in its folder."""

import os

import pytest
import strace_log
from crash_states import whole
from file_events import Acknowledged, Begun, Synced
from recording import split
from shadow_folder import NotModelledError

pytestmark = pytest.mark.skipif(strace_log.why_not() is not None, reason=strace_log.why_not() or "")

SHELL = """
echo mark run here
cd here/store
echo one > a
echo two >> a
(cd . && mkdir -p f/g && echo three > f/g/b)
ln a f/linked
mv f/g/b c
echo mark begin
{ echo x; echo y; } > c
rm a
mv f h
rmdir h/g
echo mark ack done
"""
PYTHON = """
import os
os.write(1, b"mark run here\\n")
top = os.getcwd() + "/here/store"
fd = os.open(top + "/a", os.O_RDWR | os.O_CREAT)
os.write(fd, b"0123456789")
os.lseek(fd, 2, os.SEEK_SET)
os.read(fd, 2)
os.write(fd, b"after four")
os.pwrite(fd, b"at twenty", 20)
os.ftruncate(fd, 25)
other = os.dup(fd)
os.write(other, b"!")
os.writev(other, [b"one", b"two"])
os.write(1, b"mark begin\\n")
os.fsync(fd)
child = os.fork()
if not child:
    os.write(other, b"child")
    os._exit(0)
os.waitpid(child, 0)
os.write(1, b"mark ack done\\n")
"""


def recorded(place, *command):
    """The events of a program, and its folder afterwards."""
    (place / "here" / "store").mkdir(parents=True)
    strace_log.run(command, place / "log", place, {"PATH": os.environ["PATH"]})
    return split(place / "log", str(place))["here"], place / "here" / "store"


def check(events, folder):
    """Check that the folder is what the events say, hard links and all."""
    layout = whole(events)[-1]
    assert set(layout) == {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    for path, left in layout.items():
        assert (left is None) == (folder / path).is_dir()
        assert left is None or left.content == (folder / path).read_bytes()


def test_a_shell_is_followed_into_its_children(tmp_path):
    """Descriptors that are redirected, folders that are changed, files that are linked and moved."""
    events, folder = recorded(tmp_path, "sh", "-e", "-c", SHELL)
    assert events.count(Begun()) == 1
    assert events[-1] == Acknowledged("done")
    check(events, folder)


def test_offsets_are_followed(tmp_path):
    """Of reads, seeks, writes at a place, duplicates and forked children."""
    events, folder = recorded(tmp_path, "python3", "-c", PYTHON)
    assert [event for event in events if isinstance(event, Synced)] == [Synced(1, "")]
    check(events, folder)


def test_what_is_not_modelled_is_refused(tmp_path):
    """Files that are written through shared memory."""
    program = (
        "import mmap, os; os.write(1, b'mark run here\\n'); fd = os.open('here/store/a', os.O_RDWR | os.O_CREAT); "
        "os.write(fd, b'x' * 4096); mmap.mmap(fd, 4096)"
    )
    with pytest.raises(NotModelledError):
        recorded(tmp_path, "python3", "-c", program)
