"""What was done in this copy, newest first, and which of it can be taken back or made again."""

from collections.abc import Iterator
from itertools import islice
from typing import Literal, NamedTuple

from muniment.errors import InvalidValueError, UndoError
from muniment.repo.parts import Parts
from muniment.values.operation import Operation, OperationId

_SHORTEST = 4


def operations(parts: Parts, limit: int | None) -> tuple[Operation, ...]:
    """List operations, newest first.

    Raises:
        InvalidValueError: `limit` is no number from 0 up.
    """
    parts.recover_once()
    try:
        return tuple(islice(parts.storage.operations.newest_first(), limit))
    except ValueError:
        raise InvalidValueError(f"a limit is a number of operations, not {limit!r}") from None


def newest(parts: Parts) -> OperationId | None:
    """Give the id of the last operation."""
    return next((one.id for one in parts.storage.operations.newest_first()), None)


class Step(NamedTuple):
    """One step back or forth: which operation is undone or redone, what it said, and the line whose moves are reversed.

    What undoes an operation reverses the line that made it, or made it again; what redoes it, the one that undid it.
    """

    verb: Literal["undo", "redo"]
    operation: OperationId
    said: str
    reversed: Operation


def last_done(lines: Iterator[Operation]) -> Step:
    """Say how to undo what was done last; `lines` are the log, newest first, read as far as needed.

    Raises:
        UndoError: Nothing is left.
    """
    later: set[OperationId] = set()
    for line in lines:
        if _about(line) not in later and line.undoes is None:
            return _step("undo", line, lines)
        later.add(_about(line))
    raise UndoError(None, f"there is nothing to undo{'' if later else ': nothing was done in this copy yet'}")


def last_undone(lines: Iterator[Operation]) -> Step:
    """Say how to redo what was undone last; whatever else is done makes that be forgotten.

    Raises:
        UndoError: Nothing was undone, or something else was done since.
    """
    later: set[OperationId] = set()
    for line in lines:
        if line.undoes is None and line.redoes is None:
            break
        if _about(line) not in later and line.undoes is not None:
            return _step("redo", line, lines)
        later.add(_about(line))
    raise UndoError(None, "there is nothing to redo: nothing was undone, or something else was done since")


def step_of(text: object, lines: Iterator[Operation]) -> Step:
    """Say how to undo the operation of an id, or of the beginning of one; to undo an undo is to redo.

    Raises:
        UndoError: There is none, or several; or it is undone already.
    """
    if not isinstance(text, str) or len(text) < _SHORTEST:
        raise UndoError(str(text), f"an operation is named by its id, or the first {_SHORTEST} digits at least")
    listed = list(lines)
    found = {one.id: one for one in listed if one.id.startswith(text)}
    if len(found) != 1:
        raise UndoError(text, "several begin so: give more digits" if found else "there is no such operation")
    wanted = found.popitem()[1]
    verb: Literal["undo", "redo"] = "undo" if wanted.undoes is None else "redo"
    newest_first = iter(listed)
    last = next(line for line in newest_first if _about(line) == _about(wanted))
    if (last.undoes is None) != (verb == "undo"):
        raise UndoError(wanted.id, "it is undone already" if verb == "undo" else "what it undid was redone already")
    return _step(verb, last, newest_first)


def _about(line: Operation) -> OperationId:
    """Tell which operation a line does, undoes or redoes."""
    return line.undoes or line.redoes or line.id


def _step(verb: Literal["undo", "redo"], line: Operation, older: Iterator[Operation]) -> Step:
    """Make the step that reverses a line; the operation it is about stands in it, or in an older one."""
    about = line if line.id == _about(line) else next((one for one in older if one.id == _about(line)), line)
    return Step(verb, _about(line), about.message.strip() or about.verb, line)
