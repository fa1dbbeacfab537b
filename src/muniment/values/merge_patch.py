"""JSON Merge Patch: say how a value shall differ by a value of the same shape, in which null removes a name.

The result shares with the old value, and with the patch, every part that did not change: treat them as frozen.

Limits: a merge patch cannot set a member to null, nor change an item of a list, which it replaces whole;
`muniment.values.patch` can do both.

Source: RFC 7396.
"""

from muniment.values.json_value import JsonValue


def apply(value: JsonValue, patch: JsonValue) -> JsonValue:
    """Give what `value` becomes by `patch`; `value` itself stays as it is.

    A patch that is an object is merged name by name, into no names where `value` is no object; any other patch
    is the result. There is no patch that fails.
    """
    if not isinstance(patch, dict):
        return patch
    merged = value.copy() if isinstance(value, dict) else {}
    for name, change in patch.items():
        if change is None:
            merged.pop(name, None)
        else:
            merged[name] = apply(merged.get(name), change)
    return merged
