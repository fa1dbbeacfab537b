"""The program in process: a call gives its exit code, what it printed and what it complained of."""

import json
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from muniment import Store
from muniment.cli.main import program


class Answer(NamedTuple):
    """What came of one call."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document that was printed."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON Lines that were printed."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, which is the current one, on a machine that says nothing about the user."""
    for name in ("NO_COLOR", "MUNIMENT_DEBUG", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MUNIMENT_AUTHOR", "Ada <ada@example.org>")
    monkeypatch.setenv("TERM", "xterm")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def muniment(folder):
    """Call the program: `muniment("get", "limits", stdin="")`."""

    def call(*arguments: str, stdin: str = "", color: bool = False) -> Answer:
        result = CliRunner().invoke(program, arguments, input=stdin, color=color)
        return Answer(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture
def store(folder):
    """A store in the current folder with two commits: `limits` of 10, then of 20 and a `services/web`."""
    with Store.init(folder, author="Ada <ada@example.org>") as opened:
        opened.write("limits", {"max": 10, "names": ["a"]})
        opened.commit("the first")
        opened.write("limits", {"max": 20, "names": ["a"]})
        opened.write("services/web", {"port": 8080})
        opened.commit("the second")
        yield opened
