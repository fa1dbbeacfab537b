"""Places of conflicts in lists, when items that they are about are taken out and put back."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.values.moving_places import put_back, taken_out
from muniment.values.unfinished_merge import Place


def places(*pointers):
    """Places in the order of a document, each with what it was called first as its id."""
    return tuple(Place(id=one, kind="modify-delete", pointer=one) for one in pointers)


def at(found, name):
    """Give the place of an id."""
    return next(one for one in found if one.id == name)


def pointers(found):
    """Give where they are, those that are gone in brackets."""
    return [f"({one.pointer})" if one.is_gone else one.pointer for one in found]


def test_places_behind_an_item_move_up_and_come_back():
    """In its list, and in what lies inside the items behind it; nothing else does."""
    began = places("", "/a/0", "/a/1", "/a/2/x", "/a/10/b/3", "/a/b", "/b/2")[1:]
    began = (*began[:4], *places("/aa/7", "/b/2"))
    gone = taken_out(began, at(began, "/a/1"))
    assert pointers(gone) == ["/a/0", "(/a/1)", "/a/1/x", "/a/9/b/3", "/aa/7", "/b/2"]
    assert put_back(gone, at(gone, "/a/1")) == began


def test_a_list_that_is_the_whole_document_and_one_inside_an_item():
    """Both are lists of their own."""
    began = places("/0", "/1/parts/0", "/1/parts/1", "/2")
    first = taken_out(began, at(began, "/1/parts/0"))
    assert pointers(first) == ["/0", "(/1/parts/0)", "/1/parts/0", "/2"]
    second = taken_out(first, at(first, "/0"))
    assert pointers(second) == ["(/0)", "(/0/parts/0)", "/0/parts/0", "/1"]
    back = put_back(second, at(second, "/1/parts/0"))
    assert pointers(back) == ["(/0)", "/0/parts/0", "/0/parts/1", "/1"]


def test_names_with_signs_in_them_are_names():
    """Escapes are kept."""
    began = places("/a~1b/0", "/a~1b/1/m~0n")
    assert pointers(taken_out(began, began[0])) == ["(/a~1b/0)", "/a~1b/0/m~0n"]


@given(st.lists(st.integers(0, 5), max_size=20))
def test_in_any_order_each_place_stays_with_its_item(turns):
    """A list of six items, taken out and put back one by one: each place names the item that it named first."""
    items = list("abcdef")
    found = tuple(Place(id=name, kind="modify-delete", pointer=f"/{number}") for number, name in enumerate(items))
    for turn in turns:
        place = found[turn]
        index = int(place.pointer[1:])
        if place.is_gone:
            items.insert(index, place.id)
            found = put_back(found, place)
        else:
            assert items.pop(index) == place.id
            found = taken_out(found, place)
        assert [items[int(one.pointer[1:])] for one in found if not one.is_gone] == items == sorted(items)
