"""The program in process: a call gives its exit code, what it printed and what it complained of."""

import json
import os
import sys
from typing import Any, NamedTuple

import msgspec
import pytest
from click.testing import CliRunner

from muniment import Schema, Store, lens
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


class Service(msgspec.Struct, kw_only=True):
    """A kind of documents that the store's own program knows, and the program under test does not."""

    host: str
    port: int = 8080
    tls: bool = False


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, which is the current one, on a machine that says nothing about the user."""
    for name in ("NO_COLOR", "MUNIMENT_DEBUG", "MUNIMENT_SIGNING_KEY", "SSH_AUTH_SOCK", "VISUAL", "EDITOR"):
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
def environment(folder):
    """An environment in which `muniment` is this program, and nobody has configured git."""
    scripts = folder.parent / "bin"
    scripts.mkdir()
    program = scripts / "muniment"
    program.write_text(f"#!{sys.executable}\nfrom muniment.cli.main import main\nmain()\n")
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{scripts}:{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(sys.path)}


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


@pytest.fixture
def services(store):
    """The same store after a program wrote in it that knows the kind `service`.

    Committed are a `services/web` of schema version 1.0, and a `services/api` of the newest, 1.1. Gives it as opened
    by a program that does not know the kind.
    """
    schema = Schema(Service, kind="service", version="1.1", names="services/*")
    schema.lens("1.0", "1.1", lens.add("tls", default=False))
    store.write("services/web", {"schema_version": "1.0", "host": "a.example", "port": 8080})
    store.commit("the old program's", names=["services/web"])
    with Store.open(store.path, schemas=[schema], author="Ada <ada@example.org>") as knowing:
        knowing.write("services/api", Service(host="b.example"))
        knowing.commit("the new program's")
    return store


@pytest.fixture
def sides(store):
    """The same store after `main` and a branch `side`, made at its second commit, both went on.

    They disagree about `/max` of `limits`, which is 30 on `main` and 40 on `side`. `main` changed its list too, `side`
    made `features`. Checked out is `main`.
    """
    store.branches.create("side")
    with store.transaction("theirs", branch="side") as tx:
        tx.write("limits", {"max": 40, "names": ["a"]})
        tx.write("features", {"dark": True})
    store.write("limits", {"max": 30, "names": ["b"]})
    store.commit("ours")
    return store
