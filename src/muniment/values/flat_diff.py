"""Tell how two JSON values differ in the form that people read: a path, what was there, what is there.

Limits: lists are compared place by place, so one item inserted at the front changes every place after it;
`muniment.values.json_diff` tells that shorter.
"""

import json
import re
from typing import Any, TypeAlias

from muniment.values.json_value import ABSENT, Absent, JsonValue, same

_NEEDS_QUOTES = re.compile(r'[.\[\]"]')

_Flat: TypeAlias = dict[str, dict[str, Any]]


def flat(before: JsonValue | Absent, after: JsonValue | Absent) -> _Flat:
    """Give what was added, removed and changed, by path.

    `{"added": {"forms[2]": {...}}, "removed": {}, "changed": {"limits.max": {"before": 1, "after": 2}}}`

    A part that came or went whole is one entry with its value, and so is a value whose type changed. A name that
    would be ambiguous is written `limits["a.b"]`, as a JSON string; the whole value is `""`. Entries are in the
    order of names, and of places in a list. All three groups are empty exactly when the values are the `same`.
    The entries hold parts of `before` and `after`, not copies.
    """
    found: _Flat = {"added": {}, "removed": {}, "changed": {}}
    _compare(found, "", before, after)
    return found


def _compare(found: _Flat, path: str, before: JsonValue | Absent, after: JsonValue | Absent) -> None:
    if same(before, after):
        return
    if before is ABSENT:
        found["added"][path] = after
    elif after is ABSENT:
        found["removed"][path] = before
    elif isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            _compare(found, _named(path, name), before.get(name, ABSENT), after.get(name, ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        for place in range(max(len(before), len(after))):
            _compare(found, f"{path}[{place}]", _item(before, place), _item(after, place))
    else:
        found["changed"][path] = {"before": before, "after": after}


def _named(path: str, name: str) -> str:
    if not name or _NEEDS_QUOTES.search(name):
        return f"{path}[{json.dumps(name, ensure_ascii=False)}]"
    return f"{path}.{name}" if path else name


def _item(items: list[JsonValue], place: int) -> JsonValue | Absent:
    return items[place] if place < len(items) else ABSENT
