"""The commands on branches: branch, switch, compare."""

import json

import pytest

from muniment.cli.exit_code import ExitCode

HOSTILE = "wipe \x1b[2J\u202e\x07\x9bthe\u2028screen\nand more"


@pytest.fixture
def darker(store):
    """The store of two commits, and a branch `darker` that begins at the first and has one of its own since."""
    store.branches.create("darker", "HEAD~1", "try a dark mode")
    with store.transaction("dark mode", branch="darker") as tx:
        tx.write("features", {"dark": True})
        tx.write("limits", {"max": 5})
    return store


def test_branches_are_listed(muniment, darker):
    """By name, the one that is checked out marked, each with its head and what it is for."""
    heads = {one.name: one.head for one in darker.branches.list()}
    listed = f"  darker  {heads['darker'][:12]}  try a dark mode\n* main    {heads['main'][:12]}\n"
    assert muniment("branch").out == listed
    assert "\x1b[2mtry a dark mode" in muniment("branch", color=True).out
    told = muniment("branch", "--json").json
    assert [(one["name"], one["head"], one["is_checked_out"]) for one in told] == [
        ("darker", heads["darker"], False),
        ("main", heads["main"], True),
    ]
    assert (told[0]["description"], told[0]["heads"]) == ("try a dark mode", [heads["darker"]])


def test_the_branch_of_a_new_store_is_listed(muniment, folder):
    """It is there before its first commit, without a head."""
    muniment("init")
    assert muniment("branch").out == "* main  before its first commit\n"
    [told] = muniment("branch", "--json").json
    assert (told["name"], told["head"], told["heads"]) == ("main", None, [])


def test_a_diverged_branch_is_listed_with_its_heads(muniment, darker, folder):
    """Nobody can tell at which of several heads it stands: all are shown."""
    other = darker.at("HEAD").commit.id
    (folder / ".muniment/refs/heads/darker" / other).touch()
    shown = muniment("branch").out.splitlines()[0]
    assert shown.startswith("  darker  diverged: ")
    assert other[:12] in shown
    told = muniment("branch", "--json").json[0]
    assert (told["head"], len(told["heads"])) == (None, 2)


def test_a_branch_begins_at_the_head_or_where_it_is_told(muniment, store):
    """It is made at HEAD, or at a revision, and is not checked out."""
    head, first = store.at("HEAD").commit.id, store.at("HEAD~1").commit.id
    assert muniment("branch", "here").out == f"Made here at {head[:12]}  the second\n"
    told = muniment("branch", "there", "HEAD~1", "--description", "what for", "--json").json
    assert (told["name"], told["head"], told["description"]) == ("there", first, "what for")
    assert store.branch == "main"


def test_a_branch_is_renamed(muniment, darker):
    """With its head and its description; the old name is free."""
    head = darker.at("darker").commit.id
    assert muniment("branch", "-m", "darker", "night").out == f"Renamed darker: it is night at {head[:12]}  dark mode\n"
    told = muniment("branch", "--rename", "night", "dusk", "--json").json
    assert (told["renamed"], told["name"], told["head"]) == ("night", "dusk", head)
    assert next((one.name, one.description) for one in darker.branches.list()) == ("dusk", "try a dark mode")


def test_a_deleted_branch_comes_back_as_the_answer_says(muniment, darker):
    """What is told of a deleted branch is enough to make it again."""
    head = darker.at("darker").commit.id
    answer = muniment("branch", "-d", "darker")
    assert [one.name for one in darker.branches.list()] == ["main"]
    command = answer.out.split("`")[1].split()
    assert muniment(*command[1:], "--json").json["head"] == head
    assert muniment("branch", "--delete", "darker", "--json").json == {"deleted": "darker", "heads": [head]}


def test_switch_tells_what_changed(muniment, darker):
    """The documents are those of the branch, and each that changed is named."""
    head = darker.at("darker").commit.id
    answer = muniment("switch", "darker")
    assert answer.out == f"On darker at {head[:12]}  dark mode\n  + features\n  ~ limits\n  - services/web\n"
    assert darker.read("limits") == {"max": 5}
    told = muniment("switch", "main", "--json").json
    assert (told["name"], told["is_checked_out"]) == ("main", True)
    assert [(one["name"], one["change"]) for one in told["changes"]] == [
        ("features", "removed"),
        ("limits", "changed"),
        ("services/web", "added"),
    ]


def test_switch_goes_to_a_branch_that_has_diverged_and_away(muniment, sides, folder):
    """Its files are those of its newest head; there they can be reconciled."""
    sides.branches.create("other", "HEAD~1")
    (folder / ".muniment/refs/heads/main" / str(sides.at("side").commit.id)).touch()
    away = muniment("switch", "other", "--json").json
    assert {change["name"] for change in away["changes"]} >= {"limits"}
    back = muniment("switch", "main")
    assert (back.code, back.err) == (0, "")
    assert back.out.startswith("On main, diverged: ")
    assert muniment("reconcile").code == ExitCode.NO


def test_switch_to_where_one_is_changes_nothing(muniment, store):
    """Edits stay, and no document is named."""
    store.write("limits", 1)
    told = muniment("switch", "main", "--json")
    assert (told.code, told.json["changes"]) == (0, [])
    assert store.read("limits") == 1


def test_switch_keeps_edits_or_refuses(muniment, darker):
    """An edit of what differs is in the way; one of what is the same on both comes along."""
    darker.write("limits", 1)
    answer = muniment("switch", "darker")
    assert (answer.code, darker.branch, darker.read("limits")) == (ExitCode.RETRY, "main", 1)
    darker.restore(["limits"])
    darker.write("fresh", 1)
    assert muniment("switch", "darker").code == 0
    assert darker.status().added == ("fresh",)


def test_compare_sorts_the_documents(muniment, darker):
    """What only one side has, what both have and not the same, and how many are the same."""
    assert muniment("compare", "main", "darker").out == (
        "Only in main\n  - services/web\n"
        "Only in darker\n  + features\n"
        "In both, not the same\n  ~ limits\n"
        "0 documents are the same in both\n"
    )
    assert muniment("compare", "HEAD~1", "HEAD", "--json").json == {
        "only_a": [],
        "only_b": ["services/web"],
        "changed": ["limits"],
        "identical": 0,
    }
    assert muniment("compare", "main", "HEAD").out == "2 documents are the same in both\n"


def test_who_made_a_branch_is_recorded(muniment, store, folder, monkeypatch):
    """The operation log names who did it, where that is known."""
    monkeypatch.setenv("MUNIMENT_AUTHOR", "Eve <eve@example.org>")
    muniment("branch", "by-eve")
    *_, last = (folder / ".muniment/local/operations.jsonl").read_text(encoding="utf-8").splitlines()
    told = json.loads(last)
    assert (told["verb"], told["author"]) == ("branch", "Eve <eve@example.org>")


def test_branches_need_no_author(muniment, darker, monkeypatch):
    """A branch is no commit: whoever has not said who they are can make one, switch, rename and delete."""
    monkeypatch.delenv("MUNIMENT_AUTHOR")
    monkeypatch.setenv("PATH", "")
    for arguments in (("branch", "a"), ("switch", "darker"), ("branch", "-m", "a", "b"), ("branch", "-d", "b")):
        assert muniment(*arguments).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("branch", "darker"), ExitCode.NO, "BranchExistsError"),
        (("branch", "-m", "darker", "main"), ExitCode.NO, "BranchExistsError"),
        (("branch", "-d", "main"), ExitCode.NO, "BranchInUseError"),
        (("branch", "-d", "nope"), ExitCode.NOT_FOUND, "BranchNotFoundError"),
        (("branch", "-m", "nope", "new"), ExitCode.NOT_FOUND, "BranchNotFoundError"),
        (("branch", "new", "nope"), ExitCode.NOT_FOUND, "RevisionNotFoundError"),
        (("switch", "nope"), ExitCode.NOT_FOUND, "BranchNotFoundError"),
        (("compare", "main", "nope"), ExitCode.NOT_FOUND, "RevisionNotFoundError"),
        (("branch", "a~b"), ExitCode.INVALID, "InvalidNameError"),
        (("branch", ""), ExitCode.INVALID, "InvalidNameError"),
        (("branch", "DARKER"), ExitCode.INVALID, "InvalidNameError"),
        (("branch", "new", "-d", "darker"), ExitCode.USAGE, "UsageError"),
        (("branch", "-m", "darker", "new", "-d", "darker"), ExitCode.USAGE, "UsageError"),
        (("branch", "--description", "what for"), ExitCode.USAGE, "UsageError"),
        (("compare", "main"), ExitCode.USAGE, "MissingParameter"),
        (("switch",), ExitCode.USAGE, "MissingParameter"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(muniment, darker, arguments, code, error):
    """Each fault has its code and its name, and no branch is made, moved or lost by it."""
    before = darker.branches.list()
    answer = muniment("--json", *arguments)
    fields = json.loads(answer.err)
    assert (answer.code, answer.out, fields["error"]) == (code, "", error)
    assert darker.branches.list() == before


def test_descriptions_cannot_steer_the_terminal(muniment, store):
    """A description out of the store is one line, and its control characters are written out; JSON has all of it."""
    store.branches.create("wild", description=HOSTILE)
    shown = muniment("branch").out
    assert shown.count("\n") == 2
    assert not [character for character in shown if character in "\x1b\u202e\x07\x9b\u2028"]
    assert "\\x1b[2J\\u202e" in shown
    assert muniment("branch", "--json").json[1]["description"] == HOSTILE


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("muniment switch da", ["darker"]),
        ("muniment branch -d da", ["darker"]),
        ("muniment branch -m ma", ["main"]),
        ("muniment branch new da", ["darker"]),
        ("muniment compare main da", ["darker"]),
        ("muniment get limits --at da", ["darker"]),
        ("muniment --store nowhere switch da", []),
    ],
)
def test_branches_are_completed(muniment, darker, monkeypatch, words, offered):
    """Wherever a branch or a revision stands, the shell offers the branches; nothing where there is no store."""
    monkeypatch.setenv("_MUNIMENT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    answer = muniment()
    assert (answer.code, answer.err) == (0, "")
    assert [line.partition(",")[2] for line in answer.out.splitlines() if line] == offered
