"""Tell how one JSON value became another, as the operations of a JSON Patch.

Objects are compared by name and lists by their longest common subsequence; between the items that stayed, the
items at the same place are compared in turn, so an edited item is a small change and not a removal and an
addition. Moves are told as a removal and an addition.

Limits: the work on a list grows with its length times the items added or removed, of which at most `MOST_EDITS`
are followed; lists that differ more are compared place by place, which is right but not short.

Source: RFC 6902; E. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986).
"""

from collections.abc import Hashable, Iterator
from typing import Any, TypeAlias

from muniment.values import pointer
from muniment.values.json_value import ABSENT, Absent, JsonValue, fingerprint, same

MOST_EDITS = 256

_Operations: TypeAlias = Iterator[dict[str, Any]]
Run: TypeAlias = tuple[int, int, int]
"""Items that stayed: where they begin in the old list, where in the new one, and how many they are."""
_Chain: TypeAlias = "tuple[Run, _Chain] | None"
"""The runs met on the way to a place, the last one first."""


def diff(before: JsonValue | Absent, after: JsonValue | Absent, *, guarded: bool = False) -> list[dict[str, Any]]:
    """Give the patch that makes `after` of `before`: empty when they are the `same`.

    The operations are `add`, `remove` and `replace`, in the order of names and then of places. With `guarded`, a
    `test` for the old value stands before each `remove` and `replace`, so that the patch fails on a value that
    was changed there meanwhile. A side that is `ABSENT` is added or removed as a whole, at `""`. The operations
    hold parts of `before` and `after`, not copies.
    """
    return [step for step in _changes("", before, after) if guarded or step["op"] != "test"]


def _changes(path: str, before: JsonValue | Absent, after: JsonValue | Absent) -> _Operations:
    if same(before, after):
        return
    if before is ABSENT:
        yield {"op": "add", "path": path, "value": after}
    elif isinstance(before, dict) and isinstance(after, dict):
        yield from _object_changes(path, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_changes(path, before, after)
    else:
        yield {"op": "test", "path": path, "value": before}
        yield {"op": "remove", "path": path} if after is ABSENT else {"op": "replace", "path": path, "value": after}


def _object_changes(path: str, before: dict[str, JsonValue], after: dict[str, JsonValue]) -> _Operations:
    for name in sorted(before.keys() | after.keys()):
        yield from _changes(path + pointer.join((name,)), before.get(name, ABSENT), after.get(name, ABSENT))


def _list_changes(path: str, before: list[JsonValue], after: list[JsonValue]) -> _Operations:
    old = new = 0
    for old_stays, new_stays, length in kept_runs(before, after):
        # `new` is also the place in the list as patched so far: all before it is final.
        yield from _block_changes(path, new, before[old:old_stays], after[new:new_stays])
        old, new = old_stays + length, new_stays + length


def _block_changes(path: str, start: int, before: list[JsonValue], after: list[JsonValue]) -> _Operations:
    paired = min(len(before), len(after))
    for place in range(paired):
        yield from _changes(f"{path}/{start + place}", before[place], after[place])
    for item in before[paired:]:
        yield from _changes(f"{path}/{start + paired}", item, ABSENT)
    for place in range(paired, len(after)):
        yield from _changes(f"{path}/{start + place}", ABSENT, after[place])


def kept_runs(before: list[JsonValue], after: list[JsonValue]) -> list[Run]:
    """Give the runs of items that stayed, in order; the last, which may be empty, ends both lists."""
    head, tail = same_ends(before, after)
    old_end, new_end = len(before) - tail, len(after) - tail
    is_one_edit = old_end - head == new_end - head == 1  # and the two differ, or they would be of head or tail
    middle = [] if is_one_edit else _common_runs(*_numbered(before[head:old_end], after[head:new_end]))
    shifted = [(head + old, head + new, length) for old, new, length in middle]
    return [(0, 0, head), *shifted, (old_end, new_end, tail)]


def same_ends(before: list[JsonValue], after: list[JsonValue]) -> tuple[int, int]:
    """Count the items that two lists have in common at their beginning, and then at their end."""
    shorter = min(len(before), len(after))
    head = next((n for n in range(shorter) if not same(before[n], after[n])), shorter)
    rest = shorter - head
    return head, next((n for n in range(rest) if not same(before[-1 - n], after[-1 - n])), rest)


def _numbered(before: list[JsonValue], after: list[JsonValue]) -> tuple[list[int], list[int]]:
    """Give equal numbers to items that are the same: cheap to compare, however large the items are."""
    numbers: dict[Hashable, int] = {}
    old = [numbers.setdefault(fingerprint(item), len(numbers)) for item in before]
    new = [numbers.setdefault(fingerprint(item), len(numbers)) for item in after]
    return old, new


def _common_runs(old: list[int], new: list[int]) -> list[Run]:
    """Give the runs of a longest common subsequence; none if it is further away than `MOST_EDITS`.

    For each number of edits in turn, every diagonal (place in `old` less place in `new`) keeps the furthest place
    that so many edits can reach on it, with the runs met on the way.
    """
    if not old or not new:
        return []
    furthest: dict[int, tuple[int, _Chain]] = {1: (0, None)}
    for edits in range(min(len(old) + len(new), MOST_EDITS) + 1):
        for diagonal in range(-edits, edits + 1, 2):
            place, chain = _one_edit_on(furthest, diagonal, edits)
            length = _run_length(old, new, place, place - diagonal)
            if length:
                chain = ((place, place - diagonal, length), chain)
            furthest[diagonal] = (place + length, chain)
            if place + length >= len(old) and place + length - diagonal >= len(new):
                return _in_order(chain)
    return []


def _one_edit_on(furthest: dict[int, tuple[int, _Chain]], diagonal: int, edits: int) -> tuple[int, _Chain]:
    if diagonal == -edits or (diagonal != edits and furthest[diagonal - 1][0] < furthest[diagonal + 1][0]):
        return furthest[diagonal + 1]
    place, chain = furthest[diagonal - 1]
    return place + 1, chain


def _run_length(old: list[int], new: list[int], i: int, j: int) -> int:
    start = i
    while i < len(old) and j < len(new) and old[i] == new[j]:
        i += 1
        j += 1
    return i - start


def _in_order(chain: _Chain) -> list[Run]:
    runs = []
    while chain is not None:
        run, chain = chain
        runs.append(run)
    return runs[::-1]
