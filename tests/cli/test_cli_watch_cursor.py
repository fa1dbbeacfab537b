"""Where `muniment watch` resumes: however it ended, what was not told to its end is told again."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from itertools import takewhile

import pytest

from muniment import WatchCursor

FULL = "/dev/full"
"""A file that takes nothing, as on a full disk."""


@pytest.fixture
def cursor(store):
    """Where a watch stands to which everything was told that is there."""
    return str(store.watch().cursor)


@pytest.fixture
def watch(folder, environment, cursor):
    """Start a watch from the cursor on, which tells its own at the end: a process that is not left over."""
    with ExitStack() as stack:

        def start(*arguments, since=cursor, **streams):
            command = [sys.executable, "-m", "muniment", "watch", "--since", since, "--cursor", *arguments]
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
            started = stack.enter_context(subprocess.Popen(command, cwd=folder, env=environment, text=True, **pipes))
            stack.callback(started.kill)
            return started

        yield start


@pytest.fixture
def names_since(store):
    """Give the names of what a watch tells that begins at a cursor."""

    def names(cursor):
        store.write("zzz", 1)  # told last
        with store.watch(since=cursor, timeout_s=60) as changes:
            return [change.name for change in takewhile(lambda change: change.name != "zzz", changes)]

    return names


@pytest.mark.parametrize(("slow", "again"), [("a", ["a", "b"]), ("b", ["b"])])
def test_a_command_that_is_interrupted_is_run_again(store, watch, names_since, slow, again):
    """Ctrl-C while a command runs: its change is not done, be it the first or another."""
    store.write("a", 1)
    store.write("b", 1)
    started = watch("--exec", f'test "$MUNIMENT_NAME" != {slow} || {{ echo running; exec sleep 60 >&- 2>&-; }}')
    assert "running\n" in iter(started.stdout.readline, "")
    started.send_signal(signal.SIGINT)
    _, told = started.communicate(timeout=60)
    assert started.returncode == 130
    assert names_since(told.strip()) == again


def test_a_change_that_is_written_in_part_is_told_again(store, watch, names_since):
    """Ctrl-C while a line is longer than what the reader takes: the change is not told."""
    store.write("large", "x" * 1_000_000)
    started = watch("--json")
    assert started.stdout.read(1) == "{"
    started.send_signal(signal.SIGINT)
    _, told = started.communicate(timeout=60)
    assert started.returncode == 130
    assert names_since(json.loads(told)["cursor"]) == ["large"]


def test_changes_behind_ctrl_c_are_told_by_the_next_watch(store, watch, names_since):
    """What happens when Ctrl-C has arrived, and not been seen, is neither told nor counted."""
    store.write("a", 1)
    started = watch("--json")
    assert json.loads(started.stdout.readline())["name"] == "a"
    started.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, started.pid, os.WSTOPPED | os.WNOWAIT)
    started.send_signal(signal.SIGINT)
    store.write("b", 1)
    store.write("c", 1)
    started.send_signal(signal.SIGCONT)
    rest, told = started.communicate(timeout=60)
    assert (started.returncode, rest) == (130, "")
    assert names_since(json.loads(told)["cursor"]) in (["b", "c"], ["a", "b", "c"])  # `a` was perhaps just being told


@pytest.mark.skipif(not os.path.exists(FULL), reason="no device here that is full")
def test_a_change_that_cannot_be_written_is_told_again(store, watch, names_since):
    """An error of the output ends the watch, with the cursor before the change."""
    store.write("a", 1)
    with open(FULL, "w") as full:
        _, told = watch("--json", stdout=full).communicate(timeout=60)
    where, error = map(json.loads, told.splitlines())
    assert error["exit_code"] == 7
    assert names_since(where["cursor"]) == ["a"]


def test_a_change_that_nobody_reads_is_told_again(store, watch, names_since):
    """Where the reader is gone, the cursor stands behind what could be written."""
    store.write("a", 1)
    reader, writer = os.pipe()
    os.close(reader)
    started = watch("--json", stdout=writer)
    os.close(writer)
    _, told = started.communicate(timeout=60)
    assert started.returncode == 141
    assert names_since(json.loads(told)["cursor"]) == ["a"]


def test_the_end_of_a_watch_is_where_the_next_begins(store, watch, names_since):
    """Where everything was told, the cursor counts also what is told without a word, such as a tag that is gone."""
    store.tags.create("v1")
    started = watch("--json", "--timeout", "1")
    assert json.loads(started.stdout.readline())["name"] == "v1"
    _, told = started.communicate(timeout=60)
    assert started.returncode == 0
    assert names_since(json.loads(told)["cursor"]) == []


def test_a_cursor_from_a_file_or_standard_input(store, folder, watch):
    """`@FILE` and `-` read it, with the line feed that a shell puts behind it, however long it is."""
    for number in range(3000):
        (folder / f"d{number}.json").write_text(f"{number}")
    long = str(store.watch().cursor)
    assert len(long) > 131_072  # what Linux takes for one argument
    kept = folder.parent / "kept"
    kept.write_text(f"{long}\n")
    store.write("a", 1)
    for word in ("@../kept", "-", "@-"):
        with kept.open() as stdin:
            started = watch("--json", since=word, stdin=stdin)
            assert json.loads(started.stdout.readline())["name"] == "a"
            started.kill()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file or directory"),
        (b"", "there is no cursor in it"),
        (b" \n", "there is no cursor in it"),
        (b"\xff\xfe", "it is no text"),
    ],
)
def test_a_file_without_a_cursor(muniment, store, folder, content, told):
    """It is a usage error, which says what is wrong and what to do."""
    if content is not None:
        (folder.parent / "kept").write_bytes(content)
    answer = muniment("watch", "--since", "@../kept", "--timeout", "0")
    assert answer.code == 2
    assert told in answer.err
    assert "--cursor" in answer.err
    assert muniment("watch", "--since", "@..", "--timeout", "0").code == 2
    assert muniment("watch", "--since", "-", "--timeout", "0").code == 2


def test_a_cursor_is_written_only_where_it_is_told(muniment, store, folder, cursor, monkeypatch):
    """Writing one takes as long as the store has edits: a watch in text does it at the end, once, if at all."""
    written: Counter[str] = Counter()
    write = WatchCursor.__str__

    def counted(one):
        written["all"] += 1
        return write(one)

    monkeypatch.setattr(WatchCursor, "__str__", counted)

    def count(*arguments):
        written.clear()
        assert muniment("watch", "--since", cursor, "--timeout", "1", *arguments).code == 0
        return written["all"]

    for name in ("a", "b", "c"):
        store.write(name, 1)
    assert count() == 0
    assert count("--cursor") == 1
    assert count("--json") == 3
    assert count("--exec", "true") == 3
    assert count("--json", "--exec", "true") == 3
