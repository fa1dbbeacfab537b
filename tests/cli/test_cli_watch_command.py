"""`muniment watch --exec`: what a command is told, and that nothing it does, or cannot do, ends the watch."""

import json
import subprocess
import sys

import pytest

SMALL = 16_384
"""So many characters of a cursor the environment holds: docs/reference/cli.md says so."""


@pytest.fixture
def cursor(store):
    """Where a watch stands to which everything was told that is there."""
    return str(store.watch().cursor)


def test_a_command_is_run_for_each_change(muniment, store, folder, cursor):
    """It is told the change in its environment and as JSON; where it fails, the watch goes on."""
    store.write("a", 1)
    store.write("b", 2)
    command = (
        'echo "$MUNIMENT_EVENT $MUNIMENT_NAME" >> ../ran; cat >> ../said; echo >> ../said; test "$MUNIMENT_NAME" = b'
    )
    told = muniment("watch", "--since", cursor, "--timeout", "1", "--exec", command, "--json")
    assert (folder.parent / "ran").read_text().splitlines() == ["document-changed a", "document-changed b"]
    assert [json.loads(line) for line in (folder.parent / "said").read_text().splitlines()] == told.lines
    assert json.loads(told.err)["name"] == "a"
    assert json.loads(told.err)["warning"].endswith("exit code 1; the watch goes on")


@pytest.mark.parametrize(("documents", "is_small"), [(10, True), (3000, False)])
def test_a_large_cursor_is_on_standard_input_only(folder, environment, store, documents, is_small):
    """The environment has no room for it: there is none then, and not one of another watch either."""
    for number in range(documents):
        (folder / f"d{number}.json").write_text(f"{number}")
    before = str(store.watch().cursor)
    (folder.parent / "kept").write_text(before)
    assert (len(before) < SMALL) == is_small
    store.write("a", 1)
    said = 'echo "${MUNIMENT_CURSOR-none}"; cat; echo'
    command = [sys.executable, "-m", "muniment", "watch", "--since", "@../kept", "--exec", said]
    environment["MUNIMENT_CURSOR"] = "another"
    with subprocess.Popen(command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        try:
            line, variable, told = (started.stdout.readline() for _ in range(3))
        finally:
            started.kill()
    assert line.endswith("+ a\n")
    assert json.loads(told)["name"] == "a"
    assert variable == f"{json.loads(told)['cursor'] if is_small else 'none'}\n"


def test_a_command_that_cannot_be_run(muniment, store, folder, cursor, monkeypatch):
    """It is told like one that fails, and the watch goes on."""
    store.write("a", 1)
    store.write("b", 2)
    monkeypatch.setenv("FAR_TOO_LARGE", "x" * 8_000_000)  # for any system
    told = muniment("watch", "--since", cursor, "--timeout", "1", "--exec", "true")
    assert told.code == 0
    assert [line.rpartition(" ")[2] for line in told.out.splitlines()] == ["a", "b"]
    assert [line.partition("cannot be run")[2] != "" for line in told.err.splitlines()] == [True, True]
    assert told.err.count("the watch goes on") == 2


@pytest.mark.parametrize(
    ("command", "warning"),
    [
        ("true", ""),
        ("exec 0<&-", ""),
        ("head -c 1 > ../first", ""),
        ("kill -9 $$", "stopped by signal 9; the watch goes on"),
        ("exit 4", "exit code 4; the watch goes on"),
        ("no-such-command-anywhere 2>../complaint", "exit code 127; the watch goes on"),
        ("", ""),
    ],
)
def test_commands_that_do_not_read(muniment, store, cursor, command, warning):
    """However much there is to read, a command need not; how it ended is told, and the next is run."""
    store.write("large", "x" * 1_000_000)
    store.write("small", 1)
    told = muniment("watch", "--since", cursor, "--timeout", "1", "--exec", command)
    assert (told.code, len(told.out.splitlines())) == (0, 2)
    assert told.err.count(warning) == 2 if warning else told.err == ""


def test_what_a_command_prints_stays_out_of_the_lines(folder, environment, store, cursor):
    """With `--json` it goes to standard error, so that the output is JSON Lines and nothing else."""
    store.write("a", 1)
    command = [sys.executable, "-m", "muniment", "watch", "--since", cursor, "--timeout", "1"]
    command += ["--exec", "echo printed"]
    ran = {
        options: subprocess.run(
            [*command, *options], cwd=folder, env=environment, text=True, capture_output=True, check=True
        )
        for options in ((), ("--json",))
    }
    assert ran[()].stdout.endswith("a\nprinted\n")
    assert [json.loads(line)["name"] for line in ran["--json",].stdout.splitlines()] == ["a"]
    assert ran["--json",].stderr == "printed\n"


def test_a_command_that_removes_the_store(muniment, store, folder, cursor):
    """The watch ends, with a word of what is missing, and the next command cannot be run; nothing hangs."""
    store.write("a", 1)
    store.write("b", 2)
    told = muniment("watch", "--since", cursor, "--timeout", "60", "--exec", 'rm -rf "$PWD"')
    assert told.code in {3, 7}
    assert "cannot be run" in told.err.splitlines()[0]
    assert str(folder) in told.err.splitlines()[1]
