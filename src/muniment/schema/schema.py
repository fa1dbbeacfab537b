"""A kind of document: its type, its schema version, the documents it governs, and the steps from older versions."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar, get_type_hints

import msgspec

from muniment.errors import InvalidNameError, InvalidValueError, SchemaInvalidError
from muniment.schema import json_schema, known, pattern, steps
from muniment.schema.item_keys import Keys
from muniment.schema.lens import Lens
from muniment.schema.merge_rules import MergeRules
from muniment.schema.steps import Function, Steps
from muniment.schema.version import STAMP, schema_version
from muniment.values import names as grammar
from muniment.values import typed
from muniment.values.merge_rules import Strategy

T = TypeVar("T", bound=msgspec.Struct)
F = TypeVar("F", bound=Function)


class Schema(Generic[T]):
    """The documents of one `kind`: pass it to `Store.open`, and they are read, checked and written as `type`.

    `version` is the schema version that this program knows, `major.minor`; it stands in each
    document. `names` are the patterns of the names it governs (`services/*`, `**/limits`); for ledger entries, none.
    `keys` says which field tells the items of a list, so that what the type does not know of an
    item follows it, and so that lists are merged item by item: `{"/forms": "id", "/forms/*/fields": "name"}`.
    `strategies` settle places that both sides of a merge changed; see `MergeRules`. A schema with neither goes by those
    that the store keeps of its kind. `unversioned` is the version to take documents for that say none; without it they
    are refused.

    Declare the steps from older versions with `lens`, `upgrade` and `downgrade`, before the store
    is opened.

    Raises:
        SchemaInvalidError: An argument is none of what it may be; it says which.

    Format: docs/format/schemas.md.
    """

    def __init__(
        self,
        type: type[T],  # noqa: A002 - the word of the public interface
        *,
        kind: str,
        version: str,
        names: str | Iterable[str] = (),
        keys: Mapping[str, str] | None = None,
        strategies: Mapping[str, Strategy | None] | None = None,
        unversioned: str | None = None,
    ) -> None:
        self.type = type
        self.kind = _kind(kind)
        try:
            self.version = str(schema_version(version))
            self.unversioned = None if unversioned is None else str(schema_version(unversioned))
            self.names = (names,) if isinstance(names, str) else tuple(names)
            self.keys = Keys(keys or {})
            self.merge_rules = MergeRules(self.kind, names=self.names, keys=keys, strategies=strategies)
            _check_type(type)
            self.json_schema = json_schema.describe(type, kind, self.version)
            self.known = known.of_type(type)
        except (InvalidValueError, InvalidNameError) as error:
            raise SchemaInvalidError(kind, _reason(error)) from error
        except (TypeError, AttributeError) as error:
            raise SchemaInvalidError(kind, f"`names` are patterns: {error}") from error
        if self.unversioned is not None and schema_version(self.unversioned) > schema_version(self.version):
            raise SchemaInvalidError(kind, f"`unversioned` is {self.unversioned}, newer than {self.version}")
        self.steps = Steps(kind)

    def governs(self, name: str) -> bool:
        """Tell whether a document of that name is of this kind."""
        return pattern.fits(self.names, name)

    def upgrade(self, from_version: str, to_version: str) -> Callable[[F], F]:
        """Declare a step to a newer version in Python: decorate a function that changes the document in place.

        It is given the whole document as plain JSON values, its own copy, and may give another
        object back instead. What it drops is not kept; a lens keeps it.

        Raises:
            SchemaInvalidError: It does not lead to a newer version, or there is such a step already.
        """
        return self._function_step(from_version, to_version, up=True)

    def downgrade(self, from_version: str, to_version: str) -> Callable[[F], F]:
        """Declare a step to an older version in Python, as `upgrade`: the inverse of one, for `read_as`."""
        return self._function_step(from_version, to_version, up=False)

    def lens(self, older: str, newer: str, *lenses: Lens) -> None:
        """Declare a step made of lenses, for both directions; the store keeps it for programs that do not know it.

        With no lenses it says that nothing changed but the number.

        Raises:
            SchemaInvalidError: `newer` is not newer, there is such a step already, or one is no lens.
        """
        self.steps.add_lenses(*steps.declared(self.kind, older, newer, up=True), lenses)

    def _function_step(self, start: str, end: str, *, up: bool) -> Callable[[F], F]:
        first, second = steps.declared(self.kind, start, end, up=up)

        def decorate(function: F) -> F:
            self.steps.add_function(first, second, function)
            return function

        return decorate

    def __repr__(self) -> str:
        """Say which kind and version it is."""
        return f"<Schema {self.kind} {self.version}>"


def _kind(text: object) -> str:
    try:
        return grammar.folder_name("kind", text)
    except InvalidNameError as error:
        raise SchemaInvalidError(str(text), f"it cannot name a kind: {error.reason}") from error


def _check_type(kind: Any) -> None:
    """Check that documents can be read as a `kind`: JSON objects, since they say their schema version."""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        raise InvalidValueError(f"a document's type is a msgspec.Struct, not {kind!r:.60}")
    if kind.__struct_config__.array_like:
        raise InvalidValueError(f"{kind.__name__} is written as a list, and a document is an object")
    typed.check_type(kind)
    if STAMP in kind.__struct_encode_fields__:
        field = kind.__struct_fields__[kind.__struct_encode_fields__.index(STAMP)]
        typed.convert("1.0", get_type_hints(kind, include_extras=True)[field])


def _reason(error: InvalidValueError | InvalidNameError) -> str:
    return error.reason if isinstance(error, InvalidValueError) else str(error)
