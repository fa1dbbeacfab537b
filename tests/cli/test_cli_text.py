"""How it looks: colours on terminals alone, and nothing that could steer the terminal."""

import io
import sys

import pytest

from muniment.cli import output

ESCAPE = "\x1b"


@pytest.fixture
def changed(store):
    """A store with an edit to show."""
    store.write("limits", {"max": 30, "names": ["a"]})
    return store


PAINTED = [("diff",), ("log",), ("status",), ("show",), ("history", "limits"), ("blame", "limits"), ("verify",)]


@pytest.mark.parametrize("arguments", PAINTED)
def test_colour_is_for_terminals(muniment, changed, arguments):
    """On a terminal there is colour, in a pipe there is none, and the text is the same."""
    painted, plain = muniment(*arguments, color=True), muniment(*arguments)
    assert ESCAPE in painted.out
    assert ESCAPE not in plain.out
    import click

    assert click.unstyle(painted.out) == plain.out


@pytest.mark.parametrize(("variable", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_can_be_refused(muniment, changed, monkeypatch, variable, value):
    """NO_COLOR, and a terminal that has none, are respected."""
    monkeypatch.setenv(variable, value)
    assert ESCAPE not in muniment("diff", color=True).out


def test_json_has_no_colour(muniment, changed):
    """What programs read is never painted."""
    assert ESCAPE not in muniment("diff", "--json", color=True).out
    assert ESCAPE not in muniment("get", "nope", "--json", color=True).err


def test_stored_text_cannot_steer_the_terminal(muniment, changed):
    """Control characters out of documents, messages and names are written out, not sent."""
    changed.write("limits", {"max": f"{ESCAPE}[2J\u202e\x07", "\x9b2J": 1})
    changed.commit(f"wipe {ESCAPE}[2J\nthe \u2028 screen")
    for arguments in (("log",), ("show",), ("diff", "HEAD~1"), ("get", f"{ESCAPE}x")):
        answer = muniment(*arguments, color=False)
        shown = answer.out + answer.err
        assert not [character for character in shown if character in f"{ESCAPE}\u202e\x07\x9b\u2028"]
        assert "\\x1b" in shown or "\\u001b" in shown


def test_a_message_of_many_lines_is_one_in_the_log(muniment, changed):
    """The log shows the first line, `show` all."""
    changed.commit("subject\n\nbody\tof it")
    assert muniment("log", "-n", "1").out.endswith("subject\n")
    assert "    subject\n    \n    body" in muniment("show").out


@pytest.mark.parametrize(("encoding", "text"), [("ascii", "a -> b \\u4e2d"), ("utf-8", "a → b 中")])
def test_a_stream_that_cannot_show_it_gets_it_plainer(monkeypatch, encoding, text):
    """Characters that a stream has no bytes for are never an error."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    output.prepare_streams()
    stream.write("a → b 中")
    stream.seek(0)
    assert stream.read() == text


def test_file_names_that_are_no_text_are_shown(muniment, store, folder):
    """A file name of other bytes than UTF-8 is listed as invalid, also in JSON."""
    try:
        (folder / "b\udcffd.json").write_text("1")
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    assert "! b\\udcffd: " in muniment("status").out
    assert muniment("status", "--json").json["invalid"] == ["b\\udcffd"]
