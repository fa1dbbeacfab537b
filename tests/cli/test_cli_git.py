"""The commands on the host repository: git install, uninstall, check and merge-file."""

import subprocess
from shutil import which

import pytest

from muniment.cli.exit_code import ExitCode

pytestmark = pytest.mark.skipif(which("git") is None, reason="needs git")

COMMANDS = ["install", "uninstall", "check", "merge-file"]


@pytest.fixture
def git(folder, monkeypatch):
    """A repository around the current folder; calls git."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")

    def call(*arguments):
        subprocess.run(["git", *arguments], check=True, capture_output=True)

    call("init", "-q")
    return call


def test_a_group_tells_its_commands(muniment):
    """Without a command it shows its help, in which each command stands with a summary that is not cut off."""
    answer = muniment("git")
    assert answer == muniment("git", "--help")
    listed = answer.out.partition("\nCommands:\n")[2].partition("\nExample:\n")[0]
    assert [line.split()[0] for line in listed.splitlines() if line] == COMMANDS
    assert "..." not in listed


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command_has_an_example(muniment, name):
    """`--help` tells the shared options, and ends with an example of the command itself."""
    shown = muniment("git", name, "--help").out
    assert shown.startswith(f"Usage: muniment git {name} ")
    assert f"muniment git {name}" in shown.partition("\nExample:\n")[2]


def test_install_and_uninstall_tell_what_they_did(muniment, store, git):
    """Each names the files, and says where there was nothing to do."""
    hooks = ".git/hooks/pre-commit and .git/hooks/pre-merge-commit"
    assert muniment("git", "install") == (0, f"Checks before each commit: {hooks}\n", "")
    told = f"Checks before each commit: {hooks}\nIt was so already: nothing was changed\n"
    assert muniment("git", "install") == (0, told, "")
    driver = "Merges documents by meaning: .gitattributes, and git's own configuration\n"
    assert muniment("git", "install", "--merge-driver").out == f"Checks before each commit: {hooks}\n{driver}"
    assert muniment("git", "uninstall") == (0, f"Taken out of the repository: {hooks} check this store no more\n", "")
    assert muniment("git", "uninstall") == (0, "Nothing was installed here: nothing was changed\n", "")


def test_install_and_uninstall_in_json(muniment, store, git, folder):
    """Programs get the paths, and whether anything was changed."""
    hooks = [str(folder / f".git/hooks/pre-{name}") for name in ("commit", "merge-commit")]
    told = {"hooks": hooks, "attributes": None, "changed": True}
    assert muniment("git", "install", "--json").json == told
    assert muniment("git", "install", "--json").json == {**told, "changed": False}
    with_driver = {"hooks": hooks, "attributes": str(folder / ".gitattributes"), "changed": True}
    assert muniment("git", "install", "--merge-driver", "--json").json == with_driver
    assert muniment("git", "uninstall", "--json").json == with_driver


def test_check_is_silent_or_says_that_all_is_well(muniment, store, git):
    """People are told how many documents were checked; the hook is told nothing."""
    git("add", "-A")
    assert muniment("git", "check") == (0, "All is well: 2 staged documents checked\n", "")
    assert muniment("git", "check", "--quiet") == muniment("git", "check", "-q") == (0, "", "")
    assert muniment("git", "check", "--json").json == {"ok": True, "documents": 2, "faults": [], "warnings": []}


def test_check_tells_faults_as_compilers_do(muniment, store, git, folder):
    """Each fault is a line that begins with file, line and column; the exit code is 1."""
    (folder / "limits.json").write_text("{\n  1}")
    git("add", "limits.json")
    answer = muniment("git", "check", "--quiet")
    whole, document, count = answer.out.splitlines()
    assert answer.code == ExitCode.NO
    assert whole.startswith(".muniment: ")
    assert document == "limits.json:2:3: expected a name in double quotes, not '1'"
    assert count == "2 faults in what is staged"
    told = muniment("git", "check", "--json")
    assert (told.code, told.json["ok"], told.json["documents"]) == (ExitCode.NO, False, 1)
    assert told.json["faults"][1] == {
        "path": str(folder / "limits.json"),
        "reason": "expected a name in double quotes, not '1'",
        "name": "limits",
        "pointer": None,
        "line": 2,
        "column": 3,
    }


def test_one_fault_is_counted_as_one(muniment, store, git, folder):
    """The last line counts."""
    (folder / "limits.json").write_text("{")
    git("add", "-A")
    assert muniment("git", "check").out.splitlines()[-1] == "1 fault in what is staged"


def test_check_warns_of_what_may_be_committed(muniment, store, git, folder):
    """A warning is a line on standard error, and the exit code does not tell of it; in JSON it stands in the answer."""
    store.write("limits", 1)
    git("add", "-A")
    answer = muniment("git", "check")
    assert (answer.code, answer.out) == (0, "All is well: 2 staged documents checked\n")
    assert answer.err.startswith("muniment: warning: .: staged with edits that no commit of the store holds: limits;")
    told = muniment("git", "check", "--json")
    assert (told.json["ok"], told.err) == (True, "")
    assert [warning["path"] for warning in told.json["warnings"]] == [str(folder)]


@pytest.fixture
def files(folder):
    """Three files to merge, of which both sides changed one place alike, and two others by themselves."""
    (folder / "base").write_text('{"port": 1, "tls": false}')
    (folder / "ours").write_text('{"port": 2, "tls": false}')
    (folder / "theirs").write_text('{"port": 1, "tls": true}')
    return folder


def test_merge_file_merges(muniment, files):
    """The result stands in OURS, as documents are written, and nothing is said."""
    assert muniment("git", "merge-file", "base", "ours", "theirs") == (0, "", "")
    assert (files / "ours").read_text() == '{\n  "port": 2,\n  "tls": true\n}\n'


def test_merge_file_tells_conflicts(muniment, files):
    """Each is a line on standard error; OURS is valid JSON all the same, and the exit code is 1."""
    (files / "theirs").write_text('{"tls": true}')
    told = "a/b.json: /port: modify-delete: base 1, ours 2, theirs nothing\n"
    assert muniment("git", "merge-file", "base", "ours", "theirs", "a/b.json") == (ExitCode.NO, "", told)
    assert (files / "ours").read_text() == '{\n  "port": 2,\n  "tls": true\n}\n'


def test_merge_file_in_json(muniment, files):
    """A side that has nothing at the place is left out."""
    assert muniment("git", "merge-file", "base", "ours", "theirs", "--json").json == {"name": "ours", "conflicts": []}
    (files / "theirs").write_text('{"tls": true}')
    answer = muniment("git", "merge-file", "base", "ours", "theirs", "--json")
    sides = {"base": 1, "ours": 2}
    conflict = {"name": "ours", "pointer": "/port", "kind": "modify-delete", "reason": None, **sides}
    assert (answer.code, answer.err) == (ExitCode.NO, "")
    (told,) = answer.json["conflicts"]
    assert told.pop("id")
    assert (answer.json["name"], told) == ("ours", conflict)


def test_a_document_is_told_by_its_name(muniment, store, files):
    """Where PATH lies in a store, the document is called as the store calls it."""
    (files / "theirs").write_text("[]")
    answer = muniment("git", "merge-file", "base", "ours", "theirs", "services/web.json")
    assert answer.err.startswith("services/web: type-change: ")


def test_files_that_are_no_json_are_refused(muniment, files):
    """The exit code is that of invalid documents, which git takes for a conflict."""
    (files / "theirs").write_text("{")
    answer = muniment("git", "merge-file", "base", "ours", "theirs")
    assert answer.code == ExitCode.INVALID
    assert answer.err.startswith("muniment: ours: theirs: expected a name")


def test_without_a_repository(muniment, store):
    """A store that lies in no repository is not found there."""
    for name in ("install", "uninstall", "check"):
        answer = muniment("git", name)
        assert (answer.code, answer.out, answer.err.count("\n")) == (ExitCode.NOT_FOUND, "", 1)
        assert "make one around it with `git init`" in answer.err


def test_a_hook_of_another_kind(muniment, store, git, folder):
    """A hook that cannot be added to is exit code 1; the message tells the line to add, JSON its parts."""
    hook = folder / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/usr/bin/env python3\n")
    answer = muniment("git", "install")
    assert (answer.code, answer.out) == (ExitCode.NO, "")
    assert "let it run `muniment git check --quiet --store=.`" in answer.err
    assert '"line":"muniment git check --quiet --store=."' in muniment("git", "install", "--json").err


def test_without_git(muniment, store, monkeypatch):
    """Where the program git is missing, that is told, by the code for what the system refuses."""
    monkeypatch.setenv("PATH", "")
    assert muniment("git", "check").code == ExitCode.REFUSED
