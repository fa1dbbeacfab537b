"""Places of conflicts, found again in a document that somebody edited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment import ABSENT
from muniment.values import pointer
from muniment.values.followed_places import followed
from muniment.values.merge_rules import NO_RULES, Rules
from muniment.values.moving_places import put_back, taken_out
from muniment.values.unfinished_merge import Place, _Side

KEYED = Rules(keys={"": "id", "/*/parts": "id", "/l": "id"})


def item(name, **more):
    """An item of a list with a key."""
    return {"id": name, **more}


def items(names):
    """A list of items with keys."""
    return [item(name, n=0) for name in names]


def place(at, name="0", **more):
    """A place of a conflict."""
    return Place(id=name, kind="modify-modify", pointer=at, **more)


def told(found):
    """Give where a place is: in brackets, where it would come back; None where it is lost."""
    if found.is_lost:
        return None
    return f"({found.pointer})" if found.is_gone else found.pointer


@pytest.mark.parametrize(
    ("at", "before", "after", "expected"),
    [
        ("/1/n", "abc", "xabc", "/2/n"),
        ("/1/n", "abc", "cba", "/1/n"),
        ("/0/n", "abc", "cba", "/2/n"),
        ("/1", "abc", "bxy", "/0"),
        ("/1/n", "abc", "ac", None),
        ("/1", "abc", "ac", "(/1)"),
        ("/2", "abcd", "dab", "(/3)"),
        ("/1", "abc", "c", "(/0)"),
        ("/1", "abc", "", "(/0)"),
    ],
)
def test_an_item_with_a_key_is_found_by_it(at, before, after, expected):
    """Wherever it is now, and whatever was edited in it; where it is gone, it would come back behind its neighbour."""
    edited = [one | {"n": 5, "more": 1} for one in items(after)]
    assert told(followed(place(at), items(before), edited, KEYED)) == expected


def test_lists_inside_of_items_and_of_objects():
    """Each list on the way is looked through, by its own key; names with signs in them are names."""
    before = [item("a"), item("b", parts=items("pq"))]
    after = [item("b", parts=items("xqp")), item("a")]
    assert told(followed(place("/1/parts/0/n"), before, after, KEYED)) == "/0/parts/2/n"
    assert told(followed(place("/l/1/a~1b"), {"l": items("ab")}, {"l": items("b"), "m": 1}, KEYED)) == "/l/0/a~1b"


@pytest.mark.parametrize(
    ("at", "before", "after", "expected"),
    [
        ("/1", [1, 2, 3], [1, 2, 3, 4], "/1"),
        ("/1", [1, 2, 3], [0, 1, 2, 3], "/2"),
        ("/1", [1, 2, 3], [3, 2, 1], "/1"),
        ("/0", [1, 2, 3], [3, 2, 1], "/2"),
        ("/1", [1, 2, 3], [1, 5, 3], None),
        ("/1", [1, 2, 3], [1, 3], None),
        ("/1/n", [{"n": 1}, {"n": 2, "m": 0}], [{"n": 1}, {"n": 2, "m": 5}], "/1/n"),
        ("/1/n", [{"n": 1}, {"n": 2, "m": 0}], [{"n": 1}, {"n": 3, "m": 0}], None),
        ("/1/n", [{"n": 1}, {"n": 2, "m": 0}], [{"n": 0}, {"n": 1}, {"n": 2, "m": 5}], None),
        ("/1/n", [{"n": 1}, {"m": 0}], [{"n": 1}, {"m": 5}], "/1/n"),
    ],
)
def test_an_item_without_a_key_is_found_as_it_was(at, before, after, expected):
    """Just as it was, or at its index with the same at the place; else nothing tells it."""
    assert told(followed(place(at), before, after, NO_RULES)) == expected


def test_a_key_that_does_not_tell_the_items_is_none():
    """Where two have the same, or one has none, in either list."""
    twice = [item("a", n=1), item("a", n=2)]
    assert told(followed(place("/1/n"), twice, [item("x", n=0), *twice], KEYED)) == "/2/n"
    assert told(followed(place("/1/n"), items("ab"), [{}, *items("ab")], KEYED)) == "/2/n"
    assert told(followed(place("/1/n"), twice, [item("a", n=1), item("a", n=3)], KEYED)) is None


def test_whatever_is_there_may_be_asked_for():
    """For who takes what the file has: an item at its index, or with its key."""
    found = followed(place("/1"), [1, 2, 3], [1, 5, 3], NO_RULES, whatever_is_there=True)
    assert told(found) == "/1"


@pytest.mark.parametrize("after", [ABSENT, 5, {}, {"l": {"1": {"n": 0}}}, {"l": None}])
def test_a_list_that_is_no_list_any_more(after):
    """Nothing tells the item, also where a list came in place of an object; what is lost stays so."""
    found = followed(place("/l/1/n"), {"l": items("ab")}, after, KEYED)
    assert told(found) is None
    assert followed(found, after, {"l": items("ab")}, KEYED) == found
    assert told(followed(place("/l/1"), after, {"l": items("ab")}, KEYED)) is None


def test_what_is_lost_stays_lost():
    """It was the place of something that is not in the document: nothing in a later one is that."""
    lost = followed(place("/x/n"), {"x": {"n": 1}}, [1, 2], NO_RULES)
    assert told(lost) is None
    assert followed(lost, [1, 2], [0, 1, 2], NO_RULES) == lost
    lost = followed(place("/1"), [1, 2], [3], NO_RULES)
    assert followed(lost, [3, 2], [0, 3, 2], NO_RULES) == lost


@pytest.mark.parametrize("after", [ABSENT, 5, {"a": 5}, {"a": {"x": 2}}, {"a": {}}])
def test_places_outside_of_lists_stay(after):
    """A name names its place, whatever is there; so does the whole document."""
    assert told(followed(place("/a/x"), {"a": {"x": 1}}, after, NO_RULES)) == "/a/x"
    assert told(followed(place(""), {"a": {"x": 1}}, after, NO_RULES)) == ""


def test_an_item_that_was_taken_out_comes_back_beside_its_neighbour():
    """With a key and without; where somebody put it back by its key, it is there."""
    gone = place("/2", is_gone=True, ours=_Side(item("c", n=7)), theirs=_Side(5))
    assert told(followed(gone, items("abde"), items("xabde"), KEYED)) == "(/3)"
    assert told(followed(gone, items("abde"), items("edb"), KEYED)) == "(/3)"
    assert told(followed(gone, items("abde"), items("acb"), KEYED)) == "/1"
    assert told(followed(gone, [1, 2, 4], [0, 1, 2, 4], NO_RULES)) == "(/3)"
    assert told(followed(gone, [1, 2, 4], [4], NO_RULES)) == "(/0)"


names = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(names, names)
def test_a_place_never_comes_to_another_item(before, after):
    """Over any edit of a list, keyed or not: the place has the item that it had, or says that it has none."""
    for rules, lists in ((KEYED, (items(before), items(after))), (NO_RULES, (before, after))):
        for index, name in enumerate(before):
            found = followed(place(f"/{index}"), *lists, rules)
            if name in after and rules is KEYED:
                assert not found.is_lost
                assert not found.is_gone
            if not found.is_lost and not found.is_gone:
                assert pointer.get(lists[1], found.pointer) == lists[0][index]
            if found.is_gone:
                assert pointer.insert_at(lists[1], found.pointer, 0)


@given(names)
def test_nothing_moves_where_nothing_was_edited(listed):
    """Of a document as it is, each place is where it was."""
    for index in range(len(listed)):
        for rules, value in ((KEYED, items(listed)), (NO_RULES, list(listed))):
            assert followed(place(f"/{index}"), value, value, rules) == place(f"/{index}")


@given(st.lists(st.one_of(st.sampled_from("abcd"), st.permutations("abcdxy"), names), max_size=8))
def test_settling_and_editing_in_turns(turns):
    """Items are taken out and put back, and the list edited: each place has its own item, or is gone with it."""
    there = list("abcd")
    places = tuple(place(f"/{index}", name=name, ours=_Side(item(name))) for index, name in enumerate(there))
    for turn in turns:
        if isinstance(turn, list):
            places = tuple(followed(one, items(there), items(turn), KEYED) for one in places)
            there = list(turn)
        else:
            one = next(one for one in places if one.id == turn)
            index = int(one.pointer[1:])
            if one.is_gone:
                there.insert(index, turn)
                places = put_back(places, one)
            else:
                assert there.pop(index) == turn
                places = taken_out(places, one)
        for one in places:
            assert one.is_gone == (one.id not in there)
            assert one.is_gone or there[int(one.pointer[1:])] == one.id
            assert int(one.pointer[1:]) <= len(there)
