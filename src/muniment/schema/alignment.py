"""Which item of a list was which, before it was edited."""

from typing import Any

from muniment.values.json_diff import same_ends
from muniment.values.json_value import ABSENT, fingerprint, same


def in_order_of(before: list[Any], raw: list[Any]) -> list[Any]:
    """Give the items of `raw` in the order in which the type saw them: a set is sorted, whatever order it had."""
    if len(before) != len(raw):
        return raw
    containers = (index for index, item in enumerate(raw) if isinstance(item, dict | list))
    places = [index for index in containers if not _shows(raw[index], before[index])]
    alike = {fingerprint(raw[index]): index for index in places}
    left = set(places)
    result = list(raw)
    for place in places:
        origin = alike.get(fingerprint(before[place]))
        if origin not in left:
            origin = next((index for index in left if _shows(raw[index], before[place])), None)
        if origin is None:  # no other order, but another spelling of what is in place
            return raw
        left.remove(origin)
        result[place] = raw[origin]
    return result


def _shows(raw: Any, seen: Any) -> bool:
    """Tell whether a type may see `seen` in `raw`: what both have is the same."""
    if isinstance(raw, dict) and isinstance(seen, dict):
        return all(_shows(raw[name], item) for name, item in seen.items() if name in raw)
    if isinstance(raw, list) and isinstance(seen, list):
        return all(map(_shows, raw, seen))
    return same(raw, seen)


def origins_of(old: list[Any], new: list[Any], key: str | None) -> list[int | None]:
    """Tell for each new item which old one it was; None for one that is new."""
    if key is not None:
        return _by_key(old, new, key)
    if len(old) == len(new):
        return list(range(len(new)))
    return _by_likeness(old, new)


def _by_key(old: list[Any], new: list[Any], key: str) -> list[int | None]:
    def name(item: Any) -> Any:
        return fingerprint(item[key]) if isinstance(item, dict) and key in item else ABSENT

    places: dict[Any, list[int]] = {}
    for index in range(len(old) - 1, -1, -1):
        places.setdefault(name(old[index]), []).append(index)
    places.pop(ABSENT, None)
    return [found.pop() if (found := places.get(name(item))) else None for item in new]


def _by_likeness(old: list[Any], new: list[Any]) -> list[int | None]:
    """Tell items by what stayed equal, in order: from the front, from the end, and what is left in between."""
    head, tail = same_ends(old, new)
    end = len(old) - tail
    origins: list[int | None] = [*range(head), *[None] * (len(new) - head - tail), *range(end, len(old))]
    places: dict[Any, list[int]] = {}
    for index in range(end - 1, head - 1, -1):
        places.setdefault(fingerprint(old[index]), []).append(index)
    for index in range(head, len(new) - tail):
        if found := places.get(fingerprint(new[index])):
            origins[index] = found.pop()
    return origins
