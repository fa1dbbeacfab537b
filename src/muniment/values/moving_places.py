"""Where conflicts are to be found when the item of a list that one is about is taken out, or put back, to settle it.

The places are those of one document, in the order of the document. Those behind the item move with what they name.
What somebody edited is for `followed_places`: here it is known which item it was.
"""

from collections.abc import Sequence

import msgspec

from muniment.values import pointer
from muniment.values.unfinished_merge import Place


def taken_out(places: Sequence[Place], item: Place) -> tuple[Place, ...]:
    """Give the places when the item at one of them is gone from its list."""
    return tuple(
        msgspec.structs.replace(one, is_gone=True) if one.id == item.id else _moved(one, item, -1, is_behind=False)
        for one in places
    )


def put_back(places: Sequence[Place], item: Place) -> tuple[Place, ...]:
    """Give the places when the item that was gone from one of them is there again."""
    at = [one.id for one in places].index(item.id)
    return tuple(
        msgspec.structs.replace(one, is_gone=False)
        if number == at
        else _moved(one, item, 1, is_behind=number > at or not _is_gone_beside(one, item))
        for number, one in enumerate(places)
    )


def _is_gone_beside(place: Place, item: Place) -> bool:
    """Tell of a place whether it is about another item that is gone from the list of `item`."""
    return place.is_gone and len(pointer.parse(place.pointer)) == len(pointer.parse(item.pointer))


def _moved(place: Place, item: Place, by: int, *, is_behind: bool) -> Place:
    """Move a place by so many items, if it is behind `item` in the same list.

    `is_behind` tells that of a place at the very index of `item`: what stands there is behind it when it comes back,
    and so is what is gone, if it comes later among the places.
    """
    if place.is_lost:
        return place
    tokens, (*above, index) = pointer.parse(place.pointer), pointer.parse(item.pointer)
    depth = len(above)
    if len(tokens) <= depth or list(tokens[:depth]) != above:
        return place
    here = int(tokens[depth])
    if here < int(index) or (here == int(index) and not is_behind):
        return place
    return msgspec.structs.replace(place, pointer=pointer.join((*above, str(here + by), *tokens[depth + 1 :])))
