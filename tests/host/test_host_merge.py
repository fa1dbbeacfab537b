"""A store in a git repository: two host branches that both changed it merge without a conflict below `.muniment`."""

import subprocess
from shutil import which

import msgspec
import pytest

from muniment import DivergedError, MergeRules, Schema, Store, lens

pytestmark = pytest.mark.skipif(which("git") is None, reason="needs git")

ADA = "Ada <ada@example.org>"


class Limits(msgspec.Struct):
    """The documents of a kind."""

    most: int


def limits(version):
    """The kind at some version, each with a step of its own."""
    kind = Schema(Limits, kind="limits", version=version, names="limits/*")
    kind.lens("1.0", version, lens.rename(f"most{version}", "most"))
    return kind


def rules(side):
    """Merge rules that only one side declares, and some that both do in their own way."""
    both = MergeRules("both", names="**", strategies={"/port": "max" if side == "left" else "min"})
    return [MergeRules(side, names="services/*", keys={"/hosts": "id"}), both]


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A git repository with a store of one commit in it; gives a function that calls git."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.chdir(tmp_path)

    def git(*arguments, check=True):
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    git("init", "-q", "-b", "trunk")
    with Store.init("config", author=ADA) as store:
        store.write("services/web", {"port": 1})
        store.commit("begin")
        store.branches.create("old", description="from the beginning")
    git("add", "-A")
    git("commit", "-qm", "begin")
    return git


def work(side, port):
    """Change everything that a store can hold, as one side does."""
    kind = limits("1.1" if side == "left" else "1.2")
    with Store.open("config", author=ADA, schemas=[kind], merge_rules=rules(side)) as store:
        store.write(f"services/{side}", {"port": port})
        store.write(f"limits/{side}", Limits(port))
        made = store.commit(f"on the {side}")
        store.branches.create(f"{side}/work", description=f"the {side} one")
        store.branches.create("both", description=f"by the {side}")
        store.tags.create(f"v-{side}", message=side)
        store.tags.create("v-both", message=side)
        store.notes.add(made.id, f"a note of the {side}")
        store.notes.add("old", f"another of the {side}")
        store.schemas.export()


def on_two_branches(git):
    """Let each side work on a host branch of its own, and merge them."""
    git("checkout", "-qb", "left")
    work("left", 2)
    git("add", "-A")
    git("commit", "-qm", "left")
    git("checkout", "-q", "trunk")
    git("checkout", "-qb", "right")
    work("right", 3)
    git("add", "-A")
    git("commit", "-qm", "right")
    return git("merge", "left", "-m", "both", check=False)


def test_nothing_below_the_store_conflicts(host):
    """Heads, branches, tags, notes, records of kinds and merge rules: all of both sides are there."""
    on_two_branches(host)
    assert host("status", "--porcelain") == ""
    with Store.open("config", author=ADA) as store:
        assert [branch.name for branch in store.branches.list()] == ["both", "left/work", "main", "old", "right/work"]
        assert len(store.branches.list()[2].heads) == 2
        with pytest.raises(DivergedError):
            store.at("main")
        assert [tag.name for tag in store.tags.list()] == ["v-both", "v-both", "v-left", "v-right"]
        assert store.at("v-left").read("services/left") == {"port": 2}
        assert {note.text for note in store.notes.list("old")} == {"another of the left", "another of the right"}
        assert store.schemas.list()[0].documents == {"1.1": 1, "1.2": 1}
        assert store.merge_rules.list() == (rules("right")[1], rules("left")[0], rules("right")[0])
        assert store.verify().findings == ()


def test_a_branch_deleted_on_one_side_and_moved_on_the_other_is_kept(host):
    """What somebody committed meanwhile is not lost by somebody else's tidying up."""
    host("checkout", "-qb", "left")
    with Store.open("config", author=ADA) as store:
        store.branches.delete("old")
    host("add", "-A")
    host("commit", "-qm", "left")
    host("checkout", "-q", "trunk")
    with Store.open("config", author=ADA) as store, store.transaction("go on", branch="old", worktree=False) as tx:
        tx.write("services/web", {"port": 9})
    host("add", "-A")
    host("commit", "-qm", "right")
    host("merge", "left", "-m", "both")
    assert host("status", "--porcelain") == ""
    with Store.open("config", author=ADA) as store:
        assert store.at("old").read("services/web") == {"port": 9}
        assert store.verify().ok


def committed(name, value, message):
    """Commit one document with its file, to Muniment and to the host's branch."""
    with Store.open("config", author=ADA) as store, store.transaction(message) as tx:
        tx.write(name, value)


def undone_on_one_side(git, *, goes_on):
    """Let one host branch undo a commit that both have, and merge the other into it, which may have built on it."""
    committed("services/app", {"port": 5}, "the app")
    git("add", "-A")
    git("commit", "-qm", "the app")
    git("checkout", "-qb", "left")
    git("commit", "-q", "--allow-empty", "-m", "nothing of ours")
    if goes_on:
        committed("services/other", {"port": 6}, "on top of it")
        git("add", "-A")
        git("commit", "-qm", "on top of it")
    git("checkout", "-q", "trunk")
    with Store.open("config", author=ADA) as store:
        store.undo(next(one.id for one in store.operations() if one.message == "the app"))
    git("add", "-A")
    git("commit", "-qm", "undone")
    git("merge", "left", "-m", "both", check=False)
    return git("status", "--porcelain")


def test_what_one_side_undid_stays_undone_where_the_other_did_nothing(host):
    """The host's git takes the one change that there is."""
    assert undone_on_one_side(host, goes_on=False) == ""
    with Store.open("config", author=ADA) as store:
        assert dict(store.at("HEAD")) == {"services/web": {"port": 1}}
        assert store.names() == ["services/web"]
        assert store.diff() == []
        assert store.verify().ok


def test_what_one_side_undid_comes_back_where_the_other_built_on_it(host):
    """Nothing below the store conflicts; who wants it gone has to revert it, for the others built on it."""
    assert [line for line in undone_on_one_side(host, goes_on=True).splitlines() if ".muniment" in line] == []
    with Store.open("config", author=ADA) as store:
        assert [commit.message for commit in store.log()] == ["on top of it", "the app", "begin"]
        assert store.at("HEAD").names() == ["services/app", "services/other", "services/web"]
        assert store.verify().ok
        store.revert("HEAD~1")
        assert store.at("HEAD").names() == ["services/other", "services/web"]


def test_an_undo_by_a_commit_merges_as_any_commit_does(host):
    """An older operation is taken out of the branch by a commit: the other side gets that with the merge."""
    committed("services/app", {"port": 5}, "the app")
    committed("services/more", {"port": 7}, "after it")
    host("add", "-A")
    host("commit", "-qm", "two")
    host("checkout", "-qb", "left")
    committed("services/other", {"port": 6}, "on top of it")
    host("add", "-A")
    host("commit", "-qm", "on top of it")
    host("checkout", "-q", "trunk")
    with Store.open("config", author=ADA) as store:
        store.undo(next(one.id for one in store.operations() if one.message == "the app"))
    host("add", "-A")
    host("commit", "-qm", "undone")
    host("merge", "left", "-m", "both")
    assert host("status", "--porcelain") == ""
    with Store.open("config", author=ADA) as store:
        store.reconcile()
        assert store.at("HEAD").names() == ["services/more", "services/other", "services/web"]
        assert store.diff() == []
        assert store.verify().ok
