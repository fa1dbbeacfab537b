"""The program as it is used: through a real shell, with pipes, completion, Ctrl-C and closed ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from muniment import Store

pytestmark = pytest.mark.skipif(os.name != "posix" or shutil.which("bash") is None, reason="needs bash")


@pytest.fixture
def bash(folder, environment):
    """Run a script in bash; each command of a pipe counts."""

    def run(script: str) -> subprocess.CompletedProcess[str]:
        command = ["bash", "-c", f"set -o pipefail\n{script}"]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    return run


def test_a_day_with_the_program(bash):
    """Make, set, commit, look, pipe: every command does its part in a script that stops at the first failure."""
    done = bash("""
        set -e
        muniment init > /dev/null
        echo '{"port": 8080}' | muniment set services/web '' - > /dev/null
        muniment commit -m 'the first' > /dev/null
        muniment set services/web /port 9090 > /dev/null
        ! muniment diff --exit-code > /dev/null
        port=$(muniment get services/web /port)
        muniment commit -m "port $port" > /dev/null
        muniment rollback services/web --to HEAD~1 -m 'back' > /dev/null
        muniment log --json
        muniment verify > /dev/null
        muniment get services/web --json | grep -c 8080
    """)
    assert (done.returncode, done.stderr) == (0, "")
    *log, count = done.stdout.splitlines()
    assert [json.loads(line)["message"] for line in log] == ["back", "port 9090", "the first"]
    assert count == "1"


def test_the_completion_script_works(bash, store):
    """The script evaluates in bash, and the function that it defines offers documents."""
    done = bash("""
        set -e
        eval "$(muniment completion bash)"
        complete -p muniment
        COMP_WORDS=(muniment get serv) COMP_CWORD=2
        _muniment_completion muniment
        echo "${COMPREPLY[@]}"
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "services/web"


def test_a_reader_that_leaves_is_no_error(bash, store):
    """`muniment log | head -1` says nothing, and never a traceback."""
    for number in range(50):
        store.write("limits", number)
        store.commit(f"number {number}")
    done = bash("muniment log --json | head -1; echo ${PIPESTATUS[0]}")
    assert done.stderr == ""
    line, code = done.stdout.splitlines()
    assert json.loads(line)["message"] == "number 49"
    assert int(code) in {0, 141}  # it may be done before the pipe closes


def test_a_closed_pipe_ends_quietly(bash, store):
    """Nobody reads from the beginning: exit code 141, as of a program that SIGPIPE ended, and no word."""
    done = bash("(sleep 0.2; muniment log; echo $? >&2) | true")
    assert done.stderr == "141\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_behind_the_output(bash, store):
    """Output that cannot be written is an error of one line."""
    done = bash("muniment log > /dev/full")
    assert done.returncode == 7
    assert done.stderr.startswith("muniment: the output: ")
    assert done.stderr.count("\n") == 1


def test_closed_streams(bash, store):
    """Neither standard output nor standard error need be open."""
    assert bash("muniment status >&-").returncode == 0
    assert bash("muniment get nope 2>&-").returncode == 3


def test_a_deleted_current_folder(bash):
    """A folder that was removed under the shell is told in one line."""
    done = bash("mkdir gone; cd gone; rmdir ../gone; muniment status")
    assert done.returncode == 7
    assert done.stderr.count("\n") == 1


def test_ctrl_c_while_it_waits(store, folder, environment):
    """Interrupted while another program holds the document: exit code 130, one line, nothing written."""
    with store.edit("limits"):
        command = [sys.executable, "-m", "muniment", "set", "limits", "/max", "1"]
        waiting = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
        while waiting.poll() is None:  # until it is past starting up, an interrupt may find no handler yet
            time.sleep(0.1)
            if _holds_open(waiting.pid, ".lock"):
                waiting.send_signal(signal.SIGINT)
                break
        _, complaint = waiting.communicate(timeout=60)
    assert waiting.returncode == 130
    assert complaint.startswith("muniment: interrupted")
    assert complaint.count("\n") == 1
    with Store.open(folder) as fresh:
        assert fresh.read("limits")["max"] == 20


def _holds_open(pid: int, suffix: str) -> bool:
    """Tell whether a process has a file of that suffix open; where that cannot be seen, after three seconds."""
    try:
        descriptors = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        time.sleep(3)
        return True
    return any(_target(f"/proc/{pid}/fd/{number}").endswith(suffix) for number in descriptors)


def _target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""


def test_a_ledger_in_a_script(bash, store):
    """Append, resume from a cursor, pipe JSON Lines in: ids and cursors go from one command to the next."""
    done = bash("""
        set -e
        first=$(muniment ledger runs append --kind turn --payload '{"move": "e4"}' --key 1)
        cursor=$(muniment ledger runs query --cursor)
        muniment ledger runs append --kind turn --prev "$first" --key 2 > /dev/null
        printf '{"key": "3"}\\n{"key": "4"}\\n' | muniment ledger runs append --stdin --kind note > /dev/null
        muniment ledger runs tail --after "$cursor" --json
        muniment ledger runs verify > /dev/null
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line)["key"] for line in done.stdout.splitlines()] == ["2", "3", "4"]


def test_entries_are_appended_as_they_come(folder, environment, store):
    """With `--each`, what a slow program writes is there for everybody before it writes more."""
    command = [sys.executable, "-m", "muniment", "ledger", "runs", "append", "--stdin", "--each", "--kind", "turn"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as slow:
        assert slow.stdin is not None
        assert slow.stdout is not None
        for number in range(3):
            slow.stdin.write(f'{{"payload": {number}}}\n')
            slow.stdin.flush()
            assert store.ledger("runs").get(slow.stdout.readline().strip()).payload == number
        slow.stdin.close()
    assert slow.returncode == 0


@pytest.fixture
def following(folder, environment, store):
    """A `tail --follow` of a ledger, past its first entry, and the ledger."""
    ledger = store.ledger("runs")
    ledger.append("turn", 1)
    command = [sys.executable, "-m", "muniment", "ledger", "runs", "tail", "--follow", "--json", "--cursor"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as started:
        assert started.stdout is not None
        try:
            assert json.loads(started.stdout.readline())["payload"] == 1
            yield started, ledger
        finally:
            started.kill()


def test_entries_are_followed_until_ctrl_c(following):
    """What is appended shows at once; Ctrl-C ends it without complaint, by the cursor to resume from."""
    started, ledger = following
    ledger.append("turn", 2)
    assert json.loads(started.stdout.readline())["payload"] == 2
    started.send_signal(signal.SIGINT)
    rest, told = started.communicate(timeout=60)
    assert (started.returncode, rest) == (130, "")
    assert json.loads(told) == {"cursor": str(ledger.cursor())}


def test_following_ends_when_nobody_reads(following):
    """Also while nothing comes: exit code 141, as of a program that SIGPIPE ended, and no word."""
    started, _ = following
    started.stdout.close()
    assert started.wait(timeout=60) == 141
    assert started.stderr.read() == ""
