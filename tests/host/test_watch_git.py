"""A store is watched while the host's git changes it."""

import json
from pathlib import Path
from shutil import which

import pytest

from muniment import DocumentChanged, HeadMoved, Store
from muniment.watch.changes import Change

pytestmark = pytest.mark.skipif(which("git") is None, reason="this is about git")

MANY = 1000


def gathered(changes, until):
    """Take changes until a condition holds of all that were taken."""
    found: list[Change] = []
    while not until(found):
        found.append(next(changes))
    return found


def test_a_checkout_that_changes_a_thousand_files(repository, git):
    """Each of them is told, with what it holds then; files that it makes and removes too."""
    config = repository / "config"
    for count in range(MANY):
        (config / f"many/{count % 10}").mkdir(parents=True, exist_ok=True)
        (config / f"many/{count % 10}/d{count}.json").write_text(json.dumps({"count": count}))
    git("add", "-A")
    git("commit", "-qm", "many")
    git("checkout", "-qb", "other")
    for path in sorted((config / "many").rglob("*.json"))[: MANY // 2]:
        path.write_text('{"count": -1}')
    for path in sorted((config / "many").rglob("*.json"))[MANY // 2 : MANY]:
        path.unlink()
    (config / "only").mkdir()
    (config / "only" / "here.json").write_text("{}")
    git("add", "-A")
    git("commit", "-qm", "other")
    expected = {path.relative_to(config).as_posix().removesuffix(".json") for path in config.rglob("d*.json")}
    with Store.open(config) as store, store.watch(timeout_s=60.0) as changes:
        git("checkout", "-q", "trunk")
        state = follow(changes, {}, MANY + 1)
        assert state.pop("only/here") is None
        assert state == {f"many/{count % 10}/d{count}": {"count": count} for count in range(MANY)}
        git("checkout", "-q", "other")
        state = follow(changes, state, MANY + 1)
        assert {name for name, value in state.items() if value == {"count": -1}} == expected
        assert sum(value is None for value in state.values()) == MANY // 2


def follow(changes, state, count):
    """Take what is told as a mirror does, until so many documents were told of and nothing more comes."""
    told: set[str] = set()
    changes._timeout_s = 60.0
    while len(told) < count:
        change = next(changes)
        assert isinstance(change, DocumentChanged)
        told.add(change.name)
        state[change.name] = None if change.change == "removed" else change.new
    changes._timeout_s = 0.5
    for change in changes:
        state[change.name] = None if change.change == "removed" else change.new
    changes._timeout_s = 60.0
    return state


def test_a_pull_is_told(repository, git, tmp_path):
    """The branch moved, once; the documents that came with it are told as well."""
    git("clone", "-q", ".", str(tmp_path / "clone"))
    theirs = tmp_path / "clone" / "config"
    with Store.open(theirs, author="Bo <bo@example.org>") as store:
        store.write("services/web", {"port": 2})
        store.commit("two")
        store.write("services/web", {"port": 3})
        last = store.commit("three")
    git("-C", str(theirs), "add", "-A")
    git("-C", str(theirs), "commit", "-qm", "theirs")
    with Store.open("config") as store, store.watch(timeout_s=60.0) as changes:
        first = store.log()[0].id
        git("pull", "-q", str(tmp_path / "clone"), "trunk")
        found = gathered(changes, lambda found: len({type(change) for change in found}) == 2)
    (moved,) = [change for change in found if isinstance(change, HeadMoved)]
    assert (moved.from_, moved.to, moved.names) == (first, last.id, ("services/web",))
    documents = [change for change in found if isinstance(change, DocumentChanged)]
    assert documents[-1].new == {"port": 3}


def test_going_back_to_before_the_history(repository, git):
    """A checkout takes commits away that the watch was told of: what cannot be known is None, and it goes on."""
    with Store.open("config", author="Ada") as store:
        store.write("services/web", {"port": 2})
        store.commit("two")
    git("add", "-A")
    git("commit", "-qm", "two")
    with Store.open("config") as store, store.watch(timeout_s=60.0) as changes:
        git("checkout", "-q", "HEAD~1")
        found = gathered(changes, lambda found: len({type(change) for change in found}) == 2)
        (moved,) = [change for change in found if isinstance(change, HeadMoved)]
        assert moved.to == store.log()[0].id
        assert moved.names in {None, ("services/web",)}
        assert list(store.watch(since=str(changes.cursor), timeout_s=0)) == []
        git("checkout", "-q", "trunk")
        found = gathered(changes, lambda found: len({type(change) for change in found}) == 2)
        assert [change.to for change in found if isinstance(change, HeadMoved)] == [store.log()[0].id]
        assert Path("config/services/web.json").exists()
