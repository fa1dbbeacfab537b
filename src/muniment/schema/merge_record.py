"""What a store keeps of a set of merge rules: its canonical form, and the moment from which it counts.

Places stand in the order in which they were declared, since of several that fit the first counts.

Format: docs/format/merge-rules.md.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeVar

import msgspec

from muniment.errors import InvalidNameError, InvalidValueError, MalformedError
from muniment.schema.merge_rules import MergeRules
from muniment.values import canonical
from muniment.values.merge_rules import NAMES, Strategy
from muniment.values.objects import format_time

T = TypeVar("T")

_TYPE: Final = "merge-rules"


class MergeRecord(NamedTuple):
    """One record: the rules, and when they were declared."""

    rules: MergeRules
    time: datetime


class _Written(msgspec.Struct, frozen=True):
    keys: list[tuple[str, str]]
    name: str
    names: list[str]
    strategies: list[tuple[str, str | None]]
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    type: Literal["merge-rules"]


_decoder = msgspec.json.Decoder(_Written)


def encode(record: MergeRecord) -> bytes:
    """Write a record as canonical bytes."""
    return canonical.encode({**body(record.rules), "time": format_time(record.time), "type": _TYPE})


def body(rules: MergeRules) -> dict[str, Any]:
    """Give what is written of rules beside the time: two sets that agree in this are the same to the store.

    A function cannot be written; null stands for it, so that other programs have no strategy there either, rather than
    a later one.
    """
    strategies = [[place, _written(strategy)] for place, strategy in rules.strategies.items()]
    return {
        "keys": [[place, field] for place, field in rules.keys.items()],
        "name": rules.name,
        "names": sorted(set(rules.names)),
        "strategies": strategies,
    }


def _written(strategy: Strategy | None) -> str | None:
    return strategy if isinstance(strategy, str) else None


def decode(path: str, name: str, data: bytes) -> MergeRecord:
    """Read a record of the set `name`, from the file at `path`.

    A strategy that this program does not know is none: a newer one may have it.

    Raises:
        MalformedError: It is something else.
    """
    try:
        found = _decoder.decode(data)
        keys = _each_once(found.keys)
        strategies = _each_once([(place, _known(text)) for place, text in found.strategies])
        rules = MergeRules(found.name, names=found.names, keys=keys, strategies=strategies)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InvalidNameError, InvalidValueError) as error:
        raise MalformedError(path, f"no merge rules: {error}") from error
    if rules.name != name:
        raise MalformedError(path, f"it is a record of the merge rules {rules.name!r}")
    return MergeRecord(rules, found.time)


def _each_once(pairs: list[tuple[str, T]]) -> dict[str, T]:
    declared = dict(pairs)
    if len(declared) < len(pairs):
        raise InvalidValueError("a place stands there twice")
    return declared


def _known(text: str | None) -> Any:
    return text if text in NAMES else None
