"""Remembering what was found for as long as the times prove it unchanged."""

import os
import time

import pytest

from muniment.storage.unchanged import SETTLED_NS, Unchanged


@pytest.fixture
def folder(tmp_path):
    """A folder that was last changed long ago."""
    settle(tmp_path)
    return tmp_path


def settle(path, *, ago_ns=10 * SETTLED_NS):
    """Set the time of change back."""
    at = time.time_ns() - ago_ns
    os.utime(path, ns=(at, at))


class Looker:
    """Looks at a folder, and counts how often."""

    def __init__(self):
        self.looks = 0

    def __call__(self, path):
        """List the folder."""
        self.looks += 1
        return sorted(os.listdir(path))


def test_an_unchanged_folder_is_looked_at_once(folder):
    """The second answer is the first one."""
    found, look = Unchanged[list[str]](), Looker()
    assert found.get(str(folder), look) == found.get(str(folder), look) == []
    assert look.looks == 1


def test_a_changed_folder_is_looked_at_again(folder):
    """Another time of change means another look."""
    found, look = Unchanged[list[str]](), Looker()
    found.get(str(folder), look)
    (folder / "new").touch()
    assert found.get(str(folder), look) == ["new"]


def test_a_folder_put_in_its_place_is_looked_at(folder, tmp_path_factory):
    """The same time and another inode is another folder."""
    place = tmp_path_factory.mktemp("place") / "folder"
    other = tmp_path_factory.mktemp("other") / "folder"
    for path in (place, other):
        path.mkdir()
    (other / "inside").touch()
    for path in (place, other):
        os.utime(path, ns=(1, 1))
    found, look = Unchanged[list[str]](), Looker()
    assert found.get(str(place), look) == []
    place.rmdir()
    other.rename(place)
    assert found.get(str(place), look) == ["inside"]


def test_a_time_too_recent_proves_nothing(folder):
    """A folder that changed a moment ago might have changed again within the same tick: it is looked at."""
    found, look = Unchanged[list[str]](), Looker()
    settle(folder, ago_ns=0)
    before = folder.stat().st_mtime_ns
    assert found.get(str(folder), look) == []
    (folder / "new").touch()
    os.utime(folder, ns=(before, before))
    assert found.get(str(folder), look) == ["new"]


def test_what_is_gone_is_told(folder):
    """There is no answer for a folder that was deleted, also where there was one."""
    (folder / "inner").mkdir()
    settle(folder / "inner")
    found, look = Unchanged[list[str]](), Looker()
    found.get(str(folder / "inner"), look)
    (folder / "inner").rmdir()
    with pytest.raises(FileNotFoundError):
        found.get(str(folder / "inner"), look)
