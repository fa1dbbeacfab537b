"""Loose and packed objects as one store."""

import os

import pytest

from muniment.errors import CorruptionError
from muniment.storage.objects import LocalObjects
from muniment.values import canonical

DATA = b'{"port":1}'
ID = canonical.digest(DATA)
OTHER = b'{"port":2}'
OTHER_ID = canonical.digest(OTHER)


@pytest.fixture
def objects(layout):
    """The objects of an empty store."""
    made = LocalObjects(layout)
    yield made
    made.close()


def test_an_empty_loose_file_hides_nothing_that_a_pack_holds(objects, layout):
    """A file that was not synced may be empty after a power cut: what the pack holds is read."""
    objects.put(ID, DATA)
    objects.put_pack([(ID, DATA)], sync=False)
    os.chmod(layout.object(ID), 0o644)
    os.truncate(layout.object(ID), 0)
    assert LocalObjects(layout).get(ID) == DATA


def test_what_is_in_a_damaged_pack_is_written_loose(objects, layout):
    """A pack that cannot be read holds nothing."""
    name = objects.put_pack([(ID, DATA)], sync=False)
    with open(layout.pack(name), "r+b") as pack:
        pack.truncate(20)
    objects.put(ID, DATA)
    assert LocalObjects(layout).get(ID) == DATA


def test_a_damaged_pack_hides_no_id_of_a_loose_object(objects, layout):
    """A short id is found where it lies; if it lies nowhere, the pack that may have had it is told."""
    objects.put(ID, DATA)
    with open(layout.pack(objects.put_pack([(OTHER_ID, OTHER)], sync=False)), "r+b") as pack:
        pack.truncate(20)
    assert list(objects.ids(ID[:10])) == [ID]
    with pytest.raises(CorruptionError):
        list(objects.ids(OTHER_ID[:10]))
