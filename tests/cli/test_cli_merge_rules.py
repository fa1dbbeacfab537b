"""The command on merge rules."""

import pytest

from muniment import MergeRules
from muniment.cli.exit_code import ExitCode

DECLARED = ("--names", "forms/*", "--key", "/b=id", "--strategy", "/seen=max", "--strategy", "=none")
FORMS = ("merge-rules", "forms", *DECLARED)
TOLD = "forms  forms/*\n    /b: items by id\n    /seen: max\n    the whole: none\n"
SHAPE = {
    "name": "forms",
    "names": ["forms/*"],
    "keys": [["/b", "id"]],
    "strategies": [["/seen", "max"], ["", None]],
}


def test_a_set_is_declared_listed_and_withdrawn(muniment, store):
    """As people read it; and Python goes by it."""
    assert muniment("merge-rules").out.startswith("No merge rules here")
    assert muniment(*FORMS).out == TOLD
    assert muniment("merge-rules").out == TOLD
    assert store.merge_rules.list() == (
        MergeRules("forms", names="forms/*", keys={"/b": "id"}, strategies={"/seen": "max", "": None}),
    )
    assert muniment("merge-rules", "-d", "forms").out == "forms is out of force\n"
    assert store.merge_rules.list() == ()


def test_json_keeps_the_order_of_places(muniment, store):
    """Which counts, so `keys` and `strategies` are lists."""
    assert muniment("merge-rules", "--json").json == []
    assert muniment(*FORMS, "--json").json == SHAPE
    assert muniment("merge-rules", "--json").json == [SHAPE]
    assert muniment("merge-rules", "--delete", "forms", "--json").json == {"deleted": "forms"}


def test_a_function_of_a_program_is_none_here(muniment, store):
    """The command line cannot know it."""
    store.merge_rules.declare(MergeRules("a", names=["a", "b"], strategies={"/x": max}))
    assert muniment("merge-rules").out == "a  a, b\n    /x: none\n"


def test_a_set_is_replaced_as_a_whole(muniment, store):
    """Nothing of the old one stays; a place may have an equals sign in it."""
    muniment(*FORMS)
    muniment("merge-rules", "forms", "--names", "a", "--names", "b", "--strategy", "/a=b=min")
    assert muniment("merge-rules").out == "forms  a, b\n    /a=b: min\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["forms"],
        ["forms", "--names", "a"],
        ["forms", "--key", "/a=id"],
        ["--names", "a"],
        ["--strategy", "/a=max"],
        ["forms", "-d", "forms"],
        ["-d", "forms", "--key", "/a=id"],
        ["forms", "--names", "a", "--key", "/a"],
        ["forms", "--names", "a", "--key", "/a="],
    ],
)
def test_what_cannot_be_meant_is_a_wrong_call(muniment, store, arguments):
    """Half of a declaration, two things at once, a pair that is none; nothing is written."""
    answer = muniment("merge-rules", *arguments)
    assert answer.code == ExitCode.USAGE
    assert store.merge_rules.list() == ()


@pytest.mark.parametrize(
    "arguments",
    [
        ["a/b", "--names", "a", "--key", "/a=id"],
        ["a", "--names", "***", "--key", "/a=id"],
        ["a", "--names", "a", "--key", "a=id"],
        ["a", "--names", "a", "--strategy", "/a=newest"],
        ["-d", "forms"],
    ],
)
def test_what_no_rules_can_be_is_refused(muniment, store, arguments):
    """A name, a pattern, a place, a strategy; and what is not there cannot go."""
    answer = muniment("merge-rules", *arguments)
    assert answer.code == ExitCode.INVALID
    assert "internal" not in answer.err


def test_hostile_names_do_not_reach_the_terminal(muniment, store):
    """Places and fields are anybody's text."""
    store.merge_rules.declare(MergeRules("a", names="a", keys={"/\x1b[2J": "\u202e"}))
    out = muniment("merge-rules").out
    assert not {"\x1b", "\u202e"} & set(out)


def test_names_of_sets_are_completed(muniment, store, monkeypatch):
    """Where one is to be replaced or put out of force."""
    muniment(*FORMS)
    monkeypatch.setenv("_MUNIMENT_COMPLETE", "bash_complete")
    for words in ("muniment merge-rules fo", "muniment merge-rules -d fo"):
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
        assert "plain,forms" in muniment().out
