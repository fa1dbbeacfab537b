"""Whether a branch or a tag may have a name, beside those there are."""

from collections.abc import Iterable

from muniment.errors import InvalidNameError
from muniment.values import names as grammar


def refuse_lookalike(kind: str, name: str, others: Iterable[str]) -> None:
    """Refuse a name that some system would take for another's, or its folders for theirs.

    Raises:
        InvalidNameError: It differs from one of `others` by case alone.
    """
    own = {grammar.fold(path): path for path in (*grammar.folders(name), name)}
    for other in others:
        for path in (*grammar.folders(other), other):
            if own.get(grammar.fold(path), path) != path:
                raise InvalidNameError(kind, name, f"{path!r} exists and differs only by case")


def refuse_shared(kind: str, name: str, other_kind: str, others: Iterable[str]) -> None:
    """Refuse a name that a thing of another kind has, whatever its case.

    Raises:
        InvalidNameError: Nobody could tell which of the two is meant.
    """
    for other in others:
        if grammar.fold(other) == grammar.fold(name):
            raise InvalidNameError(kind, name, f"a {other_kind} is called {other!r}: nobody could tell which is meant")
