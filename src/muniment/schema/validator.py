"""Check a document against the JSON Schema of its kind, without the Python type: what a command line can do.

Nothing is fetched: a reference that leads out of the schema is a fault of the schema.

Source: decision 0008; JSON Schema 2020-12.
"""

from typing import TYPE_CHECKING, Any

from muniment.errors import InvalidValueError
from muniment.schema import kept
from muniment.values import pointer

if TYPE_CHECKING:
    import jsonschema_rs

_REASON_LENGTH = 200


class Validator:
    """One JSON Schema, compiled: some milliseconds to make, some microseconds for each document.

    Shared between threads freely. The first one imports the library that does the work, some 30 ms.

    Raises:
        InvalidValueError: This is no JSON Schema; `pointer` is the place of its fault, as far as that is known.
    """

    def __init__(self, json_schema: dict[str, Any]) -> None:
        self._schema = _compiled(json_schema)

    def fault(self, value: object) -> tuple[str, str] | None:
        """Give the JSON pointer and the reason of the first fault of a document, in its own order; None: it has none.

        A member that is missing counts as the last of its object. Under a union of types the place is inside the
        one that was meant, if its tag or the JSON type tells. `value` is what `canonical.decode` gives; what a
        migration kept (`schema_kept`) is not looked at.
        """
        bare = kept.without(value)
        if self._schema.is_valid(bare):
            return None
        from muniment.schema import fault  # noqa: PLC0415 - only a faulty document needs words for it

        return fault.first(bare, self._schema.iter_errors(bare))


def _compiled(json_schema: dict[str, Any]) -> "jsonschema_rs.Validator":
    import jsonschema_rs  # noqa: PLC0415 - 30 ms that few commands need

    from muniment.schema import fault, keywords  # noqa: PLC0415 - the same

    known: dict[str, Any] = {"pattern": keywords.Pattern, "format": keywords.Format}
    try:
        return jsonschema_rs.Draft202012Validator(json_schema, keywords=known, mask=fault.MASK, offline=True)
    except jsonschema_rs.ValidationError as error:
        place = pointer.join([str(token) for token in error.instance_path])
        reason = error.message.replace(fault.MASK, fault.shown(error.instance))[:_REASON_LENGTH]
        raise InvalidValueError(f"no JSON Schema that can be used: {reason}", pointer=place) from error
    except (jsonschema_rs.ReferencingError, ValueError, TypeError) as error:
        reason = str(error)[:_REASON_LENGTH]
        raise InvalidValueError(f"no JSON Schema that can be used: {reason}", pointer="") from error
