"""A store, and what a watch tells of it until a last change, by which the test knows that it was all."""

import json
import os
from pathlib import Path

import pytest

from muniment import DocumentChanged, DocumentInvalid, HeadMoved, Store
from muniment.watch.changes import Change

ADA = "Ada <ada@example.org>"
LAST = "zz/last"
PATIENCE_S = 60.0
"""A watch that this ends is a watch that missed something."""


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(quick_disk):
    """No test here is about power cuts, and most of the time would go there."""


@pytest.fixture
def root(tmp_path) -> Path:
    """The folder of the store."""
    return tmp_path / "config"


@pytest.fixture
def store(root):
    """A store with a commit of two documents."""
    with Store.init(root, author=ADA) as made:
        made.write("services/web", {"port": 1})
        made.write("top", {"x": 1})
        made.commit("begin")
        yield made


@pytest.fixture
def watch(store):
    """Begin to watch; `watch(**options)`."""
    made = []

    def begin(**options):
        made.append(store.watch(**{"timeout_s": PATIENCE_S, "debounce_s": 0.0, "poll_s": 0.2, **options}))
        return made[-1]

    yield begin
    for one in made:
        one.stop()
        one.__exit__(None, None, None)


@pytest.fixture
def save(root):
    """Put text in place of a document's file, as an editor does that saves safely; `save(name, value)`."""
    aside = root.parent / "aside"

    def put(name, value):
        path = root / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        os.replace(aside, path)

    return put


@pytest.fixture
def told(save):
    """Give all that a watch tells of what was done so far; of what it is not told itself, `at_least` so much."""
    count = 0

    def until_the_last(watch, at_least=0):
        nonlocal count
        count += 1
        save(LAST, {"count": count})
        found: list[Change] = []
        is_last_told = False
        for change in watch:
            if isinstance(change, DocumentChanged) and change.name == LAST:
                is_last_told = change.new == {"count": count}
            else:
                found.append(change)
            if is_last_told and len(found) >= at_least:
                return found
        raise AssertionError(f"the last change was not told, only {found}")

    return until_the_last


def words(changes):
    """Put changes into short words, to compare them."""
    return [word(change) for change in changes]


def word(change):
    """Put one change into a word."""
    match change:
        case DocumentChanged():
            return f"{change.change} {change.name}"
        case DocumentInvalid():
            return f"invalid {change.name}"
        case HeadMoved():
            names = "?" if change.names is None else ",".join(name for name in change.names if name != LAST)
            return f"moved {change.branch}: {names}"
        case _:
            return type(change).__name__


@pytest.fixture(name="words")
def words_fixture():
    """Put changes into short words."""
    return words
