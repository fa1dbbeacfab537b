"""The commands that bring lines of history together: merge, revert, cherry-pick, reconcile."""

import json

import pytest

from muniment import Store
from muniment.cli.exit_code import ExitCode

NEXT = (
    "\n  muniment resolve NAME POINTER --take ours|theirs|base|working|VALUE\n"
    "then `muniment merge --continue`, or give up by `muniment merge --abort`"
)
BLOCK = "! limits /max  modify-modify\n    base    20\n    ours    30\n    theirs  40\n\n"
WAITS = f"{BLOCK}1 conflict: the merge waits. Settle it by{NEXT}\n"


@pytest.fixture
def apart(store):
    """The store of two commits, `main` checked out, and a branch `apart` that has one commit more: a `features`."""
    store.branches.create("apart")
    with store.transaction("features", branch="apart") as tx:
        tx.write("features", {"dark": True})
    return store


@pytest.fixture
def diverged(sides, folder):
    """The store of the two sides, as a merge in the host repository leaves it where both were `main`."""
    (folder / ".muniment/refs/heads/main" / sides.at("side").commit.id).touch()
    with Store.open(folder, author="Ada <ada@example.org>") as opened:
        yield opened


def everything(store):
    """All that a refused command must not change."""
    return (
        {one.name: one.heads for one in store.branches.list()},
        {name: store.read(name) for name in store.names()},
        store.operations(),
        store.merge_under_way(),
    )


def test_a_merge_is_told_as_a_commit_is(muniment, apart):
    """The branch, the id and the message; and each document that it changed in the branch."""
    apart.write("limits", 1)
    apart.commit("ours")
    answer = muniment("merge", "apart")
    made = apart.at("HEAD").commit
    assert answer.out == f"[main {made.id[:12]}] merge apart into main\n  + features\n"
    assert (answer.code, len(made.parents), apart.read("features")) == (0, 2, {"dark": True})


def test_a_fast_forward_is_told_as_one(muniment, apart):
    """The commit was there already, and the documents follow."""
    there = apart.at("apart").commit.id
    dry = muniment("merge", "apart", "--dry-run")
    assert dry.out == f"[main {there[:12]}] features  (would be a fast-forward)\n  + features\n"
    assert not apart.exists("features")
    assert muniment("merge", "apart").out == f"[main {there[:12]}] features  (fast-forward)\n  + features\n"
    assert apart.read("features") == {"dark": True}


def test_nothing_to_merge_is_one_line(muniment, apart):
    """What the branch has already is no fault."""
    answer = muniment("merge", "main")
    assert (answer.code, answer.out) == (0, "main has all of main already\n")
    assert muniment("merge", "main", "--into", "HEAD").out == answer.out
    told = muniment("merge", "main", "--into", "apart", "--json").json
    assert (told["result"], told["branch"], told["commit"], told["changes"]) == ("up-to-date", "apart", None, [])


def test_programs_get_one_shape(muniment, apart):
    """Result, branch, commit, changes and conflicts, whatever came of it."""
    dry = muniment("merge", "apart", "--dry-run", "--json").json
    done = muniment("merge", "apart", "--json").json
    assert {**dry, "dry_run": False} == done
    assert done["result"] == "fast-forward"
    assert done["commit"]["id"] == apart.at("apart").commit.id
    assert done["changes"] == [{"name": "features", "change": "added"}]
    assert (done["conflicts"], done["waits"]) == ([], False)


def test_a_commit_that_was_not_made_is_not_told(muniment, apart):
    """A dry run has no id to tell, and the documents that would change are not known without one."""
    apart.write("limits", 1)
    apart.commit("ours")
    assert muniment("merge", "apart", "--dry-run").out == (
        "No conflicts: main would get a commit; nothing was changed\n"
    )
    told = muniment("merge", "apart", "--dry-run", "--json").json
    assert (told["result"], told["commit"], told["changes"]) == ("merged", None, None)


def test_conflicts_are_told_and_the_merge_waits(muniment, sides):
    """Each in a block, and what to do next; the answer is no."""
    answer = muniment("merge", "side")
    assert (answer.code, answer.out, answer.err) == (ExitCode.NO, WAITS, "")
    assert sides.read("limits") == {"max": 30, "names": ["b"]}
    assert sides.read("features") == {"dark": True}


def test_conflicts_are_told_to_programs(muniment, sides):
    """With the values of the three sides."""
    answer = muniment("merge", "side", "--json")
    [conflict] = answer.json["conflicts"]
    assert (answer.code, answer.json["result"], answer.json["waits"]) == (ExitCode.NO, "conflicted", True)
    sides_of_it = {side: conflict[side] for side in ("name", "pointer", "kind", "base", "ours", "theirs", "reason")}
    assert sides_of_it == {
        "name": "limits",
        "pointer": "/max",
        "kind": "modify-modify",
        "base": 20,
        "ours": 30,
        "theirs": 40,
        "reason": None,
    }


def test_a_dry_run_changes_nothing(muniment, sides):
    """It tells the conflicts with the same exit code."""
    before = everything(sides)
    answer = muniment("merge", "side", "--dry-run")
    assert (answer.code, answer.out) == (ExitCode.NO, f"{BLOCK}1 conflict; nothing was changed\n")
    assert everything(sides) == before


def test_a_branch_that_is_not_checked_out_is_merged_into_where_nothing_disagrees(muniment, sides):
    """Conflicts need the documents checked out: it says how."""
    before = everything(sides)
    answer = muniment("merge", "main", "--into", "side")
    assert answer.code == ExitCode.NO
    assert answer.out.splitlines()[-1] == (
        "1 conflict; nothing was changed, because side is not checked out: `muniment switch side` and retry"
    )
    assert everything(sides) == before
    assert not muniment("merge", "main", "--into", "side", "--json").json["waits"]
    settled = muniment("merge", "main", "--into", "side", "--prefer", "theirs", "-m", "all of it")
    assert settled.out == f"[side {sides.at('side').commit.id[:12]}] all of it\n  ~ limits\n"
    assert sides.at("side")["limits"] == {"max": 30, "names": ["b"]}


@pytest.mark.parametrize(("prefer", "value"), [("ours", 30), ("theirs", 40)])
def test_a_side_may_be_preferred(muniment, sides, prefer, value):
    """Then there are no conflicts."""
    assert muniment("merge", "side", "--prefer", prefer).code == 0
    assert sides.read("limits") == {"max": value, "names": ["b"]}


def test_a_merge_is_continued_when_all_is_settled(muniment, sides):
    """Told as a commit is, by whoever began it, unless another is named."""
    muniment("merge", "side", "--author", "Ben <ben@example.org>")
    answer = muniment("merge", "--continue")
    assert (answer.code, answer.out) == (ExitCode.NO, "")
    assert answer.err == "muniment: limits /max: in conflict; settle them with `muniment resolve`, then continue\n"
    muniment("resolve", "limits", "--take", "theirs")
    answer = muniment("merge", "--continue")
    made = sides.at("HEAD").commit
    assert answer.out == f"[main {made.id[:12]}] merge side into main\n  + features\n  ~ limits\n"
    assert (made.author, sides.read("limits")) == ("Ben <ben@example.org>", {"max": 40, "names": ["b"]})


def test_a_merge_is_continued_by_another_and_with_other_words(muniment, sides):
    """`--author` and `-m` count before what was said when it began."""
    muniment("merge", "side")
    muniment("resolve", "--all", "--take", "ours")
    told = muniment("merge", "--continue", "-m", "both", "--author", "Eve <eve@example.org>", "--json").json
    assert (told["message"], told["author"], told["branch"]) == ("both", "Eve <eve@example.org>", "main")


def test_a_merge_is_aborted(muniment, sides):
    """Its documents are as before."""
    before = everything(sides)
    muniment("merge", "side")
    assert muniment("merge", "--abort").out == "Gave up the merge: its documents are as before\n"
    assert everything(sides) == before
    muniment("merge", "side")
    told = muniment("merge", "--abort", "--json").json["aborted"]
    assert (told["verb"], told["branch"], told["source"]) == ("merge", "main", sides.at("side").commit.id)


def test_programs_are_told_the_conflicts_that_are_in_the_way(muniment, sides):
    """The error of an early `--continue` has them as fields."""
    muniment("merge", "side")
    fields = json.loads(muniment("merge", "--continue", "--json").err)
    assert (fields["error"], fields["names"], fields["conflicts"][0]["theirs"]) == (
        "MergeConflictError",
        ["limits"],
        40,
    )


def test_status_tells_of_a_merge_that_waits(muniment, sides):
    """Which, of what, and what is to be done; and does not send people to `commit`."""
    theirs, ours = sides.at("side").commit.id[:12], sides.at("HEAD").commit.id[:12]
    muniment("merge", "side")
    assert muniment("status").out == (
        f"On main at {ours}  ours\n\nA merge into main is under way, of {theirs}  theirs\n"
        "1 conflict is open: `muniment conflicts` lists them; `muniment merge --abort` gives it up\n"
        "\nTo commit  (`muniment diff` shows what differs)\n  + features\n"
    )
    told = muniment("status", "--json").json
    assert (told["merge"]["verb"], len(told["merge"]["conflicts"]), told["conflicted"]) == ("merge", 1, ["limits"])
    muniment("resolve", "limits", "--take", "ours")
    assert "No conflict is open: `muniment merge --continue` commits it; `muniment" in muniment("status").out
    muniment("merge", "--continue")
    assert muniment("status", "--json").json["merge"] is None


def test_a_commit_is_taken_back(muniment, sides):
    """By a new commit; what came later stays."""
    sides.write("later", 1)
    sides.commit("later")
    answer = muniment("revert", "HEAD~1")
    assert answer.out == f"[main {sides.at('HEAD').commit.id[:12]}] revert: ours\n  ~ limits\n"
    assert (sides.read("limits")["max"], sides.read("later")) == (20, 1)
    assert muniment("revert", "HEAD~2").out == "Nothing of HEAD~2 is left in main\n"


def test_a_commit_is_made_again_elsewhere(muniment, sides):
    """With its message, or another."""
    answer = muniment("cherry-pick", "side", "--prefer", "ours", "-m", "features here too")
    assert answer.out == f"[main {sides.at('HEAD').commit.id[:12]}] features here too\n  + features\n"
    assert muniment("cherry-pick", "side", "--prefer", "ours").out == "main has all that side changed already\n"


def test_picking_tells_programs_what_merging_does(muniment, sides):
    """The same shape; a dry run makes no commit."""
    dry = muniment("revert", "HEAD", "--dry-run", "--json").json
    assert (dry["result"], dry["commit"]) == ("merged", None)
    told = muniment("cherry-pick", "side", "--json")
    assert (told.code, told.json["result"], told.json["conflicts"][0]["base"]) == (ExitCode.NO, "conflicted", 20)
    assert muniment("status").out.splitlines()[2].startswith("A cherry-pick into main is under way, of ")
    assert muniment("merge", "--abort").out == "Gave up the cherry-pick: its documents are as before\n"


def test_a_merge_is_reverted_against_one_of_its_parents(muniment, apart):
    """`--parent` says which: the branch that was merged into, unless another is named."""
    apart.write("limits", 1)
    apart.commit("ours")
    muniment("merge", "apart")
    assert muniment("revert", "HEAD", "--parent", "2", "--dry-run").code == 0
    muniment("revert", "HEAD", "--parent", "2")
    assert apart.exists("features")
    assert apart.read("limits") == {"max": 20, "names": ["a"]}


def test_heads_that_diverged_are_merged(muniment, apart, folder):
    """Of all branches; the commit is told as one."""
    apart.write("limits", 1)
    ours = apart.commit("ours").id
    heads = folder / ".muniment/refs/heads"
    (heads / "main" / apart.at("apart").commit.id).touch()
    (heads / "apart" / ours).touch()
    refused = muniment("status")
    assert (refused.code, "`muniment reconcile`" in refused.err) == (ExitCode.RETRY, True)
    answer = muniment("reconcile")
    standing = {one.name: one.head[:12] for one in apart.branches.list()}
    assert answer.out == (
        f"[apart {standing['apart']}] reconcile apart\n[main {standing['main']}] reconcile main\n  + features\n"
    )
    assert muniment("reconcile").out == "Every branch has one head\n"


def test_three_heads_are_merged_by_two_commits(muniment, apart, folder):
    """Both are told, the last with what it changed."""
    apart.write("limits", 1)
    apart.commit("ours")
    with apart.transaction("more", branch="apart", worktree=False) as tx:
        tx.write("more", 1)
    apart.branches.create("third", "HEAD~1")
    with apart.transaction("third", branch="third") as tx:
        tx.write("third", 1)
    for branch in ("apart", "third"):
        (folder / ".muniment/refs/heads/main" / apart.at(branch).commit.id).touch()
    first, last = muniment("reconcile").out.splitlines()[:2]
    made = apart.at("HEAD").commit
    assert last[6:18] == made.id[:12]
    assert apart.at(first[6:18]).commit.id in made.parents


def test_heads_that_disagree_wait(muniment, diverged):
    """As a merge does, and `status` tells of it then."""
    answer = muniment("reconcile")
    assert (answer.code, "1 conflict: the merge waits." in answer.out) == (ExitCode.NO, True)
    assert "A reconcile into main is under way" in muniment("status").out
    muniment("resolve", "limits", "--take", "40")
    assert muniment("merge", "--continue").code == 0
    assert diverged.read("limits")["max"] == 40


def test_reconciling_is_told_to_programs(muniment, diverged):
    """The shape of a merge, and the operations that were done."""
    told = muniment("reconcile", "--json").json
    assert (told["result"], told["branch"], told["operations"]) == ("conflicted", "main", [])
    muniment("resolve", "--all", "--take", "theirs")
    muniment("merge", "--continue")
    told = muniment("reconcile", "--json").json
    assert (told["result"], told["operations"]) == ("up-to-date", [])


def test_a_head_without_its_history_is_dropped_when_asked_to(muniment, store, folder):
    """Its error says how, and the answer names the head."""
    alien = "ab" * 32
    (folder / ".muniment/refs/heads/main" / alien).touch()
    refused = muniment("reconcile")
    assert (refused.code, "--drop-incomplete" in refused.err) == (ExitCode.CORRUPT, True)
    assert muniment("reconcile", "--drop-incomplete").out == (
        f"Dropped {alien[:12]}, a head of main\nEvery branch has one head\n"
    )
    (folder / ".muniment/refs/heads/main" / alien).touch()
    [operation] = muniment("reconcile", "--drop-incomplete", "--json").json["operations"]
    assert operation["heads"] == [{"branch": "main", "expected": alien, "new": None}]


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("merge",), ExitCode.USAGE, "UsageError"),
        (("merge", "side", "--abort"), ExitCode.USAGE, "UsageError"),
        (("merge", "--continue", "--abort"), ExitCode.USAGE, "UsageError"),
        (("merge", "--continue", "--dry-run"), ExitCode.USAGE, "UsageError"),
        (("merge", "--continue", "--into", "side"), ExitCode.USAGE, "UsageError"),
        (("merge", "--abort", "--prefer", "ours"), ExitCode.USAGE, "UsageError"),
        (("merge", "--abort", "-m", "why"), ExitCode.USAGE, "UsageError"),
        (("merge", "--abort", "--author", "Eve <eve@example.org>"), ExitCode.USAGE, "UsageError"),
        (("merge", "side", "-m", " "), ExitCode.USAGE, "BadParameter"),
        (("merge", "side", "--prefer", "mine"), ExitCode.USAGE, "BadParameter"),
        (("merge", "nope"), ExitCode.NOT_FOUND, "RevisionNotFoundError"),
        (("merge", "side", "--into", "nope"), ExitCode.NOT_FOUND, "BranchNotFoundError"),
        (("merge", "side", "--into", "a~b"), ExitCode.INVALID, "InvalidNameError"),
        (("merge", "side", "--author", "Eve\nEve"), ExitCode.INVALID, "InvalidNameError"),
        (("merge", "--continue"), ExitCode.NO, "NoMergeError"),
        (("merge", "--abort"), ExitCode.NO, "NoMergeError"),
        (("revert", "nope"), ExitCode.NOT_FOUND, "RevisionNotFoundError"),
        (("revert", "HEAD", "--parent", "2"), ExitCode.INVALID, "InvalidValueError"),
        (("revert",), ExitCode.USAGE, "MissingParameter"),
        (("cherry-pick", "side", "--parent", "0"), ExitCode.INVALID, "InvalidValueError"),
        (("cherry-pick", "nope"), ExitCode.NOT_FOUND, "RevisionNotFoundError"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(muniment, sides, arguments, code, error):
    """Each fault has its code and its name."""
    before = everything(sides)
    answer = muniment("--json", *arguments)
    fields = json.loads(answer.err)
    assert (answer.code, answer.out, fields["error"], fields["exit_code"]) == (code, "", error, code)
    assert muniment(*arguments).err.count("\n") == 1
    assert everything(sides) == before


@pytest.mark.parametrize("arguments", [("merge", "side"), ("cherry-pick", "side"), ("revert", "HEAD")])
def test_edits_that_no_commit_holds_are_never_overwritten(muniment, sides, arguments):
    """They are in the way, and it says what to do."""
    sides.write("limits", 1)
    before = everything(sides)
    answer = muniment(*arguments)
    assert (answer.code, answer.out) == (ExitCode.RETRY, "")
    assert "limits: uncommitted edits would be lost; commit or restore them first" in answer.err
    assert everything(sides) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("merge", "side"),
        ("cherry-pick", "side"),
        ("revert", "HEAD"),
        ("reconcile",),
        ("commit", "-m", "why"),
        ("switch", "side"),
        ("undo",),
        ("redo",),
    ],
)
def test_a_merge_that_waits_is_ended_first(muniment, sides, arguments):
    """Nothing else moves heads meanwhile; both ways to end it are named, and no retrying helps."""
    muniment("merge", "side")
    before = everything(sides)
    answer = muniment(*arguments)
    assert (answer.code, answer.out, answer.err.count("\n")) == (ExitCode.NO, "", 1)
    assert "muniment merge --continue" in answer.err
    assert "muniment merge --abort" in answer.err
    assert everything(sides) == before


@pytest.fixture
def alien(folder):
    """The id of a commit of another store, once its objects lie in the one here: give it that one's folder."""

    def bring(here):
        with Store.init(folder.parent / "other", author="Eve <eve@example.org>") as other:
            other.write("elsewhere", 1)
            made = other.commit("elsewhere").id
        for path in (folder.parent / "other/.muniment/objects").glob("*/*"):
            target = here / ".muniment/objects" / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
        return made

    return bring


def test_unrelated_histories_are_merged_when_asked_to(muniment, store, folder, alien):
    """A commit that has nothing in common is refused, and the option named."""
    commit = alien(folder)
    before = everything(store)
    answer = muniment("merge", commit)
    assert (answer.code, "--allow-unrelated" in answer.err) == (ExitCode.NO, True)
    assert everything(store) == before
    assert muniment("merge", commit, "--allow-unrelated").code == 0
    assert store.read("elsewhere") == 1


def test_a_branch_before_its_first_commit_gets_all(muniment, folder, alien):
    """It is moved to the commit, and each document is new there."""
    muniment("init")
    commit = alien(folder)
    assert muniment("merge", commit).out == f"[main {commit[:12]}] elsewhere  (fast-forward)\n  + elsewhere\n"


def test_a_merge_needs_an_author(muniment, sides, monkeypatch):
    """As everything that commits."""
    monkeypatch.delenv("MUNIMENT_AUTHOR")
    monkeypatch.setenv("PATH", "")
    for arguments in (("merge", "side"), ("revert", "HEAD"), ("cherry-pick", "side")):
        assert muniment(*arguments).code == ExitCode.USAGE
    assert muniment("revert", "HEAD", "--author", "Eve <eve@example.org>").code == 0


def test_what_the_store_holds_cannot_steer_the_terminal(muniment, store):
    """Names of places and values are anybody's text."""
    store.branches.create("wild")
    for branch, value in (("wild", "\x1b[2J"), ("main", "\u202e" * 200)):
        with store.transaction("\x07", branch=branch) as tx:
            tx.write("limits", {"\x1b[2J": value})
    shown = muniment("merge", "wild").out + muniment("status").out + muniment("conflicts").out
    assert not {"\x1b", "\u202e", "\x07"} & set(shown)
    assert max(map(len, shown.splitlines())) < 240


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("muniment merge si", ["side"]),
        ("muniment merge main --into si", ["side"]),
        ("muniment revert HEA", ["HEAD", "HEAD~1"]),
        ("muniment cherry-pick si", ["side"]),
        ("muniment merge side --prefer o", ["ours"]),
    ],
)
def test_branches_and_revisions_are_completed(muniment, sides, monkeypatch, words, offered):
    """Wherever one stands."""
    monkeypatch.setenv("_MUNIMENT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    assert [line.partition(",")[2] for line in muniment().out.splitlines() if line] == offered
