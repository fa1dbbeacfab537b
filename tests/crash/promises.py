"""What a store promises whatever happened to a program that was using it."""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from muniment import Store
from muniment.files.layout import Layout

AUTHOR = "Ada <ada@example.org>"

Documents = dict[str, Any]


def opened(root: str | os.PathLike[str], **options: Any) -> Store:
    """Open the store at `root` with an author."""
    return Store.open(root, author=AUTHOR, **options)


def at_head(store: Store) -> Documents:
    """Give the documents of the head; none before the first commit."""
    return dict(store.at("HEAD")) if store.log(limit=1) else {}


def working(store: Store) -> Documents:
    """Give the working documents."""
    return {name: store.read(name) for name in store.names()}


def check_kept(root: str | os.PathLike[str], acknowledged: Iterable[str], *allowed: Documents) -> Documents:
    """Check that nothing acknowledged is missing and the head is one of those `allowed`; go on from there.

    Gives what the head holds. Another commit works then, one of a document `next` that is otherwise
    left out here; the store verifies, and the log of operations has every commit once.
    """
    with opened(root) as store:
        before = at_head(store)
        count = before.pop("next", 0)
        assert before in allowed
        with store.transaction("next", worktree=False) as change:
            change.write("next", count + 1)
        after = at_head(store)
        assert after.pop("next") == count + 1
        assert after in allowed
        ids = [commit.id for commit in store.log()]
        assert set(acknowledged) <= set(ids)
        assert store.verify().findings == ()
    check_operations(root, ids)
    return after


def check_operations(root: str | os.PathLike[str], ids: Sequence[str]) -> None:
    """Check that each commit is one whole line of the operation log, in order."""
    lines = Path(Layout(root).operations).read_bytes().splitlines()
    moved = [move[2] for line in lines for move in json.loads(line)["heads"]]
    assert moved == ids[::-1]


def check_files(root: str | os.PathLike[str], expected: Documents) -> None:
    """Check that the working files are these documents, and nothing else lies among them."""
    with opened(root) as store:
        assert working(store) == expected
        assert store.status().invalid == ()
    found = {path.relative_to(root).as_posix() for path in Path(root).rglob("*") if path.is_file()}
    assert {path for path in found if not path.startswith(".muniment/")} == {f"{name}.json" for name in expected}
