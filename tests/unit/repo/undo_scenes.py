"""A store on which every verb has something to do, the verbs, and all that they change."""

from typing import Any, NamedTuple

from muniment import Conflicted


class State(NamedTuple):
    """All that operations change: the heads of branches, tags, what is checked out; and the documents at `HEAD`."""

    heads: dict[str, tuple[str, ...]]
    tags: dict[str, list[str]]
    branch: str
    documents: dict[str, Any]


def state(store):
    """Read it from a store."""
    heads = {branch.name: branch.heads for branch in store.branches.list()}
    tags: dict[str, list[str]] = {}
    for tag in store.tags.list():
        tags.setdefault(tag.name, []).append(tag.id)
    here = heads[store.branch]
    return State(heads, tags, store.branch, dict(store.at(here[0])) if len(here) == 1 else {})


def files(store):
    """The working documents."""
    return {name: store.read(name) for name in store.names()}


def begin(store):
    """Make a store with two branches that went apart, a tag, and a branch at a later commit; `main` is checked out."""
    store.write("web", {"port": 1, "hosts": ["a"]})
    store.write("app", {"debug": False})
    store.commit("begin")
    store.branches.create("side", description="to try things")
    store.tags.create("v1", message="the first")
    store.branches.switch("side")
    with store.transaction("on the side") as tx:
        tx.write("web", {"port": 1, "hosts": ["b"]})
        tx.write("new", 1)
    store.branches.switch("main")
    with store.transaction("on main") as tx:
        tx.write("app", {"debug": True})
    store.branches.create("later")
    with store.transaction("later", branch="later", worktree=False) as tx:
        tx.write("app", {"debug": True, "log": 1})


def commit(store):
    """Commit an edited file."""
    store.write("web", {"port": 2})
    store.commit("edited")


def transact(store):
    """Make, change and delete, with the files."""
    with store.transaction("all at once") as tx:
        tx.write("made", 1)
        tx.write("web", {"port": 3})
        tx.delete("app")


def transact_beside(store):
    """Change a branch that is not checked out."""
    with store.transaction("elsewhere", branch="side") as tx:
        tx.write("web", {"port": 4})


def transact_without_files(store):
    """Change the branch that is checked out, and leave its files alone."""
    with store.transaction("without files", worktree=False) as tx:
        tx.write("web", {"port": 5})


def settle_a_merge(store):
    """Merge with a conflict, settle it and continue."""
    with store.transaction("another way", branch="later", worktree=False) as tx:
        tx.write("web", {"port": 9, "hosts": ["a"]})
    with store.transaction("one way") as tx:
        tx.write("web", {"port": 8, "hosts": ["a"]})
    result = store.merge("later")
    assert isinstance(result, Conflicted)
    store.resolve(result.conflicts[0], "theirs")
    store.merge_continue()


VERBS = {
    "commit": commit,
    "transaction": transact,
    "transaction on another branch": transact_beside,
    "transaction without files": transact_without_files,
    "rollback": lambda store: store.rollback("HEAD~1", reason="better"),
    "rollback of one": lambda store: store.rollback("HEAD~1", names=["app"], reason="better"),
    "merge": lambda store: store.merge("side"),
    "merge into another branch": lambda store: store.merge("main", "side"),
    "fast-forward": lambda store: store.merge("later"),
    "conflicted merge": settle_a_merge,
    "revert": lambda store: store.revert("HEAD"),
    "cherry-pick": lambda store: store.cherry_pick("side"),
    "branch": lambda store: store.branches.create("new", "HEAD~1", "described"),
    "branch-delete": lambda store: store.branches.delete("side"),
    "branch-rename": lambda store: store.branches.rename("side", "deep/side"),
    "branch-rename of what is checked out": lambda store: store.branches.rename("main", "trunk"),
    "switch": lambda store: store.branches.switch("side"),
    "tag": lambda store: store.tags.create("v2"),
    "tag-delete": lambda store: store.tags.delete("v1"),
}
