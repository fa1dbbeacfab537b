"""Several programs change branches at once."""

import json
from pathlib import Path

import pytest
from children import run_all
from promises import AUTHOR, opened, working

from muniment import BranchExistsError, BranchNotFoundError, Store
from muniment.files.layout import Layout

TURNS = 30


@pytest.fixture
def root(place):
    """A store with one commit."""
    with Store.init(place / "store", author=AUTHOR) as store:
        store.write("a", 0)
        store.commit("first")
    return place / "store"


def trying(root, error, *verbs):
    """Make work that does each verb in each turn, and tells the turns in which it was not refused by `error`."""

    def work(tell):
        store = opened(root)
        for number in range(TURNS):
            for verb in verbs:
                try:
                    verb(store, number)
                except error:
                    continue
                tell(number)

    return work


def test_one_of_two_makes_a_branch(root):
    """Two processes make branches of the same names: each is made once, and the other is told."""
    told = run_all(
        trying(root, BranchExistsError, lambda store, number: store.branches.create(f"b{number}", description="one")),
        trying(root, BranchExistsError, lambda store, number: store.branches.create(f"b{number}", description="two")),
    )
    assert sorted([*told[0], *told[1]]) == list(range(TURNS))
    with opened(root) as store:
        described = {branch.name: branch.description for branch in store.branches.list()}
        assert described == {
            "main": "", **{f"b{number}": "one" for number in told[0]}, **{f"b{number}": "two" for number in told[1]},
        }  # fmt: skip
    lines = [json.loads(line) for line in Path(Layout(root).operations).read_bytes().splitlines()]
    assert [line["verb"] for line in lines] == ["commit", *["branch"] * TURNS]


def test_one_of_two_deletes_a_branch(root):
    """The other is told that there is none, also where it wanted to rename it."""
    with opened(root) as store:
        for number in range(TURNS):
            store.branches.create(f"b{number}")
    told = run_all(
        trying(root, BranchNotFoundError, lambda store, number: store.branches.delete(f"b{number}")),
        trying(root, BranchNotFoundError, lambda store, number: store.branches.rename(f"b{number}", f"c{number}")),
    )
    assert sorted([*told[0], *told[1]]) == list(range(TURNS))
    with opened(root) as store:
        assert {branch.name for branch in store.branches.list()} == {"main", *(f"c{number}" for number in told[1])}


def test_switching_at_once_leaves_one_branch_whole(root):
    """Processes that switch to and fro: in the end the files are those of the branch that is checked out."""
    with opened(root) as store:
        store.branches.create("side")
        store.branches.switch("side")
        with store.transaction("side") as change:
            change.write("a", 1)
            change.write("b/c", 1)

    def to(branch):
        return lambda store, _: store.branches.switch(branch)

    run_all(trying(root, (), to("main"), to("side")), trying(root, (), to("side"), to("main")))
    with opened(root) as store:
        assert store.status().clean
        assert working(store) == ({"a": 0} if store.status().branch == "main" else {"a": 1, "b/c": 1})
        assert store.verify().ok
