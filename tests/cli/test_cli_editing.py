"""The command edit: the user's own editor on a copy of a document."""

import json
import shlex
import sys

import click
import pytest


@pytest.fixture
def editor(folder, monkeypatch):
    """Let the editor be a Python program: each time it is called it runs the next of these statements on `text`."""

    def install(*statements: str, variable: str = "EDITOR") -> None:
        script = folder.parent / f"editor of {variable}.py"
        script.write_text(
            "import json, pathlib, sys\n"
            f"turns = pathlib.Path({str(folder.parent / variable)!r})\n"
            "turn = len(turns.read_text()) if turns.exists() else 0\n"
            "turns.write_text('x' * (turn + 1))\n"
            "path = pathlib.Path(sys.argv[1])\n"
            "text = path.read_text()\n"
            f"exec({list(statements)!r}[turn])\n"
            "path.write_text(text)\n"
        )
        monkeypatch.setenv(variable, f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}")

    return install


RAISE = "text = text.replace('20', '30')"
BREAK = "text = text.replace('20', '')"


def kept(answer):
    """The text of the file in which a refused edit was kept."""
    with open(json.loads(answer.err[answer.err.index('{"') :])["kept"]) as file:
        return file.read()


def test_the_edit_is_written(muniment, store, editor):
    """What the editor leaves is the document, and the change is shown."""
    editor(RAISE)
    assert muniment("edit", "limits").out == "~ limits\n    max: 20 → 30\n"
    assert store.read("limits")["max"] == 30


def test_visual_comes_before_editor(muniment, store, editor):
    """Of the two variables, $VISUAL is the stronger."""
    editor("raise SystemExit(1)")
    editor(RAISE, variable="VISUAL")
    assert muniment("edit", "limits", "--json").json["change"] == "changed"


def test_no_change_writes_nothing(muniment, store, editor, folder):
    """An editor that is closed without a change leaves the file alone."""
    before = (folder / "limits.json").stat()
    editor("pass")
    assert muniment("edit", "limits", "--json").json["change"] == "unchanged"
    assert (folder / "limits.json").stat().st_mtime_ns == before.st_mtime_ns


def test_broken_json_is_refused_and_kept(muniment, store, editor):
    """Without a terminal there is nobody to ask: the document stays, and the text is kept."""
    editor(BREAK, BREAK)
    answer = muniment("edit", "limits", "--json")
    assert answer.code == 6
    assert '"max": ,' in kept(answer)
    assert "at line 2, column 10;" in muniment("edit", "limits").err
    assert store.read("limits")["max"] == 20


@pytest.fixture
def terminal(monkeypatch):
    """Let there be somebody to ask."""
    monkeypatch.setattr("muniment.cli.verbs.editing._is_interactive", lambda: True)


def test_broken_json_can_be_edited_again(muniment, store, editor, terminal):
    """The second turn begins with the text that the first one left."""
    editor(BREAK, "text = text.replace('\"max\": ', '\"max\": 40')")
    answer = muniment("edit", "limits", stdin="y\n")
    assert answer.code == 0
    assert "Edit it again?" in answer.err
    assert store.read("limits")["max"] == 40


def test_broken_json_can_be_given_up(muniment, store, editor, terminal):
    """Who does not want to go on finds the text in a file."""
    editor(BREAK)
    answer = muniment("edit", "limits", "--json", stdin="n\n")
    assert answer.code == 6
    assert '"max": ,' in kept(answer)


def test_ctrl_c_at_the_question_is_a_no(muniment, store, editor, terminal, monkeypatch):
    """Whoever interrupts the question still learns where the text is kept."""

    def interrupted(*_, **__):
        raise click.Abort

    monkeypatch.setattr(click, "confirm", interrupted)
    editor(BREAK)
    answer = muniment("edit", "limits", "--json")
    assert answer.code == 6
    assert '"max": ,' in kept(answer)


def test_somebody_else_s_edit_stays(muniment, store, editor, folder):
    """A document that changed meanwhile is not overwritten; the text is kept."""
    target = str(folder / "limits.json")
    editor(f"{RAISE}; pathlib.Path({target!r}).write_text('[]')")
    answer = muniment("edit", "limits", "--json")
    assert answer.code == 4
    assert '"max": 30' in kept(answer)
    assert store.read("limits") == []


def test_an_invalid_file_can_be_mended(muniment, store, editor, folder):
    """The editor gets the text as it is, and what it makes of it is the document."""
    (folder / "limits.json").write_text('{"max": 20')
    editor("text += '}'")
    assert muniment("edit", "limits").code == 0
    assert store.read("limits") == {"max": 20}


@pytest.mark.parametrize(
    ("command", "code"), [("/nowhere/editor", 7), ("'", 2), (f"{shlex.quote(sys.executable)} -c 'exit(1)'", 7)]
)
def test_an_editor_that_fails(muniment, store, monkeypatch, command, code):
    """No editor, or one that fails, changes nothing."""
    monkeypatch.setenv("EDITOR", command)
    answer = muniment("edit", "limits")
    assert (answer.code, answer.err.count("\n")) == (code, 1)
    assert store.read("limits")["max"] == 20


def test_no_editor_at_all(muniment, store, monkeypatch):
    """Where none is set and none is found, the line says what to set."""
    monkeypatch.setenv("PATH", "")
    assert "$EDITOR" in muniment("edit", "limits").err


def test_a_document_that_is_not_there(muniment, store, editor):
    """Nothing is opened for a document that does not exist."""
    editor("raise SystemExit(1)")
    assert muniment("edit", "nope").code == 3
