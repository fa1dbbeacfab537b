"""What people do with git, done for real to host branches whose sides both committed to one Muniment branch.

Whatever it is: nothing in the store's hidden folder conflicts, and `reconcile` brings the heads together by meaning.
"""

import json
import os
import re
import subprocess
from shutil import which

import pytest

from muniment import Store
from muniment.errors import IncompleteHistoryError

BOTH = {"port": 2, "tls": True}
WEB = "config/services/web.json"


def git_version():
    """Give the version of git as numbers; none where there is no git."""
    if which("git") is None:
        return ()
    told = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.findall(r"\d+", told)))


pytestmark = pytest.mark.skipif(not git_version(), reason="needs git")


def committed(field, value, message, *more):
    """Change a field of the document that all share, and write one more document; gives the commit's id."""
    with Store.open("config", author="Ada") as store:
        store.write("services/web", {**store.read("services/web"), field: value})
        for name in more:
            store.write(name, {"by": message})
        return store.commit(message).id


def saved(git, message="more"):
    """Commit all that is there to git."""
    git("add", "-A")
    git("commit", "-qm", message)


def conflicts(git):
    """List the paths that git takes for conflicted."""
    return git("diff", "--name-only", "--diff-filter=U").out.split()


def reconciled(path="config"):
    """Reconcile; gives the one head that is left, after a look at everything else."""
    with Store.open(path, author="Ben") as store:
        store.reconcile()
        (branch,) = store.branches.list()
        assert store.status().clean
        assert store.verify().findings == ()
        return branch.head


def heads(path="config"):
    """List the heads of the branch."""
    return sorted(os.listdir(os.path.join(path, ".muniment/refs/heads/main")))


def web(path="."):
    """Give the value of the document that all share."""
    with open(os.path.join(path, WEB), encoding="utf-8") as file:
        return json.load(file)


@pytest.fixture
def sides(repository, git):
    """Two host branches, `left` and `right`, that each changed one field of a document in two commits; left is out.

    The fields stand on neighbouring lines, so git takes the document for conflicted.
    """
    for side, field, value in (("right", "tls", True), ("left", "port", 2)):
        git("checkout", "-qb", side, "trunk")
        committed(field, 0, f"{side} tries", f"{side}/first")
        saved(git, f"{side} 1")
        committed(field, value, f"{side} is sure", f"{side}/second")
        saved(git, f"{side} 2")


def test_merge(sides, git):
    """After a merge the branch has two heads; reconciling mends the document that git left with marks."""
    assert git("merge", "-q", "right", check=False).code == 1
    assert conflicts(git) == [WEB]
    assert len(heads()) == 2
    head = reconciled()
    assert (heads(), web()) == ([head], BOTH)
    saved(git)
    assert git("status", "--porcelain").out == ""


def test_the_next_commit_reconciles_by_itself(sides, git):
    """Where no decision is needed, whoever commits next finds the branch with one head."""
    git("merge", "-q", "right", check=False)
    with Store.open("config", author="Ada") as store:
        store.write("services/api", {"port": 3})
        made = store.commit("an interface", names=["services/api"])
        assert store.at(made.parents[0]).read("services/web") == BOTH
        assert store.log()[0].id == made.id
    assert heads() == [made.id]


def test_squash_merge(sides, git):
    """A squashed merge brings the same files as a merge, without git's knowing where they came from."""
    git("merge", "-q", "--squash", "right", check=False)
    assert conflicts(git) == [WEB]
    head = reconciled()
    saved(git, "squashed")
    git("checkout", "-q", "right")
    committed("more", 1, "right goes on")
    saved(git)
    git("checkout", "-q", "left")
    git("merge", "-q", "right", check=False)
    assert [path for path in conflicts(git) if path != WEB] == []
    assert head in heads()
    reconciled()
    assert web() == {**BOTH, "more": 1}


def test_rebase(sides, git):
    """Each commit that is replayed brings its head beside the one that is there; reconcile whenever git stops."""
    done = git("rebase", "-q", "right", check=False)
    for _ in range(3):
        if done.code == 0:
            break
        assert conflicts(git) == [WEB]
        reconciled()
        git("add", "-A")
        done = git("-c", "core.editor=true", "rebase", "--continue", check=False)
    assert done.code == 0
    assert git("status", "--porcelain").out == ""
    assert heads() == [reconciled()]
    assert web() == BOTH


def test_rebase_of_sides_that_share_no_document(repository, git):
    """Where git finds no conflict it stops nowhere, and one `reconcile` at the end is enough."""
    for side in ("right", "left"):
        git("checkout", "-qb", side, "trunk")
        for number in (1, 2):
            with Store.open("config", author="Ada") as store:
                store.write(f"{side}/{number}", number)
                store.commit(f"{side} {number}")
            saved(git, f"{side} {number}")
    git("rebase", "-q", "right")
    assert len(heads()) == 2
    reconciled()
    with Store.open("config") as store:
        assert store.names() == ["left/1", "left/2", "right/1", "right/2", "services/web"]
        assert len(store.log()) == 6


def test_cherry_pick_with_its_history(sides, git):
    """A commit that was built on what both have brings a head that is whole."""
    git("cherry-pick", "right~1", check=False)
    assert conflicts(git) == [WEB]
    reconciled()
    assert web() == {"port": 2, "tls": 0}
    saved(git, "picked")
    with Store.open("config") as store:
        assert store.exists("right/first")


def test_cherry_pick_without_its_history(sides, git):
    """A commit whose forerunner was not picked brings a head that leads nowhere: that is told, and can be dropped."""
    git("cherry-pick", "right", check=False)
    assert [path for path in conflicts(git) if path != WEB] == []
    git("checkout", "--theirs", WEB, check=False)
    with Store.open("config", author="Ada") as store:
        with pytest.raises(IncompleteHistoryError, match="--drop-incomplete"):
            store.reconcile()
        store.reconcile(drop_incomplete=True)
        assert len(heads()) == 1
        assert store.status().added == ("right/second",)
        store.write("services/web", BOTH)
        store.commit("picked by hand")
        assert store.verify().findings == ()
    saved(git, "picked")
    assert git("status", "--porcelain").out == ""


def test_fresh_clone(sides, git, tmp_path):
    """A clone has all that was committed, and reconciles what was merged elsewhere."""
    git("merge", "-q", "right", check=False)
    saved(git, "both, with the marks of a conflict")
    git("clone", "-q", ".", str(tmp_path / "copy"))
    path = str(tmp_path / "copy/config")
    assert len(heads(path)) == 2
    assert reconciled(path) == reconciled()
    assert web(tmp_path / "copy") == web() == BOTH


def test_shallow_clone(sides, git, tmp_path, monkeypatch):
    """Without git's history a clone has the store's: it is all in the files of the last commit."""
    git("merge", "-q", "right", check=False)
    saved(git, "both")
    git("clone", "-q", "--depth", "1", f"file://{os.getcwd()}", str(tmp_path / "copy"))
    monkeypatch.chdir(tmp_path / "copy")
    assert git("rev-list", "--count", "HEAD").out == "1\n"
    head = reconciled()
    with Store.open("config") as store:
        assert [commit.message for commit in store.log()].count("begin") == 1
        assert len(store.log()) == 6
    saved(git, "reconciled")
    git("push", "-q", "origin", "HEAD:refs/heads/from-the-copy")
    monkeypatch.chdir(tmp_path / "project")
    git("merge", "-q", "from-the-copy")
    assert heads() == [head]


@pytest.mark.skipif(git_version() < (2, 38), reason="git merge-tree --write-tree came with 2.38")
@pytest.mark.parametrize("marks", [True, False])
def test_merge_without_a_work_tree(sides, git, tmp_path, marks):
    """A merge that a server made, and even one that it should not have made, is reconciled in a clone."""
    if not marks:  # the sides meet in no document
        git("checkout", "-q", "left")
        git("checkout", "-q", "trunk", "--", WEB)
        with Store.open("config", author="Ada") as store:
            store.commit("not here")
        saved(git)
    done = git("merge-tree", "--write-tree", "--name-only", "left", "right", check=False)
    tree, *told = done.out.split("\n\n")[0].splitlines()
    assert told == ([WEB] if marks else [])
    merged = git("commit-tree", tree, "-p", "left", "-p", "right", "-m", "on the server").out.strip()
    git("update-ref", "refs/heads/served", merged)
    git("clone", "-q", "-b", "served", ".", str(tmp_path / "copy"))
    head = reconciled(str(tmp_path / "copy/config"))
    assert heads(str(tmp_path / "copy/config")) == [head]
    assert web(tmp_path / "copy") == (BOTH if marks else {"port": 1, "tls": True})


@pytest.fixture
def clones(sides, git, tmp_path, monkeypatch):
    """Two clones of a merge that nobody has reconciled; a function to go into one."""
    git("merge", "-q", "right", check=False)
    saved(git, "both")
    for name in ("ada", "ben"):
        git("clone", "-q", ".", str(tmp_path / name))
    monkeypatch.chdir(tmp_path / "ada")
    git("remote", "add", "ben", str(tmp_path / "ben"))
    monkeypatch.chdir(tmp_path / "ben")
    git("remote", "add", "ada", str(tmp_path / "ada"))
    return lambda name: monkeypatch.chdir(tmp_path / name)


def reconciled_in_both(git, clones):
    """Let each clone reconcile and commit by itself; gives the head, which is the same in both."""
    found = set()
    for name in ("ada", "ben"):
        clones(name)
        found.add(reconciled())
        saved(git, f"reconciled by {name}")
    (head,) = found
    return head


def merged_into_both(git, clones):
    """Let each clone merge what the other had before either did; gives the paths in conflict."""
    for name, other in (("ada", "ben"), ("ben", "ada")):
        clones(name)
        git("fetch", "-q", other)
    found = []
    for name, other in (("ada", "ben"), ("ben", "ada")):
        clones(name)
        git("merge", "-q", "--no-ff", f"{other}/left", check=False)
        found += conflicts(git)
    return found


def test_two_clones_that_reconcile_agree(git, clones):
    """Each makes the same commit, so bringing both together is quiet."""
    head = reconciled_in_both(git, clones)
    assert merged_into_both(git, clones) == []
    for name in ("ada", "ben"):
        clones(name)
        assert git("status", "--porcelain").out == ""
        assert heads() == [head]


def test_a_criss_cross_settles(git, clones):
    """Both go on, merge each other, reconcile, and merge again: they end at one head, and it stays."""
    reconciled_in_both(git, clones)
    for name, field in (("ada", "port"), ("ben", "zone")):
        clones(name)
        committed(field, 7, f"{name} goes on")
        saved(git, name)
    assert [path for path in merged_into_both(git, clones) if path != WEB] == []
    head = reconciled_in_both(git, clones)
    for _ in range(2):
        assert merged_into_both(git, clones) == []
    for name in ("ada", "ben"):
        clones(name)
        assert heads() == [head]
        assert web() == {**BOTH, "port": 7, "zone": 7}
        with Store.open("config") as store:
            assert store.verify().findings == ()
            assert store.status().clean
