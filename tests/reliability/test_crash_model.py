"""The model of a file system: what is synced is there, everything else may be there or not."""

import itertools

from crash_model import Builder, Disk, Left, Part, without
from crash_states import least, states, whole
from file_events import (
    TOP,
    Acknowledged,
    Begun,
    Named,
    Removed,
    Renamed,
    Resized,
    Synced,
    SyncedAll,
    SyncFailed,
    Written,
)

FILE, FOLDER, OTHER = 1, 2, 3


def left(*events, in_order=False):
    """Every state that a crash may leave, each file by its bytes."""
    found = states([Begun(), *events], 10_000, "seed", in_order=in_order)
    return {frozenset((path, one and one.content) for path, one in state.layout.items()) for state in found}


def state(**files):
    """A state of a folder of files, named without dots."""
    return frozenset(files.items())


def test_a_name_and_its_bytes_are_independent():
    """A new file may be missing, empty, whole, cut, or as long as it should be and full of zeros."""
    assert left(Named(TOP, "a", FILE), Written(FILE, 0, b"text")) == {
        state(),
        state(a=b""),
        state(a=b"te"),
        state(a=bytes(4)),
        state(a=b"text"),
    }


def test_a_synced_file_has_its_bytes_and_perhaps_no_name():
    """`fsync` of a file says nothing of its name, and that of a folder nothing of what its names lead to."""
    made = Named(TOP, "a", FILE), Written(FILE, 0, b"text")
    synced = [Begun(), *made, Synced(FILE, ""), Acknowledged("1")]
    assert least(synced) == {}
    assert least([*synced, Synced(TOP, "")]) == {"a": Left(FILE, b"text")}
    assert least([Begun(), *made, Synced(TOP, "")]) == {"a": Left(FILE, b"")}
    assert least([Begun(), *made, SyncedAll("")]) == {"a": Left(FILE, b"text")}


def test_what_is_in_a_folder_that_is_missing_is_missing():
    """Even where the folder itself was synced."""
    events = [Begun(), Named(TOP, "f", FOLDER, is_folder=True), Named(FOLDER, "a", FILE), Synced(FOLDER, "")]
    assert least(events) == {}
    assert least([*events, Synced(TOP, "")]) == {"f": None, "f/a": Left(FILE, b"")}


def test_a_rename_within_a_folder_is_atomic():
    """One name or the other; and what was replaced is there until then."""
    before = [Named(TOP, "a", FILE), Named(TOP, "b", OTHER), Written(FILE, 0, b"n"), Written(OTHER, 0, b"o")]
    found = left(*before, SyncedAll(""), Renamed(TOP, "a", TOP, "b"))
    assert {state(a=b"n", b=b"o"), state(b=b"n")} <= found
    assert all(dict(one).get("b") in {None, b"", b"\0", b"n", b"o"} for one in found)
    assert state(b=b"o") in left(Named(TOP, "b", OTHER), Written(OTHER, 0, b"o"))


def test_the_halves_of_a_rename_to_another_folder_are_independent():
    """The new name may be there and the old one too, or neither."""
    events = [
        Named(TOP, "f", FOLDER, is_folder=True),
        Named(FOLDER, "a", FILE),
        Begun(),
        Renamed(FOLDER, "a", TOP, "b"),
    ]
    names = {frozenset(one.layout) for one in states(events, 100, "seed")}
    assert names == {frozenset(one) for one in [("f", "f/a"), ("f", "f/a", "b"), ("f",), ("f", "b")]}
    in_order = {frozenset(one.layout) for one in states(events, 100, "seed", in_order=True)}
    assert in_order <= names
    assert frozenset({"f", "f/a"}) in in_order


def test_what_never_was_is_not_moved():
    """A second rename is there only with the first."""
    names = [{"b"}, {"c"}, {"a"}]
    events = [Named(TOP, "a", FILE), Begun(), Renamed(TOP, "a", TOP, "b"), Renamed(TOP, "b", TOP, "c")]
    assert {frozenset(one.layout) for one in states(events, 100, "seed")} == set(map(frozenset, names))


def test_bytes_that_were_there_change_by_whole_sectors():
    """A write over them is torn only where it crosses from one sector to the next."""
    before = [Named(TOP, "a", FILE), Written(FILE, 0, bytes(1024)), Begun()]
    found = list(states([*before, Written(FILE, 500, b"x" * 24)], 100, "seed"))
    contents = {one.layout["a"].content[500:524] for one in found}
    assert contents == {bytes(24), b"x" * 24, b"x" * 12 + bytes(12), bytes(12) + b"x" * 12}
    within = list(states([*before, Written(FILE, 10, b"x" * 24)], 100, "seed"))
    assert len(within) == 2


def test_a_sync_that_failed_makes_nothing_durable_ever():
    """A later one succeeds, and what the first lost is lost."""
    events = [
        Named(TOP, "a", FILE),
        Begun(),
        Written(FILE, 0, b"lost"),
        SyncFailed(FILE),
        Synced(FILE, ""),
        Synced(TOP, ""),
    ]
    assert least(events) == {"a": Left(FILE, b"")}


def test_an_order_of_names_leaves_fewer_states():
    """All names up to one, whatever folder they are in; each of these states is possible without an order too."""
    events = [Named(TOP, f"{number}", number) for number in range(1, 5)]
    assert len(left(*events)) == 16
    assert len(left(*events, in_order=True)) == 5
    assert left(*events, in_order=True) <= left(*events)


def test_lengths_and_removals_may_be_there_or_not():
    """As all other changes."""
    before = [Named(TOP, "a", FILE), Written(FILE, 0, b"text"), Begun()]
    found = states([*before, Resized(FILE, 2), Removed(TOP, "a")], 100, "seed")
    assert {one.layout["a"].content if one.layout else None for one in found} == {None, b"te", b"text"}


def test_a_site_can_be_left_out():
    """Its syncs, and no others."""
    events = [Synced(FILE, "here"), SyncedAll("here"), Synced(FILE, "there")]
    assert without(events, "here") == [Synced(FILE, "there")]


def test_the_same_seed_chooses_the_same_states():
    """Also where there are too many to try all."""
    events = [Begun(), *(Named(TOP, f"{number}", number) for number in range(1, 40))]
    once, again, other = (list(states(events, 200, seed)) for seed in ("1", "1", "2"))
    assert once == again
    assert once != other
    assert 150 < len(once) <= 250
    assert list(map(set, whole(events))) == [set()]


def test_what_is_laid_out_is_what_the_plan_says():
    """Every plan of two writes."""
    disk = Disk()
    for event in [Named(TOP, "a", FILE), Begun(), Written(FILE, 0, b"ab"), Written(FILE, 2, b"cd")]:
        disk.apply(event)
    numbers = [change.number for _, change in disk.open_changes()]
    found = {
        Builder(disk).layout(dict.fromkeys(chosen, Part.WHOLE))["a"].content
        for size in range(3)
        for chosen in itertools.combinations(numbers, size)
    }
    assert found == {b"", b"ab", b"\0\0cd", b"abcd"}
