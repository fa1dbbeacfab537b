"""Lenses: reversible steps between schema versions, written as data.

A lens changes one object: the document at the top, or the object that `inside` and `each` lead to. Each works
in both directions, so one declaration serves old programs and new ones, and since it is data, the store keeps it
for programs that never heard of it.

What a direction has no place for is kept in the object and comes back on the way back (`muniment.schema.kept`):
`remove` and the way back of `add` keep the field if it differs from the default, `unwrap` and the way back of
`wrap` keep a list that one item does not stand for, and `convert` keeps a value that its counterpart does not lead
back to. `rename`, `move`, `inside` and `each` lose nothing.

A field that is missing is an error, unless the lens is `optional`: then nothing happens. A lens checks itself when
it is made, also from a record, and raises `InvalidValueError` where no document could suit it.

Source: G. Litt, P. van Hardenberg, O. Henry, "Project Cambria", Ink & Switch (2020).
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from muniment.errors import InvalidValueError
from muniment.schema.reserved import RESERVED
from muniment.values import canonical, pointer
from muniment.values.json_value import fingerprint

_Pairs: TypeAlias = tuple[tuple[Any, Any], ...]


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="op"):
    """What all lenses have in common: how they are written, and that they can be."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            _check(name, getattr(self, name))


class Rename(_Written, frozen=True, tag="rename"):
    """The field `old` is called `new`."""

    old: str
    new: str
    optional: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.old == self.new:
            raise InvalidValueError(f"{self.old!r} has that name already")


class Add(_Written, frozen=True, tag="add"):
    """The newer version has a field more."""

    field: str
    default: Any


class Remove(_Written, frozen=True, tag="remove"):
    """The newer version has a field less."""

    field: str
    default: Any | UnsetType = UNSET
    optional: bool = False


class Move(_Written, frozen=True, tag="move"):
    """The value at the pointer `source` is at `target`."""

    source: str
    target: str
    optional: bool = False


class Wrap(_Written, frozen=True, tag="wrap"):
    """A scalar becomes a list of it."""

    field: str
    optional: bool = False


class Unwrap(_Written, frozen=True, tag="unwrap"):
    """A list becomes its first item."""

    field: str
    optional: bool = False


class Convert(_Written, frozen=True, tag="convert"):
    """Values are replaced by their counterparts, given as pairs for each direction."""

    field: str
    up: _Pairs
    down: _Pairs
    default_up: Any | UnsetType = UNSET
    default_down: Any | UnsetType = UNSET
    optional: bool = False


class Inside(_Written, frozen=True, tag="inside"):
    """Lenses for the object in a field."""

    field: str
    lenses: "tuple[Lens, ...]"
    optional: bool = False


class Each(_Written, frozen=True, tag="each"):
    """Lenses for every object in a list."""

    field: str
    lenses: "tuple[Lens, ...]"
    optional: bool = False


Lens: TypeAlias = Rename | Add | Remove | Move | Wrap | Unwrap | Convert | Inside | Each

OPS = frozenset({"rename", "add", "remove", "move", "wrap", "unwrap", "convert", "inside", "each"})
"""The names of all lenses, as they are written."""


def rename(old: str, new: str, *, optional: bool = False) -> Lens:
    """Call the field `old` by the name `new`."""
    return Rename(old, new, optional)


def add(field: str, default: object = None) -> Lens:
    """Add a field; a document that comes from the older version gets `default`.

    An object that has such a field already keeps its value.
    """
    return Add(field, _json(default))


def remove(field: str, default: object = UNSET, *, optional: bool = False) -> Lens:
    """Remove a field; its value is kept, and where none was, the older version gets `default`, if one is given."""
    return Remove(field, _default(default), optional)


def move(source: str, target: str, *, optional: bool = False) -> Lens:
    """Move a value from one place in the object to another, both JSON pointers: `move("/port", "/listen/port")`.

    Objects on the way to the target are made where they are missing; those that this leaves empty go. The first
    slash may be left out.
    """
    return Move(_place(source), _place(target), optional)


def wrap(field: str, *, optional: bool = False) -> Lens:
    """Make a list of a scalar: `"a"` becomes `["a"]`, null becomes `[]`. Back, the first item stands for the list."""
    return Wrap(field, optional)


def unwrap(field: str, *, optional: bool = False) -> Lens:
    """Make a scalar of a list: the way back of `wrap`."""
    return Unwrap(field, optional)


def convert(
    field: str,
    up: Mapping[Any, Any],
    down: Mapping[Any, Any] | None = None,
    *,
    default_up: object = UNSET,
    default_down: object = UNSET,
    optional: bool = False,
) -> Lens:
    """Replace values by their counterparts: `convert("level", {"low": 1, "high": 2})`.

    `down` leads back; left out, it is `up` read backwards, the first of several that become the same. A value
    without a counterpart becomes the default of its direction; without a default it is an error.
    """
    pairs = _pairs(up)
    backwards = {fingerprint(new): (new, old) for old, new in reversed(pairs)}
    return Convert(
        field=field,
        up=pairs,
        down=tuple(backwards.values()) if down is None else _pairs(down),
        default_up=_default(default_up),
        default_down=_default(default_down),
        optional=optional,
    )


def inside(field: str, *lenses: Lens, optional: bool = False) -> Lens:
    """Apply lenses to the object in a field. `optional` lets the field be missing, or null."""
    return Inside(field, checked(lenses), optional)


def each(field: str, *lenses: Lens, optional: bool = False) -> Lens:
    """Apply lenses to every object in the list in a field. `optional` lets the field be missing, or null."""
    return Each(field, checked(lenses), optional)


def checked(lenses: tuple[Any, ...]) -> tuple[Lens, ...]:
    """Check that all are lenses.

    Raises:
        InvalidValueError: One is something else.
    """
    for one in lenses:
        if not isinstance(one, _Written):
            raise InvalidValueError(f"a lens is made by rename, add, remove and the like, unlike {one!r:.60}")
    return lenses


def _check(what: str, given: object) -> None:
    if what in {"field", "old", "new"}:
        _check_field(given)
    elif what in {"source", "target"}:
        _check_place(given)
    elif what == "optional" and not isinstance(given, bool):
        raise InvalidValueError(f"`optional` is True or False, not {given!r:.60}")


def _check_field(name: object) -> None:
    if not isinstance(name, str):
        raise InvalidValueError(f"a field's name is text, not {name!r:.60}")
    if name in RESERVED:
        raise InvalidValueError(f"{name!r} is reserved: no lens may change it")
    _json(name)


def _check_place(text: object) -> None:
    if not isinstance(text, str) or not text.strip("/"):
        raise InvalidValueError(f"a place is a JSON pointer to a field, not {text!r:.60}")
    for token in pointer.parse(text):
        _check_field(token)


def _place(text: object) -> Any:
    return f"/{text}" if isinstance(text, str) and text and not text.startswith("/") else text


def _json(value: object) -> Any:
    return canonical.decode_trusted(canonical.encode(value))


def _pairs(mapping: object) -> _Pairs:
    if not isinstance(mapping, Mapping):
        raise InvalidValueError(f"a conversion is a mapping of values to values, not {mapping!r:.60}")
    return tuple((_json(old), _json(new)) for old, new in mapping.items())


def _default(given: object) -> Any:
    return UNSET if given is UNSET else _json(given)
