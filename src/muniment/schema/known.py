"""What a typed value says in JSON: as it is written, and in full."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from muniment.values import canonical

_SCALARS = frozenset({str, int, float, bool, type(None)})
_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder()


class Entries(dict[str, Any]):
    """A mapping whose names are no text to its type: people may spell them in other ways than it writes them."""


class Known(NamedTuple):
    """How the values of a type are told: `lean` as they are written, `full` with the defaults that are left out.

    Both take what was read from JSON. `writable` is for a value that anybody may have made: what
    `canonical.encode` writes, or refuses with the place.
    """

    lean: Callable[[Any], Any]
    full: Callable[[Any], Any]
    writable: Callable[[Any], Any]


def of_type(kind: type) -> Known:
    """Find out how to tell the values of a type: at msgspec's speed where its answer is the one that is wanted.

    Not where fields are left out that have their default, where the items of a set have no order,
    or where the names of a mapping are no text.
    """
    return Known(_written, _full, _written) if _is_particular(kind) else Known(_quick, _quick, _itself)


def _itself(value: Any) -> Any:
    return value


def _quick(value: Any) -> Any:
    try:
        return _decoder.decode(_encoder.encode(value))
    except TypeError:  # a set of different types, which the encoder cannot sort
        return canonical.decode_trusted(canonical.encode(_written(value)))


def _full(value: Any) -> Any:
    return _walked(value, leave_out=False)


def _written(value: Any) -> Any:
    return _walked(value, leave_out=True)


def _walked(value: Any, *, leave_out: bool) -> Any:
    kind = type(value)
    if kind in _SCALARS:
        return value
    if isinstance(value, msgspec.Struct):
        return _struct(value, leave_out=leave_out)
    if isinstance(value, dict):
        items = {_name(name): _walked(item, leave_out=leave_out) for name, item in value.items()}
        return items if leave_out or all(type(name) is str for name in value) else Entries(items)
    if isinstance(value, list | tuple):
        return [_walked(item, leave_out=leave_out) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_walked(item, leave_out=leave_out) for item in value), key=canonical.encode)
    try:
        return msgspec.to_builtins(value, str_keys=True, order="sorted")
    except TypeError:  # a set within it, whose items have no order
        return msgspec.to_builtins(value, str_keys=True)


def _struct(value: msgspec.Struct, *, leave_out: bool) -> Any:
    config = value.__struct_config__
    if config.array_like:
        tag = [] if config.tag is None else [config.tag]
        return [*tag, *(_walked(getattr(value, field), leave_out=leave_out) for field in value.__struct_fields__)]
    members = {} if config.tag is None else {str(config.tag_field): config.tag}
    written = _shallow(value) if leave_out and config.omit_defaults else None
    for name, field in zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True):
        item = getattr(value, field, UNSET)
        if item is not UNSET and (written is None or name in written):
            members[name] = _walked(item, leave_out=leave_out)
    return members


def _shallow(value: msgspec.Struct) -> Any:
    """Tell which fields of a value are written."""
    return msgspec.to_builtins(value, str_keys=True)


def _name(name: Any) -> str:
    if type(name) is str:
        return name
    (text,) = msgspec.to_builtins({name: None}, str_keys=True)
    return str(text)


def _is_particular(kind: type) -> bool:
    import msgspec.inspect as described  # noqa: PLC0415 - 5 ms that a program without schemas never needs

    waiting: list[Any] = [described.type_info(kind)]
    seen: set[Any] = set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, described.StructType):
            struct: Any = getattr(found.cls, "__origin__", found.cls)
            if struct.__struct_config__.omit_defaults:
                return True
            if found.cls in seen:
                continue
            seen.add(found.cls)
        if isinstance(found, described.SetType | described.FrozenSetType):
            return True
        if isinstance(found, described.DictType) and not isinstance(found.key_type, described.StrType):
            return True
        waiting += _parts(found)
    return False


def _parts(found: Any) -> Iterator[Any]:
    """Give the types and fields that a type's description holds."""
    for name in getattr(found, "__struct_fields__", ()):
        part = getattr(found, name)
        for item in part if isinstance(part, tuple) else (part,):
            if isinstance(item, msgspec.Struct):
                yield item
