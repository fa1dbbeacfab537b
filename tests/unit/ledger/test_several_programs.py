"""Several programs with one ledger open: each sees at once what the others appended, also behind a rollover."""

import gc
import os

import pytest

from muniment.errors import KeyReusedError
from muniment.ledger import appending
from muniment.ledger.arrivals import Arrivals
from muniment.values import entry_line


def check_once(ledger, layout, payloads):
    """Check that these entries are there once each, numbered without a gap, and each line as it was written."""
    entries = list(ledger)
    assert sorted(entry.payload for entry in entries) == sorted(payloads)
    assert [entry.clock for entry in entries] == list(range(1, len(entries) + 1))
    assert sorted(entry.offset for entry in entries) == list(range(1, len(entries) + 1))
    assert [ledger.get(entry.id) for entry in entries] == entries
    for path in sorted(os.listdir(layout.root)):
        with open(f"{layout.root}/{path}", "rb") as file:
            checked = [entry_line.check(path, line) for line in file.read().splitlines()]
        assert [entry.above for entry in checked[1:]] == [entry.id for entry in checked[:-1]]


def test_programs_take_turns(ledger, again, layout):
    """Entries of two programs stand in one segment, in the order in which they were appended."""
    programs = [ledger, again(), again()]
    for number in range(30):
        programs[number % 3].append("a", number)
        assert programs[(number + 1) % 3].append("a", number).offset == number + 1
        assert len(programs[(number + 2) % 3]) == number + 1
    assert len(os.listdir(layout.root)) == 1
    check_once(ledger, layout, range(30))


@pytest.mark.parametrize("largest", [1, 1000])
def test_a_full_segment_is_followed_by_another(ledger, again, layout, monkeypatch, largest):
    """All programs go on in the same new segment, and none says twice what another said in it."""
    monkeypatch.setattr(appending, "LARGEST_BYTES", largest)
    programs = [ledger, again(), again()]
    for number in range(40):
        made = programs[number % 3].append("a", number, key=f"k{number}")
        assert made.clock == made.offset == number + 1
        for other in programs:
            assert other.append("a", number, key=f"k{number}") == made
            assert len(other) == number + 1
            with pytest.raises(KeyReusedError):
                other.append("b", number, key=f"k{number}")
    sizes = [os.stat(f"{layout.root}/{name}").st_size for name in os.listdir(layout.root)]
    assert len([size for size in sizes if size < largest]) <= 1
    assert len(sizes) == 40 if largest == 1 else 2 < len(sizes) < 15
    check_once(again(), layout, range(40))


@pytest.mark.parametrize("largest", [1, 1000])
def test_programs_that_only_append_see_each_other(ledger, again, layout, monkeypatch, largest):
    """Nobody has to read to know what the others appended behind a rollover."""
    monkeypatch.setattr(appending, "LARGEST_BYTES", largest)
    programs = [ledger, again(), again()]
    made = [programs[number % 3].append("a", number) for number in range(30)]
    assert [programs[(number + 1) % 3].append("a", number) for number in range(30)] == made
    check_once(again(), layout, range(30))


def test_the_first_entry_of_a_following_segment_names_the_last_before(ledger, again, monkeypatch):
    """The chain goes on across the files of one copy, whichever program begins the next."""
    monkeypatch.setattr(appending, "LARGEST_BYTES", 1)
    made = [program.append("a", number) for number, program in enumerate([ledger, again(), ledger, again()])]
    assert [entry.above for entry in made] == [None, *(entry.id for entry in made[:-1])]


def test_alternating_programs_write_no_run_each_time(ledger, again, layout, monkeypatch):
    """Behind a rollover too, what two programs append in turn is one run of one segment."""
    monkeypatch.setattr(appending, "LARGEST_BYTES", 3000)
    programs = [ledger, again()]
    for number in range(24):
        programs[number % 2].append("a", number)
    arrivals = Arrivals(layout)
    arrivals.load()
    assert len(arrivals.runs) == len(os.listdir(layout.root)) <= 5


def test_a_ledger_that_is_let_go_of_is_closed(store, layout):
    """Whoever only drops a ledger leaves nothing open, and nothing unwritten."""
    store.ledger("other").append("a")
    gc.collect()
    assert len(store.ledger("other")) == 1
    assert store.ledgers() == ["other"]
    assert not os.path.exists(layout.root)
