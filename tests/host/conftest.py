"""A git repository with a store in it, and the program `git` as people call it."""

import subprocess
import sys
from typing import NamedTuple

import pytest

from muniment import Store

ADA = "Ada <ada@example.org>"


class Answer(NamedTuple):
    """What came of one call of git."""

    code: int
    out: str
    err: str


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Call git in the current folder, on a machine that says nothing about its user; gives what came of it."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    monkeypatch.setenv("MUNIMENT_AUTHOR", ADA)
    monkeypatch.delenv("MUNIMENT_SIGNING_KEY", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def call(*arguments, check=True):
        done = subprocess.run(["git", *arguments], capture_output=True, encoding="utf-8", check=False)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return Answer(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def repository(git, tmp_path, monkeypatch):
    """A repository, which is the current folder, with a store `config` of one commit, all of it committed."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    git("init", "-q", "-b", "trunk")
    with Store.init("config", author=ADA) as store:
        store.write("services/web", {"port": 1, "tls": False})
        store.commit("begin")
    git("add", "-A")
    git("commit", "-qm", "begin")
    return folder


@pytest.fixture
def muniment():
    """Call the program in a process of its own; gives what came of it."""

    def call(*arguments):
        command = [sys.executable, "-m", "muniment", *arguments]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        return Answer(done.returncode, done.stdout, done.stderr)

    return call
