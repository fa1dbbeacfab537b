r"""JSON Schema's `pattern` and `format`, checked as msgspec checks them when it reads the type.

The dialects of regular expressions differ (`\Z`, `(?P=name)`, which digits `\d` means), and so do the forms of a
date or duration. A document that a program reads must not be refused by one that has only the description. Other
formats than msgspec's own are comments, as JSON Schema 2020-12 takes them by default.
"""

import datetime as dt
import decimal
import re
import uuid
from typing import Annotated, Any

import msgspec

_ZONED = msgspec.Meta(tz=True)
_LOCAL = msgspec.Meta(tz=False)
_FORMATS: dict[str, Any] = {
    "date": dt.date,
    "date-time": Annotated[dt.datetime, _ZONED],
    "decimal": decimal.Decimal,
    "duration": dt.timedelta,
    "partial-time": Annotated[dt.time, _LOCAL],
    "time": Annotated[dt.time, _ZONED],
    "uuid": uuid.UUID,
}


class Pattern:
    """A text has to contain what a regular expression of Python describes.

    Raises:
        re.error: It is none.
    """

    def __init__(self, _schema: object, pattern: str, _path: object) -> None:
        self._pattern = pattern
        self._search = re.compile(pattern).search

    def validate(self, value: Any) -> None:
        """Refuse a text that does not match by raising `ValueError`, as the validating library asks."""
        if isinstance(value, str) and not self._search(value):
            raise ValueError(f"does not match the pattern {self._pattern}")


class Format:
    """A text has to be a date, a duration, or whatever else `format` names and msgspec reads."""

    def __init__(self, _schema: object, name: str, _path: object) -> None:
        self._name = name
        self._type = _FORMATS.get(name)

    def validate(self, value: Any) -> None:
        """Refuse a text that msgspec would not read by raising `ValueError`, as the validating library asks."""
        if self._type is None or not isinstance(value, str):
            return
        try:
            msgspec.convert(value, self._type)
        except msgspec.ValidationError:
            raise ValueError(f"has not the form of a {self._name}") from None
