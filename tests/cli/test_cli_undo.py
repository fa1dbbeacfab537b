"""The commands on operations: operations, undo, redo."""

import json

import pytest

from muniment.cli.exit_code import ExitCode


def heads(store):
    """Where the branches stand, and what the documents are."""
    return {one.name: one.heads for one in store.branches.list()}, {name: store.read(name) for name in store.names()}


def test_operations_are_listed_newest_first(muniment, store):
    """Id, time, verb, author, message; the verbs and authors in columns."""
    muniment("branch", "side")
    newest, second, first = store.operations()
    shown = muniment("operations").out.splitlines()
    assert [line[:12] for line in shown] == [newest.id[:12], second.id[:12], first.id[:12]]
    assert [line[32:] for line in shown] == [
        "branch  Ada  make side",
        "commit  Ada  the second",
        "commit  Ada  the first",
    ]
    assert len(muniment("operations", "-n", "1").out.splitlines()) == 1


def test_programs_get_a_line_for_each_operation(muniment, store):
    """With what it moved, and whether it was undone."""
    muniment("tag", "v1")
    muniment("undo")
    undo, tag, *_ = muniment("operations", "--json").lines
    assert (undo["verb"], undo["undoes"], undo["undone"]) == ("undo", tag["id"], False)
    assert (tag["verb"], tag["undone"], tag["tags"][0]["tag"], tag["tags"][0]["before"]) == ("tag", True, "v1", None)
    commit = muniment("operations", "--json").lines[2]
    assert commit["heads"] == [
        {"branch": "main", "expected": store.at("HEAD~1").commit.id, "new": store.at("HEAD").commit.id}
    ]


def test_what_was_undone_is_marked(muniment, store):
    """Not any more when it was made again, be it by undoing the undo; lines that undo and redo never are."""
    muniment("branch", "side")
    made = store.operations(1)[0].id[:12]

    def marked():
        return {line[:12] for line in muniment("operations").out.splitlines() if line.endswith("  (undone)")}

    muniment("undo")
    assert marked() == {made}
    muniment("redo")
    assert marked() == set()
    muniment("undo")
    assert marked() == {made}
    muniment("undo", store.operations(1)[0].id)
    assert marked() == set()


def test_nothing_done_is_told(muniment, folder):
    """On standard error, as a log without commits is."""
    muniment("init")
    answer = muniment("operations")
    assert (answer.code, answer.out, answer.err) == (0, "", "Nothing was done in this copy yet\n")
    assert muniment("operations", "--json").out == ""


def test_a_commit_is_undone_and_made_again(muniment, store):
    """The branch is as before; the files, which it recorded as they stood, stay, and that is told."""
    first, second = store.at("HEAD~1").commit.id[:12], store.at("HEAD").commit.id[:12]
    operation = store.operations(1)[0].id[:12]
    answer = muniment("undo")
    assert answer.out == (
        f"Undid {operation}  commit  the second\n  main is at {first}  the first\n"
        "  The files stay as they are: `muniment status` tells what differs\n"
    )
    assert store.status().added == ("services/web",)
    assert muniment("redo").out == (
        f"Made again {operation}  commit  the second\n  main is at {second}  the second\n"
        "  The files stay as they are: `muniment status` tells what differs\n"
    )
    assert store.status().clean


def test_the_files_that_an_operation_replaced_follow(muniment, sides):
    """Each is told."""
    muniment("merge", "side", "--prefer", "ours")
    answer = muniment("undo")
    assert answer.out.splitlines()[1:] == [f"  main is at {sides.at('HEAD').commit.id[:12]}  ours", "  - features"]
    told = muniment("redo", "--json").json
    assert (told["changes"], told["operation"]["verb"]) == ([{"name": "features", "change": "added"}], "redo")
    assert (told["target"]["verb"], told["branch"]["head"]) == ("merge", sides.at("HEAD").commit.id)


def test_a_deleted_branch_comes_back(muniment, sides):
    """With its head; and a made one goes."""
    head = sides.at("side").commit.id[:12]
    muniment("branch", "-d", "side")
    assert muniment("undo").out.splitlines()[1:] == [f"  side is at {head}  theirs"]
    assert muniment("redo").out.splitlines()[1:] == ["  side is gone"]


def test_a_tag_goes_and_comes_back(muniment, store):
    """As branches do."""
    muniment("tag", "v1")
    assert muniment("undo").out.splitlines()[1:] == ["  tag v1 is gone"]
    assert muniment("redo").out.splitlines()[1:] == ["  tag v1 is there again"]


def test_a_switch_is_undone(muniment, sides):
    """What is checked out is told, and which documents changed."""
    muniment("switch", "side")
    answer = muniment("undo")
    assert answer.out.splitlines()[1:] == ["  On main", "  - features", "  ~ limits"]
    assert sides.branch == "main"


def test_the_first_commit_is_undone(muniment, folder):
    """The branch is before it then."""
    muniment("init")
    muniment("set", "limits", "", "1")
    muniment("commit", "-m", "the first")
    assert muniment("undo").out.splitlines()[1] == "  main is before its first commit"


def test_a_reconciliation_is_undone(muniment, sides, folder):
    """The heads are all there again, and told."""
    ours, theirs = sides.at("main").commit.id, sides.at("side").commit.id
    with sides.transaction("the same", branch="side") as tx:
        tx.write("limits", sides.at("main")["limits"])
    theirs = sides.at("side").commit.id
    (folder / ".muniment/refs/heads/main" / theirs).touch()
    muniment("reconcile")
    shown = muniment("undo").out.splitlines()[1:]
    assert sorted(line.split()[3] for line in shown if line.startswith("  main is at")) == sorted(
        [ours[:12], theirs[:12]]
    )
    assert muniment("redo", "--json").code == 0


def test_an_older_operation_is_taken_out_by_a_commit(muniment, sides):
    """Where the branch went on since; what came later stays."""
    operation = sides.operations(1)[0].id
    sides.write("later", 1)
    sides.commit("later")
    answer = muniment("undo", operation[:12], "--author", "Eve <eve@example.org>")
    made = sides.at("HEAD").commit
    assert answer.out == (
        f"Undid {operation[:12]}  commit  ours\n  main is at {made.id[:12]}  undo: ours\n  ~ limits\n"
    )
    assert (made.author, sides.read("later"), sides.read("limits")["max"]) == ("Eve <eve@example.org>", 1, 20)


def test_undo_tells_programs_all(muniment, store):
    """What was done, what it took back, where one is now."""
    told = muniment("undo", "--json").json
    assert (told["operation"]["undoes"], told["target"]["message"]) == (told["target"]["id"], "the second")
    assert (told["branch"]["name"], told["branch"]["head"]) == ("main", store.at("HEAD").commit.id)
    assert told["changes"] == []


def test_who_undid_is_recorded(muniment, store, monkeypatch):
    """Where it is known; it need not be."""
    muniment("undo", "--author", "Eve <eve@example.org>")
    assert store.operations(1)[0].author == "Eve <eve@example.org>"
    muniment("redo")
    assert store.operations(1)[0].author == "Ada <ada@example.org>"
    monkeypatch.delenv("MUNIMENT_AUTHOR")
    monkeypatch.setenv("PATH", "")
    assert muniment("undo").code == 0
    assert store.operations(1)[0].author == ""
    assert muniment("operations").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("redo",), ExitCode.NO, "UndoError"),
        (("undo", "abcdef"), ExitCode.NO, "UndoError"),
        (("undo", "a"), ExitCode.NO, "UndoError"),
        (("undo", ""), ExitCode.NO, "UndoError"),
        (("undo", "--author", "Eve\nEve"), ExitCode.INVALID, "InvalidNameError"),
        (("redo", "too", "much"), ExitCode.USAGE, "UsageError"),
        (("operations", "-n", "-1"), ExitCode.USAGE, "BadParameter"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(muniment, sides, arguments, code, error):
    """Each fault has its code and its name."""
    before = heads(sides)
    answer = muniment("--json", *arguments)
    fields = json.loads(answer.err)
    assert (answer.code, answer.out, fields["error"]) == (code, "", error)
    assert muniment(*arguments).err.count("\n") == 1
    assert heads(sides) == before


def test_nothing_to_undo_is_told(muniment, folder):
    """In a store in which nothing was done."""
    muniment("init")
    answer = muniment("undo")
    assert (answer.code, answer.err) == (
        ExitCode.NO,
        (
            "muniment: there is nothing to undo: nothing was done in this copy yet; "
            "`muniment operations` lists what was done\n"
        ),
    )


def test_an_undo_that_disagrees_with_what_came_later_is_refused(muniment, sides):
    """It says how to settle it, and with --json what disagrees."""
    operation = sides.operations(1)[0].id
    sides.write("limits", {"max": 50, "names": ["b"]})
    sides.commit("later")
    before = heads(sides)
    answer = muniment("undo", operation)
    assert (answer.code, answer.out) == (ExitCode.NO, "")
    assert "limits /max: in conflict; later commits changed the same: revert it" in answer.err
    fields = json.loads(muniment("undo", operation, "--json").err)
    assert (fields["error"], fields["conflicts"][0]["ours"]) == ("MergeConflictError", 50)
    assert heads(sides) == before


def test_messages_cannot_steer_the_terminal(muniment, store):
    """The operation log keeps anybody's words."""
    store.commit("wipe \x1b[2J\u202e\nthe screen", allow_empty=True)
    shown = muniment("operations").out + muniment("undo").out
    assert not {"\x1b", "\u202e"} & set(shown)


def test_operations_are_completed(muniment, store, monkeypatch):
    """By the ids that `muniment operations` shows."""
    newest = store.operations(1)[0].id[:12]
    monkeypatch.setenv("_MUNIMENT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", f"muniment undo {newest[:6]}")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert f"plain,{newest}" in muniment().out
    monkeypatch.setenv("COMP_WORDS", "muniment --store nowhere undo a")
    monkeypatch.setenv("COMP_CWORD", "4")
    assert "plain" not in muniment().out
