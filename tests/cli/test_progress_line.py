"""The line that tells how far something is: on a terminal alone, and gone at the end."""

import io

import pytest

from muniment.cli import progress_line
from muniment.cli.progress_line import ProgressLine


class Screen(io.StringIO):
    """A standard error that says whether it is a terminal."""

    def __init__(self, is_terminal):
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self):
        """Tell so."""
        return self._is_terminal


@pytest.mark.parametrize(("is_terminal", "expected"), [(True, "\r[###############---------------]  50 %"), (False, "")])
def test_it_is_drawn_on_a_terminal_alone(monkeypatch, is_terminal, expected):
    """Elsewhere nothing is written; where it was drawn, it is wiped."""
    screen = Screen(is_terminal)
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setattr(progress_line, "_PATIENCE_S", 0.0)
    with ProgressLine() as line:
        line.show(5, 10)
        assert screen.getvalue() == expected
    assert screen.getvalue() == expected + ("\r\033[K" if is_terminal else "")


def test_what_is_done_at_once_shows_nothing(monkeypatch):
    """No line flashes up."""
    screen = Screen(is_terminal=True)
    monkeypatch.setattr("sys.stderr", screen)
    with ProgressLine() as line:
        line.show(5, 10)
    assert screen.getvalue() == ""


def test_verify_is_fast_if_asked(muniment, store, folder):
    """`--fast` does not see a content that was changed in place; nothing but JSON is printed either way."""
    (one,) = (path for path in (folder / ".muniment/objects").rglob("*.json") if b'"max":10' in path.read_bytes())
    one.chmod(0o644)
    one.write_bytes(one.read_bytes().replace(b"10", b"11"))
    assert muniment("verify", "--fast", "--json").json["full"] is False
    assert muniment("verify", "--fast").code == 0
    assert muniment("verify").code == 1
