"""The commands that give names and words to commits later: tag and note."""

import json

import pytest

from muniment.cli.exit_code import ExitCode

HOSTILE = "wipe \x1b[2J\u202e\x07\x9bthe\u2028screen"
STEERING = "\x1b\u202e\x07\x9b\u2028"


def test_a_tag_names_the_last_commit_or_another(muniment, store):
    """It is told what the name means; and the name is a revision from then on."""
    head, first = store.at("HEAD").commit.id, store.at("HEAD~1").commit.id
    assert muniment("tag", "v2").out == f"v2 is {head[:12]}  the second\n"
    told = muniment("tag", "v1", "HEAD~1", "-m", "as delivered", "--json").json
    assert (told["name"], told["target"], told["message"]) == ("v1", first, "as delivered")
    assert told["author"] == "Ada <ada@example.org>"
    assert muniment("get", "limits", "/max", "--at", "v1").out == "10\n"


def test_tags_are_listed(muniment, store):
    """By name, each with its commit and the first line of why."""
    store.tags.create("v2")
    store.tags.create("older", "HEAD~1", "as delivered\n\non a Monday")
    head, first = store.at("HEAD").commit.id, store.at("HEAD~1").commit.id
    assert muniment("tag").out == f"older  {first[:12]}  as delivered\nv2     {head[:12]}\n"
    told = muniment("tag", "--json").json
    assert [(one["name"], one["target"]) for one in told] == [("older", first), ("v2", head)]


def test_no_tags_and_no_notes(muniment, store):
    """People are told so; programs get an empty list."""
    assert muniment("tag").out.startswith("No tags here")
    assert muniment("note", "HEAD").out == "No notes here\n"
    assert muniment("tag", "--json").json == muniment("note", "HEAD", "--json").json == []


def test_a_tag_is_deleted(muniment, store):
    """Its commit, which is told, stays."""
    head = store.at("HEAD").commit.id
    store.tags.create("v1")
    assert muniment("tag", "-d", "v1").out == f"Deleted v1, which was {head[:12]}\n"
    store.tags.create("v1")
    assert muniment("tag", "--delete", "v1", "--json").json == {"deleted": "v1", "targets": [head]}
    assert store.tags.list() == ()


def test_history_tells_the_tags_of_a_version(muniment, store):
    """A tag stands behind the version that its commit holds."""
    store.tags.create("v1", "HEAD~1")
    newer, older = muniment("history", "limits").out.splitlines()
    assert older.endswith("the first  (v1)")
    assert newer.endswith("the second")
    assert [line["tags"] for line in muniment("history", "limits", "--json").lines] == [[], ["v1"]]


def test_notes_are_added_and_listed(muniment, store):
    """To a commit, or to one document of it; oldest first, and those of one document where it is named."""
    head = store.at("HEAD").commit.id
    assert muniment("note", "HEAD", "approved\nby Ben").out == f"Noted on {head[:12]}\n"
    assert muniment("note", "HEAD", "too high", "--on", "limits").out == f"Noted on {head[:12]} limits\n"
    shown = muniment("note", "main").out.splitlines()
    assert [line.strip() for line in shown if line.startswith("    ")] == ["approved", "by Ben", "too high"]
    assert shown[0].startswith(f"{head[:12]}  ")
    assert shown[0].endswith("  Ada")
    told = muniment("note", "HEAD", "--json").json
    assert [(one["name"], one["text"], one["commit"]) for one in told] == [
        (None, "approved\nby Ben", head),
        ("limits", "too high", head),
    ]
    assert [one["text"] for one in muniment("note", "HEAD", "--on", "limits", "--json").json] == ["too high"]
    assert muniment("note", "HEAD~1", "--json").json == []


def test_author_of_tag_and_note(muniment, store):
    """`--author` is stronger than the environment, as for commits."""
    eve = ("--author", "Eve <eve@example.org>", "--json")
    assert muniment("tag", "v1", *eve).json["author"] == "Eve <eve@example.org>"
    assert muniment("note", "v1", "seen", *eve).json["author"] == "Eve <eve@example.org>"


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("tag", "v1"), ExitCode.NO, "TagExistsError"),
        (("tag", "v2", "nope"), ExitCode.NOT_FOUND, "RevisionNotFoundError"),
        (("tag", "-d", "nope"), ExitCode.NOT_FOUND, "TagNotFoundError"),
        (("note", "nope", "text"), ExitCode.NOT_FOUND, "RevisionNotFoundError"),
        (("note", "nope"), ExitCode.NOT_FOUND, "RevisionNotFoundError"),
        (("note", "HEAD", "text", "--on", "nope"), ExitCode.NOT_FOUND, "DocumentNotFoundError"),
        (("tag", "main"), ExitCode.INVALID, "InvalidNameError"),
        (("tag", "a~b"), ExitCode.INVALID, "InvalidNameError"),
        (("branch", "v1"), ExitCode.INVALID, "InvalidNameError"),
        (("note", "HEAD", " "), ExitCode.INVALID, "InvalidValueError"),
        (("tag", "v2", "-d", "v1"), ExitCode.USAGE, "UsageError"),
        (("tag", "-m", "why"), ExitCode.USAGE, "UsageError"),
        (("tag", "v2", "-m", " "), ExitCode.USAGE, "BadParameter"),
        (("note",), ExitCode.USAGE, "MissingParameter"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(muniment, store, arguments, code, error):
    """Each fault has its code and its name, and no tag or note comes or goes by it."""
    store.tags.create("v1")
    before = store.tags.list(), store.notes.list(), store.branches.list()
    answer = muniment("--json", *arguments)
    assert (answer.code, answer.out, json.loads(answer.err)["error"]) == (code, "", error)
    assert (store.tags.list(), store.notes.list(), store.branches.list()) == before


def test_stored_words_cannot_steer_the_terminal(muniment, store):
    """Control characters out of tags and notes are written out; JSON has all of them."""
    store.tags.create("v1", message=HOSTILE)
    store.notes.add("HEAD", HOSTILE)
    for arguments in (("tag",), ("note", "HEAD")):
        shown = muniment(*arguments).out
        assert "\\x1b[2J\\u202e" in shown
        assert not [character for character in shown if character in STEERING]
    assert muniment("note", "HEAD", "--json").json[0]["text"] == HOSTILE


@pytest.mark.parametrize("words", ["muniment tag -d v", "muniment get limits --at v", "muniment note v"])
def test_tags_are_completed(muniment, store, monkeypatch, words):
    """Wherever a tag or a revision stands, the shell offers the tags."""
    store.tags.create("v1")
    monkeypatch.setenv("_MUNIMENT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    answer = muniment()
    assert (answer.code, answer.err) == (0, "")
    assert [line.partition(",")[2] for line in answer.out.splitlines() if line] == ["v1"]
