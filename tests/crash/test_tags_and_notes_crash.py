"""Stop a program while it makes or deletes a tag, or adds a note: it is there whole or not at all."""

import json
import shutil
from pathlib import Path

import pytest
from disk_calls import CHANGES, WRITES, die, die_after
from promises import opened
from stops import each_stop, in_a_store

from muniment.files.layout import Layout

pytestmark = pytest.mark.usefixtures("quick_disk")


def make_tag(store):
    """Name the head."""
    store.tags.create("v2", message="why")


def delete_tag(store):
    """Delete the tag that there was."""
    store.tags.delete("v1")


def add_note(store):
    """Add a note to the head."""
    store.notes.add("HEAD", "after", "a")


def delete_note(store):
    """Delete the note that there was."""
    store.notes.delete(store.notes.list()[0].id)


WORKS = {
    make_tag: (["v1", "v2"], ["before"]),
    delete_tag: ([], ["before"]),
    add_note: (["v1"], ["before", "after"]),
    delete_note: (["v1"], []),
}


def found(root):
    """Give the tags and notes, once it was checked that all of them can be used and that the log has each tag once."""
    with opened(root) as store:
        head = store.at("HEAD").commit
        tags = store.tags.list()
        assert {store.at(tag.name).commit for tag in tags} <= {head}
        assert store.verify().findings == ()
        store.tags.create("next")
        store.tags.delete("next")
        names = [tag.name for tag in store.tags.list()]
        assert names == [tag.name for tag in tags]
        notes = [note.text for note in store.notes.list()]
    lines = map(json.loads, Path(Layout(root).operations).read_bytes().splitlines())
    moves = [move for line in lines for move in line.get("tags", []) if move[0] != "next"]
    made = [name for name, before, _ in moves if before is None]
    gone = [name for name, _, after in moves if after is None]
    assert sorted(set(made) - set(gone)) == names
    assert len(moves) == len({tuple(move) for move in moves})
    return names, notes


@pytest.mark.parametrize(
    ("decision", "calls"), [(die, CHANGES), (die_after(lambda size: size // 2), WRITES)], ids=["before", "half"]
)
@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.__name__)
def test_a_program_may_be_stopped_at_any_call(template, place, work, decision, calls):
    """What it was doing is done or not, never by half; and the next program just goes on."""
    shutil.copytree(template, place / "begun")
    with opened(place / "begun") as store:
        store.tags.create("v1")
        store.notes.add("HEAD", "before")

    seen = [found(stop.root) for stop in each_stop(place / "begun", place, decision, calls, in_a_store(work))]
    before, after = (["v1"], ["before"]), WORKS[work]
    assert all(one in (before, after) for one in seen)
    assert seen[0] == before
    assert seen[-1] == after
