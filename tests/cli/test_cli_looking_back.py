"""The commands that look back: log, history; and the picture that `log --graph` draws."""

from datetime import datetime

import pytest

from muniment.cli import graph


def test_log_has_a_line_for_each_commit(muniment, store):
    """Newest first: short id, time, author, message; the branch stands at its head."""
    second, first = store.log()
    lines = muniment("log").out.splitlines()
    assert [line.split()[0] for line in lines] == [second.id[:12], first.id[:12]]
    assert lines[0].endswith("  Ada  (main) the second")
    assert lines[1].endswith("  Ada  the first")


def test_log_in_json_lines(muniment, store):
    """With `--json` a line is a whole commit, its time in UTC."""
    commits = store.log()
    lines = muniment("log", "--json").lines
    assert [(line["id"], line["message"], line["parents"]) for line in lines] == [
        (commit.id, commit.message, list(commit.parents)) for commit in commits
    ]
    assert datetime.fromisoformat(lines[0]["time"]) == commits[0].time


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (("services/web",), ["the second"]),
        (("limits",), ["the second", "the first"]),
        (("-n", "1"), ["the second"]),
        (("-n", "0"), []),
        (("--at", "HEAD~1"), ["the first"]),
        (("--since", "2999-01-01T00:00:00Z"), []),
        (("--until", "2999-01-01T00:00:00Z"), ["the second", "the first"]),
    ],
)
def test_log_leaves_out(muniment, store, arguments, messages):
    """A document, a number, a revision and moments say which commits."""
    assert [line["message"] for line in muniment("log", "--json", *arguments).lines] == messages


def test_log_of_a_new_store(muniment):
    """No commits are no error, and no output for a program."""
    muniment("init")
    answer = muniment("log")
    assert (answer.code, answer.out, answer.err) == (0, "", "no commits here\n")
    assert muniment("log", "--json").err == ""


def test_history_tells_what_happened_to_a_document(muniment, store):
    """Each version with its commit, newest first; deleted ones have no content."""
    store.delete("limits")
    store.commit("away with it")
    lines = muniment("history", "limits").out.splitlines()
    assert [line.split()[0] for line in lines] == ["deleted", "updated", "created"]
    told = muniment("history", "limits", "--json").lines
    assert [line["change"] for line in told] == ["deleted", "updated", "created"]
    assert [line["blob"] is None for line in told] == [True, False, False]
    assert told[0]["commit"]["message"] == "away with it"
    assert muniment("history", "nope").code == 3


def test_graph_of_the_log(muniment, store):
    """Commits in a row are drawn one below the other."""
    assert [line[:2] for line in muniment("log", "--graph").out.splitlines()] == ["* ", "* "]


@pytest.mark.parametrize(
    ("commits", "picture"),
    [
        # c - b - a
        ([("c", "b"), ("b", "a"), ("a", "")], ["* c", "* b", "* a"]),
        # m merges b into c, which both follow a
        ([("m", "cb"), ("c", "a"), ("b", "a"), ("a", "")], ["* m", "|\\", "* | c", "| * b", "|/", "* a"]),
        # x and y both follow a: two heads
        ([("y", "a"), ("x", "a"), ("a", "")], ["* y", "| * x", "|/", "* a"]),
        # the line of z crosses that of y on its way to a
        (
            [("z", "a"), ("y", "b"), ("x", "a"), ("a", "b"), ("b", "")],
            ["* z", "| * y", "| | * x", "|_|/", "* | a", "|/", "* b"],
        ),
        # m has three parents
        (
            [("m", "abc"), ("a", "r"), ("b", "r"), ("c", "r"), ("r", "")],
            ["* m", "|\\", "|\\ \\", "* | | a", "| * | b", "| | * c", "|_|/", "|/", "* r"],
        ),
        # the list stops before the parents
        ([("c", "b")], ["* c"]),
    ],
)
def test_graph_draws_each_shape(commits, picture):
    """A line for each parent, joined where they lead to the same commit."""
    assert [(drawn + commit).rstrip() for drawn, commit in graph.draw(commits)] == picture
